"""What administrators do to others' accounts; and that nobody raises himself, nor takes the last administrator away."""

from __future__ import annotations

import asyncio

import pytest
from staff_people import PASSWORD, Staffed

from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.problems import NotFound
from shebaoka.registry.staff import accounts, commands, views
from shebaoka.registry.staff.errors import (
    AdministratorExists,
    LastAdministrator,
    LogInRefused,
    OwnAccount,
    RoleUnfit,
    TokenRefused,
    TooManyFailures,
)

HERE = "192.0.2.1"


@pytest.fixture
async def admins(staffed: Staffed) -> list[Actor]:
    """Two administrators."""
    found = []
    for login in ("root.one", "root.two"):
        async with staffed.database.work(SYSTEM) as work:
            number = await commands.create_staff(
                work, institution_id=staffed.ids["CENTRE"], login=login, name="管", role="administrator", password=PASSWORD
            )  # fmt: skip
        found.append(Actor(f"staff:{number}", staffed.ids["CENTRE"], "administrator"))
    return found


def number(actor: Actor) -> int:
    return int(actor.name.removeprefix("staff:"))


async def closing(staffed: Staffed, by: Actor, whom: Actor) -> None:
    async with staffed.database.work(by) as work:
        await accounts.close(work, number(whom))


async def test_the_last_administrator_stays(staffed: Staffed, admins) -> None:
    one, two = admins
    await closing(staffed, one, two)
    with pytest.raises(LastAdministrator):
        await closing(staffed, two, one)
    async with staffed.database.work(two) as work:
        with pytest.raises(LastAdministrator):
            await accounts.change_role(work, number(one), "auditor")
        # Giving the same role takes nobody away.
        await accounts.change_role(work, number(one), "administrator")


async def test_of_two_who_take_each_other_away_one_stays(staffed: Staffed, admins) -> None:
    one, two = admins
    async with asyncio.timeout(30):
        done = await asyncio.gather(
            closing(staffed, one, two), closing(staffed, two, one), return_exceptions=True
        )
    assert sorted(type(found).__name__ for found in done) == ["LastAdministrator", "NoneType"]
    async with staffed.database.work(SYSTEM) as work:
        assert [one.active for one in await views.staff(work, role="administrator")].count(True) == 1


async def test_of_two_first_administrators_at_once_one_is_made(staffed: Staffed) -> None:
    async with asyncio.timeout(30):
        made = await asyncio.gather(
            *(
                commands.create_first_administrator(staffed.database, login=f"root.{n}", name="管", password=PASSWORD)
                for n in range(3)
            ),
            return_exceptions=True,
        )  # fmt: skip
    assert sorted(type(one) is AdministratorExists for one in made) == [False, True, True]


async def test_nobody_raises_himself(staffed: Staffed, admins) -> None:
    me = admins[0]
    async with staffed.database.work(me) as work:
        for change in (
            accounts.change_role(work, number(me), "card_centre_operator"), accounts.close(work, number(me)),
            accounts.reset_password(work, number(me), None), accounts.reset_second_factor(work, number(me)),
            accounts.reopen(work, number(me)),
        ):  # fmt: skip
            with pytest.raises(OwnAccount):
                await change


async def test_another_role_fits_the_institution_and_ends_sessions(staffed: Staffed, admins) -> None:
    session = await staffed.gatekeeper.log_in("root.two", PASSWORD, HERE)
    assert (await staffed.gatekeeper.authenticate(session.token)).role == "administrator"
    async with staffed.database.work(admins[0]) as work:
        with pytest.raises(RoleUnfit):
            await accounts.change_role(work, number(admins[1]), "bank_clerk")
        await accounts.change_role(work, number(admins[1]), "auditor")
        with pytest.raises(NotFound):
            await accounts.change_role(work, 1, "auditor")
    staffed.steady[0] += 5
    with pytest.raises(TokenRefused):
        await staffed.gatekeeper.authenticate(session.token)


async def test_a_closed_account_opens_again_with_another_password(staffed: Staffed, admins) -> None:
    async with staffed.database.work(admins[0]) as work:
        await accounts.close(work, staffed.staff_id)
        fresh = await accounts.reopen(work, staffed.staff_id)
        with pytest.raises(NotFound):
            await accounts.reopen(work, staffed.staff_id)
    with pytest.raises(LogInRefused):
        await staffed.gatekeeper.log_in("wang.li", PASSWORD, HERE)
    assert (await staffed.gatekeeper.log_in("wang.li", fresh, HERE)).next == "password"


async def test_who_is_locked_out_is_let_try_again(staffed: Staffed, admins) -> None:
    for n in range(10):
        with pytest.raises(LogInRefused):
            await staffed.gatekeeper.log_in("wang.li", "wrong", f"198.51.100.{n}")
    with pytest.raises(TooManyFailures):
        await staffed.gatekeeper.log_in("wang.li", PASSWORD, HERE)
    async with staffed.database.work(admins[0]) as work:
        await accounts.unlock(work, staffed.staff_id)
    await staffed.gatekeeper.log_in("wang.li", PASSWORD, HERE)


async def test_sessions_are_seen_and_ended_one_by_one(staffed: Staffed, admins, clock) -> None:
    first = await staffed.gatekeeper.log_in("wang.li", PASSWORD, HERE, "一号 browser" * 50)
    second = await staffed.gatekeeper.log_in("wang.li", PASSWORD, "192.0.2.2")
    async with staffed.database.work(admins[0]) as work:
        found = await views.sessions(work)
        assert [one.source for one in found] == ["192.0.2.2", HERE]
        assert len(found[1].device) == 200
        with pytest.raises(NotFound):
            await accounts.end_own_session(work, number(admins[0]), found[0].session_id)
        assert await accounts.end_session(work, found[1].session_id) == staffed.staff_id
    with pytest.raises(TokenRefused):
        await staffed.gatekeeper.authenticate(first.token)
    await staffed.gatekeeper.authenticate(second.token)
