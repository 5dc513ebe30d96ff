"""The quote over HTTP: for anybody, the same as on the command line, and as strict."""

from __future__ import annotations

import msgspec
import pytest
from tests.benefits.insurance.bills import ACTIVE, NO_STATE, RESIDENT, quoted

BILL = ACTIVE | {"in_scope_fen": 300_000, "prepay_fen": 5_000}


async def asked(town, document):
    return await town.http.post("/api/benefits/quotes", json=document)


async def test_anybody_is_told_what_a_bill_comes_to(town):
    told = await asked(town, BILL)
    assert told.status_code == 200, told.text
    assert told.json() == msgspec.json.decode(msgspec.json.encode(quoted(BILL)))
    less = {
        key: value for key, value in RESIDENT.items() if key not in ("status", "retired_on", "worked_since")
    }
    assert (await asked(town, less | {"in_scope_fen": 1})).json()["total_fen"] == 1
    assert (await asked(town, BILL | {"on": "9999-12-31"})).status_code == 200, "the last day there is"


async def test_levels_are_compared(town):
    wanted = {name: value for name, value in BILL.items() if name != "level"}
    told = await town.http.post("/api/benefits/comparisons", json=wanted)
    assert told.status_code == 200, told.text
    assert [one["quote"] for one in told.json()["items"]] == [
        msgspec.json.decode(msgspec.json.encode(quoted(BILL | {"level": level}))) for level in (1, 2, 3)
    ]
    today = await town.http.post("/api/benefits/comparisons", json=wanted | {"on": None})
    assert (today.status_code, today.json()["on"]) == (200, "2019-01-02")
    wrong = await town.http.post("/api/benefits/comparisons", json=wanted | {"birth_date": "2020-01-01"})
    assert (wrong.status_code, wrong.json()["type"]) == (422, "/problems/case-refused")


@pytest.mark.parametrize(
    "wrong",
    [{"in_scope_fen": 1.5}, {"in_scope_fen": 1.0}, {"in_scope_fen": "1"}, {"in_scope_fen": True}, {"in_scope_fen": -1},
     {"in_scope_fen": 10**13}, {"level": "3"}, {"level": 4}, {"on": "2019-02-29"}, {"scheme": "both"}, {"surplus": 1},
     {"status": None}, {"birth_date": "2020-01-01"}, {"state": NO_STATE | {"surplus": 1}}, {"state": {}}],
    ids=str,
)  # fmt: skip
async def test_what_is_wrong_is_named(town, wrong):
    told = await asked(town, BILL | wrong)
    assert told.status_code in (400, 422), told.text
    fault = told.json()["errors"][0]
    (name,) = wrong
    assert name in f"{fault['field']} {fault['message']}" or name == "birth_date", fault


async def test_refusals(town):
    for document, slug in (
        (RESIDENT | {"care": "home_bed"}, "care-not-settled"),
        (BILL | {"on": "2017-01-01"}, "no-rule-applies"),
    ):
        told = await asked(town, document)
        assert (told.status_code, told.json()["type"]) == (422, f"/problems/{slug}")
