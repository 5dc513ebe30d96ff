"""The national hub of the sandbox: stays settled once, taken back once or barred, told by day; and it asks a city about its own."""

from __future__ import annotations

from sandbox_driver import Sandbox

SETTLE, REVERSE = "/hub/v1/settlements", "/hub/v1/reversals"
MORE = {"on": "2019-03-04", "care_place": "310000"}


def stay(reference: str, id_number: str) -> dict:
    return {
        "reference": reference, "place": "320000", "id_number": id_number, "card_number": "J1",
        "stay": {
            "stay": reference, "hospital": {"code": "H", "name": "虚构", "level": 2}, "admitted_on": "2019-03-01",
            "discharged_on": "2019-03-04", "days": [
                {"on": "2019-03-01", "in_scope_fen": 1_000_000, "own_expense_fen": 1, "prepay_fen": 0, "over_limit_fen": 0}],
        },
    }  # fmt: skip


def test_the_second_province_pays_once_and_is_paid_back(sandbox: Sandbox) -> None:
    people = sandbox.http.get("/_hub/people").json()
    one, stranger = people[0], people[4]
    assert (one["registered"], stranger["registered"]) == (True, False)
    asked = [
        stay("h-1", one["id_number"]),
        stay("h-2", stranger["id_number"]),
        stay("h-3", "100101199001010000"),
    ]
    for on in ("2019-03-04", "2019-03-05"):  # The second day changes nothing.
        answers = {
            answer["reference"]: answer for answer in sandbox.ask(SETTLE, asked, **(MORE | {"on": on}))
        }
        assert {name: answer["outcome"] for name, answer in answers.items()} == {
            "h-1": "settled", "h-2": "refused", "h-3": "refused"}  # fmt: skip
        told = answers["h-1"]
        # A retiree at level two: deductible 800.00, 90 % of the rest, half of what is left, then the account's 100.00.
        assert (told["on"], told["pooled_fen"], told["supplementary_fen"]) == ("2019-03-04", 828_000, 46_000)
        assert (told["account_fen"], told["cash_fen"]) == (10_000, 116_001)
    quoted = sandbox.http.post("/hub/v1/quotes", json=asked[0]).json()
    assert (quoted["outcome"], quoted["pooled_fen"]) == ("quoted", 828_000)
    back = [{"reference": f"r-{n}", "names": f"h-{n}", "place": "320000"} for n in (1, 9)]
    outcomes = [one["outcome"] for one in sandbox.ask(REVERSE, back, **MORE)]
    assert outcomes == ["reversed", "barred"]
    (late,) = sandbox.ask(SETTLE, [stay("h-9", one["id_number"])], **MORE)
    assert late["outcome"] == "refused", "its reversal came first"
    day = sandbox.http.get("/hub/v1/days/2019-03-04", params={"place": "310000"}).json()["messages"]
    assert [(one["number"], one["total_fen"], one["province"]) for one in day] == [
        ("h-1", 1_000_001, 320_000), ("r-1", -1_000_001, 320_000)]  # fmt: skip
    elsewhere = {"to": "http://192.0.2.1", "token": "t", "what": "quotes", "document": {}}
    assert sandbox.http.post("/_hub/asking", json=elsewhere).status_code == 422
    sandbox.faults("hub", down=True)
    assert sandbox.http.post(SETTLE, json={"items": asked, **MORE}).status_code == 503
