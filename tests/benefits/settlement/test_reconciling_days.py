"""A day held against an institution's account of it: totals, messages one by one, and differences worked off."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.benefits.settlement.clinic_town import FIRST, THIRD, D

from shebaoka.benefits.settlement import commands, errors, views
from shebaoka.benefits.settlement.reconciling import Amounts, Detail, Totals, differing, kind_of, totals
from shebaoka.kit.problems import NotFound

DAY = date(2019, 1, 2)
NOTHING = Amounts(0, 0, 0, 0)
amounts = st.builds(lambda *parts: Amounts(sum(parts), *parts), *[st.integers(-3, 3)] * 3)
books = st.dictionaries(st.sampled_from("ABCDEFGH"), amounts)


@given(books, books)
def test_what_differs_is_what_explains_the_totals(theirs, ours):
    found = differing(theirs, ours)
    assert all(theirs.get(number) != ours.get(number) for number in found)
    assert all(
        theirs[number] == ours[number] for number in theirs.keys() | ours.keys() if number not in found
    )
    off = sum((mine or NOTHING).total_fen - (his or NOTHING).total_fen for his, mine in found.values())
    assert off == totals(ours.values()).amounts.total_fen - totals(theirs.values()).amounts.total_fen
    kinds = {number: kind_of(*says) for number, says in found.items()}
    assert {number for number, kind in kinds.items() if kind == "missing_here"} == theirs.keys() - ours.keys()
    assert {
        number for number, kind in kinds.items() if kind == "missing_there"
    } == ours.keys() - theirs.keys()


@pytest.fixture
async def day(town):
    """M1 and M3 settled, M2 settled and taken back by R2: at the third-level hospital, on the second of January."""
    for n, name in ((1, "1"), (2, "2"), (4, "3")):
        await town.confirm(await town.billed(n, f"V{name}", 10_000), f"M{name}")
    await town.reverse("M2", "R2")
    return town


def ours() -> dict[str, Amounts]:
    return {
        "M1": Amounts(10_000, 0, 10_000, 0), "M2": Amounts(10_000, 0, 10_000, 0), "R2": Amounts(-10_000, 0, -10_000, 0),
        "M3": Amounts(10_000, 0, 10_000, 0),
    }  # fmt: skip


async def compare(town, details, day=DAY):
    return await town.act(
        commands.compare_details, THIRD, day, [Detail(number, one) for number, one in details.items()]
    )


async def test_a_day_that_agrees(day):
    found = await day.act(commands.compare_totals, THIRD, DAY, Totals(4, Amounts(20_000, 0, 20_000, 0)))
    assert found.agreed
    assert await compare(day, ours()) == []
    assert not (
        await day.act(commands.compare_totals, THIRD, DAY, Totals(3, Amounts(20_000, 0, 20_000, 0)))
    ).agreed
    assert (await day.act(commands.compare_totals, FIRST, DAY, Totals(0, NOTHING))).agreed


async def test_differences_are_listed_and_worked_off(day):
    theirs = ours() | {"M3": Amounts(10_000, 0, 9_000, 1_000), "M9": Amounts(700, 0, 0, 700)}
    del theirs["R2"]
    found = await compare(day, theirs)
    assert [(one.number, one.kind) for one in found] == [
        ("M3", "amount_differs"), ("M9", "missing_here"), ("R2", "missing_there"),
    ]  # fmt: skip
    assert (found[0].theirs, found[0].ours) == (theirs["M3"], ours()["M3"])
    assert (found[1].ours, found[2].theirs) == (None, None)
    assert await compare(day, theirs) == found
    assert await day.act(views.open_differences) == found
    assert await day.act(views.open_differences, FIRST) == []
    with pytest.raises(errors.DetailsRefused):
        await day.act(commands.close_difference, THIRD, DAY, "M9", " ")
    await day.act(commands.close_difference, THIRD, DAY, "M9", "现金患者误报")
    with pytest.raises(NotFound):
        await day.act(commands.close_difference, THIRD, DAY, "M9", "又一次")
    # What was closed stays closed while it says the same, and is found anew when it says something else.
    assert [one.number for one in await compare(day, theirs)] == ["M3", "R2"]
    theirs["M9"] = Amounts(800, 0, 0, 800)
    assert [one.number for one in await compare(day, theirs)] == ["M3", "M9", "R2"]
    # The hospital has mended its books: what is gone is closed, and says by what.
    assert await compare(day, ours()) == []
    kept = await day.act(views.day_differences, THIRD, DAY)
    assert [(one.number, one.closed_at is None) for one in kept] == [
        ("M3", False),
        ("M9", False),
        ("M9", False),
        ("R2", False),
    ]
    assert sorted({one.reason for one in kept}) == [
        "再次对账时已无此差异 · gone when the day was compared again",
        "现金患者误报",
    ]


async def test_details_that_cannot_be_are_refused_whole(day):
    twice = [Detail("M1", ours()["M1"])] * 2
    for details, on in ((twice, DAY), ([Detail("M1", Amounts(2, 1, 0, 0))], DAY), ([], D("2019-01-03"))):
        with pytest.raises(errors.DetailsRefused):
            await day.act(commands.compare_details, THIRD, on, details)
    assert await day.act(views.open_differences) == []


async def test_a_difference_is_never_lost(day):
    await compare(day, {})
    await day.act(commands.close_difference, THIRD, DAY, "M1", "漏报")
    async with day.database.connection() as connection:
        for statement in (
            "DELETE FROM settlement_difference",
            "UPDATE settlement_difference SET reason = 'x' WHERE number = 'M1'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await connection.execute(statement)
        with pytest.raises(psycopg.errors.CheckViolation):
            await connection.execute("UPDATE settlement_difference SET closed_at = now() WHERE number = 'M3'")
