"""Relying parties of the town, and what was asked of a resident."""

from __future__ import annotations

from tests.faces.api_town import id_number
from tests.web.browsing import Web

RESIDENT = 98
PURPOSES = {"HOTEL": "hotel_check_in", "LIBRARY": "library_card", "AGENCY": "public_service"}


async def registered(web: Web) -> str:
    for code, purpose in PURPOSES.items():
        body = {"institution": code, "purpose": purpose}
        answer = await web.town.post("/api/relying-parties", "administrator", json=body)
        assert answer.status_code == 200, answer.text
    return "/staff/relying-parties"


async def asked_about(web: Web) -> str:
    """Let a hotel ask of the resident, once with consent and once without."""
    await registered(web)
    await web.town.cards(RESIDENT)
    own = await web.town.person_id(RESIDENT)
    asked = {"purpose": "hotel_check_in"}
    given = await web.town.post("/api/family/identity-codes", "resident", own, key=None, json=asked)
    question = asked | {
        "fields": ["holder", "card_good"],
        "id_number": id_number(RESIDENT),
        "code": given.json()["code"],
    }
    for _ in range(2):
        assert (
            await web.town.post("/api/identity-requests", "relying_clerk", json=question)
        ).status_code == 201
    return "/mine/identity"
