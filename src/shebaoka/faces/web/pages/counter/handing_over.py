"""A card handed over: against the document of whoever stands there and a signature on paper or on a pad."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.counter import words
from shebaoka.faces.web.pages.counter.asking import COUNTER, WHY, Form, Number, acts_for, papers, ticked
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page, visitor

HERE: Final = f"{COUNTER}/applications/{{application_id:int}}/hand-over"
NO_SIGNATURE: Final = " "
"""Told to the interface as it is: it refuses, and says what to do."""


@get(HERE, **page("staff", "parcel.collect", reader=True))
async def ask_hand_over(request: Ask, application_id: Number) -> Template:
    """Ask who stands there, and for the signature."""
    return await _form(request, application_id, {})


@post(HERE, **page("staff", "parcel.collect", reader=True))
async def hand_over(request: Ask, application_id: Number, data: Form) -> Response[Any]:
    """Hand the card over, or say why not."""
    try:
        where = await backend(request).get(f"/api/applications/{application_id}/journey")
        waybill = (where["parcel"] or {}).get("waybill", "")
        said = {"waybill": waybill, "id_number": data.get("id_number", ""), "signature": _signature(data)}
        acting = acts_for({**data, "actor_id_number": data.get("id_number", "")})
        await backend(request).post(
            "/api/parcels/collection", said | ({"acts_for": acting} if acting else {}), key=data.get("key")
        )
    except Refused as refused:
        return await _form(request, application_id, data, refused=refused)
    return go(f"{COUNTER}/applications/{application_id}/hand-over/receipt")


def _signature(data: Mapping[str, str]) -> dict[str, str]:
    """Give where the signature is found: printed on the receipt, by the digest of the drawing, or on paper."""
    if data.get("pad"):
        return {"kind": "pad", "reference": data["pad"]}
    signed = ticked(data, "signed") and data.get("reference", "").strip()
    return {"kind": "paper", "reference": signed or NO_SIGNATURE}


async def _form(
    request: Ask, application_id: int, typed: Mapping[str, str], refused: Refused | None = None
) -> Template:
    one = await backend(request).get(f"/api/applications/{application_id}")
    where = await backend(request).get(f"/api/applications/{application_id}/journey")
    by = str(typed.get("by") or request.query_params.get("by", "holder"))
    shown = await papers(request, by, await _age(request, application_id), "collect")
    return show(
        request, "counter/hand_over.html", one=one, journey=where, typed=typed, papers=shown, by_options=words.BY,
        words=words, refused=refused,
    )  # fmt: skip


async def _age(request: Ask, application_id: int) -> int | None:
    if not visitor(request).may("person.search"):
        return None
    asked = {"reason": WHY, "application_id": str(application_id)}
    age: int = (await backend(request).post("/api/people/search", asked))["age"]
    return age


@get(f"{HERE}/receipt", **page("staff", "parcel.collect"))
async def hand_over_receipt(request: Ask, application_id: Number) -> Template:
    """Show to whom the card was given, to be printed and signed."""
    one = await backend(request).get(f"/api/applications/{application_id}")
    where = await backend(request).get(f"/api/applications/{application_id}/journey")
    return show(request, "counter/hand_over_receipt.html", one=one, journey=where, words=words)


HANDLERS = (ask_hand_over, hand_over, hand_over_receipt)
