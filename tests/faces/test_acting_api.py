"""Acting for somebody else over HTTP: applying, opening, collecting; what is asked for and what is kept of it."""

from datetime import date

import psycopg
import pytest
from tests.faces.api_town import COMMUNITY_A, OUTLET_A, id_number, person, replacing

from shebaoka.kit.actor import SYSTEM

BORN = date(2010, 5, 5)
CHILD = {"employer_id": None, "insured": "resident", "insured_status": "none", "school_stage": "primary"}
CHILD_PAPERS = ["child_id", "guardian_id", "guardianship_proof"]


def application(n, born=date(1980, 1, 1), **more):
    given = {
        "id_number": id_number(n, born), "name": person(n).name, "mobile": "15400000000", "address": "黄浦区虚构路1号",
        "fallback_outlet": "C310101002", "bank": "BOSC",
    }  # fmt: skip
    return given | more


async def family(town):
    """A child (3) of a mother (1) and a father (2), and strangers (4, 5)."""
    child = person(
        3, BORN, guardian_id_number=id_number(1), guardian_kind="母亲", more_guardians=((id_number(2), "父亲"),), **CHILD
    )  # fmt: skip
    await town.people(*(person(n) for n in (1, 2, 4, 5)), child)


async def asked_for(town, n, born=date(1980, 1, 1), role="community_clerk"):
    question = {"id_number": id_number(n, born), "reason": "核对代办情况"}
    return (await town.post("/api/people/proxy-acts", role, key=None, json=question)).json()["items"]


@pytest.mark.parametrize("parent", [1, 2])
async def test_each_parent_applies_and_what_was_seen_is_kept(town, parent):
    await family(town)
    acts = {"role": "guardian", "id_number": id_number(parent), "documents_seen": CHILD_PAPERS}
    made = await town.post("/api/applications", "community_clerk", json=application(3, BORN, acts_for=acts))
    assert made.status_code == 201, made.text
    (kept,) = await asked_for(town, 3, BORN)
    assert kept["subject"] == made.json()["application_id"]
    assert (kept["act"], kept["acted_as"], kept["authorisation"]) == ("apply", "guardian", None)
    assert (kept["documents"], kept["documents_named"]) == (sorted(CHILD_PAPERS), True)
    assert kept["actor_masked"] == "10**************" + id_number(parent)[-2:]
    assert kept["checked_by"].startswith("staff:")
    assert kept["organisation"]["institution_id"] == str(COMMUNITY_A)
    assert kept["rule"] == "guardian_of_a_child"
    assert [fact[4]["reason"] for fact in await town.facts("proxy_acts.seen")] == ["核对代办情况"]
    (told,) = await town.facts("proxy.acted")
    assert told[4] == {"act": "apply", "by": "guardian", "rule": "guardian_of_a_child", "authorisation": None}


async def test_a_paper_that_was_not_seen_is_named(town):
    await family(town)
    acts = {"role": "guardian", "id_number": id_number(1), "documents_seen": ["child_id", "guardian_id"]}
    refused = await town.post(
        "/api/applications", "community_clerk", json=application(3, BORN, acts_for=acts)
    )
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/documents-missing")
    assert refused.json()["missing"] == ["guardianship_proof"]
    assert "监护关系证明" in refused.json()["detail"]
    assert await asked_for(town, 3, BORN) == []


@pytest.mark.parametrize(
    ("acts", "slug"),
    [
        (None, "guardian-needed"),
        ({"role": "guardian", "id_number": id_number(4)}, "guardian-not-tied"),
        ({"role": "guardian", "id_number": id_number(99)}, "guardian-not-tied"),
        ({"role": "guardian", "id_number": id_number(3, BORN)}, "guardian-is-ward"),
        ({"role": "agent", "id_number": id_number(1), "authorisation_seen": True}, "guardian-needed"),
    ],
)
async def test_nobody_else_acts_for_a_child_at_any_counter(town, acts, slug):
    await family(town)
    _, card = await town.cards(6, BORN, guardian_id_number=id_number(1), guardian_kind="母亲", **CHILD)
    for role in ("community_clerk", "bank_clerk", "online_platform_system"):
        refused = await town.post("/api/applications", role, json=application(3, BORN, acts_for=acts))
        assert (refused.status_code, refused.json()["type"]) == (422, f"/problems/{slug}"), role
    if slug != "guardian-is-ward":
        opening = {
            "card_number": card,
            "id_number": id_number(6, BORN),
            "functions": ["social"],
            "acts_for": acts,
        }
        refused = await town.post("/api/cards/openings", "community_clerk", json=opening)
        assert refused.json()["type"] == f"/problems/{slug}"
    assert await town.facts("proxy.acted") == []


async def test_an_agent_for_an_adult_needs_what_the_place_accepts(town):
    await town.people(*(person(n) for n in range(1, 6)), person(6, date(2005, 1, 1)))
    agent = {"role": "agent", "id_number": id_number(2), "name": person(2).name}
    witnessed = agent | {"authorisation": "home_witness", "witnesses": ["0017", "0022"]}
    cases = [
        ("community_clerk", agent, "authorisation-missing"),
        ("bank_clerk", agent | {"authorisation_seen": True}, "authorisation-missing"),
        ("bank_clerk", witnessed | {"witnesses": ["0017"]}, "authorisation-missing"),
        ("online_platform_system", agent | {"authorisation": "written"}, "agent-not-here"),
        ("community_clerk", agent | {"id_number": id_number(6, date(2005, 1, 1)), "authorisation": "written"}, "agent-unfit"),
        ("community_clerk", agent | {"id_number": id_number(1), "authorisation": "written"}, "guardian-is-ward"),
        ("community_clerk", agent | {"role": "guardian"}, "guardian-not-tied"),
    ]  # fmt: skip
    for role, acts, slug in cases:
        refused = await town.post("/api/applications", role, json=application(1, acts_for=acts))
        assert refused.json()["type"] == f"/problems/{slug}", refused.text
    short = await town.post(
        "/api/applications", "bank_clerk", json=application(1, guardian_id_number=id_number(2))
    )
    assert short.json()["type"] == "/problems/authorisation-missing"
    assert short.json()["accepted"] == ["notarised", "home_witness"]
    made = await town.post(
        "/api/applications",
        "community_clerk",
        json=application(1, acts_for=agent | {"authorisation_seen": True}),
    )
    assert made.status_code == 201, made.text
    made = await town.post(
        "/api/applications", "bank_clerk", OUTLET_A, json=application(3, acts_for=witnessed)
    )
    assert made.status_code == 201, made.text
    (written,), (home,) = await asked_for(town, 1), await asked_for(town, 3)
    assert (written["authorisation"], written["documents"]) == (
        "written",
        ["holder_id", "agent_id", "written_authorisation"],
    )
    assert (home["authorisation"], home["witnesses"], home["documents_named"]) == (
        "home_witness",
        ["0017", "0022"],
        False,
    )


async def test_nobody_is_his_own_agent_at_any_door(town):
    """An agent for himself, with all papers: at every counter that asks who acts; nothing comes of it."""
    waybill = await town.parcel_waiting(1)
    _, card = await town.cards(2)
    await town.counter(COMMUNITY_A)
    withheld = await town.applied(3, at=COMMUNITY_A)

    def himself(n, role="agent"):
        return {"role": role, "id_number": id_number(n), "name": person(n).name, "authorisation": "notarised"}

    named = {"id_number": id_number(2), "name": person(2).name}
    opening = {"card_number": card, "id_number": id_number(2), "functions": ["social"]}
    signed = {"kind": "paper", "reference": "2019-0001"}
    doors = [
        ("/api/applications", 2, application(2, replacement="worn")),
        ("/api/cards/openings", 2, opening),
        ("/api/cards/losses", 2, named | {"loss": "formal", "id_checked": True}),
        ("/api/outreach/visits", 2, named | {"tasks": ["open"]}),
        ("/api/instant-issues", 2, replacing(2)),
        ("/api/parcels/collection", 1, {"waybill": waybill, "id_number": id_number(1), "signature": signed}),
        (f"/api/applications/{withheld}/photo/consent", 3, {"given": False}),
    ]
    for role in ("agent", "guardian"):
        for door, n, body in doors:
            refused = await town.post(door, "community_clerk", json=body | {"acts_for": himself(n, role)})
            assert (refused.status_code, refused.json()["type"]) == (422, "/problems/guardian-is-ward"), (
                f"{door} {refused.text}"
            )
            assert refused.json()["remedy_zh"]
    assert await town.facts("proxy.acted") == []
    for n, body in ((2, opening), (1, doors[5][2])):
        # Without the pretence the same person is served.
        door = "/api/cards/openings" if n == 2 else "/api/parcels/collection"
        assert (await town.post(door, "community_clerk", json=body)).status_code in (200, 201)


async def test_an_agent_who_has_died_and_one_whom_nobody_knows(town):
    await town.people(person(1), person(2, died_on=date(2018, 1, 1)))
    agent = {"role": "agent", "id_number": id_number(2), "authorisation": "notarised"}
    refused = await town.post("/api/applications", "bank_clerk", json=application(1, acts_for=agent))
    assert refused.json()["type"] == "/problems/agent-unfit"
    assert "已去世" in refused.json()["detail"]
    stranger = agent | {"id_number": id_number(50)}
    made = await town.post("/api/applications", "bank_clerk", json=application(1, acts_for=stranger))
    assert made.status_code == 201
    assert (await asked_for(town, 1))[0]["actor_masked"].endswith(id_number(50)[-2:])


async def test_both_ways_to_say_who_acts_are_one_too_many(town):
    await family(town)
    acts = {"role": "guardian", "id_number": id_number(1)}
    body = application(3, BORN, acts_for=acts, guardian_id_number=id_number(1))
    refused = await town.post("/api/applications", "community_clerk", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "acts_for")


async def test_a_card_is_collected_by_guardian_or_agent(town):
    waybill = await town.parcel_waiting(1)
    await town.people(person(2))
    signature = {"kind": "paper", "reference": "2019-0001"}
    collection = {"waybill": waybill, "id_number": id_number(2), "signature": signature}
    agent = {"role": "agent", "id_number": id_number(2)}
    refused = await town.post(
        "/api/parcels/collection", "community_clerk", json=collection | {"acts_for": agent}
    )
    assert refused.json()["type"] == "/problems/authorisation-missing"
    agent |= {
        "authorisation": "written",
        "documents_seen": ["holder_id", "agent_id", "written_authorisation"],
    }
    handed = await town.post(
        "/api/parcels/collection", "community_clerk", json=collection | {"acts_for": agent}
    )
    assert (handed.status_code, handed.json()["status"]) == (200, "collected")
    (kept,) = await asked_for(town, 1)
    assert (kept["act"], kept["subject"]) == ("collect", handed.json()["parcel_id"])


async def test_a_child_does_not_collect_alone(town):
    waybill = await town.parcel_waiting(7)
    async with town.database.work(SYSTEM) as work:
        await work.run("UPDATE person SET birth_date = '2010-05-05'")
    refused = await town.post(
        "/api/parcels/collection",
        "community_clerk",
        json={
            "waybill": waybill,
            "id_number": id_number(7),
            "signature": {"kind": "pad", "reference": "P-1"},
        },
    )
    assert refused.json()["type"] == "/problems/guardian-needed"
    assert await town.facts("parcel.collected") == []


async def test_who_acted_stands_nowhere_in_clear_and_never_changes(town):
    await town.people(person(1))
    agent = {"role": "agent", "id_number": id_number(50), "name": "虚代办", "authorisation": "home_witness",
             "witnesses": ["工号-甲乙", "工号-丙丁"]}  # fmt: skip
    assert (
        await town.post("/api/applications", "bank_clerk", json=application(1, acts_for=agent))
    ).status_code == 201
    async with town.database.connection() as connection:
        stored = await (await connection.execute("SELECT p::text || f.facts FROM proxy_act p, "
            "(SELECT string_agg(detail::text || subject, '') AS facts FROM audit_fact) f")).fetchone()  # fmt: skip
        for secret in (id_number(50), "虚代办", "工号"):
            assert secret not in stored[0]
            assert secret.encode().hex() not in stored[0]
    for change in ("UPDATE proxy_act SET authorisation = 'notarised'", "DELETE FROM proxy_act"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with town.database.work(SYSTEM) as work:
                await work.run(change)


async def test_a_clerk_is_told_what_to_ask_for(town):
    asked = {"by": "agent", "age": 30}
    for role, kinds in (
        ("community_clerk", ["written", "notarised"]),
        ("bank_clerk", ["notarised", "home_witness"]),
    ):
        told = (await town.call("GET", "/api/programme/authority", role, params=asked)).json()
        assert told["allowed"]
        assert [one["code"] for one in told["authorisations"]] == kinds
        assert [one["zh"] for one in told["documents"]] == ["持卡人身份证件", "代办人身份证件"]
    child = (
        await town.call("GET", "/api/programme/authority", "bank_clerk", params=asked | {"age": 15})
    ).json()
    assert (child["allowed"], child["refusal"], child["documents"]) == (False, "guardian_needed", [])
    assert child["why"]["source"].startswith("medium: ")
    mother = {"by": "guardian", "age": 15, "tie": "母亲"}
    told = (await town.call("GET", "/api/programme/authority", "bank_clerk", params=mother)).json()
    assert [one["code"] for one in told["documents"]] == CHILD_PAPERS
