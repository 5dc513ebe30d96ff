"""The programme: its rules, and when, where and with which bank somebody changes the card."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.params import JSONBody, QueryParameter

from shebaoka.faces.api.calling import Call, reading
from shebaoka.faces.api.declaring import protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, IdNumberText
from shebaoka.records.id_number import IdNumberRefused
from shebaoka.registry.programme import views
from shebaoka.registry.programme.errors import NoRuleApplies
from shebaoka.registry.programme.model import Explanation
from shebaoka.registry.programme.rules import Rule


class ExplanationQuestion(Body, frozen=True):
    """Whose card, and on which day (today when none is given)."""

    id_number: IdNumberText
    on: date | None = None


class RuleLine(msgspec.Struct, frozen=True):
    """A rule as it holds: what it asks, what it decides, why, and where that is written."""

    rule_set: str
    rule_id: str
    valid_from: date
    valid_to: date | None
    rank: int
    applies: Any
    decides: Any
    reason_zh: str
    reason_en: str
    source: str


class RuleLines(msgspec.Struct, frozen=True):
    """The rules of a day, by set and rank."""

    on: date
    items: list[RuleLine]


@post(
    "/programme/explanations",
    status_code=200,
    **protected(
        "programme.explain", "programme", "何时、何地、由哪家银行换卡 · When, where and with which bank",
        refuses=(IdNumberRefused, NoRuleApplies), unkeyed="it changes nothing but the audit log",
    ),
)  # fmt: skip
async def explain(request: Call, data: JSONBody[ExplanationQuestion]) -> Explanation:
    """Explain how the holder of an ID number changes the card, and why: the rules that decided. For everybody."""
    here = service(request)
    number, programme = await here.read_id_number(data.id_number), await here.programme()
    async with reading(request) as work:
        return await views.explain(work, programme, number, data.on or work.today)


@get("/programme/rules", **protected("programme.explain", "programme", "现行规则 · The rules of a day"))
async def rules(
    request: Call,
    on: Annotated[
        date | None, QueryParameter(description="哪一天，缺省今天 · which day; default today")
    ] = None,
) -> RuleLines:
    """Give the rules that hold on a day, in the order in which they are asked."""
    programme = await service(request).programme()
    async with reading(request) as work:
        day = on or work.today
    lines = [
        _line(rule) for rule_set in programme.sets.values() for rule in rule_set.rules
        if rule.valid(day)
    ]  # fmt: skip
    return RuleLines(day, lines)


def _line(rule: Rule) -> RuleLine:
    return RuleLine(
        rule.rule_set, rule.rule_id, rule.valid_from, rule.valid_to, rule.rank, msgspec.to_builtins(rule.applies),
        msgspec.to_builtins(rule.decides), rule.reason.reason_zh, rule.reason.reason_en, rule.reason.source,
    )  # fmt: skip


HANDLERS: tuple[Any, ...] = (explain, rules)
