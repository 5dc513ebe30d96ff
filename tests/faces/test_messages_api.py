"""Messages over HTTP: the inbox, wishes, and what was given up; who may reach for which."""

from __future__ import annotations

import pytest
from tests.faces.api_town import COMMUNITY_A, id_number, person

from shebaoka.kit.actor import SYSTEM

READERS = {"online_platform_system", "hotline_agent", "card_centre_operator"}


async def test_a_person_reads_the_inbox_in_both_languages_and_the_look_is_recorded(town):
    await town.message_given_up(1)
    for role in READERS:
        answer = await town.post("/api/messages/inbox", role, key=None, json={"id_number": id_number(1)})
        assert answer.status_code == 200, answer.text
        (item,) = answer.json()["items"]
        assert "领取14天尚未开通" in item["text_zh"]
        assert "received 14 days ago" in item["text_en"]
        assert (item["read"], item["about_ward"]) == (False, False)
        assert person(1).name not in answer.text
    assert len(await town.facts("message.inbox_seen")) == len(READERS)


async def test_what_was_read_is_read_and_another_s_inbox_shows_nothing(town):
    await town.message_given_up(1)
    await town.people(person(2))
    role = "online_platform_system"
    (item,) = (
        await town.post("/api/messages/inbox", role, key=None, json={"id_number": id_number(1)})
    ).json()["items"]
    other = await town.post("/api/messages/inbox", role, key=None, json={"id_number": id_number(2)})
    assert other.json()["items"] == []
    asked = {"message_ids": [item["message_id"]]}
    for n, read in ((2, 0), (1, 1), (1, 0)):
        answer = await town.post("/api/messages/reading", role, json={"id_number": id_number(n), **asked})
        assert answer.json() == {"read": read}


async def test_pages_of_the_inbox_go_on(town):
    await town.message_given_up(1)
    asked = {"id_number": id_number(1), "limit": 1}
    first = (await town.post("/api/messages/inbox", "hotline_agent", key=None, json=asked)).json()
    rest = await town.post(
        "/api/messages/inbox", "hotline_agent", key=None, json=asked | {"before": first["next"]}
    )
    assert (len(first["items"]), rest.json()) == (1, {"items": [], "next": None})


@pytest.mark.parametrize("path", ["inbox", "preferences"])
async def test_about_nobody_nothing_is_said_and_the_asking_is_recorded(town, path):
    body = {"id_number": id_number(99)} | (
        {"language": "zh", "reminders": True} if path == "preferences" else {}
    )
    answer = await town.post(f"/api/messages/{path}", "hotline_agent", json=body)
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
    assert len(await town.facts("person.asked_about")) == 1
    bad = await town.post(f"/api/messages/{path}", "hotline_agent", json=body | {"id_number": "12"})
    assert bad.json()["type"] == "/problems/id-number-refused"


async def test_a_clerk_notes_a_wish_and_the_last_word_counts(town):
    await town.people(person(1))
    for reminders in (True, False):
        body = {"id_number": id_number(1), "language": "en", "reminders": reminders}
        answer = await town.post("/api/messages/preferences", "community_clerk", COMMUNITY_A, json=body)
        assert answer.json() == {"language": "en", "reminders": reminders}
    async with town.database.work(SYSTEM) as work:
        assert await work.rows("SELECT language, reminders FROM message_preference") == [("en", False)]


async def test_what_was_given_up_is_listed_without_people_counted_and_sent_again(town):
    number = await town.message_given_up(1)
    nobody = await town.message_given_up(2, "no_guardian")
    listed = await town.call("GET", "/api/messages/exceptions", "card_centre_operator")
    assert [(one["message_id"], one["reason"]) for one in listed.json()["items"]] == [
        (number, "refused"), (nobody, "no_guardian")]  # fmt: skip
    assert id_number(1) not in listed.text
    figures = (await town.call("GET", "/api/messages/figures", "card_centre_operator")).json()
    assert (figures["queued"], figures["given_up"]) == (0, 2)
    assert {(one["channel"], one["status"], one["messages"]) for one in figures["counts"]} == {
        ("sms", "given_up", 2), ("app", "posted", 2)}  # fmt: skip
    again = await town.post(f"/api/messages/{number}/sending-again", "card_centre_operator")
    assert again.json() == {"message_id": number}
    for refused in (number, nobody):
        answer = await town.post(f"/api/messages/{refused}/sending-again", "card_centre_operator")
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/message-not-to-be-sent-again")
    missing = await town.post("/api/messages/12345/sending-again", "card_centre_operator")
    assert missing.status_code == 404
    assert (await town.call("GET", "/api/messages/figures", "card_centre_operator")).json()["queued"] == 1
