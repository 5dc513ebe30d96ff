"""Replacement: which card, for which reason, from when; and one live application, whatever is lost."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from itertools import product
from typing import Any, get_args

import pytest
from town import Town, person, request

from shebaoka.cards import commands as cards
from shebaoka.cards import states as card_states
from shebaoka.cards import views as card_views
from shebaoka.cards.model import LossReport, MadeCard, Opening, Outlet
from shebaoka.issuing.applications import errors, replacing, views
from shebaoka.issuing.applications.commands import (
    Also,
    apply,
    end_entitled_no_more,
    end_entitlement,
    move_many,
    withdraw,
)
from shebaoka.issuing.applications.model import Kind, ReplacementReason
from shebaoka.issuing.applications.states import Action, Status
from shebaoka.kit.problems import Problem, TransitionRefused
from shebaoka.registry.programme import views as programmes

R = ReplacementReason
CENTRE, HOTLINE = Outlet("community_centre"), Outlet("hotline")
SOCIAL = frozenset({"social"})


async def holder(town: Town, serial: int = 1, expires_on: date | None = None, *, opened: bool = True) -> Any:
    """Let somebody hold a new card; gives the row of the register, person_id and card_id."""
    someone = person(serial)
    (person_id,) = (await town.settle(someone)).values()
    async with town.database.work(town.clerk) as work:
        (number,) = await cards.allocate_numbers(work, 1)
        bank = town.places["BOSC"].institution_id
        made = MadeCard(
            person_id, 1_000 + serial, number, bank, date(2018, 1, 2), expires_on, "ab" * 16, "cd" * 13
        )
        await cards.take_made_cards(work, [made])
    if opened:
        await open_card(town, person_id, made.card_id)
    return someone, person_id, made.card_id


async def open_card(town: Town, person_id: int, card_id: int) -> None:
    async with town.database.work(town.clerk) as work:
        await cards.open_functions(
            work, await programmes.load(work), Opening(person_id, card_id, SOCIAL, CENTRE)
        )


async def report(town: Town, person_id: int, card_id: int, loss: str = "temporary") -> None:
    async with town.database.work(town.clerk) as work:
        outlet = HOTLINE if loss == "temporary" else CENTRE
        await cards.report_loss(
            work, await programmes.load(work), LossReport(person_id, card_id, loss, outlet)
        )


async def lift(town: Town, person_id: int, card_id: int) -> None:
    async with town.database.work(town.clerk) as work:
        await cards.lift_loss(work, await programmes.load(work), person_id, card_id, CENTRE)


async def asks(town: Town, someone: Any, reason: R | None = None) -> Any:
    async with town.database.work(town.clerk) as work:
        return await apply(work, request(someone, replacement=reason))


async def refused(town: Town, someone: Any, reason: R | None) -> Problem:
    with pytest.raises(Problem) as problem:
        await asks(town, someone, reason)
    assert problem.value.remedy_zh
    return problem.value


async def social(town: Town, person_id: int) -> dict[int, str]:
    async with town.database.work(town.clerk) as work:
        held = (await card_views.of_people(work, [person_id])).get(person_id, [])
    return {card.card_id: card.social for card in held}


async def put(work: Any, application_id: int, status: Status) -> None:
    await work.run(
        "UPDATE application SET status = %(s)s WHERE application_id = %(a)s",
        {"s": status, "a": application_id},
    )


async def handed_out(town: Town, someone: Any, status: Status = Status.RECEIVED) -> tuple[int, int, int]:
    """Let somebody have applied, and the card be made, and come to a status; gives person, application and card."""
    made = await asks(town, someone)
    key, card_id = (made.person_id, made.application_id), made.application_id + 7
    async with town.database.work(town.clerk) as work:
        (number,) = await cards.allocate_numbers(work, 1)
        await cards.take_made_cards(work, [
            MadeCard(made.person_id, card_id, number, made.bank_id, work.today, None, "ab" * 16, "cd" * 13)
        ])  # fmt: skip
        await put(work, made.application_id, Status.IN_PRODUCTION)
        await move_many(work, [key], Action.MAKE, Also(cards=[card_id]))
        await put(work, made.application_id, status)
    return made.person_id, made.application_id, card_id


@pytest.mark.parametrize(("reason", "status"), list(product([*R], get_args(card_states.Social))))
def test_every_reason_with_every_status(reason, status):
    lost = status in ("suspended", "lost_unopened")
    expected = status != "void" and lost == (reason == "lost")
    assert (status in replacing.REPLACEABLE[reason]) == expected


async def test_a_lost_card_is_replaced_and_stays_suspended(town: Town, clock) -> None:
    someone, person_id, card_id = await holder(town)
    assert (await refused(town, someone, None)).slug == "card-exists"
    assert (await refused(town, someone, R.LOST)).slug == "loss-not-reported"
    await report(town, person_id, card_id)
    assert (await refused(town, someone, None)).slug == "card-exists"
    for reason in (R.WORN, R.DAMAGED, R.UNREADABLE, R.DATA_CHANGED, R.EXPIRING):
        assert (await refused(town, someone, reason)).slug == "card-reported-lost"
    made = await asks(town, someone, R.LOST)
    assert (made.kind, made.replacement_reason) == (Kind.REPLACEMENT, R.LOST)
    clock.at += timedelta(days=30)
    await cards.lift_lapsed_due(town.database)
    assert await social(town, person_id) == {card_id: "suspended"}
    facts = await town.rows_of(
        "SELECT detail->>'reason' FROM audit_fact WHERE action = 'application.replaces'"
    )
    assert facts == [("lost",)]


async def test_a_loss_report_that_has_ended_replaces_nothing(town: Town, clock) -> None:
    someone, person_id, card_id = await holder(town)
    await report(town, person_id, card_id)
    clock.at += timedelta(days=5)
    assert (await refused(town, someone, R.LOST)).slug == "loss-not-reported"


@pytest.mark.parametrize("reason", [R.WORN, R.UNREADABLE, R.DAMAGED, R.DATA_CHANGED])
async def test_a_spoiled_card_stays_good_until_the_new_one_opens(town: Town, reason) -> None:
    someone, person_id, card_id = await holder(town)
    made = await asks(town, someone, reason)
    assert (made.kind, made.replacement_reason) == (Kind.REPLACEMENT, reason)
    assert await social(town, person_id) == {card_id: "open"}
    assert (await refused(town, someone, reason)).slug == "application-exists"


@pytest.mark.parametrize(("days", "may"), [(60, True), (61, False), (0, True)])
async def test_a_card_is_renewed_from_sixty_days_before_its_end(town: Town, clock, days, may) -> None:
    last_day = date(2019, 1, 2) + timedelta(days=days)
    someone, person_id, card_id = await holder(town, expires_on=last_day)
    assert (await refused(town, someone, None)).slug == "card-exists"
    if may:
        assert (await asks(town, someone, R.EXPIRING)).replacement_reason == R.EXPIRING
        assert await social(town, person_id) == {card_id: "open"}
    else:
        problem = await refused(town, someone, R.EXPIRING)
        assert (problem.slug, problem.members) == ("not-yet-renewable", {"from": "2019-01-03"})


async def test_a_card_without_end_is_not_renewed_and_an_expired_one_without_asking(town: Town, clock) -> None:
    endless, _, _ = await holder(town, 1)
    problem = await refused(town, endless, R.EXPIRING)
    assert (problem.slug, problem.members) == ("not-yet-renewable", {"from": None})
    ended, _, _ = await holder(town, 2, date(2019, 1, 2))
    clock.at += timedelta(days=1)
    made = await asks(town, ended)
    assert (made.kind, made.replacement_reason) == (Kind.REPLACEMENT, R.EXPIRED)


async def test_who_has_no_new_card_has_nothing_to_replace(town: Town) -> None:
    someone = person(1)
    await town.settle(someone)
    assert (await refused(town, someone, R.LOST)).slug == "nothing-to-replace"
    assert (await asks(town, someone)).replacement_reason is None


@pytest.mark.parametrize("status", [Status.DISPATCHED, Status.AT_OUTLET, Status.RECEIVED])
async def test_a_card_lost_before_it_was_opened_is_replaced(town: Town, status) -> None:
    someone = person(1)
    await town.settle(someone)
    person_id, first, card_id = await handed_out(town, someone, status)
    assert (await refused(town, someone, R.LOST)).slug == "loss-not-reported"
    await report(town, person_id, card_id)
    assert (await refused(town, someone, None)).slug == "application-exists"
    made = await asks(town, someone, R.LOST)
    assert (made.kind, made.replacement_reason) == (Kind.REPLACEMENT, R.LOST)
    async with town.database.work(town.clerk) as work:
        assert ((await views.by_id(work, first)).status, (await views.by_id(work, first)).reason) == (
            "rejected", "card-replaced",
        )  # fmt: skip
    assert await social(town, person_id) == {card_id: "lost_unopened"}
    assert (await refused(town, someone, R.LOST)).slug == "application-exists"


async def test_a_card_that_came_spoiled_is_replaced_and_one_being_made_is_not(town: Town) -> None:
    someone = person(1)
    await town.settle(someone)
    await handed_out(town, someone, Status.MADE)
    assert (await refused(town, someone, R.DAMAGED)).slug == "application-exists"
    async with town.database.work(town.clerk) as work:
        await work.run("UPDATE application SET status = 'received'")
    assert (await asks(town, someone, R.DAMAGED)).replacement_reason == R.DAMAGED


async def test_a_replacement_that_was_lost_too_is_replaced(town: Town) -> None:
    """The first card lost, its replacement lost in the post: both stay so, and a third is made."""
    someone, person_id, first = await holder(town)
    await report(town, person_id, first, "formal")
    made = await asks(town, someone, R.LOST)
    async with town.database.work(town.clerk) as work:
        (number,) = await cards.allocate_numbers(work, 1)
        second = MadeCard(
            person_id, made.application_id, number, made.bank_id, work.today, None, "ab" * 16, "cd" * 13
        )
        await cards.take_made_cards(work, [second])
        await work.run("UPDATE application SET status = 'dispatched', card_id = application_id")
    await report(town, person_id, second.card_id)
    assert (await asks(town, someone, R.LOST)).application_id != made.application_id
    assert await social(town, person_id) == {first: "suspended", second.card_id: "lost_unopened"}


async def test_two_counters_take_in_the_same_replacement(town: Town) -> None:
    """Each way of being replaced, raced: one application, and the other counter is told."""
    for serial in range(1, 31):
        lost, unopened = serial % 2 == 0, serial % 3 == 0
        someone = person(serial)
        await town.settle(someone)
        if unopened:
            person_id, _, card_id = await handed_out(town, someone)
        else:
            _, person_id, card_id = await holder(town, serial)
        if lost:
            await report(town, person_id, card_id)
        barrier = asyncio.Barrier(2)

        async def counter(someone=someone, reason=R.LOST if lost else R.DAMAGED, barrier=barrier):
            async with town.database.work(town.clerk) as work:
                await work.value("SELECT 1")
                await barrier.wait()
                return await apply(work, request(someone, replacement=reason))

        answers = await asyncio.gather(counter(), counter(), return_exceptions=True)
        problems = [answer for answer in answers if isinstance(answer, BaseException)]
        assert [getattr(problem, "slug", problem) for problem in problems] == ["application-exists"]
        live = "SELECT count(*) FROM application WHERE person_id = %(p)s AND status = 'submitted'"
        async with town.database.work(town.clerk) as work:
            assert await work.value(live, {"p": person_id}) == 1
            await work.run("UPDATE application SET status = 'completed' WHERE status = 'submitted'")


async def test_the_report_is_lifted_while_the_replacement_is_applied_for(town: Town) -> None:
    """Either the card was found first, and nothing is replaced, or it is found although the replacement is under way."""
    for serial in range(1, 21):
        someone, person_id, card_id = await holder(town, serial)
        await report(town, person_id, card_id)
        applied, _ = await asyncio.gather(
            asks(town, someone, R.LOST), lift(town, person_id, card_id), return_exceptions=True
        )
        if isinstance(applied, BaseException):
            assert isinstance(applied, (errors.LossNotReported, TransitionRefused)), applied
        assert await social(town, person_id) == {card_id: "open"}


@pytest.mark.parametrize("status", [s for s in Status if s not in {"completed", "rejected", "withdrawn"}])
async def test_the_end_of_entitlement_ends_the_live_application(town: Town, status) -> None:
    someone = person(1)
    await town.settle(someone)
    person_id, application_id, card_id = await handed_out(town, someone, status)
    async with town.database.work(town.clerk) as work:
        programme = await programmes.load(work)
        ended = await end_entitlement(work, programme, person_id, "moved_away", CENTRE)
        again = await end_entitlement(work, programme, person_id, "moved_away", CENTRE)
    assert (ended.cards.voided, ended.applications) == ((card_id,), 1)
    # What waits for the bureau is marked again, to the same end.
    assert (again.cards.voided, again.applications) == ((), 1 if status == Status.IN_PRODUCTION else 0)
    async with town.database.work(town.clerk) as work:
        one = await views.by_id(work, application_id)
        if status == Status.IN_PRODUCTION:
            assert one.status == Status.IN_PRODUCTION
            await move_many(work, [(person_id, application_id)], Action.MAKE, Also(cards=[card_id]))
            await end_entitled_no_more(work, [(person_id, application_id)])
            one = await views.by_id(work, application_id)
    assert (one.status, one.reason) == ("rejected", "entitlement-ended")
    assert await social(town, person_id) == {card_id: "void"}


async def test_a_card_that_is_made_while_the_entitlement_ends_goes_nowhere(town: Town) -> None:
    someone = person(1)
    (person_id,) = (await town.settle(someone)).values()
    application = await asks(town, someone)
    key = (person_id, application.application_id)

    async def ends() -> None:
        async with town.database.work(town.clerk) as work:
            await end_entitlement(work, await programmes.load(work), person_id, "moved_away", CENTRE)

    async with town.database.work(town.clerk) as work:
        await work.run("UPDATE application SET status = 'in_production'")
    async with town.database.work(town.clerk) as bureau, asyncio.timeout(60):
        (number,) = await cards.allocate_numbers(bureau, 1)
        bank = town.places["BOSC"].institution_id
        made = MadeCard(person_id, 1_001, number, bank, date(2018, 1, 2), None, "ab" * 16, "cd" * 13)
        await cards.take_made_cards(bureau, [made])
        await move_many(bureau, [key], Action.MAKE, Also(cards=[made.card_id]))
        ending = asyncio.create_task(ends())
        # It has looked for cards, and found none, when it is held up by the bureau's answer.
        waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        while not await town.rows_of(waiting):  # noqa: ASYNC110 - it waits for another transaction
            await asyncio.sleep(0.01)
    await ending
    assert await social(town, person_id) == {made.card_id: "void"}
    async with town.database.work(town.clerk) as work:
        one = await views.by_id(work, application.application_id)
    assert (one.status, one.reason) == ("rejected", "entitlement-ended")


async def test_a_replacement_may_be_withdrawn_and_asked_for_again(town: Town) -> None:
    someone, person_id, card_id = await holder(town)
    await report(town, person_id, card_id)
    made = await asks(town, someone, R.LOST)
    async with town.database.work(town.clerk) as work:
        await withdraw(work, made.application_id)
    assert await social(town, person_id) == {card_id: "suspended"}
    assert (await asks(town, someone, R.LOST)).application_id != made.application_id


async def test_opening_the_replacement_voids_the_lost_card(town: Town) -> None:
    someone, person_id, card_id = await holder(town)
    await report(town, person_id, card_id)
    await asks(town, someone, R.LOST)
    async with town.database.work(town.clerk) as work:
        (number,) = await cards.allocate_numbers(work, 1)
        new = MadeCard(
            person_id,
            card_id + 1,
            number,
            town.places["BOSC"].institution_id,
            work.today,
            None,
            "ab" * 16,
            "cd" * 13,
        )
        await cards.take_made_cards(work, [new])
    assert await social(town, person_id) == {card_id: "suspended", new.card_id: "unopened"}
    await open_card(town, person_id, new.card_id)
    assert await social(town, person_id) == {card_id: "void", new.card_id: "open"}
