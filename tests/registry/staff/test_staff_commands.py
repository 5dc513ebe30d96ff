"""Accounts are made, changed and closed; each change is an audit fact."""

from __future__ import annotations

from typing import Any

import pytest
from staff_people import PASSWORD, Staffed

from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.database import Database
from shebaoka.kit.problems import NotFound
from shebaoka.registry.staff import commands, views
from shebaoka.registry.staff.errors import (
    AccountNameRefused,
    AdministratorExists,
    CardCentreMissing,
    LogInRefused,
    PasswordRefused,
    RoleUnfit,
    TokenRefused,
)

ADMIN = Actor("staff:9", 1, "administrator")


async def create(staffed: Staffed, **changed: Any) -> int:
    given: dict[str, Any] = {
        "institution_id": staffed.ids["ICBC"], "login": "li.na", "name": "李娜", "role": "bank_clerk",
        "password": PASSWORD,
    }  # fmt: skip
    async with staffed.database.work(ADMIN) as work:
        return await commands.create_staff(work, **given | changed)


async def facts(staffed: Staffed) -> list[tuple[Any, ...]]:
    async with staffed.database.work(SYSTEM) as work:
        return await work.rows(
            "SELECT action, actor, subject FROM audit_fact WHERE actor = %(a)s", {"a": ADMIN.name}
        )


async def test_an_account_is_made_and_closed(staffed: Staffed) -> None:
    staff_id = await create(staffed)
    async with staffed.database.work(ADMIN) as work:
        assert [one.login for one in await views.staff(work)] == ["li.na", "wang.li"]
        assert [one.login for one in await views.staff(work, staffed.ids["CENTRE"])] == []
        await commands.set_password(work, staff_id, "another good password")
        await commands.deactivate(work, staff_id)
        member = await views.staff_member(work, staff_id)
    assert member
    assert (member.name, member.role, member.active) == ("李娜", "bank_clerk", False)
    assert await facts(staffed) == [
        (action, ADMIN.name, str(staff_id))
        for action in ("staff.created", "staff.password_set", "staff.deactivated")
    ]


@pytest.mark.parametrize("login", ["wang.li", "", "ab", "Li.Na", "李娜", "a b c", "-abc", "a" * 65, "abc\n"])
async def test_names_that_are_taken_or_odd_are_refused(staffed: Staffed, login: str) -> None:
    with pytest.raises(AccountNameRefused):
        await create(staffed, login=login)


@pytest.mark.parametrize("password", ["", "short", "aaaaaaaaaaaaaaaa", "my name is LI.NA ok", "x1y2z3" * 30])
async def test_weak_passwords_are_refused(staffed: Staffed, password: str) -> None:
    with pytest.raises(PasswordRefused):
        await create(staffed, password=password)
    async with staffed.database.work(ADMIN) as work:
        with pytest.raises(PasswordRefused):
            await commands.set_password(work, staffed.staff_id, password.lower().replace("li.na", "wang.li"))


@pytest.mark.parametrize(
    "role", ["nobody", "system", "resident", "community_clerk", "bank_system", "administrator"]
)
async def test_a_role_must_fit_the_institution(staffed: Staffed, role: str) -> None:
    with pytest.raises(RoleUnfit):
        await create(staffed, role=role)


async def test_who_or_what_is_not_there_is_not_found(staffed: Staffed) -> None:
    with pytest.raises(NotFound):
        await create(staffed, institution_id=1)
    async with staffed.database.work(ADMIN) as work:
        await commands.deactivate(work, staffed.staff_id)
        await commands.deactivate_client(work, "icbc-core")
        for staff_id in (1, staffed.staff_id):
            with pytest.raises(NotFound):
                await commands.set_password(work, staff_id, "another good password")
            with pytest.raises(NotFound):
                await commands.deactivate(work, staff_id)
        for client_id in ("nobody", "icbc-core"):
            with pytest.raises(NotFound):
                await commands.rotate_secret(work, client_id)
            with pytest.raises(NotFound):
                await commands.deactivate_client(work, client_id)


async def test_clients_are_made_with_a_secret_of_their_own(staffed: Staffed) -> None:
    async with staffed.database.work(ADMIN) as work:
        hospital = staffed.ids["RUIJIN"]
        first = await commands.create_client(
            work, client_id="ruijin-his", institution_id=hospital, role="hospital_system"
        )
        second = await commands.rotate_secret(work, "ruijin-his")
        assert [(one.client_id, one.institution_id, one.active) for one in await views.clients(work)] == [
            ("icbc-core", staffed.ids["ICBC"], True),
            ("ruijin-his", hospital, True),
        ]
        with pytest.raises(AccountNameRefused):
            await commands.create_client(
                work, client_id="icbc-core", institution_id=hospital, role="hospital_system"
            )
        with pytest.raises(RoleUnfit):
            await commands.create_client(work, client_id="other", institution_id=hospital, role="bank_system")
    assert len({first, second}) == 2
    assert min(len(first), len(second)) >= 43
    await staffed.gatekeeper.issue_token("ruijin-his", second, "192.0.2.1")


async def test_the_first_administrator_is_made_once(staffed: Staffed) -> None:
    account = {"login": "root.admin", "name": "管理员", "password": PASSWORD}
    staff_id = await commands.create_first_administrator(staffed.database, **account)
    async with staffed.database.work(SYSTEM) as work:
        member = await views.staff_member(work, staff_id)
    assert member
    assert (member.institution_id, member.role) == (staffed.ids["CENTRE"], "administrator")
    with pytest.raises(AdministratorExists):
        await commands.create_first_administrator(staffed.database, **account | {"login": "second.admin"})
    async with staffed.database.work(SYSTEM) as work:
        await commands.deactivate(work, staff_id)
    await commands.create_first_administrator(staffed.database, **account | {"login": "second.admin"})


async def test_who_forgot_the_password_gets_a_new_one_on_the_server(staffed: Staffed) -> None:
    session = await staffed.gatekeeper.log_in("wang.li", PASSWORD, "192.0.2.1")
    async with staffed.database.work(SYSTEM) as work:
        assert await commands.reset_password(work, "wang.li", "another good password") == staffed.staff_id
    with pytest.raises(LogInRefused):
        await staffed.gatekeeper.log_in("wang.li", PASSWORD, "192.0.2.1")
    with pytest.raises(TokenRefused):
        await staffed.gatekeeper.authenticate(session.token)
    await staffed.gatekeeper.log_in("wang.li", "another good password", "192.0.2.1")
    async with staffed.database.work(SYSTEM) as work:
        with pytest.raises(NotFound):
            await commands.reset_password(work, "nobody", "another good password")


async def test_an_administrator_needs_a_card_centre(database: Database) -> None:
    with pytest.raises(CardCentreMissing):
        await commands.create_first_administrator(
            database, login="root.admin", name="管理员", password=PASSWORD
        )
