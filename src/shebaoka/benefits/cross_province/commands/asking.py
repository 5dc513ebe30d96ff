"""A guest's own province is asked, through the hub: are they insured and registered, and what would it pay. Nothing is kept."""

from __future__ import annotations

from datetime import date

import structlog

from shebaoka.benefits.cross_province import places
from shebaoka.benefits.cross_province.commands.hosting import Told, stay_begun
from shebaoka.benefits.cross_province.hub import Hub, Quoted, at_once
from shebaoka.benefits.cross_province.model import Admitting, Guest, Presented, Stay
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.partners import PartnerAnswerRefused, PartnerUnavailable
from shebaoka.kit.problems import Problem

REFERENCE_MAX = 64
log = structlog.get_logger()


async def ask_admitting(database: Database, hub: Hub, home: str, one: Admitting) -> Told:
    """Ask whether a guest may be admitted: what a stay that begins now would come to, for `admit`.

    It is asked before the transaction that admits, which names what is wrong with the message: that asks nobody.
    """
    try:
        province_id = places.province_of(one.place, home)
        async with database.work(SYSTEM) as work:
            on: date = one.began_on or work.today
            stay = await stay_begun(work, one.institution_id, one.number, on)
    except Problem as refused:
        log.info("hub.not_asked", slug=refused.slug)
        return None
    who = Guest(id_number=one.id_number, name=one.name, card_number=one.card_number)
    return await ask_about(hub, province_id, who, stay)


async def ask_about(hub: Hub, province_id: int, who: Guest, stay: Stay) -> Told:
    """Ask what their province would pay of a guest's stay; None where it does not answer, or not by the interface."""
    shown = Presented(
        number=f"Q{stay.stay}"[:REFERENCE_MAX], place=str(province_id), id_number=who.id_number, card_number=who.card_number,
        stay=stay,
    )  # fmt: skip
    try:
        told = await at_once(hub.quote(shown))
    except (PartnerUnavailable, PartnerAnswerRefused) as silent:
        log.warning("hub.silent", why=silent.detail)
        return None
    if isinstance(told, Quoted) and told.total_fen != stay.sums().total_fen:
        log.warning("hub.answer_refused", why="the parts do not sum to the total")
        return None
    return told
