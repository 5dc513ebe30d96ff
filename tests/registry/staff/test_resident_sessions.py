"""Residents' sessions: begun once on a platform's word, bound to a person, short, and ended by whatever ends them."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from staff_people import Staffed
from tests.registry.people.people_rows import id_number, row

from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.clock import SetClock
from shebaoka.registry.people.commands import record_deaths, upsert_many
from shebaoka.registry.people.views import find
from shebaoka.registry.staff import commands
from shebaoka.registry.staff.errors import AssertionUsed, TokenRefused
from shebaoka.registry.staff.gatekeeper import Gatekeeper
from shebaoka.registry.staff.model import Admission

CLIENT = "icbc-core"
"""Any client will do: the gatekeeper leaves to the edge who may vouch."""


async def resident(staffed: Staffed) -> int:
    async with staffed.database.work(SYSTEM) as work:
        await upsert_many(work, [row(1)])
        found = await find(work, id_number(1))
    assert found
    return found.person_id


async def let_in(staffed: Staffed, person_id: int, assertion: str = "idp:0001") -> Admission:
    platform = Actor(f"client:{CLIENT}", staffed.ids["ICBC"], "online_platform_system")
    async with staffed.database.work(platform) as work:
        return await staffed.gatekeeper.admit_resident(work, person_id, assertion)


async def refused(staffed: Staffed, token: str) -> bool:
    """Whether a gatekeeper that remembers nothing refuses the token."""
    try:
        await Gatekeeper(staffed.database).authenticate(token)
    except TokenRefused:
        return True
    return False


async def test_a_resident_is_bound_to_person_and_platform(staffed: Staffed) -> None:
    person_id = await resident(staffed)
    admission = await let_in(staffed, person_id)
    assert admission.token.startswith("sbr_")
    assert admission.expires_at == staffed.database.clock.now() + timedelta(hours=2)
    actor = await staffed.gatekeeper.authenticate(admission.token)
    assert actor == Actor(f"resident:{person_id}", staffed.ids["ICBC"], "resident", person_id)
    async with staffed.database.work(SYSTEM) as work:
        facts = await work.rows("SELECT person_id, actor FROM audit_fact WHERE action = 'resident.logged_in'")
        stored = await work.rows("SELECT resident_session::text FROM resident_session")
    assert facts == [(person_id, f"client:{CLIENT}")]
    assert admission.token not in stored[0][0]
    assert "idp:0001" not in stored[0][0]


async def test_an_assertion_opens_one_session(staffed: Staffed) -> None:
    person_id = await resident(staffed)
    barrier = asyncio.Barrier(4)

    async def exchange() -> str:
        await barrier.wait()
        try:
            return (await let_in(staffed, person_id)).token
        except AssertionUsed as used:
            return used.slug

    answers = await asyncio.gather(*(exchange() for _ in range(4)))
    assert answers.count("assertion-used") == 3
    assert (await let_in(staffed, person_id, "idp:0002")).token.startswith("sbr_")


async def test_it_ends_when_idle_and_after_two_hours(staffed: Staffed, clock: SetClock) -> None:
    token = (await let_in(staffed, await resident(staffed))).token
    for _ in range(8):
        clock.at += timedelta(minutes=14)
        assert not await refused(staffed, token)
    clock.at += timedelta(minutes=8)
    assert await refused(staffed, token), "two hours are over, however busy it was"
    idle = (await let_in(staffed, await resident(staffed), "idp:0002")).token
    clock.at += timedelta(minutes=15)
    assert await refused(staffed, idle)


@pytest.mark.parametrize(
    "how", ["logged out", "logged out everywhere", "died", "client closed", "secret changed"]
)
async def test_what_ends_a_session(staffed: Staffed, how: str) -> None:
    person_id = await resident(staffed)
    token = (await let_in(staffed, person_id)).token
    assert not await refused(staffed, token)
    async with staffed.database.work(SYSTEM) as work:
        if how == "logged out everywhere":
            assert await commands.end_resident_sessions(work, person_id) == 1
        if how == "died":
            await record_deaths(work, {person_id: date(2019, 1, 1)})
        if how == "client closed":
            await commands.deactivate_client(work, CLIENT)
        if how == "secret changed":
            await commands.rotate_secret(work, CLIENT)
    if how == "logged out":
        await staffed.gatekeeper.revoke(token)
        with pytest.raises(TokenRefused):
            await staffed.gatekeeper.authenticate(token)
    assert await refused(staffed, token)


async def test_a_token_of_no_known_kind_is_refused_and_ends_nothing(staffed: Staffed) -> None:
    assert await refused(staffed, "sbx_whatever")
    await staffed.gatekeeper.revoke("sbx_whatever")
