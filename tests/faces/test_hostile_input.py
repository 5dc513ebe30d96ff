"""Whatever a caller sends, to whichever route and in whatever role: the service answers, and never with its own fault."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.faces.api_town import CALLERS, id_number
from tests.house.routes import WHO_MAY, routes

from shebaoka.faces.api.access import LOGGED_IN
from shebaoka.faces.api.app import create_app
from shebaoka.faces.api.watching import Watch
from shebaoka.kit.city import City
from shebaoka.kit.outbox import Subscriptions
from shebaoka.kit.settings import Settings
from shebaoka.registry.staff.roles import ROLES

NOBODY: Subscriptions = {}


def described() -> dict[str, Any]:
    """Give the interface's own description: it needs no database."""

    class Nothing:
        clock = None

    return create_app(
        City(Settings(), None, Nothing(), None, NOBODY, None), Watch()
    ).openapi_schema.to_schema()


DOCUMENT = described()
SCHEMAS = DOCUMENT["components"]["schemas"]
OPERATIONS = sorted(
    (path, method, json.dumps(operation, sort_keys=True))
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
)
# Every character, the lone halves of surrogate pairs and NUL among them: JSON can carry them all.
TEXT = st.text(st.characters(exclude_categories=()), max_size=30)
NUMBERS = st.one_of(st.integers(), st.floats(), st.sampled_from([0, -1, 2**31, 2**63 - 1, 2**63, 10**30]))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=12,
)
LIKELY = st.sampled_from([
    id_number(1), id_number(2), "BOSC", "ICBC", "C310101002", "social", "EM000000015CN", "2019-02-29", "2019-05-06",
    "0001-01-01", "9999-12-31", "1", "虚构", "x" * 500, "", "%00", "'; --", "1e400", "-0",
])  # fmt: skip


def value(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Give values for a schema: mostly ones that fit, some that nearly do, and some that do not at all."""
    return st.one_of(fitting(schema), fitting(schema), LIKELY, JSON)


SIMPLE = {
    "string": st.one_of(LIKELY, TEXT), "integer": NUMBERS, "number": NUMBERS, "boolean": st.booleans(), "null": st.none(),
}  # fmt: skip


def fitting(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Give values that fit a schema, roughly."""
    if "$ref" in schema:
        return fitting(SCHEMAS[schema["$ref"].rpartition("/")[2]])
    choices = schema.get("oneOf") or schema.get("anyOf")
    if choices:
        return st.one_of([fitting(one) for one in choices])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("type") == "object":
        fields = {name: value(inner) for name, inner in schema.get("properties", {}).items()}
        return st.fixed_dictionaries({}, optional=fields) | st.fixed_dictionaries(fields)
    if schema.get("type") == "array":
        return st.lists(fitting(schema.get("items", {})), max_size=3)
    return SIMPLE.get(str(schema.get("type")), JSON)


@st.composite
def requests(draw) -> dict[str, Any]:
    """Give a request: to a route that exists, in its own form or any other."""
    path, method, told = draw(st.sampled_from(OPERATIONS))
    operation = json.loads(told)
    query, address = [], path
    for parameter in operation.get("parameters", []):
        given_value = draw(st.one_of(LIKELY, TEXT, st.integers().map(str)))
        if parameter["in"] == "path":
            address = address.replace("{" + parameter["name"] + "}", safe(given_value) or "0")
        elif parameter["in"] == "query" and draw(st.booleans()):
            query.append(f"{parameter['name']}={safe(given_value)}")
    content, headers = draw(bodies(operation))
    key = draw(
        st.one_of(
            st.none(),
            st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=120).map(str.strip),
        )
    )
    return {
        "method": method.upper(), "url": address + ("?" + "&".join(query) if query else ""), "content": content,
        "headers": headers | ({"Idempotency-Key": key} if key else {}), "role": draw(st.sampled_from([None, "resident", *CALLERS])),
    }  # fmt: skip


def safe(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


@st.composite
def bodies(draw, operation: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    contents = operation.get("requestBody", {}).get("content", {})
    kind = draw(
        st.sampled_from(
            [*contents, *contents, "application/json", "text/plain", "multipart/form-data; boundary=b", "@"]
        )
    )
    wanted = next(iter(contents.values()), {}).get("schema", {})
    shape = draw(st.sampled_from(["fitting", "fitting", "json", "bytes"]))
    if shape == "bytes":
        return draw(st.binary(max_size=200)), {"Content-Type": kind}
    document = draw(value(wanted) if shape == "fitting" else JSON)
    if kind == "multipart/form-data" and isinstance(document, dict):
        parts = b"".join(
            f'--b\r\nContent-Disposition: form-data; name="{safe(str(name))}"{draw(st.sampled_from(["", "; filename=x.csv"]))}\r\n\r\n'.encode()
            + str(inner).encode("utf-8", "surrogatepass") + b"\r\n"
            for name, inner in document.items()
        )  # fmt: skip
        return parts + b"--b--\r\n", {"Content-Type": "multipart/form-data; boundary=b"}
    if kind == "application/x-www-form-urlencoded" and isinstance(document, dict):
        pairs = (f"{safe(str(name))}={safe(str(inner))}" for name, inner in document.items())
        return "&".join(pairs).encode(), {"Content-Type": kind}
    return json.dumps(document).encode(), {"Content-Type": kind}


@settings(
    max_examples=400, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(request=requests())
async def test_nothing_that_is_sent_is_the_services_fault(town, request):
    role = request.pop("role")
    headers = request.pop("headers")
    if role:
        headers["Authorization"] = f"Bearer {await town.token(role)}"
    answer = await town.http.request(**request, headers=headers)
    assert answer.status_code < 500, f"{role} {request} {answer.text}"
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"].startswith("/problems/")


NO_JSON = {
    "GB18030": '{"id_number":"虚构"}'.encode("gb18030"),
    "UTF-16": '{"id_number":"1"}'.encode("utf-16"),
    "cut off": b'{"id_number":',
    "deep": b'{"id_number":' + b"[" * 3_000,
    "nothing": b"",
}


@pytest.mark.parametrize("content", NO_JSON.values(), ids=NO_JSON)
async def test_a_body_that_is_no_json_is_said_to_be_none(town, content):
    """A vendor's program that writes GB18030 is no fault of the service, and whoever wrote it is told what is wrong."""
    tried = 0
    residents = {f"{route.method} {route.path}" for route in routes(town.app) if route.residents == "only"}
    for path, method, told in OPERATIONS:
        if "application/json" not in json.loads(told).get("requestBody", {}).get("content", {}):
            continue
        headers = {"Content-Type": "application/json"}
        permission = WHO_MAY[f"{method.upper()} {path}"]
        if permission:
            able = (one for one in CALLERS if permission == LOGGED_IN or permission in ROLES[one].may)
            role = "resident" if f"{method.upper()} {path}" in residents else next(able)
            headers["Authorization"] = f"Bearer {await town.token(role)}"
        address = re.sub(r"{\w+}", "1", path)
        answer = await town.http.request(method, address, content=content, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/request-malformed"), path
        assert re.search("JSON|Expected", answer.json()["errors"][0]["message"]), path
        tried += 1
    assert tried > 10


async def test_a_refusal_says_what_is_missing_and_what_is_possible(town):
    lacking = await town.call("GET", "/api/institutions", "bank_clerk")
    assert (lacking.status_code, lacking.json()["errors"][0]["field"]) == (400, "kind")
    wrong = await town.call("PUT", "/api/applications", "bank_clerk")
    assert (wrong.status_code, wrong.json()["type"]) == (405, "/problems/method-not-allowed")
    assert {"GET", "POST"} <= set(wrong.headers["allow"].split(", "))
    no_form = await town.post("/api/lists", "employer_hr", content=b"no form at all")
    assert (no_form.status_code, no_form.json()["errors"][0]["field"]) == (400, "")
    below = await town.http.get("/schema/swagger")
    assert (below.status_code, below.headers["content-type"]) == (404, "application/problem+json")
    assert below.json()["type"] == "/problems/not-found"
