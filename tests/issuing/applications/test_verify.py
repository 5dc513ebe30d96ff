"""Verification against the population register, through a real socket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from town import Sandbox, Town, lives, person, request

from shebaoka.issuing.applications import views
from shebaoka.issuing.applications.commands import apply_many, verify_due, verifying, withdraw
from shebaoka.issuing.applications.commands.verifying import Verified
from shebaoka.issuing.applications.states import Status
from shebaoka.kit.clock import SetClock

Start = Callable[[list[str]], Sandbox]


async def applied(town: Town, count: int) -> list[int]:
    people = [person(serial) for serial in range(1, count + 1)]
    await town.settle(*people)
    async with town.database.work(town.clerk) as work:
        outcomes = await apply_many(work, [request(one) for one in people])
    return [outcome.application_id or 0 for outcome in outcomes]


async def statuses(town: Town) -> list[tuple[str, str | None]]:
    return await town.rows_of("SELECT status, reason FROM application ORDER BY application_id")  # type: ignore[return-value]


async def test_the_register_decides(town: Town, outside: Start) -> None:
    await applied(town, 4)
    world = [
        lives(person(1)),
        lives(person(2), deceased=1),
        lives(person(3)).replace(person(3).name, "另一人"),
    ]
    sandbox = outside(world)
    seen: list[int] = []
    assert await verify_due(town.database, sandbox.partner("register"), seen.append) == Verified(1, 3, 0)
    assert await statuses(town) == [
        ("verified", None),
        ("rejected", "register-deceased"),
        ("rejected", "register-name-differs"),
        ("rejected", "register-unknown"),
    ]
    assert seen == [4]
    facts = await town.rows_of(
        "SELECT action, detail->>'reason' FROM audit_fact WHERE action LIKE 'application.rej%%' ORDER BY 2"
    )
    assert [reason for _, reason in facts] == [
        "register-deceased",
        "register-name-differs",
        "register-unknown",
    ]


@pytest.mark.parametrize("count", [4, 5])
async def test_some_at_a_time_all_are_verified(
    town: Town, outside: Start, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(verifying, "PEOPLE_AT_ONCE", 2)
    numbers = await applied(town, count)
    register = outside([lives(person(serial)) for serial in range(1, count)]).partner("register")
    assert await verify_due(town.database, register) == Verified(count - 1, 1, 0)
    keys = await town.rows_of("SELECT person_id, application_id FROM application")
    async with town.database.work(town.clerk) as work:
        good = await views.those_in(work, keys, {Status.VERIFIED, Status.RECEIVED})  # type: ignore[arg-type]
        bad = await views.those_in(work, keys, {Status.REJECTED})  # type: ignore[arg-type]
    assert sorted(one.application_id for one in good) == sorted(numbers)[:-1]
    assert [one.application_id for one in bad] == sorted(numbers)[-1:]


async def test_the_card_is_due_thirty_days_after(town: Town, outside: Start, clock: SetClock) -> None:
    number = (await applied(town, 1))[0]
    await verify_due(town.database, outside([lives(person(1))]).partner("register"))
    async with town.database.work(town.actor("CENTRE")) as work:
        made = await views.by_id(work, number)
        assert made.verified_at == clock.now()
        assert made.due_on == work.today + timedelta(days=30)
        assert await views.overdue(work, made.due_on) == []
        assert await views.overdue(work, made.due_on + timedelta(days=1)) == [made]
        assert [step.action for step in await views.timeline(work, made.person_id)] == [
            "application.submitted",
            "application.verified",
        ]


async def test_a_register_that_is_down_loses_nothing(town: Town, outside: Start) -> None:
    await applied(town, 3)
    sandbox = outside([lives(person(serial)) for serial in (1, 2, 3)])
    await sandbox.faults("register", down=True)
    done = await verify_due(town.database, sandbox.partner("register"))
    assert (done.verified, done.rejected) == (0, 0)
    assert done.partner_down is not None
    assert "503" in done.partner_down
    assert await statuses(town) == [("submitted", None)] * 3
    await sandbox.mend()
    assert await verify_due(town.database, sandbox.partner("register")) == Verified(3, 0, 0)


async def test_missing_and_double_answers(town: Town, outside: Start) -> None:
    await applied(town, 40)
    sandbox = outside([lives(person(serial)) for serial in range(1, 41)])
    await sandbox.faults("register", lose=0.5, duplicate=0.5)
    first = await verify_due(town.database, sandbox.partner("register"))
    assert 0 < first.verified < 40
    assert first.unanswered == 40 - first.verified
    second = await verify_due(town.database, sandbox.partner("register"))
    assert (second.verified, second.unanswered) == (first.unanswered, 0)
    facts = await town.rows_of("SELECT count(*) FROM audit_fact WHERE action = 'application.verified'")
    assert facts == [(40,)]


async def test_a_run_repeated_does_nothing(town: Town, outside: Start) -> None:
    await applied(town, 3)
    sandbox = outside([lives(person(serial)) for serial in (1, 2, 3)])
    assert (await verify_due(town.database, sandbox.partner("register"))).verified == 3
    assert await verify_due(town.database, sandbox.partner("register")) == Verified()


async def test_who_withdraws_meanwhile_stays_withdrawn(town: Town, outside: Start) -> None:
    numbers = await applied(town, 2)
    sandbox = outside([lives(person(serial)) for serial in (1, 2)])
    register = sandbox.partner("register")
    ask = register.batch

    async def slow(path: str, items, **more):  # type: ignore[no-untyped-def]
        answers = await ask(path, items, **more)
        async with town.database.work(town.actor("CENTRE")) as work:
            await withdraw(work, numbers[0])
        return answers

    register.batch = slow  # type: ignore[method-assign]
    assert (await verify_due(town.database, register)).verified == 1
    assert await statuses(town) == [("withdrawn", None), ("verified", None)]
