"""Contributions from the card over HTTP: what is owed, asked for once, by oneself only."""

from __future__ import annotations

from datetime import date

import msgspec
from tests.faces.api_town import person
from tests.web.payouts_town import account

from shebaoka.benefits.insurance.commands import follow_register

HERE = "/api/family/card-contributions"
YEAR = {"period": "2019-01-01"}


async def resident(town, n: int = 141) -> int:
    """Let a resident of 39 have an active account on the card, and give their identifier."""
    at = await account(town, n)
    row = msgspec.structs.replace(
        person(n), insured="resident", insured_status="none", insured_since=date(2018, 1, 1)
    )
    await town.people(row)
    await follow_register(town.database)
    return at


async def test_a_holder_pays_from_the_card(town):
    at, other = await resident(town), await resident(town, 142)
    owed = (await town.post(f"{HERE}/owed", "resident", at, key=None, json=YEAR)).json()
    assert (owed["scheme"], owed["own_fen"]) == ("resident", 74_000)
    refused = await town.post(f"{HERE}/owed", "resident", at, key=None, json={"period": "2019-02-01"})
    assert refused.json()["type"] == "/problems/contribution-not-due"
    made = await town.post(HERE, "resident", at, json=YEAR)
    assert made.status_code == 201, made.text
    assert (made.json()["status"], made.json()["last4"], made.json()["receipt"]) == ("asked", "0007", None)
    again = await town.post(HERE, "resident", at, json=YEAR)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/contribution-asked")
    for_another = await town.post(HERE, "resident", other, json=YEAR | {"person_id": str(at)})
    assert for_another.status_code == 404
    told = (await town.call("GET", HERE, "resident", at)).json()
    assert [one["debit_id"] for one in told["items"]] == [made.json()["debit_id"]]
    assert (told["scheme"], told["periods"]) == ("resident", ["2019-01-01", "2018-01-01"])
    assert (told["account"]["last4"], told["account"]["life"]) == ("0007", "active")
    assert (await town.call("GET", HERE, "resident", other)).json()["items"] == []
