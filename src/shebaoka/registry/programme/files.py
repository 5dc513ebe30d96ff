"""Reads rules from TOML files, and says file, line and rule where one is wrong. No database."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from shebaoka.registry.programme.decides import Text
from shebaoka.registry.programme.errors import RulesRefused
from shebaoka.registry.programme.model import Reason
from shebaoka.registry.programme.rules import Rule
from shebaoka.registry.programme.sets import SETS, vocabulary

PACKAGED: Final = Path(__file__).with_name("rules")
"""Shanghai's rules, as they come with the product."""
RULE_START: Final = re.compile(r"^\s*\[\[\s*rule\s*\]\]")
TRUST: Final = "stated|implied|high|medium|low|inferred"
Word = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,60}$")]


class RuleText(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One rule as it stands in a file or in the table: plain values only."""

    rule_set: Word
    rule_id: Word
    valid_from: date
    valid_to: date | None = None
    rank: Annotated[int, Meta(ge=0, le=32_767)]
    applies: dict[str, Any]
    decides: dict[str, Any]
    reason_zh: Text
    reason_en: Text
    source: Annotated[str, Meta(pattern=rf"^(?:{TRUST}): ")]


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """The parts that a condition may be made of."""

    in_: list[Any] | None = msgspec.field(default=None, name="in")
    not_: Any = msgspec.field(default=None, name="not")
    min: int | date | None = None
    max: int | date | None = None


def read(folder: Path) -> list[tuple[Rule, str]]:
    """Read every `*.toml` of a folder: each rule with its place (file, line, name), for messages.

    This function will raise RulesRefused for a folder without rules and for the first rule that is wrong.
    """
    files = sorted(folder.glob("*.toml"))
    found = [pair for file in files for pair in _read_file(file)]
    if not found:
        raise RulesRefused(f"{folder}: 没有规则文件（*.toml） · no rules, looked for *.toml")
    return found


def _read_file(file: Path) -> Iterator[tuple[Rule, str]]:
    try:
        text = file.read_text("utf-8-sig")
        document = tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise RulesRefused(f"{file.name}: {error}") from error
    if set(document) != {"rule"} or not isinstance(document["rule"], list):
        raise RulesRefused(f"{file.name}: 只能有 [[rule]] · only [[rule]] tables may stand here")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if RULE_START.match(line)]
    if len(lines) != len(document["rule"]):
        raise RulesRefused(
            f"{file.name}: 每条规则须以独占一行的 [[rule]] 开头 · each rule begins with [[rule]] on a line of its own"
        )
    for number, table in zip(lines, document["rule"], strict=True):
        place = f"{file.name}, line {number}, {table.get('rule_set')}/{table.get('rule_id')}"
        yield rule_of(table, place), place


def rule_of(table: Mapping[str, Any], place: str) -> Rule:
    """Make a rule of plain values; this function will raise RulesRefused, naming `place`, when one is wrong."""
    try:
        plain = msgspec.convert(table, RuleText)
        if plain.rule_set not in SETS:
            raise RulesRefused(f"{place}: 没有这个规则集 · no such rule set; there are {', '.join(SETS)}")
        decides = msgspec.convert(plain.decides, SETS[plain.rule_set])
    except msgspec.ValidationError as error:
        raise RulesRefused(f"{place}: {error}") from error
    if plain.valid_to is not None and plain.valid_to < plain.valid_from:
        raise RulesRefused(f"{place}: valid_to 早于 valid_from · valid_to lies before valid_from")
    applies = {
        fact: _condition(plain.rule_set, fact, condition, place) for fact, condition in plain.applies.items()
    }
    reason = Reason(plain.rule_set, plain.rule_id, plain.reason_zh, plain.reason_en, plain.source)
    return Rule(
        plain.rule_set, plain.rule_id, plain.valid_from, plain.valid_to, plain.rank, applies, decides, reason
    )  # fmt: skip


def _condition(rule_set: str, fact: str, condition: Any, place: str) -> Any:
    """Give a condition with values of the fact's type: a table keeps days as text."""
    known = vocabulary(rule_set)
    if fact not in known:
        offered = ", ".join(known) or "none (this set depends on the day alone)"
        raise RulesRefused(
            f"{place}: 没有名为 {fact} 的事实 · no fact is called {fact}; known here: {offered}"
        )
    try:
        return _typed(condition, known[fact])
    except (msgspec.ValidationError, TypeError) as error:
        raise RulesRefused(f"{place}: {fact}: {error}") from error


def _typed(condition: Any, kind: Any) -> Any:
    """Give the values that a condition compares with in their type; this function will refuse parts that do not exist."""
    if not isinstance(condition, dict):
        return msgspec.convert(condition, kind)
    part = msgspec.convert(condition, Part)
    if not condition or part.in_ == []:
        raise msgspec.ValidationError("an empty condition never means anything")
    typed = {
        name: msgspec.convert(value, list[kind] if name == "in" else kind)
        for name, value in condition.items()
    }
    if "min" in typed and "max" in typed and typed["min"] > typed["max"]:
        raise msgspec.ValidationError("min lies above max: it would never hold")
    return typed
