"""The ledger of blank cards: what moves, what is refused, and that it always adds up."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import psycopg
import pytest
from town import Town

from shebaoka.issuing.stock import commands, errors, views
from shebaoka.issuing.stock.model import Box, SpoiledBecause
from shebaoka.kit.actor import Actor
from shebaoka.kit.problems import NotFound, Problem, TransitionRefused
from shebaoka.registry.programme.views import load

ENTRY = (
    "INSERT INTO blank_movement (movement_id, outlet_id, kind, stock_delta, hand_delta, balance_after, in_hand_after,"
    " box, reason, recorded_by, recorded_at) VALUES (1, 1, "
)
CENTRE, OTHER = "C310101002", "ICBC0001"


@pytest.fixture
async def stocked(town: Town) -> Town:
    """A centre that issues on the spot, with ten blanks."""
    async with town.database.work(town.clerk) as work:
        await work.run("UPDATE institution SET instant = true WHERE code = %(c)s", {"c": CENTRE})
    town.places[CENTRE] = replace(town.places[CENTRE], instant=True)
    await does(town, commands.receive, Box("S1", "1", 10))
    return town


def staff(town: Town, number: int = 9) -> Actor:
    return replace(town.actor(CENTRE), name=f"staff:{number}")


async def does(town: Town, act: Any, *given: Any, who: int = 9) -> Any:
    async with town.database.work(staff(town, who)) as work:
        return await act(work, town.places[CENTRE], *given)


async def refused(town: Town, act: Any, *given: Any, who: int = 9) -> Problem:
    with pytest.raises(Problem) as problem:
        await does(town, act, *given, who=who)
    assert problem.value.remedy_zh
    await adds_up(town)
    return problem.value


async def has(town: Town, code: str = CENTRE) -> tuple[int, int]:
    async with town.database.work(town.clerk) as work:
        found = await views.stock(work, town.places[code].institution_id)
    return (found.balance, found.in_hand) if found else (0, 0)


async def adds_up(town: Town) -> None:
    """The stock is the sum of its movements, and each says what was there after it."""
    stocks = {
        one[0]: one[1:] for one in await town.rows_of("SELECT outlet_id, balance, in_hand FROM blank_stock")
    }
    sums: dict[int, tuple[int, int]] = dict.fromkeys(stocks, (0, 0))
    ledger = "SELECT outlet_id, stock_delta, hand_delta, balance_after, in_hand_after FROM blank_movement ORDER BY movement_id"
    for outlet, stock, hand, balance, in_hand in await town.rows_of(ledger):
        sums[outlet] = (sums[outlet][0] + stock, sums[outlet][1] + hand)
        assert sums[outlet] == (balance, in_hand)
    assert sums == stocks


async def test_every_kind_of_movement_leaves_what_it_should(stocked: Town) -> None:
    outlet = stocked.places[CENTRE].institution_id
    await does(stocked, commands.spoil, 2, SpoiledBecause.DAMAGED)
    await does(stocked, commands.give_back, 3, "R1")
    assert await has(stocked) == (5, 0)
    async with stocked.database.work(staff(stocked)) as work:
        await commands.take(work, outlet, 1)
        await commands.take(work, outlet, 2)
        await commands.take(work, outlet, 3)
        await commands.use(work, outlet, 1)
        await commands.spoil_taken(work, outlet, 2, SpoiledBecause.MISPRINTED)
        await commands.put_back(work, outlet, 3)
    assert await has(stocked) == (3, 0)
    await adds_up(stocked)
    async with stocked.database.work(staff(stocked)) as work:
        ledger = await views.movements(work, outlet, None, 50)
        assert [one.kind for one in ledger] == [
            "put_back", "spoiled", "used", "taken", "taken", "taken", "returned", "spoiled", "received",
        ]  # fmt: skip
        assert [one.movement_id for one in await views.movements(work, outlet, ledger[2].movement_id, 2)] == [
            ledger[3].movement_id, ledger[4].movement_id,
        ]  # fmt: skip
    facts = "SELECT count(*) FROM audit_fact WHERE action LIKE 'stock.%%' AND person_id = 0"
    assert await stocked.rows_of(facts) == [(9,)]


async def test_the_stock_never_falls_below_zero(stocked: Town) -> None:
    for act, given in ((commands.spoil, SpoiledBecause.FAULTY), (commands.give_back, "R1")):
        problem = await refused(stocked, act, 11, given)
        assert (problem.slug, problem.members["asked"], problem.members["balance"]) == (
            "stock-below-zero", 11, 10,
        )  # fmt: skip
        assert "库存 10 张" in problem.detail
    await does(stocked, commands.give_back, 10, "R1")
    outlet = stocked.places[CENTRE].institution_id
    async with stocked.database.work(staff(stocked)) as work:
        with pytest.raises(errors.StockExhausted) as none:
            await commands.take(work, outlet, 1)
        with pytest.raises(errors.StockExhausted):
            await commands.require_one(work, outlet)
        with pytest.raises(errors.StockBelowZero):
            await commands.use(work, outlet, 1)
    assert none.value.members == {"balance": 0, "in_hand": 0}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE blank_stock SET balance = -1",
        "UPDATE blank_stock SET in_hand = -1",
        "UPDATE blank_movement SET stock_delta = 11",
        "DELETE FROM blank_movement",
        ENTRY + "'received', -1, 0, 0, 0, '1', NULL, 'x', now())",
        ENTRY + "'spoiled', -1, 0, 0, 0, NULL, NULL, 'x', now())",
    ],
)
async def test_nor_does_a_hand_on_the_console_bring_it_out_of_order(stocked: Town, statement: str) -> None:
    with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.InsufficientPrivilege)):
        await stocked.rows_of(statement)
    await adds_up(stocked)


async def test_two_clerks_take_the_last_blank(stocked: Town) -> None:
    outlet = stocked.places[CENTRE].institution_id
    for trial in range(30):
        balance, _ = await has(stocked)
        await does(stocked, commands.give_back, balance - 1, f"R{trial}")
        barrier = asyncio.Barrier(2)

        async def clerk(application: int, who: int, barrier: asyncio.Barrier = barrier) -> Any:
            async with stocked.database.work(staff(stocked, who)) as work:
                await work.value("SELECT 1")
                await barrier.wait()
                return await commands.take(work, outlet, application)

        answers = await asyncio.gather(clerk(1, 8), clerk(2, 9), return_exceptions=True)
        assert sorted(getattr(one, "slug", "taken") for one in answers) == ["stock-exhausted", "taken"]
        got = next(one.application_id for one in answers if not isinstance(one, BaseException))
        async with stocked.database.work(staff(stocked)) as work:
            await commands.use(work, outlet, got)
        await does(stocked, commands.receive, Box("S2", str(trial), 5))
    await adds_up(stocked)


async def test_a_box_is_received_once_by_whichever_clerk(stocked: Town) -> None:
    problem = await refused(stocked, commands.receive, Box("S1", "1", 7), who=8)
    assert (problem.slug, await has(stocked)) == ("box-received", (10, 0))
    barrier = asyncio.Barrier(2)

    async def clerk(who: int) -> Any:
        async with stocked.database.work(staff(stocked, who)) as work:
            await work.value("SELECT 1")
            await barrier.wait()
            return await commands.receive(work, stocked.places[CENTRE], Box("S1", "2", 5))

    answers = await asyncio.gather(clerk(8), clerk(9), return_exceptions=True)
    assert sorted(getattr(one, "slug", "received") for one in answers) == ["box-received", "received"]
    assert await has(stocked) == (15, 0)


@pytest.mark.parametrize(
    ("first", "last", "quantity"),
    [
        ("00000001", "0000000A", 9), ("1", "0000000A", 10), ("00000001", None, 1), (None, "00000001", 1), ("0000000G", "0000000G", 1),
        ("0000000A", "00000001", 10), ("000000001", "000000001", 1), ("", "", 1),
    ],
)  # fmt: skip
async def test_serials_fit_the_number(stocked: Town, first, last, quantity) -> None:
    for act in (
        partial(commands.receive, box=Box("S3", "1", quantity, first, last)),
        partial(commands.give_back, quantity=quantity, shipment="R1", numbers=(first, last)),
        partial(commands.spoil, quantity=quantity, reason=SpoiledBecause.FAULTY, numbers=(first, last)),
    ):
        assert (await refused(stocked, act)).slug == "serials-unfit"


async def test_only_an_outlet_that_issues_on_the_spot_receives_blanks(town: Town) -> None:
    async with town.database.work(town.clerk) as work:
        with pytest.raises(errors.BlanksNotHere):
            await commands.receive(work, town.places[OTHER], Box("S1", "1", 10))
        with pytest.raises(NotFound):
            await commands.count(work, town.places[OTHER], 0)


async def test_a_wrong_number_is_corrected_once_by_a_second_person(stocked: Town) -> None:
    received = (await stocked.rows_of("SELECT movement_id FROM blank_movement"))[0][0]
    assert (await refused(stocked, commands.correct, received, 8, "数错")).slug == "second-person-needed"
    same = await refused(stocked, commands.correct, received, 10, "数错", who=8)
    assert same.slug == "movement-not-correctable"
    done = await does(stocked, commands.correct, received, 8, "数错", who=8)
    assert (done.kind, done.stock_delta, done.corrects, await has(stocked)) == (
        "corrected", -2, received, (8, 0),
    )  # fmt: skip
    for again in (received, done.movement_id):
        assert (
            await refused(stocked, commands.correct, again, 9, "又错", who=7)
        ).slug == "movement-not-correctable"
    spoiled = await does(stocked, commands.spoil, 3, SpoiledBecause.DAMAGED)
    await does(stocked, commands.correct, spoiled.movement_id, 1, "多登", who=8)
    assert await has(stocked) == (7, 0)
    with pytest.raises(NotFound):
        await does(stocked, commands.correct, 1, 1, "没有", who=8)
    await adds_up(stocked)


async def test_a_correction_does_not_undo_what_is_used(stocked: Town) -> None:
    received = (await stocked.rows_of("SELECT movement_id FROM blank_movement"))[0][0]
    await does(stocked, commands.give_back, 6, "R1")
    problem = await refused(stocked, commands.correct, received, 5, "数错", who=8)
    assert (problem.slug, await has(stocked)) == ("stock-below-zero", (4, 0))


async def test_a_count_that_agrees_needs_nobody_else(stocked: Town) -> None:
    counted = await does(stocked, commands.count, 10)
    assert (counted.status, counted.difference) == ("agreed", 0)
    with pytest.raises(TransitionRefused):
        await does(stocked, commands.book_count, counted.count_id, "无", who=8)


async def test_a_difference_is_shown_and_booked_by_a_second_person(stocked: Town) -> None:
    first = await does(stocked, commands.count, 7)
    assert (first.status, first.difference, await has(stocked)) == ("differs", -3, (10, 0))
    counted = await does(stocked, commands.count, 8)
    async with stocked.database.work(staff(stocked)) as work:
        standing = await views.standing(work, await load(work), stocked.places[CENTRE].institution_id)
        assert standing.open_count
        assert standing.open_count.count_id == counted.count_id
    assert (
        await refused(stocked, commands.book_count, counted.count_id, "少两张")
    ).slug == "second-person-needed"
    with pytest.raises(TransitionRefused):
        await does(stocked, commands.book_count, first.count_id, "旧的", who=8)
    # What moved between the count and its booking stays as it moved.
    await does(stocked, commands.give_back, 1, "R1")
    booked = await does(stocked, commands.book_count, counted.count_id, "少两张", who=8)
    assert (booked.status, booked.booked_by, await has(stocked)) == ("booked", "staff:8", (7, 0))
    with pytest.raises(TransitionRefused):
        await does(stocked, commands.book_count, counted.count_id, "再来", who=8)
    async with stocked.database.work(staff(stocked)) as work:
        told = await views.counts(work, stocked.places[CENTRE].institution_id)
    assert [one.status for one in told] == ["booked", "superseded"]
    await adds_up(stocked)


async def test_two_second_persons_book_a_difference_once(stocked: Town) -> None:
    counted = await does(stocked, commands.count, 8)
    answers = await asyncio.gather(
        *(does(stocked, commands.book_count, counted.count_id, "少两张", who=who) for who in (7, 8)),
        return_exceptions=True,
    )
    assert sorted(getattr(one, "slug", "booked") for one in answers) == ["booked", "transition-refused"]
    assert await has(stocked) == (8, 0)


async def test_the_overview_puts_first_what_runs_out_first(stocked: Town, clock: Any) -> None:
    async with stocked.database.work(stocked.clerk) as work:
        await work.run("UPDATE institution SET instant = true WHERE code IN ('ICBC0001', 'CCB00001')")
        places = {code: replace(stocked.places[code], instant=True) for code in ("ICBC0001", "CCB00001")}
        await commands.receive(work, places["ICBC0001"], Box("S1", "1", 500))
    outlet = stocked.places[CENTRE].institution_id
    clock.at += timedelta(days=3)
    async with stocked.database.work(staff(stocked)) as work:
        await commands.take(work, outlet, 1)
        await commands.use(work, outlet, 1)
        await commands.spoil(work, stocked.places[CENTRE], 1, SpoiledBecause.FAULTY)
    async with stocked.database.work(stocked.clerk) as work:
        programme = await load(work)
        told = await views.overview(work, programme)
        assert [place.code for place, _ in told] == ["CCB00001", CENTRE, "ICBC0001"]
        standing = told[1][1]
        # Two blanks in four days: eight left last sixteen.
        assert (standing.used, standing.spoiled, standing.forecast.days) == (1, 1, 4)
        assert (standing.forecast.days_left, standing.forecast.runs_out_on) == (16, date(2019, 1, 21))
        assert [place.code for place, _ in await views.overview(work, programme, "310106")] == []
    clock.at += timedelta(days=40)
    async with stocked.database.work(stocked.clerk) as work:
        later = await views.standing(work, await load(work), outlet)
    assert (later.used, later.spoiled, later.forecast.runs_out_on) == (0, 0, None)
