"""Blank cards: what this outlet has, until when it lasts, and every movement of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from litestar import Response, get, post
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.pages.counter import words
from shebaoka.faces.web.pages.counter.asking import COUNTER, Form, Number
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, backend, page

STOCK = f"{COUNTER}/stock"
LINES_MAX = 30
Say = Callable[[Mapping[str, str]], dict[str, Any]]


@get(STOCK, **page("staff", "stock.keep"))
async def stock(request: Ask) -> Template:
    """Show what there is, what is due, and the ledger."""
    return await _show(request)


async def _show(
    request: Ask, *, deed: str = "", typed: Mapping[str, str] | None = None, refused: Refused | None = None
) -> Template:
    ask = backend(request)
    return show(
        request, "counter/stock.html", stock=await ask.get("/api/stock"), words=words, deed=deed, typed=typed or {},
        ledger=(await ask.get("/api/stock/movements", limit=LINES_MAX))["items"], refused=refused,
        counts=await ask.get("/api/stock/counts", limit=LINES_MAX), done=request.query_params.get("done", ""),
    )  # fmt: skip


def _number(text: str | None) -> Any:
    """Give a number as one; what is none goes as it is, to be refused with its field."""
    return int(text) if text and text.isascii() and text.isdigit() else text


def _serials(data: Mapping[str, str]) -> dict[str, str]:
    return {name: data[name] for name in ("first_serial", "last_serial") if data.get(name)}


def _receipt(data: Mapping[str, str]) -> dict[str, Any]:
    named = {name: data.get(name, "") for name in ("shipment", "box")}
    return {**named, "quantity": _number(data.get("quantity")), **_serials(data)}


def _spoilage(data: Mapping[str, str]) -> dict[str, Any]:
    return {"quantity": _number(data.get("quantity")), "reason": data.get("reason", ""), **_serials(data)}


def _returning(data: Mapping[str, str]) -> dict[str, Any]:
    return {"quantity": _number(data.get("quantity")), "shipment": data.get("shipment", ""), **_serials(data)}


def _counting(data: Mapping[str, str]) -> dict[str, Any]:
    return {"counted": _number(data.get("counted"))}


def _pages(deed: str, say: Say) -> Any:
    """Give what one form of the stock leads to."""

    @post(f"{STOCK}/{deed}", **page("staff", "stock.keep"))
    async def booked(request: Ask, data: Form) -> Response[Any]:
        return await _book(request, deed, f"/api/stock/{deed}", say(data), data)

    return booked


async def _book(
    request: Ask, deed: str, path: str, body: dict[str, Any], data: Mapping[str, str]
) -> Response[Any]:
    try:
        await backend(request).post(path, body, key=data.get("key"))
    except Refused as refused:
        return await _show(request, deed=deed, typed=data, refused=refused)
    return go(f"{STOCK}?done={deed}")


@post(f"{STOCK}/counts/{{count_id:int}}/booking", **page("staff", "stock.keep"))
async def book_count(request: Ask, count_id: Number, data: Form) -> Response[Any]:
    """Book the difference of a count, by somebody else than who counted."""
    body = {"reason": data.get("reason", "")}
    return await _book(request, "booking", f"/api/stock/counts/{count_id}/booking", body, data)


HANDLERS = (
    stock, _pages("receipts", _receipt), _pages("spoilages", _spoilage), _pages("returns", _returning),
    _pages("counts", _counting), book_count,
)  # fmt: skip
