"""Photos over HTTP: checked without sending, brought by whom, looked at by whom, found wrong, and consent."""

from __future__ import annotations

from datetime import date

import pytest
from tests.faces.api_town import COMMUNITY_B, FIRM, OUTLET_B, id_number, jpeg, person
from tests.faces.test_residents_api import BORN, CHILD, FATHER, MOTHER, STRANGER, home, resident

from shebaoka.faces.api.areas.photos import CHECK_BODY_BYTES_MAX
from shebaoka.kit.actor import SYSTEM

__all__ = ["home"]
FILES = {"photo": ("p.jpg", jpeg())}


def picture(seed: int = 1, **more):
    return {"photo": ("p.jpg", jpeg(seed, **more))}


async def move(town, number, status):
    async with town.database.work(SYSTEM) as work:
        await work.run(
            "UPDATE application SET status = %(s)s WHERE application_id = %(n)s",
            {"s": status, "n": int(number)},
        )


async def bring(town, number, role="community_clerk", at=None, files=None, **data):
    return await town.post(f"/api/applications/{number}/photo", role, at, files=files or FILES, data=data)


async def test_a_photo_is_checked_without_being_sent(town):
    before = await town.facts("%")
    good = await town.post("/api/photos/check", "community_clerk", key=None, files=FILES)
    assert (good.status_code, good.json()["good"], good.json()["findings"]) == (200, True, [])
    assert (good.json()["face"], "目视" in good.json()["face_zh"]) == ("not_checked", True)
    bad = await town.post(
        "/api/photos/check",
        "bank_clerk",
        key=None,
        files=picture(wall="#556677", blur=4, dpi=72, size=(300, 400)),
    )
    told = bad.json()
    assert told["good"] is False
    assert {one["slug"] for one in told["findings"]} >= {
        "photo-pixels",
        "photo-background",
        "photo-blurred",
        "photo-dpi",
    }
    assert [one["severity"] for one in told["findings"]][-1] == "hint"
    assert all(one["remedy_zh"] and one["remedy_en"] for one in told["findings"])
    large = await town.post(
        "/api/photos/check", "bank_system", key=None, files=picture(size=(2_000, 2_464), quality=95)
    )
    assert {"photo-bytes", "photo-pixels"} <= {one["slug"] for one in large.json()["findings"]}
    empty = await town.post("/api/photos/check", "bank_clerk", key=None, files={"photo": ("p.jpg", b"")})
    assert (empty.status_code, empty.json()["type"]) == (400, "/problems/request-malformed")
    huge = await town.post(
        "/api/photos/check",
        "bank_clerk",
        key=None,
        files={"photo": ("p.jpg", b"\xff" * (CHECK_BODY_BYTES_MAX + 1))},
    )
    assert huge.status_code == 413
    assert await town.facts("%") == before, "nothing is kept, not even that it was asked"


@pytest.mark.parametrize("role", ["community_clerk", "bank_clerk", "bank_system", "card_centre_operator"])
async def test_centres_and_banks_bring_photos(town, role):
    number = await town.applied(1, status="needs_photo")
    assert (await bring(town, number, role, taken_on="2018-12-30")).json()["status"] == "photo_ready"
    told = (await town.call("GET", f"/api/applications/{number}/photo", "card_centre_operator")).json()
    (one,) = told["photos"]
    assert (one["source"], one["way"], one["taken_on"], one["current"]) == (
        "counter",
        "brought",
        "2018-12-30",
        True,
    )
    assert one["brought_by"]["kind"] in {"community_centre", "bank", "bank_outlet", "card_centre"}
    assert (one["rule"], one["consent_version"], told["consent"]) == ("brought", None, None)


async def test_others_bring_none_and_see_none(town):
    number = await town.applied(1, status="needs_photo")
    assert (await bring(town, number, "hotline_agent")).status_code == 403
    assert (await bring(town, number, "bank_clerk", OUTLET_B)).status_code == 404
    await bring(town, number)
    look = {"json": {"reason": "核对相片是否本人"}}
    for role, at, status in (
        ("bank_clerk", None, 200), ("community_clerk", None, 200), ("card_centre_operator", None, 200),
        ("bank_clerk", OUTLET_B, 404), ("community_clerk", COMMUNITY_B, 404), ("hotline_agent", None, 403),
        ("employer_hr", FIRM, 403), ("auditor", None, 403), ("bank_system", None, 403), ("administrator", None, 403),
    ):  # fmt: skip
        seen = await town.post(f"/api/applications/{number}/photo/picture", role, at, key=None, **look)
        assert seen.status_code == status, role
    seen = await town.post(f"/api/applications/{number}/photo/picture", "bank_clerk", key=None, **look)
    assert (seen.content, seen.headers["content-type"], seen.headers["cache-control"]) == (
        jpeg(), "image/jpeg", "no-store",
    )  # fmt: skip
    facts = await town.facts("photo.seen")
    assert len(facts) == 4
    assert all("核对相片是否本人" in str(fact) for fact in facts)
    without = await town.post(
        f"/api/applications/{number}/photo/picture", "bank_clerk", key=None, json={"reason": "x"}
    )
    assert without.status_code == 400
    none = await town.applied(2)
    missing = await town.post(f"/api/applications/{none}/photo/picture", "bank_clerk", key=None, **look)
    assert missing.json()["type"] == "/problems/no-photo-yet"


async def test_all_that_is_wrong_is_said_at_once_and_nothing_kept(town):
    number = await town.applied(1, status="needs_photo")
    bad = await bring(town, number, files=picture(wall="#556677", blur=4))
    problem = bad.json()
    assert (bad.status_code, problem["type"]) == (422, "/problems/photo-refused")
    assert {one["slug"] for one in problem["findings"]} == {"photo-background", "photo-blurred"}
    assert "重新拍摄" in problem["detail"]
    assert (await town.call("GET", f"/api/applications/{number}/photo", "bank_clerk")).json()["photos"] == []


async def test_a_wrong_photo_is_taken_out_or_replaced(town):
    number = await town.with_photo(1)
    path = f"/api/applications/{number}"
    assert "reject_photo" in (await town.call("GET", path, "bank_clerk")).json()["next"]
    out = (await town.post(f"{path}/photo/rejection", "bank_clerk", json={"why": "another_person"})).json()
    assert (out["status"], out["reason"], "bring_photo" in out["next"]) == (
        "needs_photo",
        "photo-of-another",
        True,
    )
    same = await bring(town, number, "bank_clerk", files=picture(1))
    assert same.json()["reason"] == "photo-known-wrong"
    assert (await bring(town, number, "bank_clerk", files=picture(5))).json()["status"] == "photo_ready"
    await move(town, number, "account_opened")
    swapped = await bring(town, number, "bank_clerk", files=picture(6), replaces="spoiled")
    assert swapped.json()["status"] == "account_opened"
    told = (await town.call("GET", f"{path}/photo", "bank_clerk")).json()["photos"]
    assert [(one["rejected_why"], one["destroyed"], one["current"]) for one in told] == [
        (None, False, True), ("spoiled", False, False), ("another_person", True, False),
    ]  # fmt: skip
    await move(town, number, "in_production")
    late = await bring(town, number, "bank_clerk", files=picture(7), replaces="unlike")
    assert (late.status_code, late.json()["type"]) == (409, "/problems/photo-in-production")
    await move(town, number, "received")
    for answer in (
        await bring(town, number, "bank_clerk", files=picture(7), replaces="unlike"),
        await town.post(f"{path}/photo/rejection", "bank_clerk", json={"why": "unlike"}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/photo-on-card")
        assert "补换" in answer.json()["remedy_zh"]


async def test_a_card_that_bears_a_wrong_photo_is_replaced_for_that_reason(town):
    await town.cards(1)
    body = {"id_number": id_number(1), "name": person(1).name, "mobile": "15400000000", "address": "虚构路1号",
            "fallback_outlet": "C310101002", "bank": "BOSC", "replacement": "photo_wrong"}  # fmt: skip
    made = await town.post("/api/applications", "bank_clerk", json=body)
    assert (made.status_code, made.json()["kind"], made.json()["replacement_reason"]) == (
        201, "replacement", "photo_wrong",
    )  # fmt: skip


async def test_consent_is_worded_stated_in_the_application_and_withdrawn(town):
    wording = (
        await town.call("GET", "/api/photos/consent?channel=community_centre", "community_clerk")
    ).json()
    assert [one["source"] for one in wording["items"]] == ["id_card", "student_card"]
    assert all(
        one["needed"] and one["version"] == "2018-1" and "同意" in one["wording_zh"]
        for one in wording["items"]
    )
    await town.people(person(1))
    body = {"id_number": id_number(1), "name": person(1).name, "mobile": "15400000000", "address": "虚构路1号",
            "fallback_outlet": "C310101002", "bank": "BOSC", "shared_photo": False}  # fmt: skip
    made = (await town.post("/api/applications", "community_clerk", json=body)).json()
    path = f"/api/applications/{made['application_id']}/photo"
    assert (await town.call("GET", path, "community_clerk")).json()["consent"] is False
    given = (await town.post(f"{path}/consent", "community_clerk", json={"given": True})).json()
    assert (given["given"], given["version"], given["stated_by"]) == (True, "2018-1", "holder")
    acts = {"role": "agent", "id_number": id_number(2), "name": person(2).name, "authorisation": "written"}
    await town.people(person(2))
    by_agent = (
        await town.post(f"{path}/consent", "community_clerk", json={"given": False, "acts_for": acts})
    ).json()
    assert by_agent["stated_by"] == "agent"
    assert (await town.call("GET", path, "community_clerk")).json()["consent"] is False
    assert len(await town.facts("photo.consent_withdrawn")) == 2


async def applied_for(home, who, n, born, **more):
    """Apply online for somebody, by a draft."""
    draft = (
        await who.post("/api/drafts", json={"id_number": id_number(n, born), "name": person(n).name})
    ).json()
    path = f"/api/drafts/{draft['draft_id']}"
    filled = {"version": draft["version"], "mobile": "15400000009", "address": "黄浦区虚构路9号",
              "fallback_outlet": "C310101002", "bank": "BOSC"}  # fmt: skip
    saved = (await who.post(path, json=filled | more)).json()
    shown = (await who.get(path)).json()
    assert shown["shared_photo"] is more.get("shared_photo")
    handed_in = await who.post(f"{path}/submission", json={"version": saved["version"]})
    assert handed_in.status_code == 201, handed_in.text
    return handed_in.json()["application_id"]


async def test_a_parent_sends_the_photo_of_a_child_and_nobody_elses(home):
    mother, father, stranger = (
        await resident(home, MOTHER),
        await resident(home, FATHER),
        await resident(home, STRANGER),
    )
    number = await applied_for(home, mother, CHILD, BORN, shared_photo=False)
    path = f"/api/applications/{number}/photo"
    history = (await mother.get(path)).json()
    assert history["consent"] is False
    async with home.database.work(SYSTEM) as work:
        assert await work.rows("SELECT given, stated_by FROM photo_consent") == [(False, "guardian")]
    checked = await mother.post("/api/photos/check", key="", files=FILES)
    assert checked.json()["good"] is True
    assert (await stranger.post(path, files=FILES)).status_code == 404
    early = await mother.post(path, files=FILES)
    assert (early.status_code, early.json()["status"]) == (200, "submitted"), early.text
    await move(home, number, "needs_photo")
    sent = await father.post(path, files=picture(2))
    assert sent.json()["status"] == "photo_ready", sent.text
    one = (await mother.get(path)).json()["photos"][0]
    assert (one["source"], one["way"], one["brought_by"]["kind"]) == ("online", "brought", "online_platform")
    look = {"json": {"reason": "看看孩子的相片"}}
    assert (await mother.post(f"{path}/picture", key=None, **look)).content == jpeg(2)
    assert (await stranger.post(f"{path}/picture", key=None, **look)).status_code == 404
    out = await mother.post(f"{path}/rejection", json={"why": "another_person"})
    assert out.json()["status"] == "needs_photo"
    given = (await father.post(f"{path}/consent", json={"given": True})).json()
    assert given["stated_by"] == "guardian"
    async with home.database.work(SYSTEM) as work:
        acts = await work.rows("SELECT act, acted_as FROM proxy_act WHERE subject = %(n)s", {"n": number})
    assert set(acts) == {("apply", "guardian")}
    assert len(acts) >= 4


async def test_residents_send_their_own(home):
    stranger = await resident(home, STRANGER)
    number = await applied_for(home, stranger, STRANGER, date(1980, 1, 1))
    await move(home, number, "needs_photo")
    sent = await stranger.post(f"/api/applications/{number}/photo", files=FILES)
    assert sent.json()["status"] == "photo_ready"
    (one,) = (await stranger.get(f"/api/applications/{number}/photo")).json()["photos"]
    assert (one["source"], one["consent_by"]) == ("online", None)
    assert await home.facts("proxy.acted") == [], "who acts for nobody else leaves no record of it"
