"""`shebaoka dashboard`: the same figures as over HTTP, for people, as a table and as JSON; nothing before the first count."""

from __future__ import annotations

import asyncio
import csv
import io
import random
from datetime import timedelta

import pytest
from tests.chain.command_line import bilingual, here, open_folder
from tests.issuing.seeding import seed

from shebaoka import wiring
from shebaoka.issuing.applications.states import Status
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.clock import SystemClock
from shebaoka.kit.database import Database
from shebaoka.kit.ids import Ids
from shebaoka.kit.settings import Settings
from shebaoka.kit.vault import Vault

AGE = timedelta(days=40)


async def apply(settings: Settings, url: str) -> None:
    """Let three people have applied forty days ago; the card of one of them should be there by now."""
    clock = SystemClock()
    ids, vault = Ids(clock, random.Random(1)), Vault(wiring.master_key(settings))
    async with Database.open(url, clock=clock, ids=ids, vault=vault, connections_max=4) as database:
        first, *_ = await seed(database, 3, status=Status.VERIFIED)
        async with database.work(SYSTEM) as work:
            await work.run(
                "UPDATE application SET applied_at = %(at)s, due_on = CASE WHEN person_id = %(p)s THEN %(late)s::date END",
                {"at": work.now - AGE, "late": work.today - timedelta(days=1), "p": first.person_id},
            )


@pytest.fixture(scope="module")
def home():
    """A city with a backlog; its server runs on, and commands join it."""
    with open_folder() as folder:
        settings = Settings(data_dir=str(folder))
        with wiring.ready_database(settings) as url:
            refused = here(folder, "dashboard", "backlog", "--json")
            assert refused.refused("not-counted-yet")
            asyncio.run(apply(settings, url))
            here(folder, "dashboard", "count", "--json").did()
            yield folder


def rows(ran):
    return list(csv.DictReader(io.StringIO(ran.out.lstrip("\ufeff"))))


def test_the_backlog_is_told_with_its_age_against_the_promised_days(home):
    told = here(home, "dashboard", "backlog", "--json").did()
    assert told["promised_days"] == 30
    assert sorted((one["status"], one["age_days"], one["overdue"], one["number"]) for one in told["backlog"]) == [
        ("verified", 40, False, 2), ("verified", 40, True, 1),
    ]  # fmt: skip
    said = here(home, "dashboard", "backlog")
    assert bilingual(said.out)
    assert "verified  3 件  最久 oldest 40 天 days  超期 overdue 1" in said.out
    table = rows(here(home, "dashboard", "backlog", "--by", "bank", "--csv"))
    assert {(one["status"], one["overdue"], one["number"]) for one in table} == {
        ("verified", "0", "2"), ("verified", "1", "1"),
    }  # fmt: skip


def test_sums_and_days_are_tables_too(home):
    (city,) = here(home, "dashboard", "show", "--json").did()["standing"]
    (row,) = rows(here(home, "dashboard", "show", "--csv"))
    assert {name: str(value) for name, value in city.items()} == row
    assert row["applied"] == "3"
    told = here(home, "dashboard", "show")
    assert bilingual(told.out)
    assert "2020-12-31" in told.out
    (day,) = here(home, "dashboard", "days", "--by", "channel", "--json").did()["days"]
    assert (day["measure"], day["number"]) == ("applied", 3)
    assert rows(here(home, "dashboard", "days", "--by", "channel", "--csv"))[0]["day"] == day["day"]
    assert here(home, "dashboard", "days", "--to", "2018-02-01", "--json").did()["days"] == []
    assert here(home, "dashboard", "days", "--by", "street").code == 2
