"""A card is read at the counter: the page's script talks to the reader of the clerk's machine, and asks here for what the city gives.

Without a script or a reader the clerk types, as ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response, post

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.counter.asking import COUNTER, Form
from shebaoka.faces.web.visiting import Ask, backend, page

SHOWN = ("challenge_id", "algorithm", "historical", "identification_code", "card_number", "proof")
JSON = "application/json"


@post(f"{COUNTER}/card-ticket", status_code=200, **page("staff", "card.prove_reader"))
async def ticket(request: Ask) -> Response[Any]:
    """Give what it takes to read the card that lies in the reader, and to have it prove itself."""
    try:
        ticket = await backend(request).post("/api/card-tickets", {"purpose": "read"})
        challenge = await backend(request).post("/api/card-challenges")
    except Refused as refused:
        return _refused(refused)
    return Response(
        {
            "ticket": ticket["ticket"],
            "challenge_id": challenge["challenge_id"],
            "challenge": challenge["challenge"],
        },
        media_type=JSON,
    )


@post(f"{COUNTER}/card-check", status_code=200, **page("staff", "card.check_chip"))
async def check(request: Ask, data: Form) -> Response[Any]:
    """Tell whether it is the card that it claims to be, and how it stands: in a sentence, before anything is done with it."""
    body: dict[str, Any] = {name: data.get(name, "") for name in SHOWN}
    body["algorithm"] = int(body["algorithm"]) if body["algorithm"].isdigit() else 0
    try:
        found = await backend(request).post("/api/card-checks", body, key=data.get("key"))
    except Refused as refused:
        return _refused(refused)
    return Response(_said(found), media_type=JSON)


def _said(found: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the clerk is told. `chip`: the chip is ours, so that what was read of its holder may be filled in."""
    standing = found["standing"]
    said = found if standing is None or found["good"] else standing
    return {
        "chip": standing is not None,
        "good": found["good"],
        "verdict": found["verdict"],
        "zh": said["zh"],
        "en": said["en"],
    }


def _refused(refused: Refused) -> Response[Any]:
    return Response(refused.problem, status_code=refused.status, media_type=JSON)


HANDLERS = (ticket, check)
