"""`shebaoka ledger` and what `shebaoka benefits` says of people: books, statements, checks, and where somebody stands."""

from __future__ import annotations

import asyncio
from datetime import date

import psycopg
import pytest
from tests.benefits.insurance.test_insured_people import number, row
from tests.chain.command_line import bilingual, here, open_folder

from shebaoka import wiring
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.settings import Settings
from shebaoka.registry.people.commands import upsert_many

LINES = """
INSERT INTO posting (person_id, entry_id, line_no, lines, kind, reference, booked_on, posted_at, account, owner_id, amount_fen)
VALUES (7, 1, 1, 2, 'credit', 2019, '2019-07-01', now(), 'pooled_fund', 0, 21000),
       (7, 1, 2, 2, 'credit', 2019, '2019-07-01', now(), 'personal_current', 0, -21000),
       (7, 2, 1, 3, 'settlement', 5, '2019-10-08', now(), 'personal_current', 0, 1000),
       (7, 2, 2, 3, 'settlement', 5, '2019-10-08', now(), 'pooled_fund', 0, 2000),
       (7, 2, 3, 3, 'settlement', 5, '2019-10-08', now(), 'institution', 42, -3000)
"""


@pytest.fixture(scope="module")
def folder_of_its_own():
    with open_folder() as folder:
        yield folder


async def enter(settings, url) -> None:
    async with wiring.city(settings, url) as city, city.database.work(SYSTEM) as work:
        await upsert_many(work, [row(1, insured_since=date(2003, 7, 1))])


@pytest.fixture(scope="module")
def home(folder_of_its_own):
    settings = Settings(data_dir=str(folder_of_its_own))
    with wiring.ready_database(settings) as url:
        asyncio.run(enter(settings, url))
        with psycopg.connect(url) as connection:
            connection.execute("INSERT INTO city_fact (name, value) VALUES ('invented_people', 'true')")
            connection.execute(LINES)
            connection.execute("INSERT INTO personal_balance VALUES (7, 'personal_current', 20000)")
            connection.execute(
                "INSERT INTO institution (institution_id, code, kind, name_zh, name_en) VALUES (42, 'H1', 'hospital', '医院', 'Hospital')"
            )
        yield folder_of_its_own, url


def test_the_trial_balance(home):
    folder, _ = home
    told = here(folder, "ledger", "balance", "--json").did()
    assert told["debit_fen"] == told["credit_fen"] == 24_000
    assert {one["account"]: one["balance_fen"] for one in told["accounts"]} == {
        "institution": 3_000, "personal_current": 20_000, "pooled_fund": -23_000,
    }  # fmt: skip
    before = here(folder, "ledger", "balance", "--until", "2019-10-07")
    assert "210.00" in before.out
    assert bilingual(before.out)


def test_an_institution_s_statement(home):
    folder, _ = home
    told = here(folder, "ledger", "statement", "--institution", "H1", "--from", "2019-10-01", "--json").did()
    assert [line["credit_fen"] for line in told["lines"]] == [3_000]
    assert "person" not in str(told)
    people = here(
        folder, "ledger", "statement", "--institution", "H1", "--from", "2019-10-09", "--to", "2019-10-10"
    )
    assert "30.00" in people.out
    here(folder, "ledger", "statement", "--institution", "X", "--from", "2019-10-09", "--json").refused(
        "not-found"
    )


def test_the_check_says_when_something_is_wrong(home):
    folder, url = home
    assert here(folder, "ledger", "check", "--json").did()["entries"] == 2
    assert bilingual(here(folder, "ledger", "check").out)
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE personal_balance SET balance_fen = 20001")
    assert here(folder, "ledger", "check", "--json").refused("ledger-wrong")["balances_unlike"] == 1


def test_who_is_insured_in_what_and_where_they_stand(home):
    folder, _ = home
    person = number(1, "1980-05-06")
    here(folder, "benefits", "show", "--id-number", person, "--json").refused("not-insured")
    kept = here(folder, "benefits", "follow", "--json").did()
    assert kept["followed"] == {"spells": 1, "retired": 0}
    assert kept["year"]["accounts"] == 1
    assert bilingual(here(folder, "benefits", "follow").out)
    told = here(folder, "benefits", "show", "--id-number", person, "--json").did()
    assert told["insured"]["scheme"] == "employee"
    assert told["insured"]["state"]["current_account_fen"] == told["account_years"][0]["credit_fen"] > 0
    assert isinstance(told["insured"]["person_id"], str)
    said = here(folder, "benefits", "show", "--id-number", person, "--on", "2019-10-08").out
    assert "2019 医保年度" in said
    assert person not in said
    here(folder, "benefits", "show", "--id-number", number(2, "1980-05-06"), "--json").refused("not-found")
    mine = here(folder, "ledger", "statement", "--id-number", person, "--from", "2019-01-01", "--json").did()
    assert [line["kind"] for line in mine["lines"]] == ["credit"]
    assert mine["closing_fen"] == told["insured"]["state"]["current_account_fen"]
    report = here(folder, "jobs", "run", "insurance", "--json").did()
    assert report["stages"][0]["counts"] == {"spells": 0, "retired": 0, "accounts": 0}
