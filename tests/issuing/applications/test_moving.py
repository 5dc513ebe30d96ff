"""The one door to a status, the applicant's choices, and the end."""

from __future__ import annotations

import asyncio

import pytest
from town import Town, person, request

from shebaoka.issuing.applications import errors, views
from shebaoka.issuing.applications.commands import (
    Also,
    apply,
    bring_photo,
    choose_bank,
    complete,
    end_for_death,
    move_many,
    withdraw,
)
from shebaoka.issuing.applications.states import ENDED, Action, Status, after
from shebaoka.kit.outbox import Event
from shebaoka.kit.problems import NotFound, TransitionRefused

WAY: dict[Status, list[Action]] = {
    Status.SUBMITTED: [],
    Status.REJECTED: [Action.REJECT],
    Status.WITHDRAWN: [Action.WITHDRAW],
    Status.VERIFIED: [Action.VERIFY],
    Status.NEEDS_PHOTO: [Action.VERIFY, Action.MISS_PHOTO],
    Status.PHOTO_READY: [Action.VERIFY, Action.FIND_PHOTO],
    Status.BANK_REFUSED: [Action.VERIFY, Action.FIND_PHOTO, Action.REFUSE_ACCOUNT],
    Status.ACCOUNT_OPENED: [Action.VERIFY, Action.FIND_PHOTO, Action.OPEN_ACCOUNT],
}
WAY[Status.IN_PRODUCTION] = [*WAY[Status.ACCOUNT_OPENED], Action.ORDER]
WAY[Status.MADE] = [*WAY[Status.IN_PRODUCTION], Action.MAKE]
WAY[Status.DISPATCHED] = [*WAY[Status.MADE], Action.DISPATCH]
WAY[Status.AT_OUTLET] = [*WAY[Status.DISPATCHED], Action.ARRIVE]
WAY[Status.AT_CENTRE] = [*WAY[Status.AT_OUTLET], Action.BRING_BACK]
WAY[Status.RECEIVED] = [*WAY[Status.DISPATCHED], Action.DELIVER]
WAY[Status.COMPLETED] = [*WAY[Status.MADE], Action.OPEN]
CARD = 4711


async def brought_to(town: Town, status: Status, serial: int = 1) -> tuple[int, int]:
    someone = person(serial)
    await town.settle(someone)
    async with town.database.work(town.actor("CENTRE")) as work:
        made = await apply(work, request(someone))
        key = (made.person_id, made.application_id)
        for action in WAY[status]:
            assert await move_many(work, [key], action, Also(cards=[CARD])) == 1
    return key


async def status_of(town: Town, key: tuple[int, int]) -> str:
    async with town.database.work(town.actor("CENTRE")) as work:
        return (await views.by_keys(work, [key]))[key[1]].status


@pytest.mark.parametrize("status", list(Status))
async def test_every_action_in_the_database_does_what_the_screen_says(town: Town, status: Status) -> None:
    key = await brought_to(town, status)
    for action in Action:
        async with town.database.work(town.clerk) as work:
            moved = await move_many(work, [key], action)
            try:
                expected = str(after(status, action))
            except TransitionRefused:
                expected = str(status)
            assert moved == (expected != status)
            assert (await views.by_keys(work, [key]))[key[1]].status == expected
            await work.connection.execute("UPDATE application SET status = %s", [status])


@pytest.mark.parametrize("status", list(WAY))
async def test_a_death_ends_what_is_under_way_and_nothing_else(town: Town, status: Status) -> None:
    key = await brought_to(town, status)
    event = Event(key[0], 1, "person.died", {})
    for _ in range(2):
        async with town.database.work(town.clerk) as work:
            await end_for_death(work, [event])
    stays = status in {Status.IN_PRODUCTION, *ENDED}
    assert await status_of(town, key) == (status if stays else Status.REJECTED)
    facts = await town.rows_of(
        "SELECT detail FROM audit_fact WHERE detail ->> 'reason' = 'register-deceased'"
    )
    assert len(facts) == (not stays)


async def test_only_those_move_that_may(town: Town) -> None:
    early, late = await brought_to(town, Status.SUBMITTED, 1), await brought_to(town, Status.MADE, 2)
    async with town.database.work(town.clerk) as work:
        assert await move_many(work, [early, late], Action.WITHDRAW, Also(reasons=["a", "b"])) == 1
    assert await status_of(town, late) == Status.MADE
    facts = await town.rows_of(
        "SELECT subject, detail FROM audit_fact WHERE action = 'application.withdrawn'"
    )
    assert facts == [(str(early[1]), {"reason": "a"})]


async def test_another_bank_after_a_refusal(town: Town) -> None:
    _, number = await brought_to(town, Status.BANK_REFUSED)
    async with town.database.work(town.actor("CENTRE")) as work:
        with pytest.raises(errors.BankRefusedBefore):
            await choose_bank(work, number, "BOSC")
        with pytest.raises(errors.BankNotServing):
            await choose_bank(work, number, "LATE")
        chosen = await choose_bank(work, number, "CCB")
        assert (chosen.status, chosen.bank_id) == (Status.PHOTO_READY, town.places["CCB"].institution_id)
        with pytest.raises(TransitionRefused):
            await choose_bank(work, number, "ICBC")


async def test_a_clerk_of_another_bank_cannot_reach_it(town: Town) -> None:
    _, number = await brought_to(town, Status.BANK_REFUSED)
    for act in (
        lambda work: choose_bank(work, number, "CCB"),
        lambda work: withdraw(work, number),
        lambda work: bring_photo(work, number, 1),
    ):
        async with town.database.work(town.actor("CCB")) as work:
            with pytest.raises(NotFound):
                await act(work)


@pytest.mark.parametrize("status", [Status.ACCOUNT_OPENED, Status.MADE, Status.COMPLETED])
async def test_too_late_to_withdraw(town: Town, status: Status) -> None:
    _, number = await brought_to(town, status)
    async with town.database.work(town.actor("CENTRE")) as work:
        with pytest.raises(TransitionRefused):
            await withdraw(work, number)


async def test_of_two_who_act_at_once_one_is_refused(town: Town) -> None:
    for serial in range(1, 31):
        _, number = await brought_to(town, Status.BANK_REFUSED, serial)
        barrier = asyncio.Barrier(2)

        async def act(*, first: bool, number: int = number, barrier: asyncio.Barrier = barrier) -> str:
            try:
                async with town.database.work(town.actor("CENTRE")) as work:
                    await barrier.wait()
                    done = await (withdraw(work, number) if first else choose_bank(work, number, "CCB"))
            except TransitionRefused:
                return "refused"
            return done.status

        answers = await asyncio.gather(act(first=True), act(first=False))
        # Choosing a bank first and withdrawing then is a life, too; the other way round is not.
        assert set(answers) in (
            {"withdrawn", "refused"},
            {"photo_ready", "refused"},
            {"withdrawn", "photo_ready"},
        )


@pytest.mark.parametrize("status", [Status.MADE, Status.DISPATCHED, Status.AT_OUTLET, Status.RECEIVED])
async def test_opening_the_card_completes_once(town: Town, status: Status) -> None:
    key = await brought_to(town, status)
    events = [
        Event(key[0], 1, "card.social_opened", {"card_id": CARD}),
        Event(99, 2, "card.social_opened", {"card_id": 1}),
    ]
    for _ in range(2):
        async with town.database.work(town.clerk) as work:
            await complete(work, events)
    assert await status_of(town, key) == Status.COMPLETED
    facts = await town.rows_of("SELECT count(*) FROM audit_fact WHERE action = 'application.completed'")
    assert facts == [(1,)]


async def test_another_card_completes_nothing(town: Town) -> None:
    key = await brought_to(town, Status.RECEIVED)
    async with town.database.work(town.clerk) as work:
        await complete(work, [Event(key[0], 1, "card.social_opened", {"card_id": CARD + 1})])
    assert await status_of(town, key) == Status.RECEIVED


def test_the_way_leads_to_every_status() -> None:
    reached = set()
    for goal, way in WAY.items():
        status = Status.SUBMITTED
        for action in way:
            status = after(status, action)
        assert status is goal
        reached.add(status)
    assert reached == set(Status)
