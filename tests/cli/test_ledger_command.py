"""`shebaoka ledger`: the trial balance, an institution's statement, and a check that says when something is wrong."""

from __future__ import annotations

import psycopg
import pytest
from tests.chain.command_line import bilingual, here, open_folder

from shebaoka import wiring
from shebaoka.kit.settings import Settings

LINES = """
INSERT INTO posting (person_id, entry_id, line_no, lines, kind, reference, booked_on, posted_at, account, owner_id, amount_fen)
VALUES (7, 1, 1, 2, 'credit', 2019, '2019-07-01', now(), 'pooled_fund', 0, 21000),
       (7, 1, 2, 2, 'credit', 2019, '2019-07-01', now(), 'personal_current', 0, -21000),
       (7, 2, 1, 3, 'settlement', 5, '2019-10-08', now(), 'personal_current', 0, 1000),
       (7, 2, 2, 3, 'settlement', 5, '2019-10-08', now(), 'pooled_fund', 0, 2000),
       (7, 2, 3, 3, 'settlement', 5, '2019-10-08', now(), 'institution', 42, -3000)
"""


@pytest.fixture(scope="module")
def home():
    with open_folder() as folder, wiring.ready_database(Settings(data_dir=str(folder))) as url:
        with psycopg.connect(url) as connection:
            connection.execute(LINES)
            connection.execute("INSERT INTO personal_balance VALUES (7, 'personal_current', 20000)")
            connection.execute(
                "INSERT INTO institution (institution_id, code, kind, name_zh, name_en) VALUES (42, 'H1', 'hospital', '医院', 'Hospital')"
            )
        yield folder, url


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
