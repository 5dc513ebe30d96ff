"""Is this card good now, and opening a new one, over HTTP."""

import asyncio
from datetime import date

from tests.faces.api_town import BANK_A, COMMUNITY_A, HOSPITAL, OUTLET_A, OUTLET_B, id_number, person

from shebaoka.kit.outbox import deliver_due


async def test_a_good_card_is_good_and_the_look_is_recorded(town):
    old, new = await town.cards(1)
    found = await town.post("/api/cards/standing", "hospital_system", json={"card_number": old}, key=None)
    assert found.status_code == 200
    assert found.headers["content-type"] == "application/json"
    assert (found.json()["good"], found.json()["reason"], found.json()["generation"]) == (True, "good", "old")
    unopened = await town.post("/api/cards/standing", "hospital_system", json={"card_number": new}, key=None)
    assert (unopened.json()["good"], unopened.json()["reason"]) == (False, "unopened")
    looks = await town.facts("card.looked_at")
    assert [(actor, at) for _, actor, at, _, _ in looks] == [
        (f"client:hospital_system-{HOSPITAL}", HOSPITAL)
    ] * 2


async def test_by_id_number_the_live_card_is_meant(town):
    await town.cards(1)
    found = await town.post(
        "/api/cards/standing", "hospital_system", json={"id_number": id_number(1)}, key=None
    )
    assert (found.json()["good"], found.json()["generation"]) == (True, "old")
    nobody = await town.post(
        "/api/cards/standing", "hospital_system", json={"id_number": id_number(2)}, key=None
    )
    assert nobody.json()["reason"] == "no_card"


async def test_many_callers_at_once_get_their_own_answers(town):
    pairs = [await town.cards(n) for n in range(1, 21)]
    numbers = [number for pair in pairs for number in pair]
    answers = await asyncio.gather(*(
        town.post("/api/cards/standing", "hospital_system", json={"card_number": number}, key=None) for number in numbers
    ))  # fmt: skip
    assert [answer.json()["good"] for answer in answers] == [True, False] * 20
    assert len(await town.facts("card.looked_at")) == 40


async def test_a_question_must_name_one_card(town):
    for body in ({}, {"card_number": "1", "id_number": "2"}):
        refused = await town.post("/api/cards/standing", "hospital_system", json=body, key=None)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "card_number")
    wrong = await town.post(
        "/api/cards/standing", "hospital_system", json={"card_number": "123456789"}, key=None
    )
    assert (wrong.status_code, wrong.json()["type"]) == (422, "/problems/card-number-refused")
    long = await town.post("/api/cards/standing", "hospital_system", content=b" " * 5_000, key=None)
    assert long.status_code == 413
    extra = await town.post("/api/cards/standing", "hospital_system", json={"card": "1"}, key=None)
    assert (extra.status_code, "card" in extra.json()["errors"][0]["message"]) == (400, True)


async def test_opening_kills_the_old_card_and_completes_the_application(town):
    old, new = await town.cards(1)
    body = {"card_number": new, "id_number": id_number(1), "functions": ["social", "financial"]}
    opened = await town.post("/api/cards/openings", "bank_clerk", json=body)
    assert opened.status_code == 201, opened.text
    assert (opened.json()["social"], opened.json()["financial"], opened.json()["old_cards_voided"]) == (
        "open",
        "open",
        1,
    )
    gone = await town.post("/api/cards/standing", "hospital_system", json={"card_number": old}, key=None)
    assert (gone.json()["good"], gone.json()["reason"]) == (False, "void")
    good = await town.post("/api/cards/standing", "hospital_system", json={"card_number": new}, key=None)
    assert good.json()["good"]
    # Both functions were opened, and each is told.
    assert await deliver_due(town.database, town.city.subscriptions) == 2


async def test_an_opening_sent_twice_is_answered_the_same(town):
    _, new = await town.cards(1)
    body = {"card_number": new, "id_number": id_number(1), "functions": ["social"]}
    first = await town.post("/api/cards/openings", "bank_clerk", json=body, key="the-same-key")
    again = await town.post("/api/cards/openings", "bank_clerk", json=body, key="the-same-key")
    assert (again.status_code, again.json()) == (201, first.json())
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    once_more = await town.post("/api/cards/openings", "bank_clerk", json=body)
    assert (once_more.status_code, once_more.json()["type"]) == (409, "/problems/transition-refused")


async def test_who_may_open_what(town):
    _, new = await town.cards(1)
    body = {"card_number": new, "id_number": id_number(1), "functions": ["financial"]}
    other = await town.post("/api/cards/openings", "bank_clerk", OUTLET_B, json=body)
    assert (other.status_code, other.json()["type"]) == (403, "/problems/other-banks-card")
    centre = await town.post("/api/cards/openings", "community_clerk", json=body)
    assert (centre.status_code, centre.json()["type"]) == (403, "/problems/outlet-may-not-open")
    own = await town.post("/api/cards/openings", "bank_system", BANK_A, json=body)
    assert own.status_code == 201


async def test_the_card_on_the_counter_must_be_the_holders(town):
    _, new = await town.cards(1)
    await town.cards(2)
    body = {"card_number": new, "id_number": id_number(2), "functions": ["social"]}
    refused = await town.post("/api/cards/openings", "bank_clerk", json=body)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/card-of-another")


async def test_a_child_needs_its_guardian_and_an_agent_the_authorisation(town):
    born = date(2010, 5, 5)
    await town.people(person(1), person(2))
    _, new = await town.cards(
        3, born, guardian_id_number=id_number(1), guardian_kind="father", employer_id=None
    )
    body = {"card_number": new, "id_number": id_number(3, born), "functions": ["social"]}
    alone = await town.post("/api/cards/openings", "community_clerk", json=body)
    assert alone.json()["type"] == "/problems/guardian-needed"
    for other, slug in ((id_number(2), "guardian-not-tied"), (id_number(3, born), "guardian-is-ward")):
        with_other = body | {"acts_for": {"role": "guardian", "id_number": other}}
        refused = await town.post("/api/cards/openings", "community_clerk", json=with_other)
        assert refused.json()["type"] == f"/problems/{slug}"
    with_father = body | {"acts_for": {"role": "guardian", "id_number": id_number(1)}}
    assert (await town.post("/api/cards/openings", "community_clerk", json=with_father)).status_code == 201
    _, adults = await town.cards(4)
    body = {"card_number": adults, "id_number": id_number(4), "functions": ["social"]}
    agent = {"role": "agent", "id_number": id_number(1)}
    refused = await town.post("/api/cards/openings", "community_clerk", json=body | {"acts_for": agent})
    assert refused.json()["type"] == "/problems/authorisation-missing"
    agent["authorisation_seen"] = True
    opened = await town.post(
        "/api/cards/openings", "community_clerk", COMMUNITY_A, json=body | {"acts_for": agent}
    )
    assert opened.status_code == 201
    assert [fact[4]["by"] for fact in await town.facts("card.opening_asked")] == ["guardian", "agent"]


async def test_two_counters_open_one_card_at_the_same_instant(town):
    _, new = await town.cards(1)
    body = {"card_number": new, "id_number": id_number(1), "functions": ["social"]}
    answers = await asyncio.gather(*(
        town.post("/api/cards/openings", role, at, json=body)
        for role, at in (("bank_clerk", OUTLET_A), ("community_clerk", COMMUNITY_A)) * 4
    ))  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


async def test_whose_a_card_is_cannot_be_tried_out_unseen(town):
    await town.people(person(2))
    _, new = await town.cards(1)
    body = {"card_number": new, "id_number": id_number(2), "functions": ["social"]}
    refused = await town.post("/api/cards/openings", "community_clerk", json=body)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/card-of-another")
    ((asked, actor, at, _, detail),) = await town.facts("person.asked_about")
    assert (asked != 0, actor.partition(":")[0], at) == (True, "staff", COMMUNITY_A)
    assert detail == {"why": "card-of-another", "route": "/api/cards/openings"}
