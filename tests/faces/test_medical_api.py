"""Medical accounts, medical years, bills and contributions over HTTP: one's own and a ward's, and nobody else's."""

from __future__ import annotations

from datetime import date

from tests.faces.api_town import id_number
from tests.faces.medical_town import VISITS, at_the_doctors
from tests.web.payouts_town import rejected

from shebaoka.faces.api.billing import ENTRIES
from shebaoka.ledger.model import Kind

BORN = date(2012, 1, 1)
CHILD = {"guardian_id_number": id_number(1), "guardian_kind": "母亲", "employer_id": None}
OWN = ("insurance", "account-entries", "bills", "contributions")


def test_every_kind_of_entry_has_its_words():
    assert set(ENTRIES) == set(Kind)


async def asked(town, who, path, **more):
    answer = await town.call("GET", f"/api/family/{path}", "resident", who, params=more)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_accounts_year_bills_and_contributions(town):
    own, child = await at_the_doctors(town, 1), await at_the_doctors(town, 3, BORN, **CHILD)
    stranger = await at_the_doctors(town, 5)
    told = await asked(town, own, "insurance")
    assert (told["scheme"], told["status"], told["since"]) == ("employee", "active", "2018-01-01")
    (year,) = told["years"]
    assert (year["year"], year["first"], year["deductible_fen"]) == (2018, "2018-07-01", 150_000)
    entries = (await asked(town, own, "account-entries", year=2019))["items"]
    assert (entries[0]["current_balance_fen"], entries[0]["historic_balance_fen"]) == (
        told["current_account_fen"], told["historic_account_fen"],
    )  # fmt: skip
    assert [one["kind"] for one in entries if one["settlement_id"] is None] == ["contribution"]
    assert {one["institution"]["code"] for one in entries if one["settlement_id"]} == {"HOSPITAL"}
    older = (await asked(town, own, "account-entries", year=2018))["items"]
    assert [one["kind"] for one in older] == ["credit"]

    bills = (await asked(town, own, "bills"))["items"]
    assert [bill["total_fen"] for bill in bills] == [sum(one) for one in reversed(VISITS)]
    assert [bill["reversed_on"] for bill in bills] == ["2019-01-02", None, None]
    for bill in bills:
        assert bill["total_fen"] == sum(bill[f"{name}_fen"] for name in ("in_scope", "own_expense", "prepay", "over_limit"))  # fmt: skip
        assert bill["total_fen"] == sum(bill[f"{name}_fen"] for name in ("pooled", "supplementary", "current_account", "historic_account", "cash"))  # fmt: skip
    standing = [await _bill(town, own, bill) for bill in bills if bill["reversed_on"] is None]
    assert year["deductible_used_fen"] == sum(part["deductible_fen"] for one in standing for part in one["parts"])  # fmt: skip
    assert standing[0]["parts"][0]["steps"][-1]["zh"].startswith("合计2,050.00元")

    lines = f"bills/{bills[1]['settlement_id']}/lines"
    first = await asked(town, own, lines, limit=1)
    rest = await asked(town, own, lines, after=first["next"])
    assert [(one["item_class"], one["item"], one["item_name"]) for one in first["items"] + rest["items"]] == [
        ("full", "X0", "复诊诊查费"), ("own", "X1", None),
    ]  # fmt: skip
    assert (await asked(town, own, f"bills/{bills[0]['settlement_id']}/lines"))["items"] == []
    (paid,) = (await asked(town, own, "contributions", year=2018))["items"]
    assert (paid["period"], paid["own_fen"], paid["employer_fen"], paid["taken_back"]) == (
        "2018-12-01", 2_000, 9_500, False,
    )  # fmt: skip

    seen = {path: await asked(town, own, path, person_id=str(child)) for path in OWN}
    assert seen["insurance"]["person_id"] == str(child)
    assert (await _bill(town, own, seen["bills"]["items"][0]))["person_id"] == str(child)
    for path in OWN:
        other = await town.call("GET", f"/api/family/{path}?person_id={stranger}", "resident", own)
        assert (other.status_code, other.json()["type"]) == (404, "/problems/not-found")
        assert (await town.call("GET", f"/api/family/{path}", "community_clerk")).status_code == 403
    theirs = (await asked(town, stranger, "bills"))["items"][0]["settlement_id"]
    for path in (theirs, f"{theirs}/lines"):
        assert (await town.call("GET", f"/api/family/bills/{path}", "resident", own)).status_code == 404
    quote = {"care": "outpatient", "in_scope_fen": 1, "person_id": str(stranger)}
    assert (await town.post("/api/family/quotes", "resident", own, key=None, json=quote)).status_code == 404
    looks = await asked(town, child, "looks")
    assert {"查看参保和个人账户", "查看个人账户明细", "查看就诊和医保结算", "查看一笔医保结算"} <= {
        one["what_zh"] for one in looks["items"]
    }
    for path, whole in (("account-entries", entries), ("bills", bills)):
        assert await _in_pages(town, own, path) == whole


async def _in_pages(town, who, path):
    """Give a list as its pages of one make it."""
    found, cursor = [], {}
    while cursor is not None:
        page = await asked(town, who, path, limit=1, **cursor)
        assert not page["items"] or page["items"][0] not in found, "a page goes on from the one before"
        found += page["items"]
        cursor = {"cursor": page["next"]} if page["next"] else None
    return found


async def _bill(town, who, bill):
    return await asked(town, who, f"bills/{bill['settlement_id']}")


async def test_what_a_bill_would_come_to_at_each_level(town):
    own = await at_the_doctors(town, 1)
    wanted = {"care": "outpatient", "in_scope_fen": 500_000, "own_expense_fen": 10_000}
    answer = await town.post("/api/family/quotes", "resident", own, key=None, json=wanted)
    told = answer.json()
    assert answer.status_code == 200, answer.text
    assert [one["level"] for one in told["items"]] == [1, 2, 3]
    funds = [one["quote"]["supplementary_fen"] for one in told["items"]]
    assert funds == sorted(funds, reverse=True)
    assert len(set(funds)) == 3
    assert all(one["steps"][-1]["zh"].startswith("合计5,100.00元") for one in told["items"])
    nothing = wanted | {"in_scope_fen": -1}
    assert (await town.post("/api/family/quotes", "resident", own, key=None, json=nothing)).status_code == 400
    before = (await asked(town, own, "insurance"))["years"]
    assert (await asked(town, own, "insurance"))["years"] == before, "it changes nothing"

    told = await asked(town, None, "insurance")
    assert (told["scheme"], told["years"], told["next"], told["current_account_fen"]) == (None, [], [], 0)
    refused = await town.post("/api/family/quotes", "resident", key=None, json=wanted)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/not-insured")


async def test_a_hotline_tells_the_caller_and_the_caller_sees_who_looked(town):
    call = await town.called(1)
    own = await at_the_doctors(town, 1)
    look, agent = f"/api/helpdesk/calls/{call['call_id']}/medical", "hotline_agent"
    told = (await town.post(look, agent, key=None, json={"reason": "来电咨询账单"})).json()
    assert told["insurance"]["years"][0]["deductible_used_fen"] == 150_000
    assert [one["bill"]["reversed_on"] for one in told["bills"]] == ["2019-01-02", None, None]
    assert told["bills"][1]["parts"][0]["steps"][-1]["zh"].startswith("合计2,050.00元")
    (seen,) = [one for one in (await asked(town, own, "looks"))["items"] if "医保账户和账单" in one["what_zh"]]  # fmt: skip
    assert (seen["organisation"]["code"], seen["reason"]) == ("H962222", "来电咨询账单")
    unknown = await town.called(2, known=False)
    other = f"/api/helpdesk/calls/{unknown['call_id']}/medical"
    refused = await town.post(other, agent, key=None, json={"reason": "来电咨询账单"})
    assert refused.json()["type"] == "/problems/caller-not-known-enough"
    assert (await town.post(look, agent, key=None, json={})).status_code == 400
    assert (
        await town.post(look, "bank_line_agent", key=None, json={"reason": "来电咨询账单"})
    ).status_code == 403


async def test_benefits_and_the_accounts_on_cards(town):
    await rejected(town, 1)
    own = await town.person_id(1)
    told = await asked(town, own, "benefits", year=2018)
    (one,) = told["items"]
    assert (one["benefit"], one["period"], one["amount_fen"], one["status"]) == (
        "pension", "2018-12-01", 300_000, "failed",
    )  # fmt: skip
    assert (one["paid_on"], one["bank"]["code"], one["last4"]) == (None, "BOSC", "0007")
    (account,) = told["accounts"]
    assert (account["life"], account["last4"], account["zh"]) == ("active", "0007", "已激活")
    assert (await asked(town, own, "benefits"))["items"] == []
    stranger = await town.call("GET", f"/api/family/benefits?person_id={own}", "resident")
    assert stranger.status_code == 404
