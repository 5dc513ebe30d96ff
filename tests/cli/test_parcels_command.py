"""`shebaoka parcels`: what lies where, what is due, manifests again, and whether it adds up."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime, timedelta

import psycopg
import pytest
from tests.chain.command_line import bilingual, here, open_folder
from tests.issuing.seeding import seed

from shebaoka import wiring
from shebaoka.issuing.applications.states import Status
from shebaoka.issuing.delivery.commands import preparing
from shebaoka.kit.clock import SHANGHAI, SystemClock
from shebaoka.kit.database import Database
from shebaoka.kit.ids import Ids
from shebaoka.kit.settings import Settings
from shebaoka.kit.vault import Vault

SENT = """
UPDATE manifest SET sent_at = prepared_at, accepted = parcels;
UPDATE parcel SET status = 'at_outlet', dispatched_at = updated_at, arrived_on = %(day)s, look_on = %(day)s
"""


async def made(settings: Settings, url: str) -> None:
    clock = SystemClock()
    ids, vault = Ids(clock, random.Random(1)), Vault(wiring.master_key(settings))
    async with Database.open(url, clock=clock, ids=ids, vault=vault, connections_max=4) as database:
        await seed(database, 2, status=Status.MADE)
        await preparing.prepare_due(database, lambda _: None)


@pytest.fixture(scope="module")
def home():
    """A city with two cards that have waited at their outlet for sixty-one days; its server runs on, and commands join it."""
    with open_folder() as folder:
        settings = Settings(data_dir=str(folder))
        with wiring.ready_database(settings) as url:
            with psycopg.connect(url) as connection:
                connection.execute("DELETE FROM programme_rule")
            asyncio.run(made(settings, url))
            with psycopg.connect(url) as connection:
                day = (datetime.now(SHANGHAI) - timedelta(days=61)).date()
                for statement in SENT.strip().split(";\n"):
                    connection.execute(statement, {"day": day})
            yield folder


def test_what_is_due_is_shown_before_it_is_done_and_then_done(home):
    waiting = here(home, "parcels", "waiting", "--json").did()["outlets"]
    assert [(one["outlet"], one["waiting"], one["overdue"], one["recalled"]) for one in waiting] == [
        ("JA01", 2, 2, 0)
    ]
    told = here(home, "parcels", "recall", "--dry-run")
    assert "in all: 2" in told.out
    assert bilingual(told.out)
    assert here(home, "parcels", "waiting", "--json").did()["outlets"][0]["recalled"] == 0
    assert here(home, "parcels", "recall", "--json").did() == {"reminded": 0, "recalled": 2, "looked_at": 2}
    assert here(home, "parcels", "recall", "--json").did()["looked_at"] == 0
    assert here(home, "parcels", "waiting", "--json").did()["outlets"][0]["recalled"] == 2
    assert here(home, "parcels", "exceptions", "--json").did() == {"parcels": []}
    stages = here(home, "jobs", "run", "waiting", "redirects", "--json").did()["stages"]
    assert [stage["counts"] for stage in stages] == [
        {"accepted": 0, "refused": 0, "too_late": 0, "dropped": 0, "unanswered": 0},
        {"reminded": 0, "recalled": 0, "looked_at": 0},
    ]


def test_a_manifest_is_printed_again(home, tmp_path):
    (listed,) = here(home, "parcels", "manifests", "--json").did()["manifests"]
    number = listed["manifest_id"]
    lines = here(home, "parcels", "manifest", number, "--json").did()["lines"]
    assert [line["recipient"] for line in lines] == ["李0", "李1"]
    file = tmp_path / "m.csv"
    assert here(home, "parcels", "manifest", number, "-o", str(file)).code == 0
    assert file.read_text("utf-8-sig").splitlines()[0].startswith("邮件号,收件人")
    waybill = lines[0]["waybill"]
    assert here(home, "parcels", "show", waybill, "--json").did()["waybill"] == waybill
    assert here(home, "parcels", "manifest", "1").code == 1


def test_a_misread_waybill_is_refused_in_plain_words(home):
    refused = here(home, "parcels", "show", "EM123456789CN")
    assert refused.code == 1
    assert "邮件号码不正确" in refused.err
    assert "校验位不符" in refused.err


def test_what_does_not_add_up_ends_with_code_one(home):
    sums = here(home, "parcels", "reconcile", "--json").did()
    assert (sums["handed_over"], sums["difference"]) == (2, 0)
    with wiring.ready_database(Settings(data_dir=str(home))) as url, psycopg.connect(url) as connection:
        connection.execute("UPDATE manifest SET accepted = 1")
    told = here(home, "parcels", "reconcile")
    assert told.code == 1
    assert "difference -1" in told.out
