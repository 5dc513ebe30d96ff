"""What must hold of a whole set of rules: nobody and no day falls through. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Any, TypeAlias

from shebaoka.registry.programme.errors import RulesRefused
from shebaoka.registry.programme.rules import Rule
from shebaoka.registry.programme.sets import DERIVED, SETS, Decides

Placed: TypeAlias = Sequence[tuple[Rule, str]]
"""Rules with the places they stand in."""


def check(placed: Placed) -> None:
    """Check all rules together; this function will raise RulesRefused for the first thing that is wrong.

    Every rule set is there, no rule counts twice on a day, and each set's unconditional rules come last and
    cover every day from the first day of any rule on.
    """
    missing = [name for name in SETS if all(rule.rule_set != name for rule, _ in placed)]
    if missing:
        raise RulesRefused(f"缺少规则集 · rule sets without any rule: {', '.join(missing)}")
    first_day = min(rule.valid_from for rule, _ in placed)
    ordered = sorted(placed, key=lambda pair: (pair[0].rule_set, pair[0].rule_id, pair[0].valid_from))
    for _, same in groupby(ordered, key=lambda pair: (pair[0].rule_set, pair[0].rule_id)):
        _check_overlap(list(same))
    for name, rules in groupby(ordered, key=lambda pair: pair[0].rule_set):
        _check_fallback(name, list(rules), first_day)
    _check_derived(placed)


def _check_overlap(same: Placed) -> None:
    for (earlier, _), (later, place) in pairwise(same):
        if earlier.valid_to is None or later.valid_from <= earlier.valid_to:
            raise RulesRefused(
                f"{place}: 与 {earlier.valid_from} 起的同名规则有效期重叠，请先给前一条写上 valid_to · "
                f"overlaps the rule of the same name valid from {earlier.valid_from}; give that one a valid_to"
            )


def _check_fallback(name: str, placed: Placed, first_day: date) -> None:
    open_rules = sorted((rule for rule, _ in placed if not rule.applies), key=lambda rule: rule.valid_from)
    uncovered: date | None = first_day
    for rule in open_rules:
        if uncovered is None or rule.valid_from > uncovered:
            break
        uncovered = None if rule.valid_to is None else max(uncovered, rule.valid_to + timedelta(days=1))
    if uncovered is not None:
        raise RulesRefused(
            f"{name}: 自 {uncovered} 起没有兜底规则，请加一条 applies = {{}} 的规则 · "
            f"no rule without conditions on {uncovered}: add one with applies = {{}} that counts on that day"
        )
    for rule, place in placed:
        if rule.applies and any(_hides(fallback, rule) for fallback in open_rules):
            raise RulesRefused(
                f"{place}: 排在兜底规则之后，永远不会用到；请减小 rank · "
                "stands behind the rule without conditions and would never decide; give it a smaller rank"
            )


def _hides(fallback: Rule, rule: Rule) -> bool:
    before = (fallback.rank, fallback.rule_id) < (rule.rank, rule.rule_id)
    overlap = fallback.valid(max(fallback.valid_from, rule.valid_from)) and rule.valid(
        max(fallback.valid_from, rule.valid_from)
    )
    return before and overlap


def _check_derived(placed: Placed) -> None:
    """A condition on what an earlier set decides must name something that it can decide."""
    decided = {name: {_decided(rule.decides, name) for rule, _ in placed} for name in DERIVED}
    for rule, place in placed:
        for fact, condition in rule.applies.items():
            strange = _strings(condition) - decided[fact] if fact in DERIVED else set()
            if strange:
                raise RulesRefused(
                    f"{place}: {fact}: 没有规则会得出 · no rule decides {', '.join(sorted(strange))}"
                )


def _decided(decides: Decides, name: str) -> Any:
    return getattr(decides, name, None)


def _strings(condition: Any) -> set[str]:
    if isinstance(condition, Mapping):
        condition = [*condition.get("in", []), condition.get("not")]
    values = condition if isinstance(condition, list) else [condition]
    return {value for value in values if isinstance(value, str)}
