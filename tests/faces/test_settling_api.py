"""Institutions without a system settle over HTTP: the whole way, what is refused, and that nobody reaches another's."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.faces.api_town import HOSPITAL, PHARMACY, id_number
from tests.faces.settling_town import (
    LINE,
    ROLE,
    begun,
    designated,
    differing,
    insured,
    lined,
    quoted,
    settled,
)
from tests.faces.test_credential_api import card_of

from shebaoka.benefits.insurance.catalogue import Listed
from shebaoka.benefits.insurance.commands import note_items, note_spell
from shebaoka.benefits.insurance.insured import Spell
from shebaoka.kit.actor import SYSTEM

PARTS = ("in_scope_fen", "own_expense_fen", "prepay_fen", "over_limit_fen")
PAID = ("pooled_fen", "supplementary_fen", "current_account_fen", "historic_account_fen", "cash_fen")


def adds_up(sums) -> bool:
    return sums["total_fen"] == sum(sums[part] for part in PARTS) == sum(sums[part] for part in PAID)


async def test_a_clinic_settles_and_takes_back(town):
    """Level 3, active, 38: of 2,000.01 in scope the account pays what it holds, then 1,500 are the insured's, the rest is shared by half."""
    await designated(town)
    card = await insured(town, 1)
    way = await begun(town, card, number="M-1", id_number=id_number(1))
    assert await begun(town, card, number="M-1", id_number=id_number(1)) == way, (
        "the same number, the same visit"
    )
    lines = [
        LINE | {"amount_fen": 200_001},
        LINE | {"line": "002", "amount_fen": 3_000, "catalogue_class": "own"},
    ]
    assert (await town.post(f"{way}/lines", ROLE, json={"lines": lines})).status_code == 201
    quote = (await town.post(f"{way}/quotes", ROLE, json={})).json()
    sums = quote["sums"]
    assert (sums["total_fen"], sums["in_scope_fen"], sums["own_expense_fen"]) == (203_001, 200_001, 3_000)
    assert adds_up(sums)
    assert any("自负段" in step for bill in quote["bills"] for step in bill["quote"]["steps"])
    seen = (await town.call("GET", way, ROLE)).json()
    assert (seen["quote"]["quote_id"], len(seen["lines"]), seen["settlements"]) == (quote["quote_id"], 2, [])
    assert id_number(1) not in str(seen)
    body = {"quote_id": quote["quote_id"], "number": "N-1"}
    done = (await town.post(f"{way}/settlements", ROLE, key="a-key-for-it", json=body)).json()
    assert done["sums"] == sums
    again = await town.post(f"{way}/settlements", ROLE, key="a-key-for-it", json=body)
    assert (again.json(), again.headers["idempotent-replayed"]) == (done, "true")
    day = (await town.call("GET", "/api/settling/day", ROLE)).json()
    assert (day["totals"]["messages"], day["totals"]["amounts"]["total_fen"], day["unsettled"]) == (
        1,
        203_001,
        [],
    )
    told = await town.post("/api/settling/messages", ROLE, key=None, json={"number": "N-1"})
    assert (told.json()["fate"], told.json()["settlement"]["sums"]) == ("settled", sums)
    back = (await town.post("/api/settling/reversals", ROLE, json={"names": "N-1"})).json()
    assert back["settlement"]["reversed_by"] == back["number"]
    twice = await town.post("/api/settling/reversals", ROLE, json={"names": "N-1"})
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/not-reversible")
    day = (await town.call("GET", "/api/settling/day", ROLE)).json()
    assert day["totals"] == {
        "messages": 2,
        "amounts": dict.fromkeys(("total_fen", "fund_fen", "account_fen", "cash_fen"), 0),
    }
    assert [one["number"] for one in day["unsettled"]] == ["M-1"]
    seen = (await town.call("GET", way, ROLE)).json()
    assert (seen["quote"], len(seen["settlements"])) == (None, 1), "a quote that was settled is used up"
    for action in (
        "settlement.confirmed",
        "settlement.reversed",
        "settlement.visit_seen",
        "settlement.message_seen",
    ):
        assert {fact[2] for fact in await town.facts(action)} == {HOSPITAL}, action


async def test_an_electronic_card_settles_and_another_cities_or_a_used_one_does_not(town):
    await designated(town)
    card = await card_of(town, 2)
    async with town.database.work(SYSTEM) as work:
        await note_spell(work, card.person_id, Spell(work.today, "employee", "active"))
    text = (await town.post("/api/family/ecards", "resident", card.person_id, key=None, json={})).json()[
        "text"
    ]
    way = await begun(town, text, PHARMACY, "pharmacy")
    elsewhere = await town.post("/api/settling/visits", ROLE, json={"card": text, "kind": "outpatient"})
    assert (elsewhere.status_code, elsewhere.json()["type"]) == (409, "/problems/card-not-usable")
    assert elsewhere.json()["reason"] == "used"
    assert [fact[0] for fact in await town.facts("person.asked_about")] == [card.person_id], (
        "a refusal is a look, too"
    )
    await town.post(f"{way}/lines", ROLE, PHARMACY, json={"lines": [LINE]})
    quote = (await town.post(f"{way}/quotes", ROLE, PHARMACY, json={})).json()
    town.database.clock.at += timedelta(minutes=2)
    late = await town.post(
        f"{way}/settlements", ROLE, PHARMACY, json={"quote_id": quote["quote_id"], "card": text}
    )
    assert late.json()["reason"] == "expired"
    done = await town.post(f"{way}/settlements", ROLE, PHARMACY, json={"quote_id": quote["quote_id"]})
    assert done.status_code == 201, (
        "the card by which the visit began is asked again how it stands, not its code"
    )
    garbled = await town.post("/api/settling/visits", ROLE, json={"card": "SBE1A", "kind": "outpatient"})
    assert garbled.json()["reason"] == "unreadable"


async def test_what_cannot_be_settled_says_so(town):
    await designated(town)
    card, other = await insured(town, 1), await insured(town, 3)
    way, quote = await quoted(town, card, 1_000)

    async def refused(path, at=None, **body):
        answer = await town.post(path, ROLE, at, json=body)
        return answer.status_code, answer.json()["type"].rpartition("/")[2]

    visits = "/api/settling/visits"
    assert await refused(visits, card="A00000000", kind="outpatient") == (422, "card-number-refused")
    assert await refused(visits, card=card, kind="pharmacy") == (422, "not-designated")
    assert await refused(visits, card=card, kind="outpatient", id_number=id_number(3)) == (403, "not-holder")
    assert await refused(visits, card=card, kind="outpatient", began_on="2019-01-03") == (
        409,
        "visit-differs",
    )
    empty = await begun(town, card)
    assert await refused(f"{empty}/quotes") == (422, "nothing-to-settle")
    assert await refused(f"{way}/settlements", quote_id=quote["quote_id"], card=other) == (403, "not-holder")
    assert await refused(f"{way}/settlements", quote_id="1") == (409, "quote-unusable")
    assert await refused(f"{empty}/settlements", quote_id=quote["quote_id"]) == (409, "quote-unusable"), (
        "of another visit"
    )
    assert await refused(f"{way}/lines", lines=[LINE | {"line": "001"}]) == (409, "visit-differs")
    assert await refused(f"{way}/discharge") == (422, "not-designated")
    assert (await town.post(f"{empty}/cancellation", ROLE)).json()["status"] == "cancelled"
    assert await refused(f"{empty}/lines", lines=[LINE]) == (409, "transition-refused")
    for body in (
        {"lines": []},
        {"lines": [LINE | {"amount_fen": -1}]},
        {"lines": [LINE | {"catalogue_class": "x"}]},
    ):
        assert await refused(f"{way}/lines", **body) == (400, "request-malformed"), body
    assert (await town.facts("settlement.confirmed")) == []


async def test_what_the_catalogue_lists_goes_by_it_whatever_is_said(town):
    """Listed as one's own until yesterday, of class B from today, 30 % first, up to 50.00 each; 200.00 for three of them."""
    await designated(town)
    async with town.database.work(SYSTEM) as work:
        before = work.today - timedelta(days=1)
        await note_items(work, [
            Listed("B1", before, "旧名", "own", "09"),
            Listed("B1", work.today, "乙类注射液", "shared", "09", Decimal(50), 30),
        ])  # fmt: skip
    way = await begun(town, await insured(town, 1), began_on=str(before))
    said = LINE | {"item": "B1", "amount_fen": 20_000, "count": 3}
    lines = [said, said | {"line": "002", "served_on": str(before)}, LINE | {"line": "003"}]
    assert (await town.post(f"{way}/lines", ROLE, json={"lines": lines})).status_code == 201
    seen = sorted((await town.call("GET", way, ROLE)).json()["lines"], key=lambda one: one["line"])
    names = ("item_name", "catalogue_class", *PARTS)
    # 200 − 3 × 50 = 50 above the limit; 30 % of 150 = 45 first; 105 in scope.
    assert [tuple(one[name] for name in names) for one in seen] == [
        ("乙类注射液", "shared", 10_500, 0, 4_500, 5_000), ("旧名", "own", 0, 20_000, 0, 0),
        (None, "full", 5_000, 0, 0, 0),
    ]  # fmt: skip
    wrong = await town.post(f"{way}/lines", ROLE, json={"lines": [said | {"line": "004", "count": 0}]})
    assert wrong.status_code == 400


async def test_what_no_catalogue_lists_is_one_s_own_where_the_rule_says_so(town):
    async with town.database.work(SYSTEM) as work:
        await work.run(
            "UPDATE programme_rule SET decides = jsonb_set(decides, '{unlisted}', '\"own\"') WHERE rule_set = 'settling'"
        )
        await note_items(work, [Listed("A1", work.today, "甲类药", "full", "09")])
    await designated(town)
    way = await begun(town, await insured(town, 1))
    lines = [LINE, LINE | {"line": "002", "item": "A1"}]
    assert (await town.post(f"{way}/lines", ROLE, json={"lines": lines})).status_code == 201
    seen = (await town.call("GET", way, ROLE)).json()["lines"]
    assert {one["line"]: (one["catalogue_class"], one["own_expense_fen"]) for one in seen} == {
        "001": ("own", 5_000), "002": ("full", 0),
    }  # fmt: skip


async def test_a_stay_is_settled_after_its_discharge(town):
    await designated(town)
    card = await insured(town, 1)
    way = await lined(town, card, 300_000, kind="inpatient")
    quote = (await town.post(f"{way}/quotes", ROLE, json={})).json()
    early = await town.post(f"{way}/settlements", ROLE, json={"quote_id": quote["quote_id"]})
    assert early.json()["type"] == "/problems/quote-unusable"
    assert (await town.post(f"{way}/discharge", ROLE, json={})).json()["status"] == "discharged"
    assert (await town.post(f"{way}/readmission", ROLE)).json()["status"] == "open"
    assert (await town.post(f"{way}/discharge", ROLE, json={"on": "2019-01-02"})).json()[
        "ended_on"
    ] == "2019-01-02"
    quote = (await town.post(f"{way}/quotes", ROLE, json={})).json()
    done = await town.post(f"{way}/settlements", ROLE, json={"quote_id": quote["quote_id"]})
    assert adds_up(done.json()["sums"])
    assert done.json()["sums"]["pooled_fen"] == 127_500, (
        "of 3,000 the deductible is 1,500; the fund pays 85 % of the rest"
    )


async def test_nobody_sees_or_moves_what_is_anothers(town):
    await designated(town)
    card = await insured(town, 1)
    way, done = await settled(town, card, 1_000)
    difference, *_ = await differing(town, 1)
    elsewhere = PHARMACY
    calls = [("GET", way, None)] + [
        ("POST", f"{way}/{step}", body)
        for step, body in (("lines", {"lines": [LINE]}), ("lines/removal", {}), ("quotes", {}), ("cancellation", None),
                           ("settlements", {"quote_id": "1"}), ("discharge", {}), ("readmission", None))
    ]  # fmt: skip
    calls.append(("GET", f"/api/settling/differences/{difference}", None))
    for role in (ROLE, "hospital_system"):
        for n, (method, path, body) in enumerate(calls):
            more = {} if body is None else {"json": body}
            answer = await town.call(method, path, role, elsewhere, key=f"reach-{role}-{n:03}", **more)
            assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found"), path
    assert len(await town.facts("access.refused")) == 2 * len(calls)
    told = await town.post(
        "/api/settling/messages", ROLE, elsewhere, key=None, json={"number": done["number"]}
    )
    assert told.json() == {"fate": "unknown", "settlement": None}
    barred = await town.post("/api/settling/reversals", ROLE, elsewhere, json={"names": done["number"]})
    assert barred.json()["settlement"] is None
    day = (await town.call("GET", "/api/settling/day", ROLE, elsewhere)).json()
    assert (day["items"], day["unsettled"], day["totals"]["messages"]) == ([], [], 0)
    assert (await town.call("GET", "/api/settling/differences", ROLE, elsewhere)).json() == {"items": []}
    named = await town.call(
        "GET", "/api/settling/differences", ROLE, elsewhere, params={"institution": "HOSPITAL"}
    )
    assert named.status_code == 404
    assert (await town.call("GET", way, ROLE)).json()["settlements"][0]["reversed_at"] is None


async def test_differences_are_listed_looked_at_and_closed(town):
    await designated(town)
    card = await insured(town, 1)
    _, done = await settled(town, card, 1_000, number="H2")
    first, second = await differing(town)
    path = "/api/settling/differences"
    listed = (await town.call("GET", path, "benefits_clerk")).json()["items"]
    assert [(one["difference_id"], one["kind"]) for one in listed] == [
        (first, "missing_here"),
        (second, "amount_differs"),
    ]
    own = (await town.call("GET", path, ROLE)).json()["items"]
    assert own == listed
    both = (await town.call("GET", f"{path}/{second}", "benefits_clerk")).json()
    assert (both["fate"], both["settlement"]["number"]) == ("settled", "H2")
    both_say = [both["difference"][side]["total_fen"] for side in ("theirs", "ours")]
    assert both_say == [200, 1_000]
    assert both["settlement"]["sums"] == done["sums"]
    closing = {"reason": "对方重复上传，已核对"}
    assert (await town.post(f"{path}/{first}/closing", ROLE, json=closing)).status_code == 403, (
        "not by the institution itself"
    )
    closed = (await town.post(f"{path}/{first}/closing", "benefits_clerk", json=closing)).json()
    assert closed["reason"] == closing["reason"]
    twice = await town.post(f"{path}/{first}/closing", "benefits_clerk", json=closing)
    assert (twice.status_code, twice.json()["type"]) == (404, "/problems/not-found")

    async def shown(**asked):
        found = await town.call("GET", path, "benefits_clerk", params=asked)
        return [one["difference_id"] for one in found.json()["items"]]

    assert await shown() == [second]
    assert await shown(status="closed") == [first]
    assert await shown(status="all", institution="HOSPITAL") == [first, second]
    assert await shown(status="all", institution="PHARMACY") == []
    assert await shown(status="all", **{"from": "2019-01-03"}) == []
    assert await shown(status="all", to="2019-01-01") == []
