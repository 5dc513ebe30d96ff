"""Clearings between provinces over HTTP: drawn up when a month is over, paid once and booked."""

from __future__ import annotations

from tests.web.clearings_town import CLERK, drawn

from shebaoka.kit.actor import SYSTEM
from shebaoka.ledger import views as books

HERE = "/api/clearings"


async def test_an_accountant_sees_and_settles(town):
    await drawn(town)
    seen = (await town.call("GET", HERE, CLERK)).json()
    month, today = seen["month"], seen["today"]
    assert month < today[:8] + "01"
    owed = [(one["province"], one["zh"], one["net_fen"], one["paid_on"]) for one in seen["clearings"]]
    assert owed == [("320000", "江苏", 380_000, None), ("330000", "浙江", -90_000, None)]
    assert seen["differences"] == 0
    early = await town.post(HERE, CLERK, json={"month": today})
    assert (early.status_code, early.json()["type"]) == (409, "/problems/clearing-refused")
    assert (await town.post(HERE, CLERK, json={"month": month})).json() == {"clearings": []}, (
        "nothing was settled in it"
    )
    for province in ("320000", "330000"):
        paying = {"province": province, "month": "2018-11-01", "on": "2018-12-20"}
        for _ in range(2):
            paid = await town.post(f"{HERE}/payments", CLERK, json=paying)
            assert (paid.status_code, paid.json()["paid_on"]) == (200, "2018-12-20")
        other = await town.post(f"{HERE}/payments", CLERK, json=paying | {"on": "2018-12-21"})
        assert (other.status_code, "已于 2018-12-20 付清" in other.json()["detail"]) == (409, True)
    async with town.database.work(SYSTEM) as work:
        assert (await books.check(work)).good
        booked = await work.rows(
            "SELECT owner_id, amount_fen FROM posting WHERE account = 'bank' AND kind = 'clearing' ORDER BY owner_id"
        )
    assert [abs(fen) for _, fen in booked] == [380_000, 90_000]
    ours = await town.post(f"{HERE}/payments", CLERK, json=paying | {"province": "310000"})
    assert (ours.status_code, ours.json()["type"]) == (422, "/problems/place-refused")
    assert (await town.call("GET", HERE, "auditor")).status_code == 200
    for role in ("auditor", "payout_officer"):
        assert (await town.post(HERE, role, json={"month": month})).status_code == 403
