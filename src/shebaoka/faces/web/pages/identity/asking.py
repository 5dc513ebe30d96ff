"""A relying party's desk: the holder's code is typed, and the answer is yes or no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.counter.reading import challenged, checked
from shebaoka.faces.web.showing import show
from shebaoka.faces.web.visiting import Ask, backend, page, visitor

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
HERE: Final = "/staff/identity"
PERMISSION: Final = "identity.ask"
COMPARED: Final = {"holder": "id_number", "name_matches": "name", "age_over": "age"}
"""What is compared where it is given; left empty it is not asked."""


@get(HERE, **page("staff", PERMISSION, reader=True))
async def desk(request: Ask) -> Template:
    """Ask for the holder's code."""
    return await _show(request, {})


@post(HERE, **page("staff", PERMISSION, reader=True))
async def ask(request: Ask, data: Form) -> Template:
    """Show what this institution is told."""
    terms = await _terms(request)
    try:
        told = await backend(request).post(
            "/api/identity-requests", _question(data, terms), key=data.get("key")
        )
    except Refused as refused:
        return await _show(request, data, refused=refused)
    return await _show(request, {"purpose": data.get("purpose", "")}, told=told, asked=data)


def _question(data: Mapping[str, str], terms: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the form asks: of what the purpose lets one ask, all for which something to compare was typed."""
    term = terms.get(data.get("purpose", ""), {"fields": ()})
    able = [one["field"] for one in term["fields"]]
    fields = [field for field in able if field not in COMPARED or data.get(COMPARED[field], "").strip()]
    body: dict[str, Any] = {"purpose": data.get("purpose", ""), "fields": fields}
    code = data.get("code", "").strip()
    if data.get("challenge_id") and not code:
        body |= {"challenge_id": data["challenge_id"], "in_person": data.get("in_person") == "1"}
    else:
        body["code"] = code
    for field in set(fields) & set(COMPARED):
        name = COMPARED[field]
        typed = data[name].strip()
        body[name] = int(typed) if name == "age" and typed.isascii() and typed.isdigit() else typed
    return body


@post(f"{HERE}/challenge", status_code=200, **page("staff", "card.check_chip"))
async def challenge(request: Ask) -> Response[Any]:
    """Give a challenge for the card that lies in the desk's reader. Its holder is not read: nothing here lets one."""
    return await challenged(request)


@post(f"{HERE}/check", status_code=200, **page("staff", "card.check_chip"))
async def check(request: Ask, data: Form) -> Response[Any]:
    """Tell whether it is the card that it claims to be. How it stands is asked with the holder's consent."""
    return await checked(request, data)


async def _terms(request: Ask) -> dict[str, Any]:
    """Give the purposes of this kind of institution."""
    kind = ((visitor(request).me or {}).get("organisation") or {}).get("kind")
    found = await backend(request).get("/api/identity-purposes")
    return {one["purpose"]: one for one in found["items"] if one["kind"] == kind}


async def _show(
    request: Ask,
    typed: Mapping[str, str],
    *,
    refused: Refused | None = None,
    told: Any = None,
    asked: Any = None,
) -> Template:
    terms = await _terms(request)
    ages = sorted({age for one in terms.values() for age in one["ages"]})
    consents = {one for term in terms.values() for one in term["consents"]}
    compares = {one["field"] for term in terms.values() for one in term["fields"]}
    return show(
        request, "identity/asking.html", refused=refused, typed=typed, terms=terms, ages=ages, compares=compares, consents=consents, told=told,
        asked=asked or {},
    )  # fmt: skip


HANDLERS: Final = (desk, ask, challenge, check)
