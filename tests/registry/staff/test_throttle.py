"""Guessing stops after ten failures, for accounts and for sources."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from staff_people import PASSWORD, Staffed

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.clock import SetClock
from shebaoka.kit.database import Database
from shebaoka.registry.staff import throttle
from shebaoka.registry.staff.errors import LogInRefused, TooManyFailures
from shebaoka.registry.staff.model import FAILURES_MAX, FAILURES_WITHIN


async def fail(staffed: Staffed, login: str, source: str) -> None:
    with pytest.raises(LogInRefused):
        await staffed.gatekeeper.log_in(login, "wrong password", source)


async def test_an_account_waits_after_ten_failures_whatever_the_source(
    staffed: Staffed, clock: SetClock
) -> None:
    for number in range(FAILURES_MAX):
        await fail(staffed, "wang.li", f"192.0.2.{number}")
        clock.at += timedelta(seconds=10)
    with pytest.raises(TooManyFailures) as refused:
        await staffed.gatekeeper.log_in("wang.li", PASSWORD, "198.51.100.1")
    wait = refused.value.retry_after_seconds
    assert wait == FAILURES_WITHIN.total_seconds() - 10 * FAILURES_MAX
    clock.at += timedelta(seconds=wait - 1)
    with pytest.raises(TooManyFailures):
        await staffed.gatekeeper.log_in("wang.li", PASSWORD, "198.51.100.1")
    clock.at += timedelta(seconds=1)
    await staffed.gatekeeper.log_in("wang.li", PASSWORD, "198.51.100.1")


async def test_a_source_waits_after_ten_failures_whatever_the_account(staffed: Staffed) -> None:
    for number in range(FAILURES_MAX):
        await fail(staffed, f"guess{number}", "192.0.2.1")
    with pytest.raises(TooManyFailures):
        await staffed.gatekeeper.log_in("wang.li", PASSWORD, "192.0.2.1")
    with pytest.raises(TooManyFailures):
        await staffed.gatekeeper.issue_token("icbc-core", staffed.secret, "192.0.2.1")
    await staffed.gatekeeper.log_in("wang.li", PASSWORD, "192.0.2.2")


async def test_clients_and_staff_of_one_name_are_different_accounts(staffed: Staffed) -> None:
    for number in range(FAILURES_MAX):
        await fail(staffed, "icbc-core", f"192.0.2.{number}")
    await staffed.gatekeeper.issue_token("icbc-core", staffed.secret, "198.51.100.1")


async def test_a_success_does_not_give_a_guesser_ten_more(staffed: Staffed) -> None:
    for number in range(FAILURES_MAX - 1):
        await fail(staffed, "wang.li", f"192.0.2.{number}")
    await staffed.gatekeeper.log_in("wang.li", PASSWORD, "198.51.100.1")
    await fail(staffed, "wang.li", "192.0.2.99")
    with pytest.raises(TooManyFailures):
        await staffed.gatekeeper.log_in("wang.li", PASSWORD, "198.51.100.1")


async def test_successes_do_not_count(staffed: Staffed) -> None:
    for _ in range(FAILURES_MAX + 2):
        await staffed.gatekeeper.log_in("wang.li", PASSWORD, "192.0.2.1")


async def test_forty_guesses_at_once_are_ten(staffed: Staffed) -> None:
    guesses = (staffed.gatekeeper.log_in("wang.li", "wrong password", f"192.0.2.{i}") for i in range(40))
    results = await asyncio.gather(*guesses, return_exceptions=True)
    kinds = [type(result) for result in results]
    assert kinds.count(LogInRefused) == FAILURES_MAX
    assert kinds.count(TooManyFailures) == 40 - FAILURES_MAX


async def test_old_failures_are_forgotten(staffed: Staffed, clock: SetClock) -> None:
    for number in range(3):
        await fail(staffed, f"guess{number}", "192.0.2.1")
    clock.at += FAILURES_WITHIN
    await fail(staffed, "guess9", "192.0.2.9")
    async with staffed.database.work(SYSTEM) as work:
        assert await work.value("SELECT count(*) FROM login_failure") == 2


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    attempts=st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.integers(0, 200), st.booleans()),
        max_size=60,
    )
)
async def test_never_more_than_ten_failures_in_any_fifteen_minutes(
    database: Database, clock: SetClock, attempts: list[tuple[str, str, int, bool]]
) -> None:
    failed: list[tuple[str, float]] = []
    async with database.work(SYSTEM) as work:
        await work.run("TRUNCATE login_failure")
    for account, source, pause, good in attempts:
        clock.at += timedelta(seconds=pause)
        now = clock.now().timestamp()
        recent = [who for who, at in failed if at > now - FAILURES_WITHIN.total_seconds()]
        blocked = recent.count(account) >= FAILURES_MAX or recent.count(source) >= FAILURES_MAX
        wait = await attempted(database, account, source, good=good)
        assert (0 < wait <= FAILURES_WITHIN.total_seconds()) if blocked else wait == 0
        if not (blocked or good):
            failed += [(account, now), (source, now)]


async def attempted(database: Database, account: str, source: str, *, good: bool) -> int:
    """Attempt, and give how long one must wait (0: one was let through)."""
    try:
        async with database.work(SYSTEM) as work:
            attempt = await throttle.begin(work, account, source)
            if good:
                await throttle.succeeded(work, attempt)
    except TooManyFailures as refusal:
        return refusal.retry_after_seconds
    return 0
