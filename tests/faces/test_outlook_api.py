"""What the rules say to a group of people: for anybody, and about nobody."""

import pytest


async def outlook(town, **asked):
    return await town.http.get("/api/programme/outlook", params=asked)


async def test_a_group_is_told_when_where_and_with_which_bank(town):
    told = (await outlook(town, group="retirees", on="2019-03-01")).json()
    assert (told["when"]["from"], told["when"]["to"]) == ("2019-01-01", "2019-06-30")
    assert "2019年1月1日至2019年6月30日" in told["when_zh"]
    assert told["where"]["channel"] == "bank_outlet"
    assert "网点" in told["where_zh"]
    assert {one["rule_set"] for one in told["why"]} == {"pilot", "group", "window", "channel"}
    assert [one["rule_id"] for one in told["banks"]] == ["pension_bank", "pension_bank_outside"]
    assert told["fee_fen"] == 0


async def test_a_district_of_the_pilot_comes_first(town):
    pilot, other = [
        (await outlook(town, group="pupils", district=one, on="2018-08-01")).json()
        for one in ("310115", "310101")
    ]
    assert (pilot["when"]["from"], other["when"]["from"]) == ("2018-07-01", "2019-04-01")


@pytest.mark.parametrize("group", ["retirees", "pupils", "employees", "everyone_else"])
@pytest.mark.parametrize("on", ["2018-03-01", "2019-05-06", "2020-02-29", "2021-06-01"])
async def test_every_group_on_days_of_every_phase(town, group, on):
    told = (await outlook(town, group=group, on=on)).json()
    assert told["group"]["group"] == group
    assert told["banks"]


async def test_what_makes_no_sense_is_refused(town):
    assert (await outlook(town, group="nobody")).status_code == 400
    assert (await outlook(town, group="pupils", district="Pudong")).status_code == 400
    early = await outlook(town, group="pupils", on="2001-01-01")
    assert early.json()["type"] == "/problems/no-rule-applies"
