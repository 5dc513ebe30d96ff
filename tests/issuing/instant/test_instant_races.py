"""Two counters, two channels, a clerk and a death at the same moment: one of them gets it, and all adds up."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from instant_counter import (
    CENTRE,
    asked,
    cards_of,
    comes_to,
    does,
    has,
    holds,
    open_counters,
    other,
    settle,
    status,
)
from msgspec import structs
from tests.issuing.instant import blanks
from town import Town, request

from shebaoka.cards.commands import open_functions
from shebaoka.cards.model import Opening, Outlet
from shebaoka.issuing.applications.commands import apply
from shebaoka.issuing.applications.model import Channel, ReplacementReason
from shebaoka.issuing.instant import commands
from shebaoka.issuing.instant.model import GivenUpBecause
from shebaoka.issuing.stock import commands as stock
from shebaoka.issuing.stock.model import Box, SpoiledBecause
from shebaoka.kit.outbox import deliver_due
from shebaoka.registry.people.commands import upsert_many
from shebaoka.registry.programme.views import load
from shebaoka.wiring import SUBSCRIPTIONS

TRIALS = 12


async def race(town: Town, *acts: Any) -> list[Any]:
    """Let every act begin its transaction as its actor, then all go at once; give the slugs of the refusals, or `done`."""
    barrier = asyncio.Barrier(len(acts))

    async def run(actor: Any, act: Any) -> Any:
        async with town.database.work(actor) as work:
            await work.value("SELECT 1")
            await barrier.wait()
            return await act(work)

    answers = await asyncio.gather(*(run(*pair) for pair in acts), return_exceptions=True)
    await holds(town)
    return sorted(
        getattr(one, "slug", None) or (repr(one) if isinstance(one, BaseException) else "done")
        for one in answers
    )


def takes(number: int) -> Any:
    async def act(work: Any) -> Any:
        return await commands.take_blank(work, await load(work), number)

    return act


def makes(number: int) -> Any:
    async def act(work: Any) -> Any:
        return await blanks.makes(work, number)

    return act


def begins_with(someone: Any) -> Any:
    async def act(work: Any) -> Any:
        return await commands.begin(work, await load(work), asked(someone))

    return act


def dies(someone: Any) -> Any:
    return lambda work: upsert_many(work, [structs.replace(someone, died_on=work.today)])


def spoils(number: int) -> Any:
    return lambda work: commands.spoil(work, number, SpoiledBecause.MISPRINTED)


def gives_up(number: int) -> Any:
    return lambda work: commands.give_up(work, number, GivenUpBecause.HOLDER_LEFT)


def opens(number: int) -> Any:
    async def act(work: Any) -> Any:
        return await commands.open_card(work, await load(work), number)

    return act


def opens_by_hotline(person_id: int, card_id: int) -> Any:
    async def act(work: Any) -> Any:
        opening = Opening(person_id, card_id, frozenset({"social"}), Outlet("hotline"))
        return await open_functions(work, await load(work), opening)

    return act


async def test_two_counters_take_the_last_blank_for_two_people(town: Town) -> None:
    await open_counters(town, 1)
    for trial in range(TRIALS):
        sessions = [await comes_to(town, (await settle(town, 2 * trial + n))[0], "account") for n in (1, 2)]
        numbers = [one.issue.application_id for one in sessions]
        came = await race(town, (town.actor(CENTRE), takes(numbers[0])), (other(town), takes(numbers[1])))
        assert came == ["done", "stock-exhausted"]
        assert await has(town) == (0, 1)
        stands = [await status(town, one) for one in sessions]
        assert sorted(stands) == [("begun", "account_opened"), ("blank_taken", "in_production")]
        for number in numbers:
            await does(town, commands.give_up, number, GivenUpBecause.NO_BLANKS, blank_unused=True)
        assert await has(town) == (1, 0)


async def test_one_counter_and_the_online_platform_take_in_the_same_person(town: Town) -> None:
    await open_counters(town, 10)
    for trial in range(1, TRIALS + 1):
        someone, person_id, _ = await settle(town, trial)
        online = request(
            someone, channel=Channel.ONLINE, replacement=ReplacementReason.DAMAGED, bank="ICBC",
            organisation_id=town.places["ONLINE01"].institution_id,
        )  # fmt: skip
        by_net = partial(apply, request=online)
        came = await race(town, (town.actor(CENTRE), begins_with(someone)), (town.actor("ONLINE01"), by_net))
        assert came == ["application-exists", "done"]
        live = await town.rows_of(
            "SELECT a.instant, i.status FROM application AS a LEFT JOIN instant_issue AS i"
            " USING (person_id, application_id) WHERE person_id = %(p)s", p=person_id,
        )  # fmt: skip
        assert live in ([(True, "begun")], [(False, None)])


async def test_two_clerks_take_the_same_step(town: Town) -> None:
    await open_counters(town, 50)
    pair = (town.actor(CENTRE), other(town))
    for trial in range(1, TRIALS + 1):
        number = (await comes_to(town, (await settle(town, trial))[0], "account")).issue.application_id
        came = await race(town, *((who, takes(number)) for who in pair))
        assert came == ["done", "transition-refused"]
        against = spoils(number) if trial % 2 else gives_up(number)
        came = await race(town, (pair[0], makes(number)), (pair[1], against))
        # Given up after it was made is given up all the same; a blank that has become a card is not spoiled.
        assert came == ["done", "transition-refused"] or (trial % 2 == 0 and came == ["done", "done"])


async def test_the_holder_dies_while_the_card_is_made(town: Town) -> None:
    """Whichever is first: the blank is spoiled or a card that is void, and nothing is left in anybody's hand."""
    await open_counters(town, 50)
    for trial in range(1, TRIALS + 1):
        someone, person_id, _ = await settle(town, trial)
        session = await comes_to(town, someone, "blank_taken")
        number, chip = session.issue.application_id, blanks.blank()
        read, _ = blanks.writes(chip, (await does(town, blanks.order, number, chip)).order)
        making = partial(blanks.make, number=number, read=read)
        assert await race(town, (town.clerk, dies(someone)), (town.actor(CENTRE), making)) == ["done", "done"]
        await deliver_due(town.database, SUBSCRIPTIONS)
        await holds(town)
        assert await status(town, session) == ("ended", "rejected")
        assert set((await cards_of(town, person_id)).values()) == {"void"}
        assert (await has(town))[1] == 0


async def test_the_card_is_opened_at_the_counter_and_by_the_hotline_at_once(town: Town) -> None:
    await open_counters(town, 50)
    for trial in range(1, TRIALS + 1):
        someone, person_id, former = await settle(town, trial)
        issue = (await comes_to(town, someone, "handed_over")).issue
        elsewhere = opens_by_hotline(person_id, issue.card_id or 0)
        came = await race(town, (town.actor(CENTRE), opens(issue.application_id)), (town.clerk, elsewhere))
        assert came == ["done", "transition-refused"]
        assert await cards_of(town, person_id) == {former: "void", issue.card_id: "open"}


async def test_a_blank_is_taken_while_the_drawer_is_emptied(town: Town) -> None:
    await open_counters(town, 1)
    for trial in range(1, TRIALS + 1):
        number = (await comes_to(town, (await settle(town, trial))[0], "account")).issue.application_id
        emptying = partial(stock.give_back, outlet=town.places[CENTRE], quantity=1, shipment="R")
        came = await race(town, (town.actor(CENTRE), takes(number)), (other(town), emptying))
        assert came in (["done", "stock-exhausted"], ["done", "stock-below-zero"])
        await does(town, commands.give_up, number, GivenUpBecause.NO_BLANKS, blank_unused=True)
        if came[1] == "stock-exhausted":
            await does(town, stock.receive, town.places[CENTRE], Box("S2", str(trial), 1))
        assert await has(town) == (1, 0)
