"""Applying, following, and what one organisation may see of another's."""

import asyncio
from datetime import date, timedelta

import pytest
from tests.faces.api_town import (
    BANK_A,
    CENTRE,
    COMMUNITY_B,
    OUTLET_A,
    OUTLET_B,
    id_number,
    jpeg,
    person,
)

from shebaoka.faces.api import calling
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.outbox import deliver_due


def application(n: int, **more):
    given = {
        "id_number": id_number(n), "name": person(n).name, "mobile": "15400000000", "address": "黄浦区虚构路1号",
        "fallback_outlet": "C310101002", "bank": "BOSC",
    }  # fmt: skip
    return given | more


@pytest.mark.parametrize(
    ("role", "channel"),
    [
        ("bank_clerk", "bank_outlet"),
        ("bank_system", "bank_outlet"),
        ("community_clerk", "community_centre"),
        ("online_platform_system", "online"),
        ("card_centre_operator", "community_centre"),
    ],
)
async def test_the_channel_follows_from_the_institution(town, role, channel):
    await town.people(person(1))
    made = await town.post("/api/applications", role, json=application(1))
    assert made.status_code == 201, made.text
    found = made.json()
    assert (found["channel"], found["status"], found["bank"]["code"]) == (channel, "submitted", "BOSC")
    assert isinstance(found["application_id"], str)
    assert found["next"] == ["withdraw"]


async def test_the_answer_to_a_write_holds_nothing_personal(town):
    await town.people(person(1))
    made = await town.post("/api/applications", "bank_clerk", json=application(1), key="a-key-of-mine")
    for secret in (id_number(1), person(1).name, "虚构路"):
        assert secret not in made.text
    async with town.database.connection() as connection:
        stored = await (await connection.execute("SELECT answer::text FROM request_key")).fetchall()
    assert all(secret not in row[0] for row in stored for secret in (id_number(1), "虚", person(1).name))


async def test_one_person_has_one_application(town):
    await town.people(person(1))
    assert (await town.post("/api/applications", "bank_clerk", json=application(1))).status_code == 201
    second = await town.post("/api/applications", "community_clerk", json=application(1))
    assert (second.status_code, second.json()["type"]) == (409, "/problems/application-exists")
    assert second.json()["channel"] == "bank_outlet"


async def test_a_refusal_leaves_the_request_key_free(town):
    await town.people(person(1))
    wrong = await town.post(
        "/api/applications", "bank_clerk", json=application(1, name="别人"), key="one-key-for-both"
    )
    assert (wrong.status_code, wrong.json()["type"]) == (422, "/problems/name-differs")
    assert {"title_zh", "title", "remedy_zh", "remedy_en"} <= wrong.json().keys()
    right = await town.post("/api/applications", "bank_clerk", json=application(1), key="one-key-for-both")
    assert right.status_code == 201


async def test_a_bank_does_not_see_another_banks_application(town):
    number = await town.applied(1, OUTLET_A)
    for path in (f"/api/applications/{number}", f"/api/applications/{number}/timeline"):
        refused = await town.call("GET", path, "bank_clerk", OUTLET_B)
        assert (refused.status_code, refused.json()["type"]) == (404, "/problems/not-found")
        assert "another organisation" in refused.json()["remedy_en"]
    reach = await town.post(f"/api/applications/{number}/withdrawal", "bank_clerk", OUTLET_B)
    assert reach.status_code == 404
    facts = await town.facts("access.refused")
    assert [(actor, at) for _, actor, at, _, _ in facts] == [(f"staff:{int(facts[0][1][6:])}", OUTLET_B)] * 3
    assert number in facts[0][3]
    assert (await town.call("GET", f"/api/applications/{number}", "bank_clerk", OUTLET_A)).status_code == 200
    # The bank of the outlet, and the card centre, see it as well.
    assert (await town.call("GET", f"/api/applications/{number}", "bank_system", BANK_A)).status_code == 200
    assert (await town.call("GET", f"/api/applications/{number}", "card_centre_operator")).status_code == 200


async def test_a_list_answers_masked_and_page_by_page(town):
    numbers = [await town.applied(n) for n in range(1, 6)]
    await town.applied(9, OUTLET_B, "ICBC")
    seen, cursor = [], ""
    while cursor is not None:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await town.call("GET", "/api/applications", "bank_clerk", params=query)).json()
        seen += page["items"]
        cursor = page["next"]
    assert [one["application_id"] for one in seen] == numbers[::-1]
    assert seen[0]["holder"] == {
        "name_masked": "虚*",
        "id_number_masked": "10**************" + id_number(5)[-2:],
    }
    assert len(await town.facts("applicant.seen")) == 5
    only = await town.call("GET", "/api/applications", "bank_clerk", params={"status": "withdrawn"})
    assert only.json() == {"items": [], "next": None}


async def test_a_reveal_needs_a_reason_and_is_recorded(town):
    number = await town.applied(1)
    path = f"/api/applications/{number}/identity"
    silent = await town.post(path, "bank_clerk", json={}, key=None)
    assert (silent.status_code, silent.json()["errors"][0]["field"]) == (400, "reason")
    shown = await town.post(path, "bank_clerk", json={"reason": "核对寄送地址"}, key=None)
    assert shown.json() == {
        "name": person(1).name,
        "id_number": id_number(1),
        "mobile": "15400000000",
        "address": "虚构路1号",
    }
    assert [fact[4] for fact in await town.facts("identity.revealed")] == [{"reason": "核对寄送地址"}]
    assert (
        await town.post(path, "bank_clerk", OUTLET_B, json={"reason": "核对寄送地址"}, key=None)
    ).status_code == 404


async def test_the_timeline_tells_what_happened(town):
    number = await town.applied(1)
    await town.call("GET", f"/api/applications/{number}", "bank_clerk")
    assert (await town.post(f"/api/applications/{number}/withdrawal", "bank_clerk")).json()[
        "status"
    ] == "withdrawn"
    told = (await town.call("GET", f"/api/applications/{number}/timeline", "bank_clerk")).json()["items"]
    assert [step["action"] for step in told] == ["application.submitted", "application.withdrawn"]


async def test_another_bank_and_a_photo_from_the_counter(town):
    refused = await town.applied(1, status="bank_refused")
    same = await town.post(f"/api/applications/{refused}/bank", "bank_clerk", json={"bank": "BOSC"})
    assert same.json()["type"] == "/problems/bank-refused-before"
    chosen = await town.post(f"/api/applications/{refused}/bank", "bank_clerk", json={"bank": "ICBC"})
    assert (chosen.json()["status"], chosen.json()["bank"]["code"]) == ("photo_ready", "ICBC")
    # It came in at a bank; the photo is taken at the community centre that the applicant chose to fetch the card from.
    brought = await town.applied(3, status="needs_photo")
    taken = await town.post(
        f"/api/applications/{brought}/photo", "community_clerk", files={"photo": ("p.jpg", jpeg())}
    )
    assert (taken.status_code, taken.json()["status"]) == (200, "photo_ready"), taken.text
    elsewhere = await town.post(
        f"/api/applications/{brought}/photo",
        "community_clerk",
        COMMUNITY_B,
        files={"photo": ("p.jpg", jpeg())},
    )
    assert elsewhere.status_code == 404
    lacking = await town.applied(2, status="needs_photo")
    path = f"/api/applications/{lacking}/photo"
    bad = await town.post(path, "card_centre_operator", files={"photo": ("p.jpg", b"no picture at all")})
    assert (bad.status_code, bad.json()["type"]) == (422, "/problems/photo-refused")
    good = await town.post(
        path, "card_centre_operator", files={"photo": ("p.jpg", jpeg())}, data={"taken_on": "2019-01-02"}
    )
    assert good.json()["status"] == "photo_ready", good.text
    huge = await town.post(path, "card_centre_operator", files={"photo": ("p.jpg", b"\xff" * 200_000)})
    assert huge.status_code == 413


async def test_an_address_is_corrected_until_the_card_is_in_hand(town):
    new = {"mobile": "15400000002", "address": "虚构路2号"}
    number, in_hand = await town.applied(1, status="dispatched"), await town.applied(2, status="received")
    corrected = await town.post(f"/api/applications/{number}/contact", "community_clerk", json=new)
    assert (corrected.status_code, corrected.json()["status"]) == (200, "dispatched"), corrected.text
    shown = await town.post(
        f"/api/applications/{number}/identity", "bank_clerk", json={"reason": "核对寄送地址"}, key=None
    )
    assert new.items() <= shown.json().items()
    blank = await town.post(f"/api/applications/{number}/contact", "bank_clerk", json=new | {"address": " "})
    assert (blank.status_code, blank.json()["type"]) == (422, "/problems/contact-missing")
    late = await town.post(f"/api/applications/{in_hand}/contact", "bank_clerk", json=new)
    assert (late.status_code, late.json()["type"]) == (409, "/problems/transition-refused")
    told = (await town.call("GET", f"/api/applications/{number}/timeline", "bank_clerk")).json()["items"]
    assert told[-1]["action"] == "application.contact_corrected"


async def test_what_is_overdue_is_listed_for_those_who_handle_it(town):
    late, _, other = await town.applied(1), await town.applied(2), await town.applied(3, OUTLET_B, "ICBC")
    async with town.database.work(SYSTEM) as work:
        await work.run(
            "UPDATE application SET status = 'verified', due_on = %(on)s WHERE application_id = ANY(%(late)s)",
            {"on": work.today - timedelta(days=1), "late": [int(late), int(other)]},
        )
    listed = (await town.call("GET", "/api/applications/overdue", "bank_clerk")).json()["items"]
    assert [(one["application_id"], one["status"]) for one in listed] == [(late, "verified")]
    whole = (await town.call("GET", "/api/applications/overdue", "card_centre_operator")).json()["items"]
    assert {one["application_id"] for one in whole} == {late, other}


async def test_people_are_found_with_a_reason(town):
    await town.cards(1)
    body = {"id_number": id_number(1), "reason": "持卡人到场咨询"}
    found = await town.post("/api/people/search", "community_clerk", json=body, key=None)
    assert found.status_code == 200, found.text
    person_view = found.json()
    assert person_view["holder"]["name_masked"] == "虚*"
    assert id_number(1) not in found.text
    assert [card["generation"] for card in person_view["cards"]] == ["old", "new"]
    assert [step.partition(":")[0] for step in person_view["next"]] == [
        "card.open_social",
        "card.open_financial",
        "card.report_loss",
        "card.report_loss",
        "application.replace",
    ]
    async with town.database.work(SYSTEM) as work:
        await work.run(
            "UPDATE card SET expires_on = %s WHERE generation = 'new'", (work.today - timedelta(days=1),)
        )
    expired = await town.post("/api/people/search", "community_clerk", json=body, key=None)
    *may_be_lost, last = expired.json()["next"]
    assert ([one.partition(":")[0] for one in may_be_lost], last) == (
        ["card.report_loss"],
        "application.apply",
    )
    async with town.database.work(SYSTEM) as work:
        await work.run("UPDATE person SET died_on = %s", (work.today,))
    dead = await town.post("/api/people/search", "community_clerk", json=body, key=None)
    assert (dead.json()["alive"], dead.json()["next"]) == (False, [])
    nobody = await town.post(
        "/api/people/search", "community_clerk", json=body | {"id_number": id_number(2)}, key=None
    )
    assert (nobody.status_code, nobody.json()["type"]) == (422, "/problems/person-unknown")
    assert [fact[3] for fact in await town.facts("person.looked_up")][3:] == ["unknown"]


async def test_an_explanation_and_the_rules_behind_it(town):
    await town.people(person(1))
    body = {"id_number": id_number(1), "on": "2019-05-06"}
    told = await town.post("/api/programme/explanations", "bank_clerk", json=body, key=None)
    assert told.status_code == 200, told.text
    assert told.json()["sentences_zh"]
    assert {one["rule_set"] for one in told.json()["why"]} >= {"eligibility", "window", "bank"}
    early = await town.post(
        "/api/programme/explanations", "bank_clerk", json=body | {"on": "1999-01-01"}, key=None
    )
    assert (early.status_code, early.json()["type"]) == (422, "/problems/no-rule-applies")
    rules = await town.call("GET", "/api/programme/rules", "bank_clerk", params={"on": "2019-05-06"})
    assert len(rules.json()["items"]) > 20
    assert rules.json()["on"] == date(2019, 5, 6).isoformat()


async def test_a_request_does_not_wait_for_ever_for_what_somebody_holds(town, monkeypatch):
    """An engineer's forgotten transaction must not take one connection after the other from everybody else."""
    monkeypatch.setattr(calling, "LOCK_WAIT_MS", 100)
    path = f"/api/applications/{await town.applied(1)}/withdrawal"
    async with town.database.work(SYSTEM) as work:
        await work.run("SELECT FROM application FOR UPDATE")
        held = await asyncio.wait_for(town.post(path, "bank_clerk", key="held-up-once"), 10)
    assert (held.status_code, held.json()["type"]) == (503, "/problems/database-busy")
    again = await town.post(path, "bank_clerk", key="held-up-once")
    assert (again.status_code, again.json()["status"]) == (200, "withdrawn")


async def test_figures_for_the_head_of_the_programme(town):
    await town.applied(1)
    await town.cards(2)
    told = (await town.call("GET", "/api/figures", "programme_head", CENTRE)).json()
    assert (told["applications"], told["by_status"], told["by_bank"]) == (1, {"submitted": 1}, {"BOSC": 1})
    assert (told["cards"]["old_good"], told["cards"]["new_unopened"], told["cards"]["two_live"]) == (1, 1, 0)
    assert told["events"] == {"waiting": 0, "failing": 0}


async def test_the_figures_tell_of_events_that_no_room_could_take(town):
    async def poisoned(*_: object) -> None:
        raise RuntimeError

    async with town.database.work(SYSTEM) as work:
        work.tell(1, "person.died", died_on="2019-01-01")
        work.tell(2, "person.died", died_on="2019-01-01")
    await deliver_due(town.database, {"person.died": {"cards": poisoned}})
    async with town.database.work(SYSTEM) as work:
        work.tell(3, "person.died", died_on="2019-01-01")
    told = (await town.call("GET", "/api/figures", "programme_head", CENTRE)).json()
    assert told["events"] == {"waiting": 3, "failing": 2}


async def test_a_refusal_that_tells_of_a_person_is_a_look_too(town):
    await town.people(person(1))
    body = {
        "name": "假名",
        "mobile": "15400000000",
        "address": "某路1号",
        "fallback_outlet": "C310101002",
        "bank": "BOSC",
    }
    for number, slug in ((id_number(1), "name-differs"), (id_number(2), "person-unknown")):
        refused = await town.post("/api/applications", "bank_clerk", json=body | {"id_number": number})
        assert (refused.status_code, refused.json()["type"]) == (422, f"/problems/{slug}")
    wrong = await town.post("/api/applications", "bank_clerk", json=body | {"id_number": "12345"})
    assert (wrong.status_code, wrong.json()["type"]) == (422, "/problems/id-number-refused")
    looks = await town.facts("person.asked_about")
    assert [(fact[0] != 0, fact[3], fact[4]) for fact in looks] == [
        (True, str(looks[0][0]), {"why": "name-differs", "route": "/api/applications"}),
        (False, "unknown", {"why": "person-unknown", "route": "/api/applications"}),
    ]


async def test_people_are_found_by_what_lies_on_the_counter(town):
    old, _ = await town.cards(1)
    waybill = await town.parcel_waiting(2)
    receipt = await town.applied(3)
    ours = {n: str(await town.person_id(n)) for n in (1, 2, 3)}
    for n, number in (
        (1, {"card_number": old}), (2, {"waybill": waybill}), (1, {"person_id": ours[1]}),
        (3, {"id_number": id_number(3)}),
    ):  # fmt: skip
        asked = {"reason": "持卡人到场"} | number
        found = await town.post("/api/people/search", "community_clerk", json=asked, key=None)
        assert found.status_code == 200, found.text
        assert (found.json()["person_id"], found.json()["age"]) == (ours[n], 39)
        shown = await town.post("/api/people/identity", "community_clerk", json=asked, key=None)
        assert (shown.json()["name"], shown.json()["id_number"]) == (person(n).name, id_number(n))
    by_receipt = {"reason": "持卡人到场", "application_id": receipt}
    found = await town.post("/api/people/search", "card_centre_operator", json=by_receipt, key=None)
    assert found.json()["underway"] == {"channel": "bank_outlet", "applied_on": "2019-01-02"}
    for wrong in ({}, {"card_number": old, "waybill": waybill}):
        refused = await town.post(
            "/api/people/search", "community_clerk", json={"reason": "持卡人到场"} | wrong, key=None
        )
        assert refused.status_code == 400
    for nowhere in ({"application_id": "9" * 19}, {"card_number": "99999999X"}, {"person_id": "9" * 19}):
        refused = await town.post(
            "/api/people/search", "community_clerk", json={"reason": "持卡人到场"} | nowhere, key=None
        )
        assert refused.status_code in (404, 422), refused.text
    assert len(await town.facts("identity.revealed")) == 4


async def test_an_application_elsewhere_is_known_and_no_second_one_is_offered(town):
    await town.applied(1, OUTLET_B, "ICBC", outlet="C310101003")
    asked = {"reason": "持卡人到场", "id_number": id_number(1)}
    found = (await town.post("/api/people/search", "community_clerk", json=asked, key=None)).json()
    assert (found["applications"], found["underway"]["channel"]) == ([], "bank_outlet")
    assert "application.apply" not in found["next"]


async def test_a_bank_finds_its_own_applications_and_nobody_elses(town):
    number, other = await town.applied(1), await town.applied(2, OUTLET_B, "ICBC")
    for asked, seen in (
        ({"id_number": id_number(1)}, [number]), ({"application_id": number}, [number]), ({"id_number": id_number(2)}, []),
        ({"id_number": id_number(3)}, []),
    ):  # fmt: skip
        body = {"reason": "客户到场"} | asked
        found = await town.post("/api/applications/search", "bank_clerk", json=body, key=None)
        assert [one["application_id"] for one in found.json()["items"]] == seen, found.text
        assert id_number(1) not in found.text
    reach = {"reason": "客户到场", "application_id": other}
    assert (
        await town.post("/api/applications/search", "bank_clerk", json=reach, key=None)
    ).status_code == 404
    facts = await town.facts("person.asked_about")
    assert [fact[3] for fact in facts][-1] == "unknown"
    for path in ("/api/people/search", "/api/people/identity"):
        refused = await town.post(path, "bank_clerk", json={"reason": "客户到场"}, key=None)
        assert refused.status_code == 403
