"""Log-ins, sessions, tokens: who comes in, for how long, and who does not."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from staff_people import PASSWORD, Staffed

from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.clock import SetClock
from shebaoka.kit.work import Work
from shebaoka.registry.staff import commands, gatekeeper, store
from shebaoka.registry.staff.errors import LogInRefused, TokenRefused
from shebaoka.registry.staff.gatekeeper import KEPT_SECONDS, Gatekeeper
from shebaoka.registry.staff.model import IDLE, LONGEST, TOKEN_LIFE

SECOND = timedelta(seconds=1)


async def log_in(staffed: Staffed) -> str:
    return (await staffed.gatekeeper.log_in("wang.li", PASSWORD, "192.0.2.1")).token


async def take_token(staffed: Staffed) -> str:
    return (await staffed.gatekeeper.issue_token("icbc-core", staffed.secret, "192.0.2.2")).token


async def facts(staffed: Staffed) -> list[tuple[Any, ...]]:
    async with staffed.database.work(SYSTEM) as work:
        return await work.rows("SELECT action, actor, subject FROM audit_fact ORDER BY fact_id")


def elsewhere(staffed: Staffed) -> Gatekeeper:
    """Another process."""
    return Gatekeeper(staffed.database, seconds=lambda: staffed.steady[0])


async def test_staff_come_in_with_their_password(staffed: Staffed, clock: SetClock) -> None:
    admission = await staffed.gatekeeper.log_in(" Wang.Li ", PASSWORD, "192.0.2.1")
    actor = Actor(f"staff:{staffed.staff_id}", staffed.ids["ICBC"], "bank_clerk")
    assert await staffed.gatekeeper.authenticate(admission.token) == actor
    assert admission.expires_at == clock.now() + LONGEST
    assert ("staff.logged_in", actor.name, str(staffed.staff_id)) in await facts(staffed)


async def test_systems_come_in_with_their_secret(staffed: Staffed, clock: SetClock) -> None:
    admission = await staffed.gatekeeper.issue_token("icbc-core", staffed.secret, "192.0.2.1")
    actor = Actor("client:icbc-core", staffed.ids["ICBC"], "bank_system")
    assert await staffed.gatekeeper.authenticate(admission.token) == actor
    assert admission.expires_at == clock.now() + TOKEN_LIFE
    assert ("client.token_issued", actor.name, "icbc-core") in await facts(staffed)


@pytest.mark.parametrize("name", ["wang.li", "nobody", "", "a\x00b", "icbc-core", "x" * 1_000])
async def test_a_wrong_password_is_refused_whoever_it_is(staffed: Staffed, name: str) -> None:
    with pytest.raises(LogInRefused) as refused:
        await staffed.gatekeeper.log_in(name, PASSWORD + "x", "192.0.2.1")
    assert refused.value.document() == LogInRefused().document()
    actions = [action for action, _, _ in await facts(staffed)]
    assert actions[-1] == "log_in.failed"


async def test_a_long_password_is_not_cut_to_a_right_one(staffed: Staffed) -> None:
    password = ("plum blossom 梅花 " * 16)[:128]
    async with staffed.database.work(SYSTEM) as work:
        await commands.set_password(work, staffed.staff_id, password)
    await staffed.gatekeeper.log_in("wang.li", password, "192.0.2.1")
    with pytest.raises(LogInRefused):
        await staffed.gatekeeper.log_in("wang.li", password + password[:8], "192.0.2.1")


async def test_an_unknown_account_costs_the_same_work(
    staffed: Staffed, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    matches = gatekeeper.passwords._matches

    def noting(secret_hash: str, secret: str) -> bool:
        checked.append(secret_hash.rpartition("$")[0].rpartition("$")[0])
        return matches(secret_hash, secret)

    monkeypatch.setattr(gatekeeper.passwords, "_matches", noting)
    for name in ("wang.li", "nobody"):
        with pytest.raises(LogInRefused):
            await staffed.gatekeeper.log_in(name, "wrong password", "192.0.2.1")
    assert len(checked) == 2
    assert len(set(checked)) == 1, "the same parameters of Argon2id"


async def test_an_account_whose_hash_is_none_lets_nobody_in() -> None:
    for kept in ("-", "$argon2id$", None):
        assert not await gatekeeper.passwords.matches(kept, "-")


@pytest.mark.parametrize("token", ["", "sbs_", "sbc_nothing", "x" * 1_000, "sbs_\ud800"])
async def test_an_unknown_token_is_refused(staffed: Staffed, token: str) -> None:
    with pytest.raises(TokenRefused):
        await staffed.gatekeeper.authenticate(token)


async def test_only_digests_of_tokens_passwords_and_secrets_are_kept(staffed: Staffed) -> None:
    tokens = [await log_in(staffed), await take_token(staffed)]
    for table in (
        "staff",
        "staff_session",
        "institution_client",
        "client_token",
        "login_failure",
        "audit_fact",
    ):
        async with staffed.database.work(SYSTEM) as work:
            (cursor,) = [await work.rows(f"SELECT string_agg(t::text, '\n') FROM {table} AS t")]
        # Where a session began is told to its owner and to administrators; failures name nobody.
        sources = () if table == "staff_session" else ("192.0.2.1",)
        for told in (*tokens, PASSWORD, staffed.secret, *sources):
            assert told not in str(cursor)
            assert told.encode().hex() not in str(cursor)


async def use_again(staffed: Staffed, token: str) -> Actor:
    """Authenticate when the gatekeeper has forgotten its answer."""
    staffed.steady[0] += KEPT_SECONDS
    return await staffed.gatekeeper.authenticate(token)


async def test_an_idle_session_ends_and_a_used_one_goes_on(staffed: Staffed, clock: SetClock) -> None:
    token = await log_in(staffed)
    for _ in range(3):
        clock.at += IDLE - SECOND
        await use_again(staffed, token)
    clock.at += IDLE
    with pytest.raises(TokenRefused):
        await use_again(staffed, token)


async def test_the_longest_session_ends_however_busy(staffed: Staffed, clock: SetClock) -> None:
    token, begun = await log_in(staffed), clock.now()
    while clock.now() + IDLE < begun + LONGEST:
        clock.at += IDLE - SECOND
        await use_again(staffed, token)
    clock.at = begun + LONGEST - SECOND
    await use_again(staffed, token)
    clock.at = begun + LONGEST
    with pytest.raises(TokenRefused):
        await staffed.gatekeeper.authenticate(token)


async def test_a_token_ends_after_an_hour_even_where_it_is_remembered(
    staffed: Staffed, clock: SetClock
) -> None:
    token, begun = await take_token(staffed), clock.now()
    clock.at = begun + TOKEN_LIFE - SECOND
    await staffed.gatekeeper.authenticate(token)
    clock.at = begun + TOKEN_LIFE
    with pytest.raises(TokenRefused):
        await staffed.gatekeeper.authenticate(token)


@pytest.mark.parametrize("take", [log_in, take_token])
async def test_a_revoked_token_ends_here_at_once_and_elsewhere_within_five_seconds(
    staffed: Staffed, take: Any
) -> None:
    token, other = await take(staffed), elsewhere(staffed)
    await staffed.gatekeeper.authenticate(token)
    await other.authenticate(token)
    await staffed.gatekeeper.revoke(token)
    with pytest.raises(TokenRefused):
        await staffed.gatekeeper.authenticate(token)
    assert await other.authenticate(token), "the other process still believes its answer"
    staffed.steady[0] += KEPT_SECONDS
    with pytest.raises(TokenRefused):
        await other.authenticate(token)
    await staffed.gatekeeper.revoke(token)
    assert [action for action, _, _ in await facts(staffed)].count("token.revoked") == 1


async def test_revocation_is_within_five_seconds() -> None:
    assert KEPT_SECONDS < 5


CLOSING = {
    "password set": (
        log_in,
        lambda work, city: commands.set_password(work, city.staff_id, "another good password"),
    ),
    "deactivated": (log_in, lambda work, city: commands.deactivate(work, city.staff_id)),
    "secret rotated": (take_token, lambda work, _: commands.rotate_secret(work, "icbc-core")),
    "client deactivated": (take_token, lambda work, _: commands.deactivate_client(work, "icbc-core")),
}


@pytest.mark.parametrize("how", CLOSING)
async def test_changing_an_account_ends_what_it_was_let_in_with(staffed: Staffed, how: str) -> None:
    take, close = CLOSING[how]
    token = await take(staffed)
    await staffed.gatekeeper.authenticate(token)
    async with staffed.database.work(SYSTEM) as work:
        await close(work, staffed)
    with pytest.raises(TokenRefused):
        await use_again(staffed, token)
    with pytest.raises(LogInRefused):
        await take(staffed)


async def test_an_account_closed_while_its_password_is_checked_stays_out(
    staffed: Staffed, monkeypatch: pytest.MonkeyPatch
) -> None:
    matches = gatekeeper.passwords.matches

    async def slowly(*arguments: Any) -> bool:
        async with staffed.database.work(SYSTEM) as work:
            await commands.deactivate(work, staffed.staff_id)
        return await matches(*arguments)

    monkeypatch.setattr(gatekeeper.passwords, "matches", slowly)
    with pytest.raises(LogInRefused):
        await log_in(staffed)


async def test_a_remembered_token_costs_no_query_and_a_crowd_asks_once(
    staffed: Staffed, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    use_token = store.use_token

    async def noting(work: Work, digest: bytes) -> Any:
        asked.append(digest)
        return await use_token(work, digest)

    monkeypatch.setattr(store, "use_token", noting)
    token = await take_token(staffed)
    actors = await asyncio.gather(*(staffed.gatekeeper.authenticate(token) for _ in range(100)))
    assert len(set(actors)) == len(asked) == 1
    staffed.steady[0] += KEPT_SECONDS / 2
    assert await staffed.gatekeeper.authenticate(token) == actors[0]
    assert len(asked) == 1
    await use_again(staffed, token)
    assert len(asked) == 2


async def test_one_caller_hanging_up_does_not_disturb_the_others(staffed: Staffed) -> None:
    token = await take_token(staffed)
    waiting = [asyncio.create_task(staffed.gatekeeper.authenticate(token)) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(results[0], asyncio.CancelledError)
    assert results[1] == results[2] == Actor("client:icbc-core", staffed.ids["ICBC"], "bank_system")


async def test_what_is_remembered_has_a_bound(staffed: Staffed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gatekeeper, "KEPT_MAX", 2)
    for _ in range(5):
        await staffed.gatekeeper.authenticate(await take_token(staffed))
        assert len(staffed.gatekeeper._known) <= 2
    staffed.steady[0] += KEPT_SECONDS
    await staffed.gatekeeper.authenticate(await take_token(staffed))
    assert len(staffed.gatekeeper._known) == 1
