"""The national interface's one address: an envelope is opened, its transaction done once, its answer closed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import structlog

from shebaoka.faces.rules import RulesKeeper
from shebaoka.faces.terminals import once
from shebaoka.faces.terminals.national import envelope
from shebaoka.faces.terminals.national.acting import Asked, Transaction
from shebaoka.faces.terminals.national.envelope import ENCODER, Envelope
from shebaoka.faces.terminals.national.errors import MessageRefused, NotOffered, NotSignedIn, faults
from shebaoka.faces.terminals.national.transactions import TRANSACTIONS
from shebaoka.kit.city import City
from shebaoka.kit.database import DatabaseUnreachable
from shebaoka.kit.problems import Problem
from shebaoka.kit.work import Work
from shebaoka.records.messages.layouts import read, write
from shebaoka.registry.senders import views as senders
from shebaoka.registry.senders.model import Sender

NAME: Final = "national"
LOCK_WAIT_MS: Final = 4_000
"""As the JSON interface waits."""
log = structlog.get_logger()


class OurFault(Problem):
    """Something went wrong that should not have; the log tells the operators more. Nothing was done."""

    slug = "message-not-done"
    status = 500
    title_zh = "系统内部错误，未办理"
    title_en = "Something went wrong on our side; nothing was done"
    remedy_zh = "请稍后用同一报文编号重发；如仍失败，请将报文编号告知医保经办机构"
    remedy_en = "Send the same message again later; if it fails again, tell the agency its msgid"


class Endpoint:
    """The door of the national interface."""

    def __init__(self, city: City, rules: RulesKeeper) -> None:
        self._city, self._rules = city, rules

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
        found = TRANSACTIONS.get(said.infno)
        if found is None:
            raise NotOffered(f"没有交易 {said.infno[:6]}")
        values, wrong = read(found.message.asks, said.content)
        if wrong:
            raise faults(wrong)
        await self._check(sender, said, values)
        programme = (await self._rules.rules()).programme

        async def act(work: Work) -> bytes | Problem:
            answer = await found.act(Asked(self._city, work, programme, sender, said, values))
            return (
                answer
                if isinstance(answer, Problem)
                else ENCODER.encode(write(found.message.answers, answer))
            )

        async with self._city.database.work(sender.actor, lock_wait_ms=LOCK_WAIT_MS) as work:
            await _signed_in(work, sender, said, found)
            answer = await (once.done(work, NAME, said.msgid, said.same, act) if found.writes else act(work))
        if isinstance(answer, Problem):
            raise answer
        return answer

    async def _check(self, sender: Sender, said: Envelope, values: dict[str, object]) -> None:
        if said.institution != sender.code:
            async with self._city.database.work(sender.actor) as work:
                work.record(0, "access.refused", f"terminals/{NAME} {said.infno}", why="institution")
            raise MessageRefused(f"fixmedins_code（定点医药机构编号）与密钥所属机构不符，应为 {sender.code}")
        if not _names_person(values):
            return
        if said.insured_place is None:
            raise MessageRefused(
                "insuplc_admdvs（参保地医保区划）缺少此项：有人员编号时须填写，取值见 1101 的返回"
            )
        if said.insured_place != self._city.settings.division_code:
            raise NotOffered(f"参保地 {said.insured_place} 不在本市，异地就医不经此接口结算")

    def _refmsgid(self, at: datetime) -> str:
        return f"{self._city.settings.division_code}{envelope.moment(at)[:14]}{self._city.database.ids.one() % 10**10:010}"


def _names_person(values: object) -> bool:
    """Tell whether a message says whom it is about."""
    if isinstance(values, dict):
        return "psn_no" in values or any(map(_names_person, values.values()))
    return isinstance(values, list) and any(map(_names_person, values))


async def _signed_in(work: Work, sender: Sender, said: Envelope, found: Transaction) -> None:
    if not found.signed_in:
        return
    if said.sign_no is None or await senders.signed_in(work, sender.institution_id, said.sign_no) is None:
        raise NotSignedIn
