"""`shebaoka card unopened`: how many hold a card and have not opened it, without people; the lists are the interface's."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Final, Literal, get_args

import msgspec
import typer

from shebaoka.cards import views
from shebaoka.cards.model import UnopenedCount
from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.kit.city import City
from shebaoka.kit.work import Work
from shebaoka.records.table import as_csv
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.programme.views import load

By = Literal["district", "bank", "employer", "age"]
EMPLOYERS_MAX: Final = 5_000
HEADS: Final = ("value", "cards")


class Line(msgspec.Struct, frozen=True):
    """How many unopened cards there are in the hands of people of one district, bank or employer, or of one age in days."""

    value: str
    cards: int


def _by(text: str) -> str:
    if text not in get_args(By):
        raise typer.BadParameter(f"{text}: {', '.join(get_args(By))}")
    return text


def unopened(
    *,
    by: Annotated[
        str, typer.Option(parser=_by, help="维度 · dimension: district, bank, employer, age")
    ] = "district",
    as_table: Annotated[
        bool, typer.Option("--csv", help="输出 CSV 表格 · print a table for a spreadsheet")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """已领未开通的卡片数，多者在前 · Cards that are held and not open, the most first; age: from so many days on."""

    async def act(city: City) -> list[Line]:
        async with city.database.work(OPERATOR) as work:
            return await _lines(work, by)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json({"by": by, "lines": found})
    elif as_table:
        sys.stdout.buffer.write(as_csv(HEADS, map(msgspec.structs.astuple, found)))
        sys.stdout.flush()
    else:
        for one in found:
            say(f"{one.value or '不详 unknown'}  {one.cards:,}")
        say(f"共 in all: {sum(one.cards for one in found):,}")


async def _lines(work: Work, by: str) -> list[Line]:
    if by == "employer":
        counted = dict(await views.unopened_by_employer(work, EMPLOYERS_MAX))
        named = await institutions.by_ids(work, counted)
        tally = Counter({named[one].code if one in named else "": cards for one, cards in counted.items()})
        return [Line(*one) for one in tally.most_common()]
    days = (await load(work)).opening_reminders(work.today).days
    counts = await views.unopened_counts(work, days)
    if by == "age":
        ages = ["0", *map(str, days)]
        by_age = _sums(counts, [ages[one.band] for one in counts])
        return [Line(age, by_age[age]) for age in ages]
    named = await institutions.by_ids(work, {one.bank_id for one in counts})
    keys = [one.district_code or "" if by == "district" else named[one.bank_id].code for one in counts]
    return [Line(*one) for one in _sums(counts, keys).most_common()]


def _sums(counts: Sequence[UnopenedCount], keys: Sequence[str]) -> Counter[str]:
    tally: Counter[str] = Counter()
    for key, one in zip(keys, counts, strict=True):
        tally[key] += one.cards
    return tally
