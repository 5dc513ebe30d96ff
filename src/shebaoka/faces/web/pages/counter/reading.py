"""A card is read at the counter: the page's script talks to the reader of the clerk's machine, and asks here for what the city gives.

Without a script or a reader the clerk types, as ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, post

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.counter.asking import COUNTER, Form
from shebaoka.faces.web.visiting import Ask, backend, page

SHOWN: Final = ("challenge_id", "historical", "identification_code", "card_number")
OURS: Final = ("genuine", "unbound")
JSON: Final = "application/json"


@post(f"{COUNTER}/card-ticket", status_code=200, **page("staff", "card.prove_reader"))
async def ticket(request: Ask) -> Response[Any]:
    """Give what it takes to read the card that lies in the reader, and to have it prove itself."""
    try:
        given = await backend(request).post("/api/card-tickets", {"purpose": "read"})
    except Refused as refused:
        return as_json(refused)
    return await challenged(request, ticket=given["ticket"])


@post(f"{COUNTER}/card-check", status_code=200, **page("staff", "card.check_chip"))
async def check(request: Ask, data: Form) -> Response[Any]:
    """Tell whether it is the card that it claims to be, and how it stands: in a sentence, before anything is done with it."""
    return await checked(request, data)


async def challenged(request: Ask, ticket: str = "") -> Response[Any]:
    """Give a challenge for a card, and the ticket to read its holder where there is one."""
    try:
        made = await backend(request).post("/api/card-challenges")
    except Refused as refused:
        return as_json(refused)
    content = {"ticket": ticket, "challenge_id": made["challenge_id"], "challenge": made["challenge"]}
    return Response(content, media_type=JSON)


async def checked(request: Ask, data: Mapping[str, str]) -> Response[Any]:
    """Have a card's answer checked, and give what is said of it. `chip`: it is one of ours, and what was read may be filled in."""
    body: dict[str, Any] = {name: data.get(name, "") for name in SHOWN}
    algorithm = data.get("algorithm", "")
    body |= {
        "algorithm": int(algorithm) if algorithm.isascii() and algorithm.isdigit() else 0,
        "proof": data.get("proof"),
        "pin": data.get("pin", "not_asked"),
    }
    try:
        found = await backend(request).post("/api/card-checks", body, key=data.get("key"))
    except Refused as refused:
        return as_json(refused)
    chip, standing = found["verdict"] in OURS, found["standing"]
    said = found if standing is None or found["good"] else standing
    good = chip if found["good"] is None else found["good"]
    return Response({"chip": chip, "good": good, "zh": said["zh"], "en": said["en"]}, media_type=JSON)


def as_json(refused: Refused) -> Response[Any]:
    """Give a refusal to a script."""
    return Response(refused.problem, status_code=refused.status, media_type=JSON)


HANDLERS = (ticket, check)
