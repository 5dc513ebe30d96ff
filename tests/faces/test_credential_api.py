"""The card in use over HTTP: tickets and proofs, checks of chips, identity with consent, and what the holder sees of it."""

from __future__ import annotations

from datetime import date

import pytest
from tests.faces.api_town import AGENCY, COMMUNITY_A, HOTEL, LIBRARY, id_number, person
from tests.service.credential.in_use import issued, keys_of, know_keys, lets_answer, ring_of

from shebaoka.chip.proofs import CARD_KEY, READ_KEY
from shebaoka.chip.versions import SM4
from shebaoka.kit.actor import SYSTEM


@pytest.fixture
async def keyed(town):
    """The town, with the card keys of its city."""
    town.app.state.service.keys = keys_of()
    async with town.database.work(SYSTEM) as work:
        await know_keys(work)
    return town


async def card_of(town, n, **more):
    async with town.database.work(SYSTEM) as work:
        return await issued(work, n, **more)


async def checked(town, card, role="hospital_system", at=None, **other):
    """Give the body of a card's answer to a new challenge, and what the interface said to it."""
    made = (await town.post("/api/card-challenges", role, at, key=None)).json()
    shown = lets_answer(card, int(made["challenge_id"]), bytes.fromhex(made["challenge"]))
    body = {
        "challenge_id": made["challenge_id"], "algorithm": shown.algorithm, "historical": shown.historical.hex(),
        "identification_code": shown.identification_code.hex(), "card_number": shown.card_number, "proof": shown.proof.hex(),
    } | other  # fmt: skip
    return body, await town.post("/api/card-checks", role, at, json=body)


async def proof(town, ticket, **other):
    body = {"algorithm": SM4, "key": READ_KEY, "factor": "8660310000000001", "challenge": "00" * 16} | other
    return await town.http.post("/api/card-proofs", json=body, headers={"Authorization": f"Bearer {ticket}"})


async def test_a_ticket_is_the_whole_word_of_a_reader(keyed):
    town = keyed
    given = await town.post("/api/card-tickets", "community_clerk", key=None, json={})
    assert given.status_code == 201
    ticket = given.json()["ticket"]
    answer = await proof(town, ticket)
    factor = bytes.fromhex("8660310000000001")
    assert answer.json() == {
        "proof": ring_of(SM4).prove(SM4, READ_KEY, factor, bytes(16)).hex().upper(), "older": 1
    }  # fmt: skip
    refused = {
        "card-proof-refused": [{"key": CARD_KEY}, {"factor": "8660310000000002"}],
        "card-of-another-city": [{"factor": "8660330100000001"}],
        "request-malformed": [{"challenge": "00" * 8}, {"algorithm": 2}, {"factor": "86"}],
    }
    for slug, bodies in refused.items():
        for body in bodies:
            # Of another city's card the ticket is asked with one that is bound to none yet.
            fresh = (await town.post("/api/card-tickets", "community_clerk", key=None, json={})).json()[
                "ticket"
            ]
            answer = await proof(town, fresh if slug == "card-of-another-city" else ticket, **body)
            assert answer.json()["type"] == f"/problems/{slug}", body
    noted = [(fact[1], fact[2], fact[4]["why"]) for fact in await town.facts("access.refused")]
    clerk = noted[0][0]
    assert noted == [
        (clerk, COMMUNITY_A, "card-proof-refused"), (clerk, COMMUNITY_A, "card-proof-refused"),
        (clerk, COMMUNITY_A, "card-of-another-city"),
    ]  # fmt: skip
    for stranger in ("sbt_guessed", await town.token("community_clerk")):
        assert (await proof(town, stranger)).json()["type"] == "/problems/card-ticket-refused"
    for wrong in ({"purpose": "personalise"}, {"application_id": "1"}):
        answer = await town.post("/api/card-tickets", "community_clerk", key=None, json=wrong)
        assert answer.json()["errors"][0]["field"] == "application_id"
    for wrong in ({"purpose": "unblock"}, {"card_number": "A00000017"}):
        answer = await town.post("/api/card-tickets", "community_clerk", key=None, json=wrong)
        assert answer.json()["errors"][0]["field"] == "card_number"
    making = {"purpose": "personalise", "application_id": "1"}
    assert (await town.post("/api/card-tickets", "kiosk_system", key=None, json=making)).status_code == 403
    assert (await town.post("/api/card-tickets", "community_clerk", key=None, json=making)).status_code == 404


@pytest.mark.parametrize("role", ["community_clerk", "hospital_system"])
async def test_a_ticket_ends_with_the_session_that_asked_for_it(keyed, role):
    """Logged out, a clerk's ticket opens no card any more: not that very card either; the attempt is recorded as the clerk's."""
    town = keyed
    given = [
        (await town.post("/api/card-tickets", role, key=None, json={})).json()["ticket"] for _ in range(2)
    ]
    assert (await proof(town, given[0])).status_code == 200
    assert (await town.call("DELETE", "/api/sessions/current", role)).status_code == 204
    for ticket in given:
        refused = await proof(town, ticket)
        assert (refused.status_code, refused.json()["type"]) == (401, "/problems/card-ticket-refused")
    noted = [fact[4]["why"] for fact in await town.facts("access.refused")]
    assert noted == ["card-ticket-refused"] * 2


async def test_a_terminal_is_told_whether_the_card_is_the_card(keyed):
    town = keyed
    card = await card_of(town, 1)
    body, answer = await checked(town, card)
    said = answer.json()
    assert (said["verdict"], said["good"], said["standing"]["reason"]) == ("genuine", True, "good")
    assert (await town.post("/api/card-checks", "hospital_system", json=body)).json()[
        "verdict"
    ] == "challenge_used"
    _, copy = await checked(town, card, proof="00" * 16)
    assert (copy.json()["verdict"], copy.json()["standing"]) == ("proof_wrong", None)
    assert "复制卡" in copy.json()["zh"]
    body, _ = await checked(town, card, "kiosk_system", proof=None)
    assert (await town.post("/api/card-checks", "hospital_system", json=body)).status_code == 404, (
        "a kiosk's challenge"
    )
    looks = await town.call("GET", "/api/family/looks", "resident", card.person_id)
    assert {one["what_zh"] for one in looks.json()["items"]} == {"核验社保卡芯片", "核验社保卡是否有效"}


async def test_a_relying_party_is_told_yes_and_no_and_its_holder_sees_it(keyed):
    town = keyed
    card = await card_of(town, 1, born=date(1950, 1, 1))
    for code, purpose in (
        ("HOTEL", "hotel_check_in"),
        ("LIBRARY", "age_benefit"),
        ("AGENCY", "public_service"),
    ):
        body = {"institution": code, "purpose": purpose}
        assert (await town.post("/api/relying-parties", "administrator", json=body)).status_code == 200
    shown = (await town.call("GET", "/api/relying-parties", "administrator")).json()["items"]
    assert [(one["institution"]["code"], one["purpose_zh"]) for one in shown] == [
        ("HOTEL", "旅馆登记入住"), ("LIBRARY", "敬老等年龄优待"), ("AGENCY", "政务窗口办事"),
    ]  # fmt: skip
    wrong = {"institution": "HOTEL", "purpose": "age_benefit"}
    answer = await town.post("/api/relying-parties", "administrator", json=wrong)
    assert answer.json()["type"] == "/problems/purpose-not-for-kind"

    async def code(purpose, at=card.person_id, **more):
        asked = {"purpose": purpose} | more
        given = await town.post("/api/family/identity-codes", "resident", at, key=None, json=asked)
        assert given.status_code == 201, given.text
        return given.json()["code"]

    number = id_number(1, date(1950, 1, 1))
    asked = {"purpose": "hotel_check_in", "fields": ["holder", "name_matches", "card_good"], "id_number": number,
             "name": person(1).name, "code": await code("hotel_check_in")}  # fmt: skip
    first = await town.post("/api/identity-requests", "relying_clerk", key="check-in-1", json=asked)
    said = first.json()
    assert (said["answered"], said["holder"], said["name_matches"], said["card_good"]) == (True,) * 4
    assert (said["age_over"], said["name_masked"]) == (None, None)
    again = await town.post("/api/identity-requests", "relying_clerk", key="check-in-1", json=asked)
    assert (again.json(), again.headers["idempotent-replayed"]) == (said, "true")
    over = {
        "purpose": "age_benefit",
        "fields": ["age_over", "card_good"],
        "age": 65,
        "code": await code("age_benefit"),
    }
    assert (await town.post("/api/identity-requests", "relying_system", LIBRARY, json=over)).json()[
        "age_over"
    ] is True
    body, seen = await checked(town, card, "relying_system", AGENCY, pin="verified")
    assert (seen.json()["verdict"], seen.json()["good"], seen.json()["standing"]) == ("genuine", None, None)
    served = {"purpose": "public_service", "fields": ["name_masked"], "challenge_id": body["challenge_id"]}
    told = (await town.post("/api/identity-requests", "relying_system", AGENCY, json=served)).json()
    assert told["name_masked"] == f"{person(1).name[0]}*"
    nothing = await town.post("/api/identity-requests", "relying_system", AGENCY, json=served)
    assert (nothing.json()["answered"], nothing.json()["refused"]) == (False, "no_consent")
    nobody = asked | {"id_number": id_number(55), "code": "00000000"}
    known = asked | {"code": "00000000"}
    told = [
        (await town.post("/api/identity-requests", "relying_system", HOTEL, json=one)).json()
        for one in (nobody, known)
    ]
    assert [{**one, "request_id": ""} for one in told] == [{**told[0], "request_id": ""}] * 2

    mine = (await town.call("GET", "/api/family/identity-requests", "resident", card.person_id)).json()
    assert [(one["organisation"]["code"], one["refused"], one["consent"]) for one in mine["items"]] == [
        ("HOTEL", "no_consent", None), ("AGENCY", "no_consent", None), ("AGENCY", None, "card_pin"),
        ("LIBRARY", None, "code"), ("HOTEL", None, "code"),
    ]  # fmt: skip
    assert mine["items"][3]["told"] == [
        {"zh": "是否满65周岁", "en": "whether the holder is 65 or older", "yes": True},
        {"zh": "社保卡是否有效", "en": "whether the card is good", "yes": True},
    ]
    assert person(1).name not in str(mine)
    first_page = await town.call("GET", "/api/family/identity-requests?limit=2", "resident", card.person_id)
    rest = await town.call(
        "GET", f"/api/family/identity-requests?cursor={first_page.json()['next']}", "resident", card.person_id
    )
    assert first_page.json()["items"] + rest.json()["items"] == mine["items"]


async def test_a_guardian_consents_and_looks_for_a_ward_and_nobody_else_does(keyed):
    town = keyed
    await town.people(
        person(2), person(3, date(2012, 1, 1), guardian_id_number=id_number(2), guardian_kind="母亲")
    )
    mother, child = await town.person_id(2), await town.person_id(3, date(2012, 1, 1))
    await town.post(
        "/api/relying-parties", "administrator", json={"institution": "LIBRARY", "purpose": "library_card"}
    )
    asked = {"purpose": "library_card", "person_id": str(child)}
    given = await town.post("/api/family/identity-codes", "resident", mother, key=None, json=asked)
    reading = {"purpose": "library_card", "fields": ["age_over"], "age": 14, "code": given.json()["code"]}
    told = (await town.post("/api/identity-requests", "relying_system", LIBRARY, json=reading)).json()
    assert (told["answered"], told["age_over"]) == (True, False)
    path = f"/api/family/identity-requests?person_id={child}"
    (seen,) = (await town.call("GET", path, "resident", mother)).json()["items"]
    assert (seen["by_guardian"], seen["purpose_zh"]) == (True, "图书馆办证")
    assert [fact[0] for fact in await town.facts("identity.requests_seen")] == [child]
    stranger = await town.token("resident")
    assert stranger
    assert (await town.call("GET", path, "resident")).status_code == 404
    assert (
        await town.post("/api/family/identity-codes", "resident", key=None, json=asked)
    ).status_code == 404


async def test_who_may_ask_what_is_for_everybody_to_read(town):
    terms = (await town.http.get("/api/identity-purposes")).json()
    assert (terms["code_minutes"], terms["kept_days"]) == (5, 1096)
    assert [(one["kind"], one["purpose"]) for one in terms["items"]] == [
        ("agency", "public_service"), ("agency", "age_benefit"), ("hotel", "hotel_check_in"),
        ("library", "library_card"), ("library", "age_benefit"),
    ]  # fmt: skip
