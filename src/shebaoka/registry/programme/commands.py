"""Everything that writes the programme's rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeAlias

from shebaoka.kit.work import Work
from shebaoka.registry.programme import checks, files, store
from shebaoka.registry.programme.rules import Rule

Key: TypeAlias = tuple[str, str, date]


@dataclass(frozen=True, slots=True)
class RulesLoaded:
    """What a loading changed: names of rules as `rule_set/rule_id@valid_from`, and how many stayed as they were."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int


async def load_rules(work: Work, folder: Path = files.PACKAGED) -> RulesLoaded:
    """Load a folder of rule files into the table; loading it again changes nothing.

    A folder speaks for the whole of every rule set it names: rules of these sets that it does not name are removed;
    other sets stay. This function will raise RulesRefused, with file, line and rule, and then change nothing.
    """
    placed = files.read(folder)
    await store.lock(work)
    before = {_key(rule): rule for rule in await store.all_rules(work)}
    named = {rule.rule_set for rule, _ in placed}
    others = [
        (rule, f"programme_rule {rule.rule_set}") for rule in before.values() if rule.rule_set not in named
    ]
    checks.check([*placed, *others])
    after = {_key(rule): rule for rule, _ in placed}
    return await _replace(work, {key: rule for key, rule in before.items() if rule.rule_set in named}, after)


async def add_missing_sets(work: Work) -> RulesLoaded:
    """Load the packaged rules of every rule set that the table does not have; rules that are there stay as they are.

    A new city gets them all this way, and a city that moves to a newer release those of its new rule sets.
    """
    await store.lock(work)
    kept = [(rule, f"programme_rule {rule.rule_set}") for rule in await store.all_rules(work)]
    have = {rule.rule_set for rule, _ in kept}
    fresh = [(rule, place) for rule, place in files.read(files.PACKAGED) if rule.rule_set not in have]
    checks.check([*kept, *fresh])
    return await _replace(work, {}, {_key(rule): rule for rule, _ in fresh})


async def _replace(work: Work, before: dict[Key, Rule], after: dict[Key, Rule]) -> RulesLoaded:
    added = [rule for key, rule in after.items() if key not in before]
    changed = [rule for key, rule in after.items() if key in before and before[key] != rule]
    removed = [rule for key, rule in before.items() if key not in after]
    await store.put(work, [*added, *changed])
    await store.drop(work, removed)
    for action, rules in (("added", added), ("changed", changed), ("removed", removed)):
        for rule in rules:
            work.record(0, f"programme.rule_{action}", _name(rule))
    return RulesLoaded(
        _names(added), _names(changed), _names(removed), len(after) - len(added) - len(changed)
    )


def _key(rule: Rule) -> Key:
    return rule.rule_set, rule.rule_id, rule.valid_from


def _name(rule: Rule) -> str:
    return f"{rule.rule_set}/{rule.rule_id}@{rule.valid_from}"


def _names(rules: list[Rule]) -> tuple[str, ...]:
    return tuple(map(_name, rules))
