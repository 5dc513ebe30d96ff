"""The one address of Shanghai's messages: an envelope is opened, its message done once, its answer closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import structlog

from shebaoka.faces.rules import RulesKeeper
from shebaoka.faces.terminals.doing import Doing, Values
from shebaoka.faces.terminals.envelopes import read_json
from shebaoka.faces.terminals.refusals import NotOffered, OurFault
from shebaoka.faces.terminals.shanghai import envelope
from shebaoka.faces.terminals.shanghai.envelope import Envelope
from shebaoka.faces.terminals.shanghai.transactions import TRANSACTIONS
from shebaoka.kit.city import City
from shebaoka.kit.database import DatabaseUnreachable
from shebaoka.kit.problems import Problem
from shebaoka.registry.senders.model import Sender

NAME: Final = "shanghai"
log = structlog.get_logger()


class Endpoint:
    """The door of Shanghai's fifth-phase messages."""

    def __init__(self, city: City, rules: RulesKeeper) -> None:
        self._city = city
        self._doing = Doing(city, rules, NAME, TRANSACTIONS, "jgdm（机构代码）")

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
        found, values = await self._doing.asked_for(sender, said)
        if said.province not in (None, self._city.settings.division_code):
            raise NotOffered(
                f"发卡地 {said.province} 不在本市，外省参保人的住院请用国家接口（docs/terminals.md）"
            )
        _check_offered(values)
        return await self._doing.done(sender, said, found, values)


def _check_offered(values: Values) -> None:
    """Refuse what no rule here settles: other kinds of people and care than the ordinary ones."""
    for name, ordinary, what in (
        ("personspectag", "0", "特殊人员"), ("persontype", "0", "工伤病人"), ("dbtype", "", "门诊大病"), ("cardtype", "13", "磁卡"),
    ):  # fmt: skip
        said = values.get(name)
        if said is not None and said not in tuple(ordinary):
            raise NotOffered(f"{name}：{what}不经此接口办理")
