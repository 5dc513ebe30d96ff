"""`shebaoka payouts`: a list in, a run drawn up, and approved by an officer who logs in at the terminal and is another."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from tests.benefits.payouts.payout_town import DISTRICTS, ITEMS, PAYER_NAME, PAYERS, PLACES, line
from tests.chain.command_line import environment, key_file
from tests.chain.command_line import here as run_here
from tests.conftest import MASTER_KEY
from tests.issuing.town import id_number, person

from shebaoka import wiring
from shebaoka.banking.commands import note_told, take_answers
from shebaoka.banking.model import AccountAnswer, Told
from shebaoka.benefits.payouts import commands
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.settings import read_settings
from shebaoka.registry.institutions.commands import import_institutions
from shebaoka.registry.people.commands import upsert_many
from shebaoka.registry.people.views import find_many
from shebaoka.registry.programme.commands import load_rules
from shebaoka.registry.programme.views import load
from shebaoka.registry.staff import passwords
from shebaoka.registry.staff.commands import create_staff
from shebaoka.simulation.demo.accounts import RULES

PASSWORD = "wq7-mauve-Lantern-4421"
CENTRE = "CENTRE,card_centre,示例卡中心,Centre,,310101,,2018-01-01\n"
NUMBER = "9555000000000000007"


async def found(folder: Path, url: str) -> list[int]:
    """Two payout officers and somebody who is none; people with active accounts. Gives the officers."""
    (folder / "districts.csv").write_text(DISTRICTS, "utf-8")
    (folder / "institutions.csv").write_text(PLACES + CENTRE, "utf-8")
    (folder / "payroll_banks.csv").write_text("employer,rank,bank_code,bank_name\n", "utf-8")
    async with wiring.city(read_settings(), url) as city, city.database.work(SYSTEM) as work:
        await load_rules(work)
        await load_rules(work, RULES)
        await import_institutions(work, folder)
        places = dict(await work.rows("SELECT code, institution_id FROM institution"))
        await work.run("INSERT INTO city_fact (name, value) VALUES ('invented_people', 'true')")
        await upsert_many(work, [person(n) for n in range(2)])
        for n, one in enumerate((await find_many(work, [id_number(n) for n in range(2)])).values()):
            await take_answers(work, [AccountAnswer(one.person_id, n, places["BOSC"], account_number=NUMBER)])
            await note_told(work, places["BOSC"], [Told(n, places["BOSC"], "active", 2, work.now)])
        await commands.note_payer(work, "BOSC", PAYERS["BOSC"], PAYER_NAME)
        return [
            await create_staff(
                work, institution_id=places["CENTRE"], login=login, name="某某", role=role, password=PASSWORD
            )
            for login, role in (("one", "payout_officer"), ("two", "payout_officer"), ("head", "programme_head"))
        ]  # fmt: skip


async def draw_as(url: str, staff_id: int) -> int:
    """Draw a run up as an officer does on the pages."""
    async with (
        wiring.city(read_settings(), url) as city,
        city.database.work(Actor(f"staff:{staff_id}", 1, "payout_officer")) as work,
    ):
        return (await commands.draw(work, await load(work), "pension", date(2031, 1, 15))).run.run_id


@pytest.fixture
def city(database_url, tmp_path, monkeypatch):
    given = {"database_url": database_url, "master_key_file": key_file(tmp_path, MASTER_KEY)}
    for name, value in environment(tmp_path, **given).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(1, 8, 1))
    return tmp_path, given, asyncio.run(found(tmp_path, database_url))


def test_a_run_is_approved_by_another_officer_who_logs_in(city):
    folder, given, (one, _, _) = city

    def here(*arguments, typed=()):
        return run_here(folder, "payouts", *arguments, "--json", typed=typed, **given)

    listed = folder / "名单.csv"
    listed.write_text(ITEMS + line(0) + line(1), "utf-8")
    assert here("take", str(listed)).did()["taken"] == 2
    drawn = here("draw", "pension", "--pay-on", "2031-01-15").did()["run"]
    first = str(drawn["run_id"])
    assert (drawn["status"], drawn["payments"], drawn["total_fen"]) == ("drawn", 2, 600_000)
    here("approve", first, typed=["head", PASSWORD]).refused("forbidden")
    here("approve", first, typed=["one", "wrong"]).refused("log-in-refused")
    here("cancel", first).did()
    here("approve", first, typed=["one", PASSWORD]).refused("transition-refused")
    # What an officer drew up on the pages, that officer does not approve here either.
    own = str(asyncio.run(draw_as(given["database_url"], one)))
    here("approve", own, typed=["one", PASSWORD]).refused("second-officer-for-payout")
    assert here("run", own).did()["run"]["status"] == "drawn"
    approved = here("approve", own, typed=["two", PASSWORD]).did()
    assert (approved["status"], approved["payments"]) == ("approved", 2)
    here("approve", own, typed=["two", PASSWORD]).refused("transition-refused")
    here("approve", "1", typed=["two", PASSWORD]).refused("not-found")
    here("check").did()
    (run, _) = here("runs").did()["runs"]
    assert (str(run["run_id"]), run["drawn_by"], run["status"]) == (own, f"staff:{one}", "approved")
