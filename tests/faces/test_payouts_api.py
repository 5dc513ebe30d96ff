"""Payouts over HTTP: lists, runs under two officers, what came back, differences, and accounts on cards."""

from __future__ import annotations

from tests.faces.api_town import BANK_A, id_number
from tests.web.payouts_town import OFFICER, SECOND, account, differing, drawn, owed, rejected, rows

HERE = "/api/payouts"


async def ask(town, path, **more):
    answer = await town.call("GET", path, OFFICER, params=more)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_list_a_run_and_its_approval(town):
    await account(town, 1)
    body = {"kind": "items", "name": "a.json", "content": rows(1, 99)}
    told = (await town.post(f"{HERE}/lists", OFFICER, json=body)).json()
    assert (told["lines"], told["taken"], [one["column"] for one in told["faults"]]) == (2, 1, ["id_number"])
    (due,) = await ask(town, f"{HERE}/due", benefit="pension")
    assert (due["last4"], due["left"], due["bank"]["code"]) == ("0007", None, "BOSC")
    made = await town.post(f"{HERE}/runs", OFFICER, json={"benefit": "pension", "pay_on": "2019-01-15"})
    run = made.json()["run"]
    assert (run["total_fen"], run["status"], run["yours"]) == (300_000, "drawn", True)
    own = await town.post(f"{HERE}/runs/{run['run_id']}/approval", OFFICER)
    assert own.json()["type"] == "/problems/second-officer-for-payout"
    approved = await town.post(f"{HERE}/runs/{run['run_id']}/approval", OFFICER, SECOND)
    assert (approved.status_code, approved.json()["status"]) == (200, "approved"), approved.text
    detail = await ask(town, f"{HERE}/runs/{run['run_id']}")
    assert (detail["files"], detail["sums"][0]["payments"]) == ([], 1)
    (payment,) = (await ask(town, f"{HERE}/runs/{run['run_id']}/payments"))["items"]
    assert payment["holder"]["name_masked"].endswith("*")
    overview = await ask(town, HERE)
    assert overview["counts"] == [
        {"benefit": "pension", "status": "in_run", "items": 1, "total_fen": 300_000}
    ]
    nothing = await town.post(f"{HERE}/runs", OFFICER, json={"benefit": "medical", "pay_on": "2019-01-15"})
    assert (nothing.status_code, nothing.json()["type"]) == (409, "/problems/nothing-to-pay")


async def test_what_came_back_differences_and_accounts(town):
    (number,) = await rejected(town, 1)
    (listed,) = (await ask(town, f"{HERE}/returned"))["items"]
    assert (listed["item"]["number"], listed["payment"]["code"]) == (number, "AC04")
    repaid = await town.post(f"{HERE}/repayments", OFFICER, json={"number": number, "reason": "账户已换"})
    assert repaid.json() == {"number": number, "status": "due"}
    (due,) = await ask(town, f"{HERE}/due", benefit="pension")
    assert due["left"]["why"] == "account_failed"
    stopped = await town.post(f"{HERE}/stoppings", OFFICER, json={"number": number, "reason": "重复"})
    assert stopped.json()["status"] == "stopped"
    unknown = await town.post(f"{HERE}/stoppings", OFFICER, json={"number": "D-1-1", "reason": "重复"})
    assert unknown.status_code == 404
    (difference,) = await differing(town, "7")
    assert [one["difference_id"] for one in (await ask(town, f"{HERE}/differences"))["differences"]] == [
        difference
    ]
    closed = await town.post(f"{HERE}/differences/{difference}/closing", OFFICER, json={"reason": "误发"})
    assert closed.status_code == 200
    assert (await ask(town, f"{HERE}/differences"))["differences"] == []
    assert [one["bank"]["code"] for one in await ask(town, f"{HERE}/payers")] == ["BOSC"]
    found = await town.post("/api/accounts/search", OFFICER, key=None, json={"id_number": id_number(1)})
    (mine,) = found.json()
    assert (mine["life"], mine["last4"], mine["bank"]["institution_id"]) == ("active", "0007", str(BANK_A))


async def test_a_run_is_cancelled_and_its_items_are_due_again(town):
    run_id = await drawn(town, 1)
    cancelled = await town.post(f"{HERE}/runs/{run_id}/cancellation", OFFICER)
    assert cancelled.json()["status"] == "cancelled"
    assert len(await ask(town, f"{HERE}/due", benefit="pension")) == 1
    await owed(town, 1)
