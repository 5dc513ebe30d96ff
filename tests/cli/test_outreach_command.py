"""`shebaoka outreach`: the day's route, visits that nobody told of, and what waits for a person."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from tests.chain.command_line import bilingual, here, open_folder
from tests.issuing.town import id_number, person

from shebaoka import wiring
from shebaoka.issuing.outreach import commands
from shebaoka.issuing.outreach.model import Asked, Contact, Item, Planning
from shebaoka.kit.actor import Actor
from shebaoka.kit.settings import Settings
from shebaoka.registry.people.commands import upsert_many
from shebaoka.registry.people.model import PersonRow
from shebaoka.registry.people.views import find
from shebaoka.registry.programme.views import load

CLERK = Actor("staff:11", 31, "bank_clerk")


async def go_out(settings: Settings, url: str) -> None:
    """Plan a visit for today and bring an item that nobody knows the captor of."""
    async with wiring.city(settings, url) as city:
        born = datetime(1930, 5, 1, tzinfo=UTC).date()
        row: PersonRow = person(1, born=born, district_code=None)
        async with city.database.work(CLERK) as work:
            await upsert_many(work, [row])
            found = await find(work, id_number(1, born))
            assert found
            programme = await load(work)
            await commands.open_slots(work, None, [work.today], "morning", 3)
            heard = await commands.request(
                work,
                programme,
                Asked(found.person_id, "holder", ("apply",), Contact("15400000000", "黄浦区虚构路1号")),
            )
            await commands.plan(
                work, programme, heard.visit.visit_id, Planning("ICBC0001", work.today, "morning", (11,))
            )
            device, secret = await commands.register_device(work, None, "平板")
        item = Item("01J-made-on-it-1", 1, "application", city.clock.now(), 99, {"id_number": row.id_number})

        async def nothing(_work, _item, _outlet, _device):
            raise AssertionError("what is held is not carried out")

        await commands.synchronise(city.database, CLERK, programme, device.device_id, secret, [item], nothing)


@pytest.fixture(scope="module")
def home():
    """A city with one visit today and one item held; its server runs on, and commands join it."""
    with open_folder() as folder:
        settings = Settings(data_dir=str(folder))
        with wiring.ready_database(settings) as url:
            with psycopg.connect(url) as connection:
                for one in ((21, "ICBC", "bank", None), (31, "ICBC0001", "bank_outlet", 21)):
                    connection.execute(
                        "INSERT INTO institution (institution_id, code, kind, name_zh, name_en, parent_id, live_from, readiness)"
                        " VALUES (%s, %s, %s, '工行', 'ICBC', %s, '2018-01-01', 'live')", one,
                    )  # fmt: skip
                connection.execute(
                    "INSERT INTO staff (staff_id, institution_id, login, name, role, password_hash)"
                    " VALUES (11, 31, 'li', 'li', 'bank_clerk', '-')"
                )
            asyncio.run(go_out(settings, url))
            yield folder, url


def test_the_route_of_a_day(home):
    folder, _ = home
    told = here(folder, "outreach", "route", "--outlet", "ICBC0001", "--json").did()
    (stop,) = told["routes"][0]["stops"]
    assert (stop["address"], stop["order"], stop["place"]) == ("黄浦区虚构路1号", 1, "黄浦区 · 虚构路")
    told = here(folder, "outreach", "route", "--outlet", "ICBC0001")
    assert "黄浦区虚构路1号" in told.out
    assert bilingual(told.out)
    assert (
        here(folder, "outreach", "route", "--outlet", "ICBC0001", "--on", "2019-05-06", "--json").did()[
            "routes"
        ]
        == []
    )
    assert here(folder, "outreach", "route", "--outlet", "NOBODY").code == 1


def test_what_waits_for_a_person(home):
    folder, _ = home
    (waiting,) = here(folder, "outreach", "conflicts", "--json").did()["captures"]
    assert (waiting["status"], waiting["reason"], waiting["staff_id"]) == ("held", "staff_unknown", "99")
    told = here(folder, "outreach", "conflicts")
    assert "waiting: 1" in told.out
    assert bilingual(told.out)
    assert here(folder, "outreach", "conflicts", "--after", waiting["capture_id"], "--json").did() == {
        "captures": []
    }


def test_visits_that_nobody_told_of(home):
    folder, url = home
    assert here(folder, "outreach", "unheld", "--json").did() == {"visits": []}
    with psycopg.connect(url) as connection:
        day = datetime.now(UTC).date() - timedelta(days=3)
        connection.execute("UPDATE visit SET day = %s", [day])
    (visit,) = here(folder, "outreach", "unheld", "--json").did()["visits"]
    assert (visit["attempt"], visit["staff"]) == (1, ["11"])
    assert "not told of: 1" in here(folder, "outreach", "unheld").out
