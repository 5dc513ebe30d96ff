"""This room's SQL."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from shebaoka.kit import queries
from shebaoka.kit.work import Work
from shebaoka.registry.programme.files import rule_of
from shebaoka.registry.programme.rules import Rule

SQL = queries.load(__file__)
RULES_REMEMBERED = 1_000
COLUMNS = (
    "rule_set", "rule_id", "valid_from", "valid_to", "rank", "applies", "decides", "reason_zh", "reason_en", "source",
)  # fmt: skip


async def all_rules(work: Work) -> list[Rule]:
    """Give every rule of the table; this function will raise RulesRefused for a row that was spoiled by hand."""
    return [_rule(row) for row in await work.rows(SQL["all_rules"])]


async def digest(work: Work) -> bytes | None:
    """Give what the rules in the table come to, 32 bytes; None for a table without rules."""
    found: bytes | None = await work.value(SQL["rules_digest"])
    return found


@lru_cache(maxsize=RULES_REMEMBERED)
def _rule(row: tuple[Any, ...]) -> Rule:
    """Read one row; the same row is read once, for rules are asked for far more often than they change."""
    table = dict(zip(COLUMNS, row, strict=True))
    table |= {name: msgspec.json.decode(table[name]) for name in ("applies", "decides")}
    return rule_of(table, f"programme_rule {table['rule_set']}/{table['rule_id']}")


async def lock(work: Work) -> None:
    """Keep other loadings out until the transaction ends; this function will wait for one under way."""
    await work.run(SQL["lock_rules"])


async def put(work: Work, rules: Sequence[Rule]) -> None:
    """Write new and changed rules; this function will replace rules of the same name and first day."""
    await work.run(SQL["put_rules"], {
        **_keys(rules),
        "valid_tos": [rule.valid_to for rule in rules],
        "ranks": [rule.rank for rule in rules],
        "applies": [_json(rule.applies) for rule in rules],
        "decides": [_json(rule.decides) for rule in rules],
        "reasons_zh": [rule.reason.reason_zh for rule in rules],
        "reasons_en": [rule.reason.reason_en for rule in rules],
        "sources": [rule.reason.source for rule in rules],
    })  # fmt: skip


async def drop(work: Work, rules: Sequence[Rule]) -> None:
    """Take rules out; this function will leave every other rule alone."""
    await work.run(SQL["drop_rules"], _keys(rules))


def _keys(rules: Sequence[Rule]) -> dict[str, list[object]]:
    return {
        "rule_sets": [rule.rule_set for rule in rules],
        "rule_ids": [rule.rule_id for rule in rules],
        "valid_froms": [rule.valid_from for rule in rules],
    }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
