"""Going to people over HTTP: who may ask, plan, look and bring; what is said, and what is kept out of it."""

from __future__ import annotations

from datetime import date

import pytest
from tests.faces.api_town import BANK_A, COMMUNITY_A, OUTLET_B, id_number, person
from tests.faces.outreach_town import (
    CLERK,
    ELSEWHERE,
    OLD,
    PLAN,
    SECOND,
    SITE,
    application,
    batch,
    equip,
    held,
    item,
    visit_asked,
    visit_planned,
)

from shebaoka.kit.actor import SYSTEM


async def test_a_visit_from_the_hotline_to_the_card_in_use(town):
    """Asked for by telephone, planned by the bank, made without a network, brought in the evening."""
    device = await equip(town)
    _, new = await town.cards(1, OLD)
    body = {"id_number": id_number(1, OLD), "name": person(1, OLD).name, "tasks": ["open", "open"],
            "address": "黄浦区虚构路7号", "remark": "请先电话联系"}  # fmt: skip
    asked = await town.post("/api/outreach/visits", "hotline_agent", json=body)
    assert asked.status_code == 201, asked.text
    told = asked.json()
    assert (told["eligible"], told["visit"]["ground"], told["visit"]["bank"]["code"]) == (
        True,
        "very_old",
        "BOSC",
    )
    assert "80" in told["why_zh"]
    assert told["visit"]["tasks"] == ["open"]
    number = told["visit"]["visit_id"]
    again = await town.post("/api/outreach/visits", "community_clerk", json=body)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/visit-exists")
    assert again.json()["visit_status"] == "requested"
    assert again.json()["requested_on"] == "2019-01-02"
    planned = await town.post(f"/api/outreach/visits/{number}/planning", "bank_clerk", json=PLAN)
    assert (planned.status_code, planned.json()["attempt"]) == (200, 1)
    route = (await town.call("GET", "/api/outreach/route?on=2019-01-03", "bank_clerk")).json()
    (stop,) = route["items"][0]["stops"]
    assert (stop["name"], stop["address"], stop["order"]) == (person(1, OLD).name, "黄浦区虚构路7号", 1)
    assert (stop["remark"], stop["why_zh"]) == ("请先电话联系", "上午，黄浦区 · 虚构路")
    opening = {"card_number": new, "id_number": id_number(1, OLD), "functions": ["social", "financial"]}
    items = [
        item(town, 1, "opening", opening, visit_id=number),
        item(town, 2, "visit_outcome", {"attempt": 1, "outcome": "done"}, visit_id=number),
    ]
    brought = await town.post("/api/outreach/sync", "bank_clerk", key=None, json=batch(device, *items))
    assert [one["result"] for one in brought.json()["items"]] == ["applied", "applied"], brought.text
    assert brought.json()["items"][0]["answer"]["old_cards_voided"] == 1
    once_more = await town.post("/api/outreach/sync", "bank_clerk", key=None, json=batch(device, *items))
    assert [one["result"] for one in once_more.json()["items"]] == ["already_applied", "already_applied"]
    assert [one["answer"] for one in once_more.json()["items"]] == [
        one["answer"] for one in brought.json()["items"]
    ]
    standing = await town.post("/api/cards/standing", "hospital_system", key=None, json={"card_number": new})
    assert standing.json()["good"] is True
    listed = (await town.call("GET", "/api/outreach/visits?status=done", "hotline_agent")).json()["items"]
    assert [one["visit_id"] for one in listed] == [number]
    assert listed[0]["holder"]["name_masked"] != person(1, OLD).name


async def test_who_is_not_visited_is_told_why_and_what_else_there_is(town):
    await town.people(person(1))
    body = {"id_number": id_number(1), "name": person(1).name, "tasks": ["apply"]}
    for more, rule in (({}, "others"), ({"limited": True}, "mobility_without_a_document")):
        told = (await town.post("/api/outreach/visits", "community_clerk", json=body | more)).json()
        assert (told["eligible"], told["visit"]["status"], told["visit"]["rule_id"]) == (
            False,
            "refused",
            rule,
        )
        assert told["remedy_zh"]
        assert told["remedy_en"]
    with_document = body | {"limited": True, "document": "disability_certificate"}
    assert (await town.post("/api/outreach/visits", "community_clerk", json=with_document)).json()[
        "eligible"
    ] is True


async def test_residents_ask_for_themselves_and_nobody_else(town):
    await town.people(person(1, OLD), person(2, OLD))
    own = await town.person_id(1, OLD)
    body = {"id_number": id_number(1, OLD), "name": person(1, OLD).name, "tasks": ["apply"], "bank": "BOSC"}
    asked = await town.post("/api/outreach/visits", "resident", own, json=body)
    assert asked.status_code == 201, asked.text
    other = body | {"id_number": id_number(2, OLD), "name": person(2, OLD).name}
    refused = await town.post("/api/outreach/visits", "resident", own, json=other)
    assert refused.json()["type"] == "/problems/guardian-not-tied"
    theirs = await visit_asked(town, 3)
    listed = (await town.call("GET", "/api/outreach/visits", "resident", own)).json()["items"]
    assert [one["visit_id"] for one in listed] == [asked.json()["visit"]["visit_id"]]
    for number, status in ((theirs, 404), (listed[0]["visit_id"], 200)):
        cancelled = await town.post(
            f"/api/outreach/visits/{number}/cancellation", "resident", own, json={"reason": "not_wanted"}
        )
        assert cancelled.status_code == status


async def test_a_relative_is_an_agent_with_an_authorisation(town):
    await town.people(person(1, OLD), person(2))
    agent = {"role": "agent", "id_number": id_number(2)}
    body = {
        "id_number": id_number(1, OLD),
        "name": person(1, OLD).name,
        "tasks": ["apply"],
        "acts_for": agent,
    }
    refused = await town.post("/api/outreach/visits", "community_clerk", json=body)
    assert refused.json()["type"] == "/problems/authorisation-missing"
    body["acts_for"] = agent | {"authorisation": "written"}
    asked = await town.post("/api/outreach/visits", "community_clerk", json=body)
    assert asked.json()["visit"]["asked_as"] == "agent", asked.text


async def test_what_another_outlet_handles_is_not_found(town):
    device = await equip(town)
    visit, waiting = await visit_planned(town, 1), await held(town, device, 2)
    site = (await town.post("/api/outreach/sites", "bank_clerk", json=SITE)).json()["site_id"]
    tried = [
        (f"/api/outreach/visits/{visit}/planning", {"json": PLAN}),
        (f"/api/outreach/visits/{visit}/outcome", {"json": {"attempt": 1, "outcome": "done"}}),
        (f"/api/outreach/visits/{visit}/cancellation", {"json": {"reason": "not_wanted"}}),
        (f"/api/outreach/devices/{device['device_id']}/blocking", {}),
        (f"/api/outreach/devices/{device['device_id']}/release", {}),
        (f"/api/outreach/captures/{waiting}/acceptance", {}),
        (f"/api/outreach/captures/{waiting}/discarding", {"json": {"reason": "别家的记录"}}),
        (f"/api/outreach/captures/{waiting}/content", {"json": {"reason": "无关机构试探"}}),
        (f"/api/outreach/sites/{site}/closing", {}),
        ("/api/outreach/slots", {"json": {"first": "2019-01-02", "last": "2019-01-02", "slot": "morning", "capacity": 9,
                                          "weekdays": [3], "outlet": "BOSC0001"}}),
    ]  # fmt: skip
    for path, body in tried:
        key = None if path.endswith("/content") else ""
        answer = await town.post(path, "bank_clerk", OUTLET_B, key=key, **body)
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found"), (
            f"{path} {answer.text}"
        )
    refused = await town.post(
        "/api/outreach/sync", "bank_clerk", OUTLET_B, key=None, json=batch(device, application(town, 3))
    )
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/device-refused")
    for path in (
        "/api/outreach/visits",
        "/api/outreach/devices",
        "/api/outreach/captures",
        "/api/outreach/figures",
    ):
        assert (await town.call("GET", path, "bank_clerk", OUTLET_B)).json()["items"] == [], path
    # The bank's own people see all of its outlets, the card centre all of them.
    for role, at in (("bank_clerk", BANK_A), ("card_centre_operator", None)):
        for path in ("/api/outreach/visits", "/api/outreach/devices", "/api/outreach/captures"):
            assert len((await town.call("GET", path, role, at)).json()["items"]) == 1, f"{role} {path}"


async def test_a_device_s_secret_is_shown_once_and_a_released_one_has_another(town):
    body = {"name": "平板"}
    first = await town.post("/api/outreach/devices", "bank_clerk", key="one-device-01", json=body)
    again = await town.post("/api/outreach/devices", "bank_clerk", key="one-device-01", json=body)
    assert first.json()["secret"]
    assert again.json().get("secret") is None
    number = first.json()["device_id"]
    assert (await town.post(f"/api/outreach/devices/{number}/blocking", "bank_clerk")).json()[
        "status"
    ] == "blocked"
    released = await town.post(f"/api/outreach/devices/{number}/release", "card_centre_operator")
    assert (released.json()["status"], released.json()["secret"] != first.json()["secret"]) == (
        "active",
        True,
    )
    (listed,) = (await town.call("GET", "/api/outreach/devices", "bank_clerk")).json()["items"]
    assert (listed["device_id"], listed["secret"]) == (number, None)


async def test_conflicts_are_listed_shown_for_a_reason_and_worked_off(town):
    device = await equip(town)
    await town.applied(7, at=OUTLET_B, bank="ICBC")
    content = application(town, 7)["content"] | {"id_number": id_number(7), "name": person(7).name}
    clashing = item(town, 7, "application", content)
    answer = await town.post("/api/outreach/sync", "bank_clerk", key=None, json=batch(device, clashing))
    (result,) = answer.json()["items"]
    assert (result["result"], result["reason"]) == ("conflict", "applied_elsewhere")
    assert result["reason_zh"]
    assert result["theirs"]["application"]["channel"] == "bank_outlet"
    waiting = await held(town, device, 8)
    listed = (await town.call("GET", "/api/outreach/captures", "bank_clerk")).json()
    assert [(one["capture_id"], one["status"]) for one in listed["items"]] == [
        (result["capture_id"], "conflict"), (waiting, "held"),
    ]  # fmt: skip
    assert listed["items"][0]["holder"]["name_masked"].endswith("*")
    paged = (await town.call("GET", "/api/outreach/captures?limit=1", "bank_clerk")).json()
    assert paged["next"] == result["capture_id"]
    shown = await town.post(
        f"/api/outreach/captures/{waiting}/content", "bank_clerk", key=None, json={"reason": "核对受理记录"}
    )
    assert shown.json()["content"]["address"] == "虚构路8号"
    assert [fact[3] for fact in await town.facts("capture.revealed")] == [waiting]
    refused = await town.post(f"/api/outreach/captures/{result['capture_id']}/acceptance", "bank_clerk")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/application-exists")
    accepted = await town.post(f"/api/outreach/captures/{waiting}/acceptance", "card_centre_operator")
    assert (accepted.status_code, accepted.json()["status"]) == (200, "applied"), accepted.text
    aside = await town.post(
        f"/api/outreach/captures/{result['capture_id']}/discarding",
        "bank_clerk",
        json={"reason": "已在别处申请"},
    )
    assert (aside.json()["status"], aside.json()["settled_why"]) == ("discarded", "已在别处申请")
    assert (await town.call("GET", "/api/outreach/captures", "bank_clerk")).json()["items"] == []
    repeated = await town.post("/api/outreach/sync", "bank_clerk", key=None, json=batch(device, clashing))
    assert repeated.json()["items"][0]["result"] == "discarded"
    figures = (await town.call("GET", "/api/outreach/figures", "bank_clerk")).json()["items"]
    assert {(one["kind"], one["status"], one["items"]) for one in figures} == {
        ("application", "applied", 1), ("application", "discarded", 1),
    }  # fmt: skip


async def test_nothing_personal_is_kept_in_clear(town):
    device = await equip(town)
    await visit_planned(town, 1)
    await held(town, device, 2)
    for table in ("visit", "capture", "request_key", "audit_fact", "outbox"):
        async with town.database.work(SYSTEM) as work:
            rows = await work.rows(f"SELECT row_to_json(t)::text FROM {table} AS t")
        text = "\n".join(row for (row,) in rows)
        assert rows, table
        for n in (1, 2):
            for secret in (person(n, OLD).name, id_number(n, OLD), person(n, OLD).mobile, f"虚构路{n}号"):
                assert secret not in text, f"{table}: {secret}"
        assert device["secret"] not in text


@pytest.mark.parametrize(
    "wrong",
    [
        {"items": []}, {"items": [{}]}, {"device_id": "99999999999999999999"}, {"device_id": "x"}, {"surplus": 1},
        {"items": "x"}, {"device_id": "9999999999999999999"},
    ],
)  # fmt: skip
async def test_a_batch_that_no_device_sends_is_refused_as_a_whole(town, wrong):
    device = {"device_id": "1", "secret": "x"}
    answer = await town.post(
        "/api/outreach/sync", "bank_clerk", key=None, json=batch(device, application(town, 1)) | wrong
    )
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/request-malformed"), answer.text


async def test_an_item_of_whatever_content_is_answered_and_stops_no_other(town):
    device = await equip(town)
    await town.people(person(3, OLD))
    strange = [
        {}, {"id_number": {"a": [None]}}, {"id_number": "\x00"}, {"id_number": "1" * 5_000}, {"x\x00y": "\x00"},
        {"card_number": 1e300}, {"attempt": 10**18}, {"name": "\U0001f600" * 300},
    ]  # fmt: skip
    items = [
        item(town, 100 + n, kind, content)
        for n, (content, kind) in enumerate(
            (content, kind) for content in strange for kind in ("application", "opening", "visit_outcome")
        )
    ]
    far = [
        application(town, 200 + n, captured_at=at)
        for n, at in enumerate(("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"))
    ]
    answer = await town.post(
        "/api/outreach/sync", "bank_clerk", key=None, json=batch(device, *items, *far, application(town, 3))
    )
    assert answer.status_code == 200, answer.text
    results = [one["result"] for one in answer.json()["items"]]
    assert results[-1] == "applied"
    assert set(results[:-1]) == {"refused", "held"}
    waiting = (await town.call("GET", "/api/outreach/captures?limit=200", "bank_clerk")).json()["items"]
    assert len(waiting) == len(items) + 2, "nothing is lost"
    for one in waiting:
        accepted = await town.post(f"/api/outreach/captures/{one['capture_id']}/acceptance", "bank_clerk")
        assert 400 <= accepted.status_code < 500, accepted.text


async def test_stations_and_stalls_are_listed_by_district(town):
    device = await equip(town)
    station = await town.post(
        "/api/outreach/sites",
        "bank_clerk",
        json=SITE | {"employer": "FIRM", "devices": [device["device_id"]]},
    )
    assert station.status_code == 201, station.text
    stall = SITE | {"kind": "stall", "name_zh": "小区摊点", "to_day": "2019-01-04"}
    assert (await town.post("/api/outreach/sites", "card_centre_operator", json=stall)).status_code == 201
    bad = [
        {"kind": "stall"}, {"to_day": "2018-01-01"}, {"closes": "08:00:00"}, {"district": "999999"}, {"employer": "BOSC"},
        {"staff": ["1"]}, {"devices": ["1"]}, {"staff": ["9999999999999999999"]},
    ]  # fmt: skip
    for wrong in bad:
        refused = await town.post("/api/outreach/sites", "bank_clerk", json=SITE | wrong)
        assert refused.status_code in (400, 422), f"{wrong} {refused.text}"
    for role in ("resident", "hotline_agent", "community_clerk"):
        listed = (await town.call("GET", "/api/outreach/sites?district=310101", role)).json()["items"]
        assert [one["name_zh"] for one in listed] == ["甲公司驻点", "小区摊点"], role
    assert listed[0]["employer"]["code"] == "FIRM"
    later = (await town.call("GET", "/api/outreach/sites?on=2019-02-01", "resident")).json()["items"]
    assert [one["kind"] for one in later] == ["station"], "a stall ends, a station stays"
    assert (await town.call("GET", "/api/outreach/sites?district=310102", "resident")).json()["items"] == []
    closing = f"/api/outreach/sites/{station.json()['site_id']}/closing"
    assert (await town.post(closing, "bank_clerk")).json()["status"] == "closed"
    assert (await town.post(closing, "bank_clerk")).status_code == 409


async def test_the_diary_says_where_there_is_room(town):
    await equip(town)
    await visit_planned(town, 1)
    slots = (await town.call("GET", "/api/outreach/slots", "bank_clerk")).json()
    assert slots["outlet"]["code"] == "BOSC0001"
    free = {one["day"]: one["free"] for one in slots["items"]}
    assert (free["2019-01-03"], free["2019-01-04"], "2019-01-05" in free) == (19, 20, False), (
        "nobody goes on a Saturday"
    )
    two = {"first": "2019-01-03", "last": "2019-01-03", "slot": "morning"}
    refused = await town.post("/api/outreach/slots", "bank_clerk", json=two | {"capacity": 0})
    assert refused.json()["type"] == "/problems/slot-overbooked"
    for wrong in ({"last": "2019-01-02"}, {"last": "2020-01-02"}, {"weekdays": [7]}, {"weekdays": [8]}):
        answer = await town.post("/api/outreach/slots", "bank_clerk", json=two | {"capacity": 2} | wrong)
        assert answer.status_code == 400, wrong


async def test_told_online_and_listed_when_nobody_told(
    town,
):
    await equip(town)
    number, forgotten = await visit_planned(town, 1), await visit_planned(town, 2)
    moved = await town.post(
        f"/api/outreach/visits/{number}/planning",
        "bank_clerk",
        json=PLAN | {"staff": [str(SECOND), str(CLERK)]},
    )
    assert moved.json()["staff"] == [str(CLERK), str(SECOND)]
    wrong = await town.post(
        f"/api/outreach/visits/{number}/outcome", "bank_clerk", json={"attempt": 2, "outcome": "done"}
    )
    assert (wrong.status_code, wrong.json()["attempt"]) == (409, 1)
    told = await town.post(
        f"/api/outreach/visits/{number}/outcome", "bank_clerk",
        json={"attempt": 1, "outcome": "not_met", "reason": "敲门无人"},
    )  # fmt: skip
    assert (told.json()["status"], told.json()["reason"]) == ("not_met", "敲门无人")
    assert (await town.call("GET", "/api/outreach/visits", "community_clerk", COMMUNITY_A)).json()["items"], (
        "who took it in sees it"
    )
    town.database.clock.at = town.database.clock.at.replace(day=6)
    unheld = (await town.call("GET", "/api/outreach/visits?unheld=true", "card_centre_operator")).json()[
        "items"
    ]
    assert [one["visit_id"] for one in unheld] == [forgotten]


async def test_a_guardian_asks_for_a_child_who_can_hardly_leave_home(town):
    born = date(2010, 1, 1)
    child = person(5, born, guardian_id_number=id_number(6), guardian_kind="母亲")
    await town.people(person(6), child)
    mother = await town.person_id(6)
    body = {"id_number": id_number(5, born), "name": child.name, "tasks": ["apply"], "limited": True,
            "document": "medical_certificate", "bank": "BOSC"}  # fmt: skip
    asked = await town.post("/api/outreach/visits", "resident", mother, json=body)
    assert (asked.status_code, asked.json()["visit"]["asked_as"]) == (201, "guardian"), asked.text


async def test_whom_to_call_is_shown_for_a_reason_while_the_visit_is_under_way(town):
    await equip(town)
    visit = await visit_planned(town, 1)
    path = f"/api/outreach/visits/{visit}"
    one = (await town.call("GET", path, "bank_clerk")).json()
    assert (one["status"], one["holder"]["name_masked"]) == ("planned", "虚*")
    assert (await town.call("GET", path, "bank_clerk", OUTLET_B)).status_code == 404
    shown = await town.post(f"{path}/contact", "bank_clerk", key=None, json={"reason": "出发前电话联系"})
    assert shown.json()["mobile"] == person(1, OLD).mobile
    assert [fact[3] for fact in await town.facts("visit.revealed")] == [visit]
    strange = await town.post(
        f"{path}/contact", "bank_clerk", OUTLET_B, key=None, json={"reason": "别家试探"}
    )
    assert strange.status_code == 404
    await town.post(f"{path}/outcome", "bank_clerk", json={"attempt": 1, "outcome": "done"})
    over = await town.post(f"{path}/contact", "bank_clerk", key=None, json={"reason": "办结之后再看"})
    assert over.status_code == 404


async def test_who_may_be_sent_works_at_the_outlet_or_its_bank(town):
    await equip(town)
    sent = (await town.call("GET", "/api/outreach/staff", "bank_clerk")).json()["items"]
    assert {str(CLERK), str(SECOND)} <= {one["staff_id"] for one in sent}
    assert str(ELSEWHERE) not in {one["staff_id"] for one in sent}
    assert (await town.call("GET", "/api/outreach/staff?outlet=ICBC0001", "bank_clerk")).status_code == 404


async def test_residents_ask_for_a_visit_without_naming_any_number(town):
    await town.people(person(1, OLD), person(2, OLD))
    own, other = await town.person_id(1, OLD), await town.person_id(2, OLD)
    asked = await town.post("/api/family/visits", "resident", own, json={"tasks": ["apply", "open"]})
    assert (asked.status_code, asked.json()["eligible"]) == (201, True), asked.text
    assert asked.json()["visit"]["asked_as"] == "holder"
    again = await town.post("/api/family/visits", "resident", own, json={"tasks": ["open"]})
    assert again.json()["type"] == "/problems/visit-exists"
    strange = await town.post(
        "/api/family/visits", "resident", own, json={"tasks": ["open"], "person_id": str(other)}
    )
    assert (strange.status_code, strange.json()["type"]) == (404, "/problems/not-found")
