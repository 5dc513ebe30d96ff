"""What must hold of a whole set of rules: nobody and no day falls through. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations, groupby, pairwise
from typing import Any, TypeAlias

from shebaoka.registry.programme.decides import Decides
from shebaoka.registry.programme.errors import RulesRefused
from shebaoka.registry.programme.rules import Rule, compiled
from shebaoka.registry.programme.sets import DERIVED, SETS

Placed: TypeAlias = Sequence[tuple[Rule, str]]
"""Rules with the places they stand in."""


def check(placed: Placed) -> None:
    """Check all rules together; this function will raise RulesRefused for the first thing that is wrong.

    Every rule set is there, no rule counts twice on a day, of two rules that can both hold the rank decides, and
    each set's unconditional rules come last and cover every day from the first day of any rule on.
    """
    missing = [name for name in SETS if all(rule.rule_set != name for rule, _ in placed)]
    if missing:
        raise RulesRefused(f"缺少规则集 · rule sets without any rule: {', '.join(missing)}")
    first_day = min(rule.valid_from for rule, _ in placed)
    ordered = sorted(placed, key=lambda pair: (pair[0].rule_set, pair[0].rule_id, pair[0].valid_from))
    for _, same in groupby(ordered, key=lambda pair: (pair[0].rule_set, pair[0].rule_id)):
        _check_overlap(list(same))
    for name, rules in groupby(ordered, key=lambda pair: pair[0].rule_set):
        same_set = list(rules)
        _check_ties(same_set)
        _check_fallback(name, same_set, first_day)
    _check_derived(placed)


def _check_overlap(same: Placed) -> None:
    for (earlier, _), (later, place) in pairwise(same):
        if earlier.valid_to is None or later.valid_from <= earlier.valid_to:
            raise RulesRefused(
                f"{place}: 与 {earlier.valid_from} 起的同名规则有效期重叠，请先给前一条写上 valid_to · "
                f"overlaps the rule of the same name valid from {earlier.valid_from}; give that one a valid_to"
            )


def _check_ties(same_set: Placed) -> None:
    """Two rules of one rank that can both hold on a day: their names would decide, and nobody meant that."""
    for (one, _), (other, place) in combinations(same_set, 2):
        if one.rank == other.rank and _overlap(one, other) and _can_both_hold(one.applies, other.applies):
            raise RulesRefused(
                f"{place}: 与 {one.rule_set}/{one.rule_id} 的 rank 相同且可能同时适用；请改 rank，或给前一条写上 valid_to · "
                f"has the same rank as {one.rule_set}/{one.rule_id} and both can hold; "
                "give them different ranks, or the earlier one a valid_to"
            )


def _overlap(one: Rule, other: Rule) -> bool:
    day = max(one.valid_from, other.valid_from)
    return one.valid(day) and other.valid(day)


def _can_both_hold(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether somebody may meet both; this function will rather say yes where it cannot tell."""
    return all(_meet(condition, other[fact]) for fact, condition in one.items() if fact in other)


def _meet(one: Any, other: Any) -> bool:
    tests = compiled(one), compiled(other)
    # Where two conditions meet, they meet at a value that one of them names, or (`not`) at one that neither names.
    return any(all(test(value) for test in tests) for value in (*_named(one), *_named(other), None))


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
        if any(_hides(fallback, rule) for fallback in open_rules):
            raise RulesRefused(
                f"{place}: 排在兜底规则之后，永远不会用到；请减小 rank · "
                "stands behind the rule without conditions and would never decide; give it a smaller rank"
            )


def _hides(fallback: Rule, rule: Rule) -> bool:
    """Tell whether a rule stands behind a fallback: one with conditions on any day, another fallback on all its days.

    A fallback for a while (a fee of one year) may stand before the one that always counts.
    """
    if (fallback.rank, fallback.rule_id) >= (rule.rank, rule.rule_id):
        return False
    if rule.applies:
        return _overlap(fallback, rule)
    ends_later = fallback.valid_to is None or (
        rule.valid_to is not None and rule.valid_to <= fallback.valid_to
    )
    return fallback.valid_from <= rule.valid_from and ends_later


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
    return {value for value in _named(condition) if isinstance(value, str)}


def _named(condition: Any) -> list[Any]:
    """Give the values that a condition names."""
    if not isinstance(condition, Mapping):
        return [condition]
    return [
        *condition.get("in", []),
        *(condition[part] for part in ("not", "min", "max") if part in condition),
    ]
