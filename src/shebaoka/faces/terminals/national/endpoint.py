"""The national interface's one address: an envelope is opened, its transaction done once, its answer closed."""

from __future__ import annotations

from datetime import datetime

import structlog

from shebaoka.benefits.cross_province import places
from shebaoka.faces.rules import RulesKeeper
from shebaoka.faces.terminals.doing import Doing
from shebaoka.faces.terminals.national import envelope
from shebaoka.faces.terminals.national.acting import NAME
from shebaoka.faces.terminals.national.envelope import Envelope
from shebaoka.faces.terminals.national.transactions import OF_GUESTS, TRANSACTIONS
from shebaoka.faces.terminals.refusals import MessageRefused, NotOffered, NotSignedIn, OurFault
from shebaoka.kit.city import City
from shebaoka.kit.database import DatabaseUnreachable
from shebaoka.kit.problems import Problem
from shebaoka.kit.work import Work
from shebaoka.registry.senders import views as senders
from shebaoka.registry.senders.model import Sender

log = structlog.get_logger()


class Endpoint:
    """The door of the national interface."""

    def __init__(self, city: City, rules: RulesKeeper) -> None:
        self._city = city
        self._ours, self._guests = (
            Doing(city, rules, NAME, some, "fixmedins_code（定点医药机构编号）")
            for some in (TRANSACTIONS, OF_GUESTS)
        )

    async def __call__(self, sender: Sender, body: bytes) -> bytes:
        """Answer a message. Whatever it says, there is an answer: infcode 0, or -1 with a sentence."""
        came = self._city.clock.now()
        refmsgid = self._refmsgid(came)
        try:
            output = await self._answer(sender, body)
        except DatabaseUnreachable:
            raise
        except Problem as problem:
            return envelope.refused(problem, refmsgid, came, self._city.clock.now())
        except Exception:  # a bug of ours is no reason to leave a hospital without an answer
            log.exception("terminals.failed", sender=sender.paasid)
            return envelope.refused(OurFault(), refmsgid, came, self._city.clock.now())
        return envelope.answered(output, refmsgid, came, self._city.clock.now())

    async def _answer(self, sender: Sender, body: bytes) -> bytes:
        said = envelope.opened(body)
        home = self._city.settings.division_code
        elsewhere = said.insured_place is not None and places.is_elsewhere(said.insured_place, home)
        doing = self._guests if elsewhere else self._ours
        found, values = await doing.asked_for(sender, said)
        if not elsewhere and _names_person(values):
            _must_be_ours(said, home)

        async def first(work: Work) -> None:
            if found.signed_in:
                await _signed_in(work, sender, said)

        return await doing.done(sender, said, found, values, first)

    def _refmsgid(self, at: datetime) -> str:
        return f"{self._city.settings.division_code}{envelope.moment(at)[:14]}{self._city.database.ids.one() % 10**10:010}"


def _must_be_ours(said: Envelope, home: str) -> None:
    if said.insured_place is None:
        raise MessageRefused(
            "insuplc_admdvs（参保地医保区划）缺少此项：有人员编号时须填写，取值见 1101 的返回"
        )
    if said.insured_place != home:
        raise NotOffered(f"insuplc_admdvs：参保地 {said.insured_place} 不在本市，也不是外省市的行政区划代码")


def _names_person(values: object) -> bool:
    """Tell whether a message says whom it is about."""
    if isinstance(values, dict):
        return "psn_no" in values or any(map(_names_person, values.values()))
    return isinstance(values, list) and any(map(_names_person, values))


async def _signed_in(work: Work, sender: Sender, said: Envelope) -> None:
    if said.sign_no is None or await senders.signed_in(work, sender.institution_id, said.sign_no) is None:
        raise NotSignedIn
