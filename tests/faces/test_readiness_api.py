"""Who is not live does no business over HTTP; rehearsals leave nothing; and how far the city is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from tests.faces.api_town import (
    BANK_A,
    CENTRE,
    COMMUNITY_A,
    HOSPITAL,
    OUTLET_A,
    OUTLET_B,
    Town,
    id_number,
    person,
)

from shebaoka.kit.actor import SYSTEM

STANDING = "/api/cards/standing"
KEPT = {
    "audit_fact", "audit_batch", "conformance_seen", "conformance_run", "request_key", "staff_session", "client_token",
    "staff", "institution_client", "readiness_step",
}  # fmt: skip
"""What a rehearsal may write: that it took place, and who came."""


async def put(
    town: Town, institution_id: int, readiness: str, live_from: date | None = date(2018, 1, 1)
) -> None:
    """Bring an institution to a status by hand, and let the gatekeeper ask anew."""
    async with town.database.work(SYSTEM) as work:
        await work.run(
            "UPDATE institution SET readiness = %(r)s, live_from = %(d)s WHERE institution_id = %(i)s",
            {"r": readiness, "d": live_from, "i": institution_id},
        )
    forget(town)


def forget(town: Town) -> None:
    """Let the four seconds pass for which an answer is believed."""
    town.app.state.service.gatekeeper._known.clear()


async def everything(town: Town) -> dict[str, list[tuple[Any, ...]]]:
    """Give every row of every table that a rehearsal must leave as it was."""
    async with town.database.work(SYSTEM) as work:
        names = await work.rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
        )
        return {
            name: await work.rows(f"SELECT t::text, xmin::text FROM {name} AS t ORDER BY 1")
            for (name,) in names
            if name not in KEPT
        }


async def step(town: Town, code: str, action: str, **more: Any) -> Any:
    body = {"institution": code, "action": action, "evidence": "验收单 2019-001", **more}
    return await town.post("/api/readiness/steps", "card_centre_operator", json=body)


async def opened(town: Town, code: str, script: str, role: str, at: int | None = None) -> dict[str, Any]:
    run = await town.post("/api/readiness/runs", role, at, json={"institution": code, "script": script})
    assert run.status_code == 201, run.text
    found = await town.call("GET", f"/api/readiness/runs/{run.json()['run_id']}", role, at)
    assert found.status_code == 200, found.text
    return found.json()


async def rehearse(
    town: Town, run: dict[str, Any], asked: dict[str, Any], role: str, at: int | None = None
) -> Any:
    headers = {
        "Authorization": f"Bearer {await town.token(role, at)}", "Rehearsal-Run": run["run"]["run_id"],
        "Idempotency-Key": f"rehearsed-{next(town.keys)}",
    }  # fmt: skip
    return await town.http.request(asked["method"], asked["path"], headers=headers, json=asked["body"])


async def test_a_hospital_that_is_not_live_is_told_why(town: Town) -> None:
    await put(town, HOSPITAL, "planned", None)
    refused = await town.post(STANDING, "hospital_system", json={"card_number": "X"}, key=None)
    told = refused.json()
    assert (refused.status_code, told["type"]) == (403, "/problems/institution-not-live")
    assert (told["institution"], told["readiness"]) == ("HOSPITAL", "planned")
    assert told["missing_zh"]
    assert told["missing_en"]
    assert told["since"] in told["detail"]
    assert "卡中心" in told["remedy_zh"] or "服务中心" in told["remedy_zh"]
    facts = await town.facts("access.refused")
    assert [fact[4] for fact in facts] == [{"why": "readiness"}]
    # Who it is, how far it is, and logging out are no business.
    assert (await town.call("GET", "/api/me", "hospital_system")).status_code == 200
    own = (await town.call("GET", "/api/readiness", "hospital_system")).json()
    assert (own["institution"], own["readiness"], own["scripts"]) == (
        "HOSPITAL",
        "planned",
        ["medical_client"],
    )


@pytest.mark.parametrize("status", ["planned", "built", "tested", "suspended"])
async def test_every_status_but_live_is_held_back(town: Town, status: str) -> None:
    await put(town, COMMUNITY_A, status)
    refused = await town.call("GET", "/api/institutions?kind=bank", "community_clerk")
    assert (refused.status_code, refused.json()["readiness"]) == (403, status)
    await put(town, COMMUNITY_A, "live")
    assert (await town.call("GET", "/api/institutions?kind=bank", "community_clerk")).status_code == 200


async def test_one_that_goes_live_later_is_told_the_day(town: Town) -> None:
    town.city.clock.at = town.city.clock.at.replace(hour=23, minute=59)
    await put(town, HOSPITAL, "live", date(2019, 1, 3))
    refused = await town.post(STANDING, "hospital_system", json={"card_number": "X"}, key=None)
    assert (refused.status_code, refused.json()["readiness"]) == (403, "tested")
    assert "2019-01-03" in refused.json()["missing_zh"]
    town.city.clock.at += timedelta(minutes=2)
    forget(town)
    answer = await town.post(STANDING, "hospital_system", json={"card_number": "X"}, key=None)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/card-number-refused")


async def test_an_outlet_waits_for_its_bank(town: Town) -> None:
    await put(town, BANK_A, "tested")
    refused = await town.call("GET", "/api/institutions?kind=bank", "bank_clerk", OUTLET_A)
    assert (refused.status_code, refused.json()["institution"]) == (403, "BOSC")
    assert (await town.call("GET", "/api/institutions?kind=bank", "bank_clerk", OUTLET_B)).status_code == 200


async def test_kinds_that_the_programme_does_not_name_are_not_held_back(town: Town) -> None:
    async with town.database.work(SYSTEM) as work:
        await work.run("UPDATE institution SET readiness = 'planned', live_from = NULL")
    for role, wanted in (
        ("card_centre_operator", 200), ("hotline_agent", 200), ("online_platform_system", 200), ("kiosk_system", 200),
        ("employer_hr", 200), ("school_office", 200), ("administrator", 200),
        ("community_clerk", 403), ("bank_clerk", 403), ("bank_system", 403),
    ):  # fmt: skip
        answer = await town.call("GET", "/api/institutions?kind=bank", role)
        assert answer.status_code == wanted, role


async def test_a_hospital_comes_from_planned_to_live(town: Town) -> None:
    await put(town, HOSPITAL, "planned", None)
    early = await town.post(
        "/api/readiness/runs", "hospital_system", json={"institution": "HOSPITAL", "script": "medical_client"}
    )
    assert (early.status_code, early.json()["type"]) == (403, "/problems/institution-not-live")
    assert (await step(town, "HOSPITAL", "build")).json() == {"institution": "HOSPITAL", "readiness": "built"}
    forget(town)
    run = await opened(town, "HOSPITAL", "medical_client", "hospital_system")
    for asked in run["to_send"]:
        answer = await rehearse(town, run, asked, "hospital_system")
        assert answer.status_code in (200, 422), answer.text
        assert ("good" in answer.json()) == (answer.status_code == 200)
    shown = {asked["step"]: asked["shows"] for asked in run["to_send"]}
    path = f"/api/readiness/runs/{run['run']['run_id']}/closing"
    closed = await town.post(path, "hospital_system", json={"shown": shown})
    assert (closed.status_code, closed.json()["status"]) == (200, "passed"), closed.text
    found = (await town.call("GET", f"/api/readiness/runs/{run['run']['run_id']}", "hospital_system")).json()
    assert found["intact"]
    assert found["to_send"] == []
    assert all(one["passed"] for one in found["seen"])
    live = await step(town, "HOSPITAL", "go_live", live_from="2019-01-02")
    assert live.json()["readiness"] == "live"
    forget(town)
    answer = await town.post(STANDING, "hospital_system", json={"card_number": "ZZZZZZ8CA"}, key=None)
    assert (answer.status_code, answer.json()["reason"]) == (200, "unknown_number"), (
        "nobody rehearsed is left"
    )
    assert (await step(town, "HOSPITAL", "suspend")).json()["readiness"] == "suspended"
    forget(town)
    assert (
        await town.post(STANDING, "hospital_system", json={"card_number": "X"}, key=None)
    ).status_code == 403


SCRIPTS = [
    ("HOSPITAL", "medical_client", "hospital_system", HOSPITAL),
    ("C310101002", "community_counter", "community_clerk", COMMUNITY_A),
    ("BOSC0001", "bank_counter", "bank_clerk", OUTLET_A),
    ("BOSC", "bank_counter", "bank_system", BANK_A),
]


@pytest.mark.parametrize(("code", "script", "role", "at"), SCRIPTS)
@pytest.mark.parametrize("status", ["built", "live"])
async def test_a_rehearsal_is_answered_as_it_should_and_leaves_nothing(
    town: Town, code: str, script: str, role: str, at: int, status: str
) -> None:
    """In the script's order and in the opposite one: no request stands on what another has left."""
    await town.cards(3)
    await put(town, at, status)
    run = await opened(town, code, script, role, at)
    before = await everything(town)
    for asked in (*run["to_send"], *reversed(run["to_send"])):
        await rehearse(town, run, asked, role, at)
    assert await everything(town) == before
    found = (await town.call("GET", f"/api/readiness/runs/{run['run']['run_id']}", role, at)).json()
    assert [one for one in found["seen"] if not one["passed"]] == []
    assert len(found["seen"]) == 2 * len(run["to_send"])
    async with town.database.work(SYSTEM) as work:
        about = await work.rows("SELECT action FROM audit_fact WHERE person_id NOT IN (0, %(p)s)",
                                {"p": await town.person_id(3)})  # fmt: skip
    assert about == [], "nobody's audit log tells of it"


async def test_a_rehearsal_cannot_name_anybody_real(town: Town) -> None:
    old, new = await town.cards(3)
    run = await opened(town, "HOSPITAL", "medical_client", "hospital_system")
    before = await everything(town)
    real = [
        {"method": "POST", "path": STANDING, "body": {"card_number": old}},
        {"method": "POST", "path": STANDING, "body": {"id_number": id_number(3)}},
        {
            "method": "POST",
            "path": STANDING,
            "body": {**run["to_send"][0]["body"], "id_number": id_number(3)},
        },
        {"method": "GET", "path": "/api/me", "body": None},
    ]
    for asked in real:
        refused = await rehearse(town, run, asked, "hospital_system")
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-in-script"), asked
    # A write that the role may do, with the header, is not carried out either.
    loss = {
        "id_number": id_number(3),
        "name": person(3).name,
        "loss": "formal",
        "card_number": new,
        "id_checked": True,
    }
    counter = await opened(town, "C310101002", "community_counter", "community_clerk")
    refused = await rehearse(
        town, counter, {"method": "POST", "path": "/api/cards/losses", "body": loss}, "community_clerk"
    )
    assert refused.json()["type"] == "/problems/not-in-script"
    assert await everything(town) == before
    async with town.database.work(SYSTEM) as work:
        assert await work.value("SELECT count(*) FROM conformance_seen") == 0
        assert await work.value("SELECT count(*) FROM audit_fact WHERE action LIKE 'card.stand%%'") == 0


async def test_only_an_open_run_of_ones_own_can_be_rehearsed(town: Town) -> None:
    run = await opened(town, "HOSPITAL", "medical_client", "hospital_system")
    asked = run["to_send"][0]
    other = await rehearse(town, run, asked, "community_clerk")
    assert (other.status_code, other.json()["type"]) == (404, "/problems/not-found")
    for number in ("1", "x", "9" * 30, "١"):
        headers = {"Authorization": f"Bearer {await town.token('hospital_system')}"}
        refused = await town.http.post(
            STANDING, headers=[*headers.items(), ("Rehearsal-Run", number.encode())], json=asked["body"]
        )
        assert refused.status_code in (404, 409), number
    public = await town.http.post("/api/sessions", headers={"Rehearsal-Run": run["run"]["run_id"]}, json={})
    assert public.json()["type"] == "/problems/not-in-script"
    path = f"/api/readiness/runs/{run['run']['run_id']}/closing"
    closed = await town.post(path, "hospital_system", json={"shown": {}})
    assert closed.json()["status"] == "failed"
    refused = await rehearse(town, run, asked, "hospital_system")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/run-closed")


async def test_what_is_answered_wrongly_is_kept_as_such(town: Town) -> None:
    """The rules changed and the script did not: the evidence says so."""
    run = await opened(town, "C310101002", "community_counter", "community_clerk")
    async with town.database.work(SYSTEM) as work:
        await work.run("""UPDATE programme_rule SET decides = '{"report": []}' WHERE rule_set = 'loss'""")
    town.app.state.service.keeper._rules = None
    asked = next(one for one in run["to_send"] if one["step"] == "report_lost")
    answer = await rehearse(town, run, asked, "community_clerk")
    found = (await town.call("GET", f"/api/readiness/runs/{run['run']['run_id']}", "community_clerk")).json()
    (seen,) = found["seen"]
    assert (seen["passed"], seen["observed"][:3]) == (False, str(answer.status_code))


async def test_partners_see_their_own_and_a_bank_its_outlets(town: Town) -> None:
    for role, code, wanted in (
        ("bank_system", "BOSC0001", 200), ("bank_system", "ICBC0001", 404), ("bank_clerk", "BOSC", 404),
        ("hospital_system", "BOSC", 404), ("programme_head", "BOSC", 200), ("administrator", "ICBC0001", 200),
    ):  # fmt: skip
        answer = await town.call("GET", f"/api/readiness?institution={code}", role)
        assert answer.status_code == wanted, (role, code)
    refused = await town.post(
        "/api/readiness/runs", "hospital_system", json={"institution": "BOSC", "script": "bank_core"}
    )
    assert refused.status_code == 404
    run = await opened(town, "BOSC", "bank_core", "card_centre_operator", CENTRE)
    assert (run["run"]["direction"], run["to_send"]) == ("to_partner", [])


async def test_the_day_belongs_to_going_live(town: Town) -> None:
    for action, more in (("go_live", {}), ("suspend", {"live_from": "2019-02-01"})):
        refused = await step(town, "HOSPITAL", action, **more)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "live_from")


async def test_progress_and_blockers_as_json_and_csv(town: Town) -> None:
    await put(town, HOSPITAL, "built")
    rows = (await town.call("GET", "/api/readiness/progress", "programme_head")).json()["items"]
    hospital = next(row for row in rows if row["kind"] == "hospital")
    assert (hospital["built"], hospital["live"], hospital["target"], hospital["to_go"]) == (1, 0, 400, 400)
    table = await town.call("GET", "/api/readiness/progress?format=csv", "programme_head")
    assert table.headers["content-type"].startswith("text/csv")
    lines = table.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "district,kind,planned,built,tested,live,suspended,target,to_go,complete_by"
    assert ",hospital,0,1,0,0,0,400,400,2018-12-31" in lines
    waiting = (await town.call("GET", "/api/readiness/blockers?kind=hospital", "programme_head")).json()[
        "items"
    ]
    assert [(one["institution"], one["readiness"]) for one in waiting] == [("HOSPITAL", "built")]
    table = await town.call("GET", "/api/readiness/blockers?format=csv", "programme_head")
    assert len(table.content.decode("utf-8-sig").splitlines()) == 2
