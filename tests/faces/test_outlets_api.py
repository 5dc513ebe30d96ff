"""Outlets over HTTP, for anybody: what one needs to know before going there."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.faces.outlets_town import settled

from shebaoka.kit.actor import SYSTEM


@pytest.fixture
async def there(town, tmp_path):
    """Give the town on a working day at ten."""
    town.database.clock.at = datetime.fromisoformat("2019-05-06T10:00:00+08:00")
    await settled(town, tmp_path)
    return town


async def _get(town, path, **query):
    answer = await town.http.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_anybody_sees_an_outlet_with_hours_services_and_telephone(there):
    one = await _get(there, "/api/outlets/C310101002")
    assert one["serves"]
    assert one["profile"]["phone"] == "021-00000001"
    assert one["profile"]["week"][0] == [
        {"opens": "09:00:00", "closes": "11:30:00"},
        {"opens": "13:30:00", "closes": "16:30:00"},
    ]
    assert one["profile"]["week"][6] == []
    now = one["now"]
    assert (now["open"], now["until"], now["opens_at"]) == (True, "2019-05-06T11:30:00+08:00", None)
    assert datetime.fromisoformat(now["at"]) == there.database.clock.at
    assert {"code": "collect", "zh": "领取寄存的卡", "en": "Collect a card that waits here"} in one[
        "services"
    ]
    assert one["waiting"] is None
    assert one["bank"] is None


async def test_districts_count_what_is_looked_for(there):
    for query, counted in (({}, 4), ({"service": "replace"}, 1), ({"bank": "BOSC"}, 1), ({"service": "collect", "bank": "BOSC"}, 0)):  # fmt: skip
        found = {
            one["district_code"]: one["outlets"]
            for one in (await _get(there, "/api/outlets/districts", **query))["items"]
        }
        assert found == {"310101": counted, "310106": 0}, query


async def test_the_outlets_of_a_district_come_page_by_page(there):
    first = await _get(there, "/api/outlets", district="310101", limit=3)
    assert [one["outlet"]["code"] for one in first["items"]] == ["BOSC0001", "C310101002", "C310101003"]
    rest = await _get(there, "/api/outlets", district="310101", limit=3, cursor=first["next"])
    assert [one["outlet"]["code"] for one in rest["items"]] == ["ICBC0001"]
    assert rest["next"] is None
    untold = rest["items"][0]
    assert (untold["profile"], untold["now"], untold["bank"]["code"]) == (None, None, "ICBC")


async def test_one_that_is_suspended_says_so_and_does_nothing(there):
    async with there.database.work(SYSTEM) as work:
        await work.run("UPDATE institution SET readiness = 'suspended' WHERE code = 'C310101002'")
    one = await _get(there, "/api/outlets/C310101002")
    assert (one["serves"], one["readiness"], one["services"], one["mainly_for"]) == (
        False,
        "suspended",
        [],
        [],
    )
    listed = await _get(there, "/api/outlets", district="310101", service="collect")
    assert "C310101002" not in [each["outlet"]["code"] for each in listed["items"]]


async def test_who_waits_is_noted_at_the_counter_and_told_to_everybody(there):
    noted = await there.post("/api/outlets/waiting", "community_clerk", json={"waiting": 12})
    assert noted.status_code == 200, noted.text
    one = await _get(there, "/api/outlets/C310101002")
    assert one["waiting"]["waiting"] == 12
    assert datetime.fromisoformat(one["waiting"]["noted_at"]) == there.database.clock.at
    there.database.clock.at = datetime.fromisoformat("2019-05-06T10:31:00+08:00")
    assert (await _get(there, "/api/outlets/C310101002"))["waiting"] is None


async def test_what_is_no_outlet_is_not_found_and_what_makes_no_sense_is_refused(there):
    assert (await there.http.get("/api/outlets/FIRM")).status_code == 404
    assert (await there.http.get("/api/outlets", params={"district": "x"})).status_code == 400
    assert (
        await there.http.get("/api/outlets", params={"district": "310101", "service": "fly"})
    ).status_code == 400
    many = await there.post("/api/outlets/waiting", "community_clerk", json={"waiting": 1000})
    assert many.status_code == 400
    head_office = await there.post("/api/outlets/waiting", "bank_clerk", 21, json={"waiting": 1})
    assert head_office.status_code == 404
