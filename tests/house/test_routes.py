"""Every route says who may call it, and means it: all routes, all roles, no token, wrong tokens; and every write is once."""

from __future__ import annotations

import re
from typing import Any

from litestar import get
from litestar.routes import HTTPRoute
from tests.faces.api_town import CALLERS, OUTLET_B, SHEET, jpeg
from tests.house.routes import WHO_MAY, roster, routes

from shebaoka.faces.api.access import LOGGED_IN, UNDECLARED
from shebaoka.registry.staff.roles import PERMISSIONS, ROLES, Scope


async def test_every_route_declares_who_may_call_it(town):
    assert all(isinstance(route, HTTPRoute) for route in town.app.routes)
    for route in routes(town.app):
        assert (route.permission is None) != (route.public is None), f"{route.method} {route.path}"
        if route.permission is not None:
            assert route.permission in {*PERMISSIONS, LOGGED_IN}, route.path
        else:
            assert len(route.public) > 10, "a reason is a sentence"
    assert UNDECLARED not in PERMISSIONS


async def test_every_route_asks_for_the_permission_it_should(town):
    assert {f"{route.method} {route.path}": route.permission for route in routes(town.app)} == WHO_MAY


async def test_every_write_takes_a_key_or_says_why_not(town):
    for route in routes(town.app):
        if not route.writes:
            continue
        keyed, unkeyed = route.handler.opt["keyed"], route.handler.opt["unkeyed"]
        assert bool(keyed) != bool(unkeyed), f"{route.method} {route.path}"
        takes = "key" in route.handler.parsed_fn_signature.parameters
        assert takes == keyed, f"{route.path} takes the header and does not say so, or the other way round"


async def test_nothing_personal_stands_in_an_address(town):
    allowed = {
        # A version of the status list, and what a terminal has of it.
        "epoch",
        "sequence",
        "since",
        "if_none_match",
        "application_id",
        "list_id",
        "order_id",
        "manifest_id",
        "message_id",
        "bank",
        "employer",
        "district",
        "days",
        "draft_id",
        # Of a blank's chip.
        "serial",
        "count_id",
        "outlet",
        "instant",
        "run_id",
        # the code of an organisation, and something that outlets do
        "institution",
        "outlet_code",
        "service_wanted",
        "collection_id",
        "ceremony_id",
        "call_id",
        "case_id",
        "handover_id",
        "question",
        "staff_id",
        "client_id",
        # of accounts: a session's number, a role, a log-in name or where to go on after one
        "session_id",
        "role",
        "login",
        "after",
        "kind",
        "channel",
        "status",
        "cursor",
        "limit",
        "on",
        "path",
        # of a whole file with the people's names, numbers and addresses: nobody can guess it
        "digest",
        # of the dashboard: a dimension, one of its values (a code), days, JSON or CSV
        "by",
        "value",
        "first",
        "last",
        "form",
        # of going to people: numbers of ours, an outlet's code, whether a day is over
        "visit_id",
        "site_id",
        "device_id",
        "capture_id",
        "unheld",
        # Who may act at which age: about nobody in particular.
        "age",
        "act",
        "tie",
        # Of residents' own routes: a number of ours for a card (not the one on it), for oneself or a ward.
        "card_id",
        "person_id",
        # A number of ours for a difference of reconciliation.
        "difference_id",
        "settlement_id",
        # a calendar year
        "year",
        # A number of ours for a batch of cards.
        "batch_id",
        # A number of ours for what a bank told; which kind of benefit.
        "benefit",
        # Of a card: front or back.
        "side",
        # Of people like somebody: retirees, pupils, employees, everyone else.
        "group",
    }
    for route in routes(town.app):
        named = set(re.findall(r"{(\w+)}", route.path))
        parameters = route.handler.parsed_fn_signature.parameters
        query = set(parameters) - {"request", "data", "key", "state"} - named
        assert named | query <= allowed | {"path_"}, route.path


async def test_a_route_that_declares_nothing_is_refused_to_everybody(town):
    @get("/undeclared", sync_to_thread=False)
    def undeclared() -> str:
        return "secret"

    town.app.register(undeclared)
    assert (await town.http.get("/undeclared")).status_code == 401
    for role in CALLERS:
        refused = await town.call("GET", "/undeclared", role)
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/forbidden"), role


async def test_without_a_good_token_nobody_comes_in(town):
    bad = (
        {},
        {"Authorization": "Bearer sbs_guessed"},
        {"Authorization": "Basic eDp5"},
        {"Authorization": "Bearer " + "x" * 500},
    )
    for route in routes(town.app):
        for headers in bad:
            answer = await town.http.request(route.method, route.address, headers=headers)
            if route.public is None:
                assert answer.status_code == 401, f"{route.method} {route.path} {answer.text}"
                assert answer.headers["content-type"] == "application/problem+json"
            else:
                assert answer.status_code < 500, f"{route.method} {route.path} {answer.text}"


async def test_every_role_on_every_route(town):
    """Who has the permission gets past the door; everybody else is refused there, and the reach is recorded."""
    refused = 0
    for route in routes(town.app):
        if route.permission in (None, LOGGED_IN):
            continue
        for role in CALLERS:
            answer = await town.call(route.method, route.address, role, content=b"")
            scope = ROLES[role].may.get(route.permission)
            where = f"{role}: {route.method} {route.path} -> {answer.status_code} {answer.text[:200]}"
            if scope in (None, Scope.SELF) or route.residents == "only":
                refused += 1
                assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden"), where
            else:
                assert answer.status_code < 500, where
                assert answer.status_code != 401, where
                assert answer.status_code != 403, where
    assert len(await town.facts("access.refused")) >= refused


async def test_what_another_organisation_handles_is_not_found(town):
    """Every route about one application or list, for every role whose permission ends at its own organisation."""
    application = await town.applied(1, OUTLET_B, "ICBC", outlet="C310101003")
    listed = (await town.post("/api/lists", "card_centre_operator", files={"file": ("a.csv", roster())},
                              data={"kind": "employer"})).json()  # fmt: skip
    visit = await town.collection("ICBC", OUTLET_B, "WORKS")
    numbers = {"application_id": application, "list_id": listed.get("list_id", "1"), "collection_id": visit}
    tried = 0
    for route in routes(town.app):
        named = set(re.findall(r"{(\w+)}", route.path)) & set(numbers)
        if not named:
            continue
        address = re.sub(r"{(\w+)}", lambda found: numbers[found[1]], route.path)
        for role in CALLERS:
            if ROLES[role].may.get(route.permission) != Scope.OWN:
                continue
            tried += 1
            answer = await town.call(
                route.method, address, role, key=f"reach-{tried:05}", **body_for(route.path)
            )
            assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found"), (
                f"{role} {route.path} {answer.text}"
            )
    assert tried > 15
    facts = await town.facts("access.refused")
    assert len(facts) == tried
    assert any(application in fact[3] for fact in facts)


COUNTER_STEPS = {
    "spoilage": {"reason": "misprinted"},
    "card": {
        "historical": "00" * 13,
        "identification_code": "00" * 16,
        "digest": "00" * 32,
        "proof": "00" * 16,
    },
    "chip": {"historical": "00" * 13},
    "face": {},
    "hand-over": {"id_checked": True, "signed": True},
    "opening": {},
    "giving-up": {"reason": "holder_left"},
}


def collection_body(path: str) -> dict[str, Any]:
    slot = {"starts_at": "2019-02-01T09:00:00+08:00", "ends_at": "2019-02-01T11:00:00+08:00", "place": "一楼", "staff": 1,
            "capacity": 9}  # fmt: skip
    given = {
        "/calls": {"limit": 1},
        "/moving": slot,
        "/notes": {"notes": [{"seat": 1, "outcome": "done"}]},
    }
    if path.endswith("/file"):
        return {"files": {"file": ("a.csv", SHEET.encode())}}
    return next(({"json": body} for end, body in given.items() if path.endswith(end)), {})


BODIES = {
    "contact": {"mobile": "15400000000", "address": "虚构路9号"},
    "destination": {"address": "虚构路9号"},
    "bank": {"bank": "BOSC"},
    "identity": {"reason": "无关机构试探"},
    "picture": {"reason": "无关机构试探"},
    "rejection": {"why": "spoiled"},
    "consent": {"given": False},
}


def body_for(path: str) -> dict[str, Any]:
    if "/collections/" in path:
        return collection_body(path)
    step = path.rpartition("/")[2]
    if step == "photo":
        return {"files": {"photo": ("p.jpg", jpeg())}}
    bodies = COUNTER_STEPS if path.startswith("/api/instant-issues/") else BODIES
    return {"json": bodies[step]} if step in bodies else {}


async def test_the_document_names_every_route(town):
    document = (await town.http.get("/schema/openapi.json")).json()
    told = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    here = {
        (route.method, route.path) for route in routes(town.app) if route.handler.resolve_include_in_schema()
    }
    assert told == here


async def test_the_document_asks_for_the_key_of_every_write(town):
    paths = (await town.http.get("/schema/openapi.json")).json()["paths"]
    for route in routes(town.app):
        if not route.writes:
            continue
        parameters = paths[route.path][route.method.lower()].get("parameters", [])
        asked = [one for one in parameters if one["name"] == "Idempotency-Key"]
        assert [one["required"] for one in asked] == [True] * route.handler.opt["keyed"], route.path
        assert all(one["schema"]["minLength"] == 8 for one in asked), route.path
