"""The programme: its rules, and when, where and with which bank somebody changes the card."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

import msgspec
from litestar import get, post
from litestar.params import JSONBody, QueryParameter

from shebaoka.faces.api.calling import Call, reading
from shebaoka.faces.api.declaring import protected, public
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, IdNumberText, own_institution
from shebaoka.kit.clock import today
from shebaoka.records.id_number import IdNumberRefused
from shebaoka.registry.acting.model import AUTHORISATIONS, DOCUMENTS
from shebaoka.registry.programme import views
from shebaoka.registry.programme.errors import NoRuleApplies
from shebaoka.registry.programme.model import (
    Act,
    ActingAs,
    ActingQuestion,
    Authority,
    Explanation,
    Reason,
    WhyNot,
)
from shebaoka.registry.programme.outlook import GroupCode, Outlook, outlook
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


class RuleChange(msgspec.Struct, frozen=True):
    """A rule that begins or ends. `day`: its first day when it begins, else its last one."""

    day: date
    begins: bool
    rule: RuleLine


class RuleChanges(msgspec.Struct, frozen=True):
    """What changes in the rules after a day, soonest first."""

    on: date
    items: list[RuleChange]


class Named(msgspec.Struct, frozen=True):
    """A document or a kind of authorisation, by its code and its names."""

    code: str
    zh: str
    en: str


class AuthorityView(msgspec.Struct, frozen=True):
    """Whether somebody may act, with which documents, and one of which authorisations; `why`: the rule that decided."""

    allowed: bool
    refusal: WhyNot | None
    documents: list[Named]
    authorisations: list[Named]
    why: Reason


OPEN: Final = "it says what the published rules say to a group, and nothing about anybody"
ADULT: Final = 40
"""The age of whoever would act, where the question is about papers only."""


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


@get(
    "/programme/outlook",
    **public(OPEN, "programme", "某类人员何时、何地、由哪家银行换卡 · When, where and with which bank, for a group of people",
             refuses=(NoRuleApplies,)),
)  # fmt: skip
async def show_outlook(
    request: Call,
    group: Annotated[GroupCode, QueryParameter(description="人群 · group of people")],
    district: Annotated[
        str,
        QueryParameter(pattern=r"^([0-9]{6})?$", description="区代码，缺省不分区 · district; default any"),
    ] = "",
    on: Annotated[
        date | None, QueryParameter(description="哪一天，缺省今天 · which day; default today")
    ] = None,
) -> Outlook:
    """Say what the rules of a day say to a group of people, and why; about nobody in particular, for everybody."""
    here = service(request)
    return outlook(await here.programme(), group, district, on or today(here.city.clock))


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


@get(
    "/programme/changes",
    **protected("programme.explain", "programme", "规则的变化 · What changes in the rules"),
)
async def changes(
    request: Call,
    on: Annotated[
        date | None, QueryParameter(description="哪一天之后，缺省今天 · after which day; default today")
    ] = None,
) -> RuleChanges:
    """Give the rules that begin after a day, or hold on it and have a last one."""
    programme = await service(request).programme()
    async with reading(request) as work:
        day = on or work.today
    found = [
        change for rule_set in programme.sets.values() for rule in rule_set.rules for change in _changes(rule, day)
    ]  # fmt: skip
    return RuleChanges(day, sorted(found, key=lambda one: (one.day, one.begins)))


def _changes(rule: Rule, after: date) -> list[RuleChange]:
    line, found = _line(rule), []
    if rule.valid_from > after:
        found.append(RuleChange(rule.valid_from, begins=True, rule=line))
    if rule.valid_to is not None and rule.valid_to >= after:
        found.append(RuleChange(rule.valid_to, begins=False, rule=line))
    return found


@get(
    "/programme/authority",
    **protected(
        "programme.explain", "programme", "代办所需材料 · Who may act for a holder, and with which papers",
        refuses=(NoRuleApplies,),
    ),
)  # fmt: skip
async def authority(
    request: Call,
    by: Annotated[ActingAs, QueryParameter(description="谁来办 · who acts")],
    age: Annotated[int, QueryParameter(ge=0, le=150, description="持卡人年龄 · the holder's age")],
    act: Annotated[Act, QueryParameter(description="办什么 · to do what")] = "apply",
    tie: Annotated[
        str | None,
        QueryParameter(max_length=20, description="登记的监护关系 · the tie that the register knows"),
    ] = None,
) -> AuthorityView:
    """Say which documents and which authorisation it takes at one's own counter, or why it is not possible."""
    programme = await service(request).programme()
    async with reading(request) as work:
        kind = (await own_institution(work)).kind
        question = ActingQuestion(act=act, outlet_kind=kind, by=by, age=age, tie=tie or "", actor_age=ADULT)
        return _authority(programme.authority(question, work.today))


def _authority(found: Authority) -> AuthorityView:
    documents = [Named(code, *DOCUMENTS[code]) for code in found.documents]
    kinds = [Named(kind, *AUTHORISATIONS[kind]) for kind in found.authorisations]
    return AuthorityView(found.refusal is None, found.refusal, documents, kinds, found.why)


def _line(rule: Rule) -> RuleLine:
    return RuleLine(
        rule.rule_set, rule.rule_id, rule.valid_from, rule.valid_to, rule.rank, msgspec.to_builtins(rule.applies),
        msgspec.to_builtins(rule.decides), rule.reason.reason_zh, rule.reason.reason_en, rule.reason.source,
    )  # fmt: skip


HANDLERS: tuple[Any, ...] = (explain, show_outlook, rules, changes, authority)
