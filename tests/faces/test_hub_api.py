"""The national hub asks over HTTP about one of ours in another province: quoted, settled, taken back; each once by its number."""

from __future__ import annotations

from tests.faces.api_town import id_number, person

from shebaoka.benefits.cross_province.commands import reconcile
from shebaoka.benefits.cross_province.hub import Message
from shebaoka.benefits.insurance.commands import follow_register
from shebaoka.kit.actor import SYSTEM
from shebaoka_sandbox.desk import Desks
from shebaoka_sandbox.faults import Faults, Switches
from shebaoka_sandbox.hub import Asking, Hub
from shebaoka_sandbox.store import Store

HUB = "national_hub_system"
STAY = {
    "stay": "Z1", "hospital": {"code": "N1", "name": "虚构医院", "level": 3}, "admitted_on": "2019-01-02",
    "discharged_on": "2019-01-02", "days": [{"on": "2019-01-02", "in_scope_fen": 1_150_000, "own_expense_fen": 50_000}],
}  # fmt: skip


async def referred(town) -> dict:
    """Let somebody be insured and referred to Jiangsu, and give the hub's message about them."""
    old, _ = await town.cards(1)
    await follow_register(town.database)
    named = {"id_number": id_number(1), "name": person(1).name, "from_on": "2018-12-01"}
    referral = named | {"kind": "referral", "place": "320000", "documents": ["referral_letter"]}
    made = await town.post("/api/away-registrations", "hospital_system", json=referral)
    assert made.status_code == 201, made.text
    return {"number": "H1", "place": "320100", "id_number": id_number(1), "card_number": old, "stay": STAY}


async def test_the_sandbox_s_hub_asks_sends_again_and_agrees_about_the_day(town, tmp_path):
    """Doubled and with its first answer lost, a settlement and its reversal are one each, and the day has no difference."""
    document = await referred(town)
    desks = Desks(Store(tmp_path / "sandbox.sqlite3"), Faults(7))
    desks.faults.put(Switches("hub", duplicate=1.0, lose=1.0))
    hub, to, token = Hub(desks), str(town.http.base_url), await town.token(HUB)
    settled = await hub.ask(Asking(to, token, "settlements", document))
    assert (settled["status"], settled["answer"]["pooled_fen"]) == (200, 850_000)
    for n in (1, 2):
        told = [Message(**one) for one in hub.day("2019-01-02", "310000")]
        assert (len(told), {one.province for one in told}) == (n, {320_000})
        async with town.database.work(SYSTEM) as work:
            assert await reconcile(work, "310000", work.today, told) == 0
        back = {"number": "R1", "names": "H1", "place": "320100"}
        undone = await hub.ask(Asking(to, token, "reversals", back))
        assert undone["answer"]["outcome"] == "reversed"
    desks.store.close()


async def test_a_stay_of_ours(town):
    asked = await referred(town)
    stay = STAY
    refused = await town.post("/api/hub/quotes", HUB, key=None, json=asked | {"place": "330100"})
    assert refused.json()["type"] == "/problems/not-registered-away", refused.text
    begins = asked | {"stay": stay | {"days": [{"on": "2019-01-02", "in_scope_fen": 0}]}}
    begun = await town.post("/api/hub/quotes", HUB, key=None, json=begins)
    assert (begun.status_code, begun.json()["scheme"], begun.json()["cash_fen"]) == (200, "employee", 0), (
        begun.text
    )
    quoted = (await town.post("/api/hub/quotes", HUB, key=None, json=asked)).json()
    settled = (await town.post("/api/hub/settlements", HUB, key=None, json=asked)).json()
    # Active at level three: deductible 1,500.00 of 11,500.00 in scope; 85 % of 10,000.00.
    assert (settled["outcome"], settled["pooled_fen"], settled["account_fen"], settled["cash_fen"]) == (
        "settled", 850_000, 0, 350_000,
    )  # fmt: skip
    assert quoted == settled | {"outcome": "quoted", "scheme": "employee", "status": "active"}
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
