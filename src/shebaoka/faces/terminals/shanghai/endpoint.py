"""The one address of Shanghai's messages: an envelope is opened, its message done once, its answer closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import structlog

from shebaoka.faces.rules import RulesKeeper
from shebaoka.faces.terminals import once
from shebaoka.faces.terminals.national.endpoint import LOCK_WAIT_MS, OurFault
from shebaoka.faces.terminals.national.envelope import ENCODER, read_json
from shebaoka.faces.terminals.national.errors import MessageRefused, NotOffered, faults
from shebaoka.faces.terminals.shanghai import envelope
from shebaoka.faces.terminals.shanghai.acting import Asked, Transaction, Values
from shebaoka.faces.terminals.shanghai.envelope import Envelope
from shebaoka.faces.terminals.shanghai.transactions import TRANSACTIONS
from shebaoka.kit.city import City
from shebaoka.kit.database import DatabaseBusy, DatabaseUnreachable
from shebaoka.kit.problems import Problem
from shebaoka.kit.work import Work
from shebaoka.records.messages.layouts import read, write
from shebaoka.registry.senders.model import Sender

NAME: Final = "shanghai"
log = structlog.get_logger()


class Endpoint:
    """The door of Shanghai's fifth-phase messages."""

    def __init__(self, city: City, rules: RulesKeeper) -> None:
        self._city, self._rules = city, rules

    async def __call__(self, sender: Sender, body: bytes) -> bytes:
        """Answer a message. Whatever it says, there is an answer: P001, or -1 with a sentence."""
        raw: Mapping[str, Any] = {}
        try:
            raw = read_json(body)
            output = await self._answer(sender, envelope.opened(raw))
        except DatabaseUnreachable:
            raise
        except Problem as problem:
            return envelope.refused(raw, problem, self._city.clock.now())
        except Exception:  # a bug of ours is no reason to leave a hospital without an answer
            log.exception("terminals.failed", sender=sender.paasid)
            return envelope.refused(raw, OurFault(), self._city.clock.now())
        return envelope.answered(raw, output, self._city.clock.now())

    async def _answer(self, sender: Sender, said: Envelope) -> bytes:
        found = TRANSACTIONS.get(said.code)
        if found is None:
            raise NotOffered(f"没有消息 {said.code}")
        values, wrong = read(found.message.asks, said.content)
        if wrong:
            raise faults(wrong)
        await self._check(sender, said, values)
        try:
            return await self._done(sender, said, found, values)
        except DatabaseBusy:
            raise MessageRefused("同一业务正在办理，未做任何更改，请稍候用同一报文编号重发") from None

    async def _done(self, sender: Sender, said: Envelope, found: Transaction, values: Values) -> bytes:
        programme = (await self._rules.rules()).programme

        async def act(work: Work) -> bytes | Problem:
            told = await found.act(Asked(self._city, work, programme, sender, said, values))
            return told if isinstance(told, Problem) else ENCODER.encode(write(found.message.answers, told))

        async with self._city.database.work(sender.actor, lock_wait_ms=LOCK_WAIT_MS) as work:
            answer = await (once.done(work, NAME, said.msgid, said.same, act) if found.writes else act(work))
        if isinstance(answer, Problem):
            raise answer
        return answer

    async def _check(self, sender: Sender, said: Envelope, values: Values) -> None:
        if said.institution != sender.code:
            async with self._city.database.work(sender.actor) as work:
                work.record(0, "access.refused", f"terminals/{NAME} {said.code}", why="institution")
            raise MessageRefused(f"jgdm（机构代码）与密钥所属机构不符，应为 {sender.code}")
        if said.province not in (None, self._city.settings.division_code):
            raise NotOffered(f"发卡地 {said.province} 不在本市，异地就医不经此接口结算")
        _check_offered(values)


def _check_offered(values: Values) -> None:
    """Refuse what no rule here settles: other kinds of people and care than the ordinary ones."""
    for name, ordinary, what in (
        ("personspectag", "0", "特殊人员"), ("persontype", "0", "工伤病人"), ("dbtype", "", "门诊大病"), ("cardtype", "13", "磁卡"),
    ):  # fmt: skip
        said = values.get(name)
        if said is not None and said not in tuple(ordinary):
            raise NotOffered(f"{name}：{what}不经此接口办理")
