"""When, where and with which bank somebody of a group in a district changes the card: about nobody in particular. Pure."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from shebaoka.registry.programme import speech
from shebaoka.registry.programme.model import Bank, Explanation, Facts, Group, Reason, When, Where
from shebaoka.registry.programme.programme import Programme

GroupCode = Literal["retirees", "pupils", "employees", "everyone_else"]
SAID: Final = frozenset({"pilot", "group", "window", "channel"})
"""The sets whose rules say when and where."""
_A, _B = Bank("a", "", ""), Bank("b", "", "")
"""Two service banks: which they are, no rule asks."""


class Outlook(Struct, frozen=True):
    """What the rules of a day say to a group. `why`: of when and where; `banks`: which bank, case by case."""

    on: date
    group: Group
    district: str
    begun: bool
    when: When
    when_zh: str
    when_en: str
    where: Where
    where_zh: str
    where_en: str
    fee_fen: int
    why: tuple[Reason, ...]
    banks: tuple[Reason, ...]


def outlook(programme: Programme, group: GroupCode, district: str, on: date) -> Outlook:
    """Ask the rules about somebody of a group. `district`: six digits, empty for any. Raises NoRuleApplies."""
    facts = replace(anybody(on)[group], district=district)
    told = programme.explain(facts, on)
    begun = told.phase != "before"
    when, where = speech.window(told.when, on, begun=begun), speech.channels(told.where)
    return Outlook(
        on, told.group, district, begun, told.when, *when, told.where, *where, told.fee_fen,
        tuple(one for one in told.why if one.rule_set in SAID), _banks(programme, facts, on),
    )  # fmt: skip


def anybody(on: date) -> dict[GroupCode, Facts]:
    """Give somebody of each group that the programme speaks of; which group it is, the rules say."""
    employee, resident = Facts(hukou=True, insured="employee"), Facts(hukou=True, insured="resident")
    return {
        "retirees": replace(employee, birth_date=born(65, on), insured_status="retired"),
        "pupils": replace(resident, birth_date=born(10, on), school_stage="primary"),
        "employees": replace(employee, birth_date=born(35, on), insured_status="active", employed=True),
        "everyone_else": replace(resident, birth_date=born(30, on)),
    }


def born(age: int, on: date) -> date:
    """Give a day on which somebody was born who is so old on a day."""
    return date(on.year - age, on.month, min(on.day, 28))


def _banks(programme: Programme, facts: Facts, on: date) -> tuple[Reason, ...]:
    """Give the rule for whoever is paid through a service bank, through several, and through none."""
    cases = (
        replace(facts, pension_bank=_A, payroll_banks=(_A,)),
        replace(facts, payroll_banks=(_A, _B)),
        facts,
    )
    found = [_bank(programme.explain(one, on)) for one in cases]
    return tuple({one.rule_id: one for one in found}.values())


def _bank(told: Explanation) -> Reason:
    return next(one for one in told.why if one.rule_set == "bank")
