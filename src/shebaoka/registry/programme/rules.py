"""The evaluator: the first rule by rank that is valid on the day and whose conditions hold, decides. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final, TypeAlias

from shebaoka.registry.programme.decides import Decides
from shebaoka.registry.programme.errors import NoRuleApplies
from shebaoka.registry.programme.model import Reason

Condition: TypeAlias = Any
"""A plain value (equal to it), or a table of `in`, `not`, `min`, `max`, all of which must hold."""
Test: TypeAlias = Callable[[Any], bool]
DAYS_REMEMBERED: Final = 64
ALIKE_REMEMBERED: Final = 1_024

PARTS: Final[Mapping[str, Callable[[Any], Test]]] = {
    "in": lambda wanted: frozenset(wanted).__contains__,
    "not": lambda unwanted: lambda value: value != unwanted,
    "min": lambda least: lambda value: value is not None and value >= least,
    "max": lambda most: lambda value: value is not None and value <= most,
}


def compiled(condition: Condition) -> Test:
    """Turn one condition into a test; this function will raise KeyError for a part that PARTS does not have."""
    if not isinstance(condition, Mapping):
        return lambda value: value == condition
    tests = [PARTS[part](value) for part, value in condition.items()]
    return tests[0] if len(tests) == 1 else lambda value: all(test(value) for test in tests)


@dataclass(frozen=True, slots=True)
class Rule:
    """One dated rule. Both days of its validity are included; `valid_to` None has no end."""

    rule_set: str
    rule_id: str
    valid_from: date
    valid_to: date | None
    rank: int
    applies: Mapping[str, Condition]
    decides: Decides
    reason: Reason

    def valid(self, on: date) -> bool:
        """Tell whether the rule counts on a day; this function will include its first and its last day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class RuleSet:
    """All rules that decide the same thing, in their order."""

    def __init__(self, name: str, rules: Iterable[Rule]) -> None:
        self.name = name
        self.rules = tuple(sorted(rules, key=lambda rule: (rule.rank, rule.rule_id, rule.valid_from)))
        self._on = lru_cache(DAYS_REMEMBERED)(self._tests_on)
        self._asks = tuple(sorted({name for rule in self.rules for name in rule.applies}))
        # Of people who are alike in what this set asks, it thinks once.
        self._decided = lru_cache(ALIKE_REMEMBERED)(self._first)

    def _tests_on(self, on: date) -> tuple[tuple[Rule, tuple[tuple[str, Test], ...]], ...]:
        return tuple(
            (rule, tuple((name, compiled(condition)) for name, condition in rule.applies.items()))
            for rule in self.rules
            if rule.valid(on)
        )

    def first(self, facts: Mapping[str, Any], on: date) -> Rule:
        """Give the rule that decides; this function will raise NoRuleApplies for a day before the first rule."""
        return self._decided(on, *[facts[name] for name in self._asks])

    def _first(self, on: date, *answers: Any) -> Rule:
        facts = dict(zip(self._asks, answers, strict=True))
        for rule, tests in self._on(on):
            if all(test(facts[name]) for name, test in tests):
                return rule
        first_day = min(rule.valid_from for rule in self.rules)
        raise NoRuleApplies(f"{self.name}: {on}；规则自 {first_day} 起 · the rules begin on {first_day}")
