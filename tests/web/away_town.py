"""A pensioner who lives in another province, for the pages of registration."""

from __future__ import annotations

from datetime import date

import msgspec
from tests.faces.api_town import person

from shebaoka.benefits.insurance.commands import follow_register

RESIDENT = 98
OWN = {"kind": "resettled", "place": "320000", "documents": ["pledge"]}


async def pensioner(web, n: int = RESIDENT) -> int:
    """Let somebody insured as retired come into the city; born as the town has it, for the log-in finds them so."""
    retired = msgspec.structs.replace(
        person(n, date(1980, 1, 1)), insured="employee", insured_status="retired"
    )
    await web.town.people(retired)
    await follow_register(web.town.database)
    return await web.town.person_id(n)


async def registered(web) -> str:
    """Give the way to the page of somebody who is registered."""
    at = await pensioner(web)
    made = await web.town.post("/api/family/away-registrations", "resident", at, json=OWN)
    assert made.status_code == 201, made.text
    return "/mine/away"
