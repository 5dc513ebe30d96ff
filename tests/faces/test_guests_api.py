"""A hospital settles for a guest over HTTP: to be settled while the hub is down, settled once when it answers, taken back."""

from __future__ import annotations

from dataclasses import replace

import httpx
from tests.benefits.cross_province.provinces import Line
from tests.faces.api_town import PHARMACY
from tests.faces.settling_town import GUEST, ROLE, designated, differing, guest_gone

from shebaoka.kit.city import Partners
from shebaoka.kit.partners import Partner
from shebaoka_sandbox import neighbour
from shebaoka_sandbox.desk import Desks
from shebaoka_sandbox.faults import Faults, Switches
from shebaoka_sandbox.hub import Hub as Sandbox
from shebaoka_sandbox.store import Store


async def test_a_guest(town, tmp_path, monkeypatch):
    monkeypatch.setattr("shebaoka.kit.partners.FIRST_WAIT_SECONDS", 0)
    desks = Desks(Store(tmp_path / "sandbox.sqlite3"), Faults(7))
    desks.faults.put(Switches("hub", down=True))
    await designated(town)
    async with httpx.AsyncClient(transport=httpx.MockTransport(Line(Sandbox(desks)).answer)) as client:
        hub = Partner("national hub", "http://hub", client)
        service = town.app.state.service
        service.city = replace(service.city, partners=Partners(*(None,) * 5, hub=hub))
        assert (await town.post("/api/settling/guests", ROLE, PHARMACY, json=GUEST)).status_code == 422
        desks.faults.put(Switches("hub"))
        unregistered = neighbour.person(5).id_number
        refused = await town.post("/api/settling/guests", ROLE, json=GUEST | {"id_number": unregistered})
        assert (refused.status_code, "未办理异地就医备案" in refused.json()["detail"]) == (422, True)
        assert (await town.post("/api/settling/guests", ROLE, json=GUEST | {"number": "G-2"})).json()[
            "confirmed"
        ]
        desks.faults.put(Switches("hub", down=True))
        asked = {"key": "guest-again-1", "json": GUEST | {"number": "G-3", "id_number": unregistered}}
        first = await town.post("/api/settling/guests", ROLE, **asked)
        assert (first.status_code, first.json()["confirmed"]) == (201, False), "it is to be settled"
        desks.faults.put(Switches("hub"))
        assert (await town.post("/api/settling/guests", ROLE, **asked)).json() == first.json()
        desks.faults.put(Switches("hub", down=True))
        way = await guest_gone(town)
        seen = (await town.call("GET", way, ROLE)).json()
        assert seen["visit"]["status"] == "discharged"
        assert GUEST["id_number"] not in str(seen)
        claimed = await town.post(f"{way}/claims", ROLE, json={"number": "N-1"})
        assert (claimed.status_code, claimed.json()["status_zh"]) == (201, "待结算"), claimed.text
        for up, status in ((False, "asked"), (True, "settled"), (True, "settled")):
            desks.faults.put(Switches("hub", down=not up))
            told = (await town.post(f"{way}/claims/asking", ROLE, key=None)).json()
            assert (told["hub_answers"], [one["status"] for one in told["items"]]) == (up, [status])
        (one,) = told["items"]
        assert one["total_fen"] == one["fund_fen"] + one["account_fen"] + one["cash_fen"] == 2_000_000
        message = (await town.post("/api/settling/messages", ROLE, key=None, json={"number": "N-1"})).json()
        assert message["fate"] == "settled"
        assert (await town.post(f"{way}/claims/asking", ROLE, PHARMACY, key=None)).status_code == 404
        undone = await town.post("/api/settling/reversals", ROLE, json={"names": "N-1"})
        assert undone.status_code in (200, 201), undone.text
    desks.store.close()


async def test_a_difference_with_a_province_is_shown_and_closed_like_any(town):
    (one,) = await differing(town, 1, at=320_000)
    listed = (await town.call("GET", "/api/settling/differences", "benefits_clerk")).json()["items"]
    assert [(each["institution"]["kind"], each["institution"]["name_zh"]) for each in listed] == [
        ("province", "江苏")
    ]
    both = await town.call("GET", f"/api/settling/differences/{one}", "benefits_clerk")
    assert both.status_code == 200, both.text
    closed = await town.post(
        f"/api/settling/differences/{one}/closing", "benefits_clerk", json={"reason": "平台补传"}
    )
    assert closed.json()["reason"] == "平台补传"
