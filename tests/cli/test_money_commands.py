"""`shebaoka ledger` and what `shebaoka benefits` says of people: books, statements, checks, and where somebody stands."""

from __future__ import annotations

import asyncio
from datetime import date

import psycopg
import pytest
from tests.benefits.insurance.test_insured_people import number, row
from tests.chain.command_line import bilingual, here, open_folder

from shebaoka import wiring
from shebaoka.cli.ledger import ACCOUNTS, KINDS
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.settings import Settings
from shebaoka.ledger.model import Account, Kind
from shebaoka.registry.people.commands import upsert_many

LINES = """
INSERT INTO posting (person_id, entry_id, line_no, lines, kind, reference, booked_on, posted_at, account, owner_id, amount_fen)
VALUES (7, 1, 1, 2, 'credit', 2019, '2019-07-01', now(), 'pooled_fund', 0, 21000),
       (7, 1, 2, 2, 'credit', 2019, '2019-07-01', now(), 'personal_current', 0, -21000),
       (7, 2, 1, 3, 'settlement', 5, '2019-10-08', now(), 'personal_current', 0, 1000),
       (7, 2, 2, 3, 'settlement', 5, '2019-10-08', now(), 'pooled_fund', 0, 2000),
       (7, 2, 3, 3, 'settlement', 5, '2019-10-08', now(), 'institution', 42, -3000)
"""
SETTLED = """
INSERT INTO settlement (person_id, settlement_id, quote_id, visit_id, batch, institution_id, number, card_id, settled_on, settled_at,
    total_fen, in_scope_fen, own_expense_fen, prepay_fen, over_limit_fen, pooled_fen, supplementary_fen, current_account_fen,
    historic_account_fen, cash_fen)
SELECT person_id, 5, 6, 8, '', 42, 'M1', 9, '2019-10-08', now(), 1000, 0, 1000, 0, 0, 0, 0, 0, 0, 1000 FROM person;
INSERT INTO settlement_quote SELECT person_id, 6, 8, 1, 42, '', settled_on, settled_at, settled_at, '', 1000, 0, 1000, 0, 0, 0, 0, 0, 0,
    1000, '{}', '{}', '{}', '{}', '{}', '{}', '[]' FROM settlement;
INSERT INTO settlement_message_directory SELECT 'M1', 42, 'confirm', 'it', person_id, 5, settled_at FROM settlement;
INSERT INTO medical_visit (person_id, visit_id, institution_id, number, kind, status, began_on, opened_at)
SELECT person_id, 8, 42, 'V1', 'outpatient', 'open', '2019-10-08', settled_at FROM settlement
"""
"""A bill of ten yuan, all cash."""


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
            connection.execute(SETTLED)
        yield folder_of_its_own, url


def test_every_account_and_kind_of_entry_has_its_word():
    assert set(ACCOUNTS) == set(Account)
    assert set(KINDS) == set(Kind)


def test_the_trial_balance(home):
    folder, _ = home
    told = here(folder, "ledger", "balance", "--json").did()
    assert told["debit_fen"] == told["credit_fen"] == 24_000
    assert {one["account"]: one["balance_fen"] for one in told["accounts"]} == {
        "institution": 3_000, "personal_current": 20_000, "pooled_fund": -23_000,
    }  # fmt: skip
    before = here(folder, "ledger", "balance", "--until", "2019-10-07")
    assert "210.00" in before.out
    assert "统筹基金" in before.out
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
    october = ("--from", "2019-10-01", "--to", "2019-10-10")
    assert (
        "结算，应付定点医药机构" in here(folder, "ledger", "statement", "--institution", "H1", *october).out
    )
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


def test_which_institutions_settle(home):
    folder, _ = home
    at = ("benefits", "designate", "--institution", "H1", "--since", "2019-01-01")
    assert here(folder, *at, "--level", "3", "--json").did()["level"] == 3
    here(folder, *at, "--json").refused("not-designated")
    assert bilingual(here(folder, *at, "--level", "2", "--until", "2019-12-31").out)
    other = ("benefits", "designate", "--institution", "X", "--since", "2019-01-01")
    here(folder, *other, "--json").refused("not-found")


def test_what_became_of_a_message_and_how_it_is_taken_back(home):
    folder, _ = home
    at = ("--institution", "H1")
    told = here(folder, "benefits", "message", "M1", *at, "--json").did()
    assert (told["fate"], told["settlement"]["cash_fen"], told["settlement"]["settlement_id"]) == (
        "settled",
        1_000,
        "5",
    )
    assert "10.00" in here(folder, "benefits", "message", "M1", *at).out
    assert here(folder, "benefits", "message", "M2", *at, "--json").did() == {
        "fate": "unknown",
        "settlement": None,
    }
    assert here(folder, "benefits", "reverse", "M1", *at, "--as", "R1", "--json").did()["repeated"] is False
    assert "10.00" in here(folder, "benefits", "reverse", "M1", *at, "--as", "R1").out
    here(folder, "benefits", "reverse", "M1", *at, "--as", "R2", "--json").refused("not-reversible")
    assert bilingual(here(folder, "benefits", "reverse", "M3", *at, "--as", "R3").out)
    listed = here(folder, "benefits", "visits", "--id-number", number(1, "1980-05-06"), "--json").did()
    assert [one["number"] for one in listed["visits"]] == ["V1"]
    assert [one["reversed_by"] for one in listed["settlements"]] == ["R1"]
    said = here(folder, "benefits", "visits", "--id-number", number(1, "1980-05-06"))
    assert "已冲正" in said.out
    here(folder, "benefits", "visits", "--id-number", number(2, "1980-05-06"), "--json").refused("not-found")


def test_a_day_is_reconciled(home, tmp_path):
    folder, _ = home
    at, file = ("--institution", "H1", "--day", "2019-10-08"), tmp_path / "day.csv"
    head = "number,total_fen,fund_fen,account_fen,cash_fen\n"
    file.write_text(f"{head}M1,1000,0,0,1000\nM9,700,0,0,700\n", "utf-8-sig")
    (found,) = here(folder, "benefits", "reconcile", str(file), *at, "--json").did()["differences"]
    assert (found["number"], found["kind"], found["theirs"]["cash_fen"]) == ("M9", "missing_here", 700)
    assert isinstance(found["institution_id"], str)
    said = here(folder, "benefits", "differences", "--institution", "H1").out
    assert "7.00" in said
    assert bilingual(said)
    closing = ("benefits", "close-difference", "M9", *at)
    here(folder, *closing, "--reason", " ", "--json").refused("details-refused")
    assert here(folder, *closing, "--reason", "误报", "--json").did()["number"] == "M9"
    here(folder, *closing, "--reason", "误报", "--json").refused("not-found")
    assert here(folder, "benefits", "differences", "--json").did() == {"differences": []}
    for line, what in (
        ("M1,1,0,0", "cash_fen"),
        ("M1,1,x,0,1", "fund_fen"),
        ("M1,2,0,0,1", "第1行"),
        (",1,0,0,1", "number"),
    ):
        file.write_text(f"{head}{line}\n", "utf-8")
        assert (
            what
            in here(folder, "benefits", "reconcile", str(file), *at, "--json").refused("details-refused")[
                "detail"
            ]
        )
    file.write_bytes(b"number\n\xff\n")
    here(folder, "benefits", "reconcile", str(file), *at, "--json").refused("details-refused")


def test_keys_of_an_institution_s_system(home):
    folder, _ = home
    keys = ("benefits", "terminal-keys")
    made = here(folder, *keys, "make", "sys-h1", "--institution", "H1", "--json").did()
    assert (made["paasid"], len(made["secret"])) == ("sys-h1", 64)
    here(folder, *keys, "make", "sys-h1", "--institution", "H1", "--json").refused("sender-key-refused")
    renewed = here(folder, *keys, "renew", "sys-h1", "--overlap-hours", "2")
    assert made["secret"] not in renewed.out
    assert bilingual(renewed.out)
    listed = here(folder, *keys, "list", "--institution", "H1", "--json").did()["keys"]
    assert [one["good_until"] is None for one in listed] == [False, True]
    assert made["secret"] not in here(folder, *keys, "list").out
    assert here(folder, *keys, "withdraw", "sys-h1", "--json").did()["ended"] == 2
    here(folder, *keys, "withdraw", "sys-h1", "--json").refused("not-found")


def test_the_catalogue_of_items(home, tmp_path):
    folder, _ = home
    head = "code,since,name,class,charge_type,price_limit,prepay_percent\n"
    file = tmp_path / "items.csv"
    file.write_text(
        f"{head}X1,2019-01-01,甲类药,full,09,,\nX2,2019-01-01,乙类项目,shared,03,50.5,20\n", "utf-8"
    )
    assert here(folder, "benefits", "catalogue", "load", str(file), "--json").did() == {"items": 2}
    told = here(folder, "benefits", "catalogue", "show", "X2", "--on", "2019-06-01", "--json").did()["item"]
    assert (told["catalogue_class"], told["price_limit"], told["prepay_percent"]) == (
        "shared",
        "50.500000",
        20,
    )
    assert "不在目录内" in here(folder, "benefits", "catalogue", "show", "X2", "--on", "2018-06-01").out
    for line in ("X3,2019-13-01,x,full,09,,", "X3,2019-01-01,x,half,09,,", ",2019-01-01,x,full,09,,", "X3,2019-01-01,x,own,09,nan,",
                "X3,2019-01-01,x,own,09,,101", "X3,2019-01-01,x,own,,,"):  # fmt: skip
        file.write_text(f"{head}{line}\n", "utf-8")
        refused = here(folder, "benefits", "catalogue", "load", str(file), "--json").refused(
            "catalogue-refused"
        )
        assert "row 2" in refused["detail"]
    file.write_bytes(b"\xff\xfe")
    here(folder, "benefits", "catalogue", "load", str(file), "--json").refused("catalogue-refused")
