"""The log-ins of a demo: each is what it says, works, and its secrets lie where only their owner reads them."""

from __future__ import annotations

import dataclasses
import random
import re
from datetime import date

import msgspec
import pytest
from tests.faces.api_town import id_number, person, town_at

from shebaoka.cards.commands import note_received
from shebaoka.kit.actor import SYSTEM
from shebaoka.registry.staff.roles import ROLES, Holder
from shebaoka.simulation.demo.accounts import STAFF, make_accounts

RETIREE, MOTHER, FATHER, HOLDER, DEAD = 1, 2, 3, 4, 5
SMALL = date(2014, 5, 5)
LINE = re.compile(r"^  (\w+) +(\S+)  (\S+) ", flags=re.MULTILINE)


@pytest.fixture
async def town(database, tmp_path):
    """A retiree, a mother of two, a father of one, a holder of an unopened card, and one of whom all that is true and who is dead."""
    async with town_at(database, tmp_path) as town:
        await town.people(
            person(DEAD, insured_status="retired", died_on=date(2018, 1, 1)), person(RETIREE, insured_status="retired"),
            person(MOTHER), person(FATHER), *(ward(n, MOTHER) for n in (10, 11)), ward(12, FATHER),
        )  # fmt: skip
        for n in (DEAD, HOLDER):
            await town.cards(n)
        await town.people(person(DEAD, insured_status="retired", died_on=date(2018, 1, 1)))
        async with database.work(SYSTEM) as work:
            await note_received(work, await work.rows(
                "SELECT person_id, card_id, DATE '2019-01-01' FROM card WHERE generation = 'new'"))  # fmt: skip
        yield town


def ward(n, guardian):
    return person(n, SMALL, guardian_id_number=id_number(guardian), guardian_kind="父母", employer_id=None,
                  insured="resident", insured_status="none")  # fmt: skip


@pytest.fixture
def city(town, tmp_path):
    """The town, with settings as a demo has them."""
    settings = msgspec.structs.replace(
        town.city.settings, platform_client_id="site-demo", platform_client_secret_file=str(tmp_path / "x" / "secret")
    )  # fmt: skip
    return dataclasses.replace(town.city, settings=settings)


def test_there_is_a_log_in_for_each_role_of_staff():
    roles = {role for _, _, role in STAFF}
    assert roles == {name for name, role in ROLES.items() if role.holder is Holder.STAFF}
    assert [login for login, _, role in STAFF if role == "key_officer"] == ["officer1", "officer2"], (
        "neither acts alone"
    )


async def test_each_log_in_works(town, city):
    lines = await make_accounts(city, random.Random(1))
    log_ins = [(login, password) for login, password, _ in LINE.findall(lines)][: len(STAFF)]
    for (login, password), (_, _, role) in zip(log_ins, STAFF, strict=True):
        session = await town.http.post("/api/sessions", json={"login": login, "password": password})
        assert session.status_code == 201, login
        me = await town.http.get("/api/me", headers={"Authorization": f"Bearer {session.json()['token']}"})
        assert me.json()["role"] == role


async def test_the_pages_own_client_has_its_secret_in_a_file(town, city, tmp_path):
    lines = await make_accounts(city, random.Random(1))
    file = tmp_path / "x" / "secret"
    assert file.stat().st_mode & 0o777 == 0o600
    secret = file.read_text().strip()
    assert secret not in lines
    form = {"grant_type": "client_credentials", "client_id": "site-demo", "client_secret": secret}
    token = (await town.http.post("/oauth/token", data=form)).json()["access_token"]
    me = await town.http.get("/api/me", headers={"Authorization": f"Bearer {token}"})
    assert me.json()["role"] == "online_platform_system"


async def test_whom_to_log_in_as(city):
    lines = (await make_accounts(city, random.Random(1))).splitlines()
    told = {line.split()[1]: line for line in lines if re.search(r"\d{17}[\dX]", line)}
    assert set(told) == {id_number(n) for n in (RETIREE, MOTHER, HOLDER)}
    assert person(RETIREE).name in told[id_number(RETIREE)]
    assert "退休" in told[id_number(RETIREE)]
    assert "孩子" in told[id_number(MOTHER)]
    assert "还未开通" in told[id_number(HOLDER)]


async def test_a_city_without_such_people_names_none(database, tmp_path, city):
    async with database.work(SYSTEM) as work:
        await work.run("UPDATE person SET died_on = '2018-06-01'")
    assert not re.search(r"\d{17}[\dX]", await make_accounts(city, random.Random(1)))
