"""What a conformance run needs of a demo city: keys, a test person with an open card, an item of the catalogue."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shebaoka.benefits.insurance import commands as insurance
from shebaoka.benefits.insurance import views as insured
from shebaoka.benefits.insurance.catalogue import Listed
from shebaoka.benefits.insurance.errors import NotInsured
from shebaoka.benefits.insurance.model import Level
from shebaoka.benefits.settlement import commands as settlement
from shebaoka.benefits.settlement import views as settlements
from shebaoka.benefits.settlement.errors import NotDesignated
from shebaoka.benefits.settlement.model import Designation
from shebaoka.cards import views as cards
from shebaoka.cards.model import Card, LookUp
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.city import City
from shebaoka.kit.facts import has_invented_people
from shebaoka.kit.problems import NotFound, Problem
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.views import load
from shebaoka.registry.senders import commands as senders

ITEM: Final = "CONFORMANCE-LISTED"
OPEN: Final = "open"
SINCE_DAYS: Final = 366


GUEST: Final = {
    "card_number": "J00000001", "card_sn": "00", "id_number": "100932195001010013", "name": "邻省虚构1", "place": "320100",
}  # fmt: skip
"""Whom the sandbox's second province insures, and has registered for care here."""


class NotADemo(Problem):
    """The city's people are real, or nobody of them will do."""

    slug = "not-a-demo"
    status = 409
    title_zh = "不能在此城市准备联调"
    title_en = "A conformance run cannot be prepared in this city"
    remedy_zh = "联调只用虚构的人：请在演示城市（shebaoka demo）中准备，其中须有人已开通社保卡并参保"
    remedy_en = "Conformance runs use invented people only: prepare in a demo city (`shebaoka demo`) where somebody insured has an open card"


@dataclass(frozen=True, slots=True)
class KeyMade:
    """An institution's key, made for the run."""

    paasid: str
    secret: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a run is given."""

    division: str
    hospital: KeyMade
    pharmacy: KeyMade | None
    card_number: str
    card_sn: str
    item: str


async def equip(city: City, hospital: str, pharmacy: str | None) -> Equipment:
    """Designate the institutions where they are not, make keys, list an item, and find a test person.

    Raises NotADemo for a city of real people, NotFound, NotDesignated.
    """
    async with city.database.work(SYSTEM) as work:
        if not await has_invented_people(work):
            raise NotADemo
    await insurance.follow_register(city.database)
    await insurance.open_year(city.database)
    async with city.database.work(SYSTEM) as work:
        card = await _test_person(work)
        since = work.today - timedelta(days=SINCE_DAYS)
        await insurance.note_items(work, [Listed(ITEM, since, "联调项目", "full", "09")])
        return Equipment(
            city.settings.division_code, await _keyed(work, hospital, 3),
            None if pharmacy is None else await _keyed(work, pharmacy, None),
            card.card_number, card.identification_code or "", ITEM,
        )  # fmt: skip


async def _keyed(work: Work, code: str, level: Level | None) -> KeyMade:
    found = await institutions.by_code(work, code)
    if found is None:
        raise NotFound(f"机构代码 institution {code}")
    await _designated(work, found, level)
    paasid = f"conformance-{secrets.token_hex(6)}"
    secret = await senders.make_key(work, found.institution_id, paasid)
    return KeyMade(paasid, secret, found.code, found.name_zh)


async def _designated(work: Work, one: Institution, level: Level | None) -> None:
    try:
        await settlements.serving(work, one.institution_id, work.today)
    except NotDesignated:
        await settlement.designate(work, Designation(one.institution_id, work.today, None, level))


async def _test_person(work: Work) -> Card:
    """Give the open new card of the first who is insured; the chip's code is known of new cards."""
    programme = await load(work)
    async for some in people.everybody(work):
        held = await cards.of_people(work, [one.person_id for one in some if one.died_on is None])
        for card in (card for mine in held.values() for card in mine):
            if card.generation != "new" or card.social != OPEN or not card.identification_code:
                continue
            (standing,) = await cards.standing_many(work, programme, [LookUp(work.actor, card.card_number)])
            if standing.good and await _is_insured(work, card.person_id):
                return card
    raise NotADemo("没有已参保且已开通新卡的人 · nobody who is insured has an open new card")


async def _is_insured(work: Work, person_id: int) -> bool:
    try:
        await insured.who(work, person_id, work.today)
    except NotInsured:
        return False
    return True
