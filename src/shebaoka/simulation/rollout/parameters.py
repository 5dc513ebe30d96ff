"""The parameters of a simulated programme, read strictly: a misspelt name is refused, not passed over."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct, field

from shebaoka.kit.problems import Problem

PACKAGED: Final = resources.files(__package__)
Share = Annotated[float, Meta(ge=0, le=1)]
Positive = Annotated[int, Meta(ge=1)]
Group = Literal["retirees", "pupils", "employees", "everyone_else"]
Mark = Literal["published", "assumed", "fitted"]
TABLE: Final = re.compile(r"(\[\[?)([\w.]+)\]")
MARKED: Final = re.compile(r"(\w+) = (.+?)\s+# (published|assumed|fitted): (.+)")
UNMARKED: Final = re.compile(r"\w+ = (.+?)(\s+#.*)?")


class ParametersRefused(Problem):
    """The file of parameters cannot be used."""

    slug = "parameters-refused"
    status = 422
    title_zh = "仿真参数文件不能使用"
    title_en = "The file of simulation parameters cannot be used"
    remedy_zh = "请按提示修改所指参数；可从随程序提供的 simulation/rollout/parameters.toml 复制一份再改"
    remedy_en = (
        "Mend the parameter named; begin with a copy of the packaged simulation/rollout/parameters.toml"
    )


class Strict(Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file."""


class Population(Strict, frozen=True):
    """Residents of the whole city; the share of those who may have a card that hold an old one."""

    residents: Positive
    old_card: Share


class Pilot(Strict, frozen=True):
    """Who of the pilot districts applies before the exchange begins, and where."""

    share: Share
    until: date
    channels: dict[str, Share]


class Applies(Strict, frozen=True):
    """Who applies at all, of each group with an old card, and of all without one."""

    retirees: Share
    pupils: Share
    employees: Share
    everyone_else: Share
    without_old_card: Share


class Period(Strict, frozen=True):
    """A stretch of days in which a share of a group applies."""

    group: Group
    from_: date = field(name="from")
    to: date
    share: Share


class Cards(Strict, frozen=True):
    """Cards that may be ordered a day, from a day on."""

    from_: date = field(name="from")
    a_day: Positive


class Capacity(Strict, frozen=True):
    """What outlets and production lines manage on a working day."""

    community_centre: Positive
    bank_outlet: Positive
    online: Positive
    cards: list[Cards]


class Opening(Strict, frozen=True):
    """Who opens the card, after how many days on average, and where."""

    opens: Share
    days_mean: Positive
    places: dict[str, Share]
    wants_financial: Share
    collects: Share


class Parameters(Strict, frozen=True):
    """All that a simulated programme is made of; the packaged file says where each number comes from."""

    population: Population
    pilot: Pilot
    applies: Applies
    period: list[Period]
    capacity: Capacity
    opening: Opening

    def cards_a_day(self, on: date) -> int:
        """Give how many cards may be ordered on a day; 0 before the first line."""
        begun = [line for line in self.capacity.cards if line.from_ <= on]
        return max(begun, key=lambda line: line.from_).a_day if begun else 0


class Marked(Struct, frozen=True):
    """A parameter as the file writes it, and where its number comes from.

    `name`: its table and itself; of a table that comes several times also what tells it from the others.
    """

    name: str
    value: str
    mark: Mark
    why: str


def read(file: Path | None = None) -> Parameters:
    """Read a file of parameters, the packaged one if None; ParametersRefused says what is wrong and where."""
    try:
        text = (file or PACKAGED.joinpath("parameters.toml")).read_text("utf-8")
        document: dict[str, Any] = tomllib.loads(text)
        return msgspec.convert(document, Parameters)
    except (OSError, ValueError) as error:
        raise ParametersRefused(str(error)) from error


def marked(text: str) -> Iterator[Marked]:
    """Give the parameters of a file in its order, with what its comments say of each; one without a mark is left out."""
    several, table = False, ""
    which: list[str] = []
    for line in text.splitlines():
        if head := TABLE.match(line):
            several, table, which = head[1] == "[[", head[2], []
        elif found := MARKED.fullmatch(line):
            place = f"{table}[{', '.join(which)}]" if which else table
            yield Marked(f"{place}.{found[1]}", found[2], msgspec.convert(found[3], Mark), found[4])
        elif several and (told := UNMARKED.fullmatch(line)):
            which.append(told[1].strip('"'))
