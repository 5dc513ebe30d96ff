"""The national hub asks over HTTP about one of ours in another province: quoted, settled, taken back; each once by its number."""

from __future__ import annotations

from tests.faces.api_town import id_number, person

from shebaoka.benefits.insurance.commands import follow_register

HUB = "national_hub_system"


async def test_a_stay_of_ours(town):
    old, _ = await town.cards(1)
    await follow_register(town.database)
    named = {"id_number": id_number(1), "name": person(1).name}
    referral = named | {"kind": "referral", "place": "320000", "documents": ["referral_letter"]}
    stay = {
        "stay": "Z1", "hospital": {"code": "N1", "name": "虚构医院", "level": 3}, "admitted_on": "2019-01-02",
        "discharged_on": "2019-01-02", "days": [{"on": "2019-01-02", "in_scope_fen": 1_150_000, "own_expense_fen": 50_000}],
    }  # fmt: skip
    asked = {"number": "H1", "place": "320100", "id_number": id_number(1), "card_number": old, "stay": stay}
    refused = await town.post("/api/hub/quotes", HUB, key=None, json=asked)
    assert refused.json()["type"] == "/problems/not-registered-away", refused.text
    made = await town.post(
        "/api/away-registrations", "hospital_system", json=referral | {"from_on": "2018-12-01"}
    )
    assert made.status_code == 201, made.text
    quoted = (await town.post("/api/hub/quotes", HUB, key=None, json=asked)).json()
    settled = (await town.post("/api/hub/settlements", HUB, key=None, json=asked)).json()
    # Active at level three: deductible 1,500.00 of 11,500.00 in scope; 85 % of 10,000.00.
    assert (settled["outcome"], settled["pooled_fen"], settled["account_fen"], settled["cash_fen"]) == (
        "settled", 850_000, 0, 350_000,
    )  # fmt: skip
    assert quoted == settled | {"outcome": "quoted"}
    assert (await town.post("/api/hub/settlements", HUB, key=None, json=asked)).json() == settled
    back = {"number": "R1", "names": "H1", "place": "320100"}
    undone = (await town.post("/api/hub/reversals", HUB, key=None, json=back)).json()
    assert undone == settled | {"outcome": "reversed", "number": "R1"}
    assert (
        await town.post("/api/hub/reversals", HUB, key=None, json=back | {"number": "R2"})
    ).status_code == 409
    barred = (
        await town.post("/api/hub/reversals", HUB, key=None, json={**back, "number": "R3", "names": "H9"})
    ).json()
    assert barred["outcome"] == "barred"
    wrong = asked | {"stay": stay | {"discharged_on": "2019-01-01"}}
    assert (await town.post("/api/hub/settlements", HUB, key=None, json=wrong)).status_code == 400
    assert (
        await town.post("/api/hub/settlements", "hospital_system", key=None, json=asked)
    ).status_code == 403
