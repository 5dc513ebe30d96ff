"""The second factor: enrolled, asked for, used once, lost, taken away; and log-ins of several steps."""

from __future__ import annotations

import asyncio
import random
from base64 import b32decode
from datetime import timedelta

import pytest
from staff_people import PASSWORD, Staffed

from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.registry.staff import accounts, commands, totp, views
from shebaoka.registry.staff.errors import (
    CodeRefused,
    LogInLapsed,
    LogInRefused,
    PasswordRefused,
    TokenRefused,
    TooManyFailures,
)
from shebaoka.registry.staff.gatekeeper import Gatekeeper
from shebaoka.registry.staff.model import LOG_IN_WITHIN, Admission, Next, Step

HERE = "192.0.2.1"
STEP = timedelta(seconds=30)
ADMIN = Actor("staff:0", 1, "administrator")


def code_at(secret: bytes, moment) -> str:
    return totp.code(secret, totp.step_at(moment))


async def everybody_must(_role, _on):
    return True


@pytest.fixture
def strict(staffed: Staffed) -> Gatekeeper:
    """A gatekeeper of a programme that asks everybody for a second factor."""
    return Gatekeeper(staffed.database, seconds=lambda: staffed.steady[0], must=everybody_must)


async def enrolled(keeper: Gatekeeper, clock) -> tuple[bytes, list[str], str]:
    """Enrol wang.li at a log-in, and give the secret, the recovery codes and the session's token."""
    step = await keeper.log_in("wang.li", PASSWORD, HERE)
    assert isinstance(step, Step)
    assert step.next is Next.ENROLMENT
    enrolment = await keeper.steps.enrol(step.ticket)
    secret = b32decode(enrolment.secret)
    passed = await keeper.steps.give_code(step.ticket, code_at(secret, clock.now()), HERE)
    assert isinstance(passed.then, Admission)
    return secret, passed.recovery_codes, passed.then.token


async def asked(keeper: Gatekeeper) -> str:
    step = await keeper.log_in("wang.li", PASSWORD, HERE)
    assert isinstance(step, Step)
    assert step.next is Next.CODE
    return step.ticket


async def test_who_must_enrols_before_there_is_a_session(staffed: Staffed, strict: Gatekeeper, clock) -> None:
    step = await strict.log_in("wang.li", PASSWORD, HERE)
    with pytest.raises(TokenRefused):
        await strict.authenticate(step.ticket)
    again = [await strict.steps.enrol(step.ticket) for _ in range(2)]
    assert again[0] == again[1]
    with pytest.raises(CodeRefused):
        await strict.steps.give_code(step.ticket, "000000", HERE)
    async with staffed.database.work(SYSTEM) as work:
        assert await views.with_second_factor(work, [staffed.staff_id]) == set()
        assert await views.sessions(work) == []
    _, codes, token = await enrolled(strict, clock)
    assert len(set(codes)) == 10
    assert (await strict.authenticate(token)).name == f"staff:{staffed.staff_id}"
    async with staffed.database.work(SYSTEM) as work:
        rows = await work.rows("SELECT sealed, pending FROM staff_second_factor")
        assert rows[0][1] is None
        assert b32decode(again[0].secret) not in bytes(rows[0][0])
        kept = await work.rows("SELECT code_digest FROM staff_recovery_code")
        assert len(kept) == 10
        assert not any(codes[0].replace("-", "").encode() in bytes(row[0]) for row in kept)


async def test_a_code_is_taken_once(staffed: Staffed, strict: Gatekeeper, clock) -> None:
    secret, _, _ = await enrolled(strict, clock)
    # The code that confirmed the enrolment is used, too.
    with pytest.raises(CodeRefused):
        await strict.steps.give_code(await asked(strict), code_at(secret, clock.now()), HERE)
    clock.at += STEP
    code = code_at(secret, clock.now())
    ticket = await asked(strict)
    assert isinstance(
        (await strict.steps.give_code(ticket, f" {code[:3]} {code[3:]} ", HERE)).then, Admission
    )
    with pytest.raises(CodeRefused):
        await strict.steps.give_code(await asked(strict), code, HERE)
    with pytest.raises(LogInLapsed):
        await strict.steps.give_code(ticket, code_at(secret, clock.now() + STEP), HERE)
    # The next one may come early; after it none before it counts.
    await strict.steps.give_code(await asked(strict), code_at(secret, clock.now() + STEP), HERE)
    with pytest.raises(CodeRefused):
        await strict.steps.give_code(await asked(strict), code, HERE)


async def test_of_two_with_one_code_one_comes_in(staffed: Staffed, strict: Gatekeeper, clock) -> None:
    secret, _, _ = await enrolled(strict, clock)
    clock.at += STEP
    code = code_at(secret, clock.now())
    tickets = [await asked(strict) for _ in range(4)]
    came = await asyncio.gather(
        *(strict.steps.give_code(one, code, f"192.0.2.{n}") for n, one in enumerate(tickets)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in came) == ["CodeRefused"] * 3 + ["Passed"]


async def test_any_story_takes_no_code_twice(staffed: Staffed, strict: Gatekeeper, clock) -> None:
    """Codes of around now in any order, over and again: each time step lets somebody in at most once, and never backwards."""
    chance = random.Random(21)
    secret, _, _ = await enrolled(strict, clock)
    last = totp.step_at(clock.now())
    for _ in range(40):
        clock.at += timedelta(seconds=chance.choice((0, 7, 15, 30)))
        here = totp.step_at(clock.now())
        step = here + chance.randint(-3, 3)
        good = abs(step - here) <= 1 and step > last
        ticket = await asked(strict)
        try:
            await strict.steps.give_code(ticket, totp.code(secret, step), HERE)
        except CodeRefused:
            assert not good, (step, here, last)
        else:
            assert good, (step, here, last)
            last = step
        async with staffed.database.work(SYSTEM) as work:
            await work.run("DELETE FROM login_failure")


async def test_recovery_codes_are_used_once(staffed: Staffed, strict: Gatekeeper, clock) -> None:
    _, codes, _ = await enrolled(strict, clock)
    await strict.steps.give_code(await asked(strict), codes[0].lower(), HERE)
    with pytest.raises(CodeRefused):
        await strict.steps.give_code(await asked(strict), codes[0], HERE)
    await strict.steps.give_code(await asked(strict), codes[1].replace("-", ""), HERE)
    async with staffed.database.work(SYSTEM) as work:
        assert await views.recovery_codes_left(work, staffed.staff_id) == 8


async def test_guessing_codes_is_slowed_down(staffed: Staffed, strict: Gatekeeper, clock) -> None:
    secret, _, _ = await enrolled(strict, clock)
    clock.at += STEP
    ticket = await asked(strict)
    for n in range(10):
        with pytest.raises(CodeRefused):
            await strict.steps.give_code(ticket, "000000", f"198.51.100.{n}")
    with pytest.raises(TooManyFailures):
        await strict.steps.give_code(ticket, code_at(secret, clock.now()), "203.0.113.1")
    async with staffed.database.work(ADMIN) as work:
        await accounts.unlock(work, staffed.staff_id)
    await strict.steps.give_code(ticket, code_at(secret, clock.now()), "203.0.113.1")


async def test_a_source_that_guesses_codes_is_slowed_down_too(
    staffed: Staffed, strict: Gatekeeper, clock
) -> None:
    await enrolled(strict, clock)
    ticket = await asked(strict)
    for _ in range(10):
        with pytest.raises(CodeRefused):
            await strict.steps.give_code(ticket, "000000", HERE)
    with pytest.raises(TooManyFailures):
        await strict.log_in("somebody.else", PASSWORD, HERE)


async def test_a_log_in_is_over_after_ten_minutes_and_with_every_change(
    staffed: Staffed, strict: Gatekeeper, clock
) -> None:
    secret, _, token = await enrolled(strict, clock)
    ticket = await asked(strict)
    clock.at += LOG_IN_WITHIN
    with pytest.raises(LogInLapsed):
        await strict.steps.give_code(ticket, code_at(secret, clock.now()), HERE)
    ticket = await asked(strict)
    async with staffed.database.work(ADMIN) as work:
        await accounts.reset_second_factor(work, staffed.staff_id)
    staffed.steady[0] += 5
    with pytest.raises(TokenRefused):
        await strict.authenticate(token)
    with pytest.raises(LogInLapsed):
        await strict.steps.give_code(ticket, code_at(secret, clock.now()), HERE)
    fresh, _, _ = await enrolled(strict, clock)
    assert fresh != secret


async def test_a_ticket_does_only_what_is_next(staffed: Staffed, strict: Gatekeeper, clock) -> None:
    await enrolled(strict, clock)
    ticket = await asked(strict)
    with pytest.raises(LogInLapsed):
        await strict.steps.enrol(ticket)
    with pytest.raises(LogInLapsed):
        await strict.steps.new_password(ticket, "another good password")
    with pytest.raises(LogInLapsed):
        await strict.steps.give_code("sbl_guessed", "123456", HERE)


async def test_a_temporary_password_is_changed_before_there_is_a_session(staffed: Staffed, clock) -> None:
    keeper = staffed.gatekeeper
    async with staffed.database.work(ADMIN) as work:
        fresh = await accounts.reset_password(work, staffed.staff_id, None)
    step = await keeper.log_in("wang.li", fresh, HERE)
    assert step.next is Next.PASSWORD
    for bad in (fresh, "short", "password123456"):
        with pytest.raises(PasswordRefused):
            await keeper.steps.new_password(step.ticket, bad)
    admission = await keeper.steps.new_password(step.ticket, "another good password")
    assert (await keeper.authenticate(admission.token)).role == "bank_clerk"
    with pytest.raises(LogInRefused):
        await keeper.log_in("wang.li", fresh, "192.0.2.9")
    assert isinstance(await keeper.log_in("wang.li", "another good password", "192.0.2.9"), Admission)


async def test_who_has_both_to_do_does_both(staffed: Staffed, strict: Gatekeeper, clock) -> None:
    async with staffed.database.work(ADMIN) as work:
        fresh = await accounts.reset_password(work, staffed.staff_id, None)
    step = await strict.log_in("wang.li", fresh, HERE)
    secret = b32decode((await strict.steps.enrol(step.ticket)).secret)
    passed = await strict.steps.give_code(step.ticket, code_at(secret, clock.now()), HERE)
    assert (passed.then.next, len(passed.recovery_codes)) == (Next.PASSWORD, 10)
    assert isinstance(await strict.steps.new_password(step.ticket, "another good password"), Admission)


async def test_reset_password_needs_the_code_before_it_is_changed(staffed: Staffed, strict, clock) -> None:
    secret, _, _ = await enrolled(strict, clock)
    async with staffed.database.work(ADMIN) as work:
        fresh = await accounts.reset_password(work, staffed.staff_id, None)
    clock.at += STEP
    step = await strict.log_in("wang.li", fresh, HERE)
    assert step.next is Next.CODE
    passed = await strict.steps.give_code(step.ticket, code_at(secret, clock.now()), HERE)
    assert passed.then.next is Next.PASSWORD


async def test_who_was_closed_meanwhile_comes_in_no_more(staffed: Staffed, strict: Gatekeeper, clock) -> None:
    secret, _, _ = await enrolled(strict, clock)
    clock.at += STEP
    ticket = await asked(strict)
    async with staffed.database.work(ADMIN) as work:
        await commands.deactivate(work, staffed.staff_id)
    with pytest.raises(LogInLapsed):
        await strict.steps.give_code(ticket, code_at(secret, clock.now()), HERE)
