"""Residents and their own cards, looks, messages and wishes, over HTTP."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.faces.api_town import id_number, person
from tests.house.test_looks import actions_of_looks

from shebaoka.faces.api.looking import LOOKS, purpose
from shebaoka.kit.actor import SYSTEM

BORN = date(2010, 5, 5)


async def held(town, at):
    return (await town.call("GET", "/api/family/cards", "resident", at)).json()


async def card_of(town, at, generation="new"):
    return next(one for one in (await held(town, at))["items"] if one["card"]["generation"] == generation)


def slug(answer):
    return answer.json()["type"].removeprefix("/problems/")


@pytest.fixture
async def mother(town):
    """Somebody with an old card and a new one, and a child with both."""
    await town.cards(1)
    await town.cards(3, BORN, guardian_id_number=id_number(1), guardian_kind="母亲", employer_id=None)
    return await town.person_id(1)


async def act(town, at, card, what, **more):
    return await town.post(f"/api/family/cards/{card['card']['card_id']}/{what}", "resident", at, **more)


async def test_whose_cards_are_shown_and_what_may_be_done(town, mother):
    found = await held(town, mother)
    assert (found["loss_days"], found["undo_minutes"]) == (5, 10)
    child = str(await town.person_id(3, BORN))
    assert [(one["person_id"], one["card"]["generation"], one["may"]) for one in found["items"]] == [
        (str(mother), "new", ["open", "report_loss"]),
        (str(mother), "old", ["report_loss"]),
        (child, "new", ["open", "report_loss"]),
        (child, "old", ["report_loss"]),
    ]
    assert id_number(1) not in str(found)


async def test_opening_one_s_own_card_voids_the_old_one(town, mother):
    opened = await act(town, mother, await card_of(town, mother), "opening")
    assert (opened.status_code, opened.json()["social"], opened.json()["voided"]) == (201, "open", 1)
    old = await card_of(town, mother, "old")
    assert (old["card"]["social"], old["may"]) == ("void", [])
    assert old["void_at"]
    assert (await card_of(town, mother))["social_opened_at"] == old["void_at"]


async def test_a_report_is_taken_back_within_ten_minutes_and_not_after(town, mother):
    card = await card_of(town, mother, "old")
    lost = await act(town, mother, card, "loss")
    assert (lost.status_code, lost.json()["social"]) == (201, "suspended")
    assert slug(await act(town, mother, card, "loss")) == "loss-reported"
    now = await card_of(town, mother, "old")
    assert now["may"] == ["undo_loss"]
    assert now["undo_until"] > now["lost_at"]
    undone = await act(town, mother, card, "loss/undoing")
    assert (undone.status_code, undone.json()["social"]) == (200, "open")
    assert slug(await act(town, mother, card, "loss/undoing")) == "loss-not-undone"
    assert (await act(town, mother, card, "loss")).status_code == 201
    town.city.clock.at += timedelta(minutes=10)
    late = await act(town, mother, card, "loss/undoing")
    assert (late.status_code, slug(late)) == (409, "loss-not-undone")
    assert (await card_of(town, mother, "old"))["undo_until"] is None


async def test_nobody_takes_back_what_the_hotline_was_told(town, mother):
    """Whoever has found telephone and card does not undo what their owner said from elsewhere."""
    said = {"id_number": id_number(1), "name": person(1).name, "loss": "temporary"}
    assert (await town.post("/api/cards/losses", "hotline_agent", json=said)).status_code == 201
    card = await card_of(town, mother, "old")
    assert (card["may"], card["undo_until"]) == ([], None)
    assert slug(await act(town, mother, card, "loss/undoing")) == "loss-not-undone"


async def test_a_guardian_opens_a_child_s_card_and_nobody_else_s(town, mother):
    child = next(one for one in (await held(town, mother))["items"] if one["person_id"] != str(mother))
    assert (await act(town, mother, child, "opening")).status_code == 201
    await town.cards(7)
    stranger = await town.person_id(7)
    other = await card_of(town, stranger)
    for what in ("opening", "loss", "loss/undoing"):
        refused = await act(town, mother, other, what)
        assert (refused.status_code, slug(refused)) == (404, "not-found"), what
    assert (await card_of(town, stranger))["card"]["social"] == "unopened"


WISH = {"replacement": "lost", "fallback_outlet": "C310101002", "bank": "BOSC"}


async def test_a_lost_card_is_replaced_and_stays_suspended(town):
    await town.opened(5)
    own = await town.person_id(5)
    card = await card_of(town, own)
    assert slug(await act(town, own, card, "replacement", json=WISH)) == "loss-not-reported"
    await act(town, own, card, "loss")
    made = await act(town, own, card, "replacement", json=WISH)
    assert (made.status_code, made.json()["kind"], made.json()["channel"]) == (201, "replacement", "online")
    assert slug(await act(town, own, card, "loss/undoing")) == "loss-not-undone", "it is kept lost"
    seen = await town.post(f"/api/applications/{made.json()['application_id']}/identity", "resident", own, key=None,
                           json={"reason": "核对寄送地址"})  # fmt: skip
    assert (seen.json()["mobile"], seen.json()["address"]) == (person(5).mobile, person(5).address)
    await town.people(person(7))
    other = await town.person_id(7)
    assert slug(await act(town, other, card, "replacement", json=WISH)) == "not-found"


async def test_what_happened_to_a_card_is_told_in_order(town, mother):
    new, old = await card_of(town, mother), await card_of(town, mother, "old")
    await act(town, mother, new, "opening")
    await act(town, mother, new, "loss")
    tails = [one["card"]["card_number"][-4:] for one in (new, old)]

    async def told(at, **query):
        return await town.call("GET", "/api/family/history", "resident", at, params=query)

    items = (await told(mother)).json()["items"]
    of_cards = [(one["kind"], one["card_tail"]) for one in items if one["kind"].startswith("card.")]
    assert of_cards[0] == ("card.loss_reported", tails[0])
    assert set(of_cards[1:]) == {("card.opened", tails[0]), ("card.voided", tails[1])}
    assert all(one["zh"] and one["en"] for one in items)
    assert [one["at"] for one in items] == sorted((one["at"] for one in items), reverse=True)
    assert (await told(mother, limit=1)).json()["items"] == items[:1]
    child = await town.person_id(3, BORN)
    assert all(one["kind"] != "card.opened" for one in (await told(mother, person_id=child)).json()["items"])
    await town.people(person(8))
    assert slug(await told(await town.person_id(8), person_id=child)) == "not-found"


async def looks(town, at, **query):
    return await town.call("GET", "/api/family/looks", "resident", at, params=query)


async def test_who_looked_when_and_what_for_without_a_clerk_s_name(town, mother):
    await town.token("community_clerk")
    clerk = "community_clerk-31"
    reason = f"本人来访，{clerk} 核对 {id_number(1)}"
    await town.post("/api/people/search", "community_clerk", key=None,
                    json={"id_number": id_number(1), "reason": reason})  # fmt: skip
    await town.post("/api/cards/standing", "hospital_system", key=None, json={"id_number": id_number(1)})
    await held(town, mother)
    answer = await looks(town, mother)
    items = answer.json()["items"]
    assert [(one["organisation"]["code"], one["what_zh"]) for one in items] == [
        ("HOSPITAL", "核验社保卡是否有效"), ("C310101002", "按证件号码查找"),
    ]  # fmt: skip
    assert items[1]["reason"] == "本人来访，** 核对 *****"
    assert clerk not in answer.text
    assert "staff:" not in answer.text
    assert id_number(1) not in answer.text
    first = (await looks(town, mother, limit=1)).json()
    rest = (await looks(town, mother, limit=1, cursor=first["next"])).json()
    assert [one["what_zh"] for one in (*first["items"], *rest["items"])] == [one["what_zh"] for one in items]


async def test_looks_at_a_ward_are_shown_and_others_are_not_found(town, mother):
    await town.post("/api/people/search", "community_clerk", key=None,
                    json={"id_number": id_number(3, BORN), "reason": "家长来访"})  # fmt: skip
    child = await town.person_id(3, BORN)
    assert [one["reason"] for one in (await looks(town, mother, person_id=child)).json()["items"]] == [
        "家长来访"
    ]
    await town.people(person(8))
    stranger = await town.person_id(8)
    refused = await looks(town, stranger, person_id=child)
    assert (refused.status_code, slug(refused)) == (404, "not-found")


def test_every_look_has_its_words():
    assert actions_of_looks() == set(LOOKS)
    assert all(zh and en for zh, en in LOOKS.values())


def test_a_reason_names_nobody():
    assert purpose("张三查 13800000000", ["张三", ""]) == "**查 *****"


async def test_messages_are_one_s_own(town):
    await town.message_given_up(1)
    await town.people(person(2))
    own, other = await town.person_id(1), await town.person_id(2)
    (item,) = (await town.call("GET", "/api/family/messages", "resident", own)).json()["items"]
    assert (item["read"], "尚未开通" in item["text_zh"]) == (False, True)
    assert (await town.call("GET", "/api/family/messages", "resident", other)).json()["items"] == []
    read = {"json": {"message_ids": [item["message_id"]]}}
    assert (await town.post("/api/family/messages/reading", "resident", other, **read)).json() == {"read": 0}
    assert (await town.post("/api/family/messages/reading", "resident", own, **read)).json() == {"read": 1}


async def test_wishes_are_kept_one_by_one(town):
    await town.people(person(1))
    own = await town.person_id(1)
    path = "/api/family/preferences"
    assert (await town.call("GET", path, "resident", own)).json() == {
        "language": "zh",
        "reminders": True,
        "elder": None,
    }
    for said in ({"elder": True}, {"language": "en"}, {"reminders": False}):
        assert (await town.post(path, "resident", own, json=said)).status_code == 200
    kept = {"language": "en", "reminders": False, "elder": True}
    assert (await town.call("GET", path, "resident", own)).json() == kept
    told = {"id_number": id_number(1), "language": "zh", "reminders": True}
    await town.post("/api/messages/preferences", "community_clerk", json=told)
    assert (await town.call("GET", path, "resident", own)).json()["elder"] is True
    async with town.database.work(SYSTEM) as work:
        assert await work.value("SELECT count(*) FROM message_preference") == 1
