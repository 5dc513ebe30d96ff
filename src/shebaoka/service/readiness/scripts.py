"""The conformance scripts as data: which are valid on a day, and what each request is with its placeholders filled in. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from shebaoka.service.readiness.errors import ScriptUnknown
from shebaoka.service.readiness.model import Direction, Expected, Shows

FILE: Final = Path(__file__).with_name("scripts.toml")


class Card(Struct, frozen=True, forbid_unknown_fields=True):
    """A card of an invented person. `bank`: the institution's own (or the city's first), or another one."""

    number: str
    generation: Literal["old", "new"]
    state: Literal["unopened", "open", "lost"] = "unopened"
    bank: Literal["own", "other"] = "own"


class Invented(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who does not exist."""

    key: str
    id_number: str
    name: str
    cards: tuple[Card, ...] = ()


class Dated(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What counts for a time; both days included, None has no end."""

    name: str
    zh: str
    en: str
    valid_from: date = date(2018, 1, 1)
    valid_to: date | None = None

    def valid(self, on: date) -> bool:
        """Tell whether it counts on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class StepText(Dated, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A request that the partner's client makes of us."""

    path: str
    body: dict[str, Any]
    status: int
    answer: dict[str, Any]
    shows: Shows
    method: str = "POST"


class Item(Struct, frozen=True, forbid_unknown_fields=True):
    """One person of a batch."""

    reference: str
    person: str


class Call(Dated, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A batch that we send to the partner's service. `as_before`: a call whose answers must come again."""

    path: str
    items: tuple[Item, ...]
    expects: Literal["opened", "batch_refused"]
    as_before: str | None = None


class Script(Dated, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A script of one direction."""

    direction: Direction
    step: tuple[StepText, ...] = ()
    call: tuple[Call, ...] = ()

    def version(self, on: date) -> date:
        """Give the day from which the script is as it is on a day: from its beginning, a step's, or the day after one's end."""
        parts = (*self.step, *self.call)
        begun = [part.valid_from for part in (self, *parts) if part.valid_from <= on]
        ended = [part.valid_to for part in parts if part.valid_to is not None and part.valid_to < on]
        return max([*begun, *(date.fromordinal(day.toordinal() + 1) for day in ended)])

    def expected(self, on: date, places: Mapping[str, str]) -> list[Expected]:
        """Give the requests valid on a day; `places`: what stands for `{bank}` and `{centre}`."""
        return [
            Expected(
                one.name, one.zh, one.en, one.method, one.path,
                {name: _filled(value, places) for name, value in one.body.items()}, one.status, one.answer, one.shows,
            )
            for one in self.step if one.valid(on)
        ]  # fmt: skip


class Scripts(Struct, frozen=True, forbid_unknown_fields=True):
    """The file."""

    person: tuple[Invented, ...]
    script: tuple[Script, ...]

    def people(self) -> dict[str, Invented]:
        """Give the invented people by key."""
        return {one.key: one for one in self.person}


@lru_cache(maxsize=1)
def load() -> Scripts:
    """Read the scripts that come with the program."""
    return msgspec.convert(tomllib.loads(FILE.read_text("utf-8")), Scripts)


def script(name: str, on: date) -> Script:
    """Give the script of a name as it is valid on a day; ScriptUnknown when there is none."""
    for one in load().script:
        if one.name == name and one.valid(on):
            return one
    raise ScriptUnknown(name)


def _filled(value: Any, places: Mapping[str, str]) -> Any:
    if isinstance(value, str) and value.startswith("{") and value.endswith("}"):
        return places[value[1:-1]]
    return value
