"""The addresses: who may call, what a body must be, and how an error is said."""

from __future__ import annotations

import hmac
import logging
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from litestar import Litestar, Request, Response, delete, get, post, put
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.handlers import BaseRouteHandler
from litestar.params import Parameter
from litestar.types import Guard, LifeSpanScope, Scope

from shebaoka_sandbox.bank import Banks
from shebaoka_sandbox.bank_desk import handlers as bank_handlers
from shebaoka_sandbox.courier import Courier, Feed, Manifest, Wishes
from shebaoka_sandbox.desk import Batch, Declined, Desks, said
from shebaoka_sandbox.faults import Switches
from shebaoka_sandbox.hub import Asking, Hub, Presented, Reversals, Stays, must_be_here
from shebaoka_sandbox.hub import Refused as NotSettled
from shebaoka_sandbox.hub import Settled as BetweenProvinces
from shebaoka_sandbox.identity import IDENTITY, IdentityProvider
from shebaoka_sandbox.identity_pages import handlers as identity_pages
from shebaoka_sandbox.neighbour import EVERYBODY
from shebaoka_sandbox.photos import Photos, PhotoStore, Wanted
from shebaoka_sandbox.register import Asked, Register
from shebaoka_sandbox.sms import Arrived, Gateway, Reports, TextMessage
from shebaoka_sandbox.wechat import WeChat
from shebaoka_sandbox.wechat_pages import handlers as wechat_pages

Cursor = Annotated[str, Parameter(pattern="^[0-9]{0,18}$")]
Limit = Annotated[int, Parameter(ge=1, le=1000)]
log = logging.getLogger("shebaoka_sandbox")


@dataclass(frozen=True, slots=True)
class Partners:
    """All partners that are spoken to over HTTP."""

    desks: Desks
    register: Register
    photos: Photos
    banks: Banks
    courier: Courier
    sms: Gateway
    identity: IdentityProvider
    wechat: WeChat
    hub: Hub


def app(partners: Partners, token: str) -> Litestar:
    """Give the ASGI application."""

    @post("/register/v1/verifications", status_code=200)
    async def verify(data: Batch[Asked]) -> Response[bytes]:
        return said(await partners.register.verify(data.items))

    @post("/photos/v1/{store:str}/photos", status_code=200)
    async def find_photos(store: PhotoStore, data: Batch[Wanted]) -> Response[bytes]:
        return said(await partners.photos.find(store, data.items))

    @post("/courier/v1/manifests", status_code=200)
    async def take_manifest(data: Manifest) -> Response[bytes]:
        return said(await partners.courier.take(data))

    @post("/courier/v1/redirects", status_code=200)
    async def redirect(data: Wishes) -> Response[bytes]:
        return said(await partners.courier.redirect(data))

    @get("/courier/v1/events")
    async def tell_events(after: Cursor = "", limit: Limit = 1000) -> Feed:
        return partners.courier.feed(after, limit)

    return Litestar(
        [
            verify,
            find_photos,
            *bank_handlers(partners.banks),
            take_manifest,
            redirect,
            tell_events,
            *_telephones(partners.sms),
            *_hub(partners.hub),
            *identity_pages(partners.identity, lambda: partners.desks.faults.of(IDENTITY).delay_ms),
            *wechat_pages(partners.wechat),
            *_switches(partners.desks),
        ],
        guards=[_guard(token)],
        exception_handlers={Declined: declined, HTTPException: _refused},
        after_exception=[_logged],
        openapi_config=None,
        logging_config=None,
    )


def _telephones(gateway: Gateway) -> list[BaseRouteHandler]:
    """Give the SMS gateway's addresses, and the sandbox's own view of what arrived."""

    @post("/sms/v1/messages", status_code=200)
    async def send_texts(data: Batch[TextMessage]) -> Response[bytes]:
        return said(await gateway.send(data.items))

    @get("/sms/v1/reports")
    async def tell_reports(after: Cursor = "", limit: Limit = 1000) -> Reports:
        return gateway.reports(after, limit)

    @get("/_texts")
    async def arrived() -> list[Arrived]:
        return gateway.arrived()

    return [send_texts, tell_reports, arrived]


def _hub(hub: Hub) -> list[BaseRouteHandler]:
    """Give the national hub's addresses, and the sandbox's own: who its people are, and to let it ask a city."""

    @post("/hub/v1/quotes", status_code=200)
    async def quote(data: Presented) -> BetweenProvinces | NotSettled:
        return await hub.quote(data)

    @post("/hub/v1/settlements", status_code=200)
    async def settle(data: Stays) -> Response[bytes]:
        return said(await hub.settle(data))

    @post("/hub/v1/reversals", status_code=200)
    async def reverse(data: Reversals) -> Response[bytes]:
        return said(await hub.reverse(data))

    @get("/hub/v1/days/{day:str}")
    async def tell_day(day: str, place: str) -> dict[str, Any]:
        return {"messages": hub.day(day, place)}

    @get("/_hub/people")
    async def people() -> list[dict[str, Any]]:
        return [one._asdict() for one in EVERYBODY.values()]

    @post("/_hub/asking", status_code=200)
    async def ask(data: Asking) -> dict[str, Any]:
        must_be_here(data.to)
        return await hub.ask(data)

    return [quote, settle, reverse, tell_day, people, ask]


def _switches(desks: Desks) -> list[BaseRouteHandler]:
    """Give the sandbox's own addresses."""

    @put("/_faults")
    async def set_faults(data: Switches) -> dict[str, Switches]:
        desks.faults.put(data)
        return desks.faults.shown()

    @get("/_faults")
    async def show_faults() -> dict[str, Switches]:
        return desks.faults.shown()

    @delete("/_faults")
    async def clear_faults() -> None:
        desks.faults.clear()

    @get("/_stats")
    async def stats() -> dict[str, dict[str, int]]:
        return desks.stats()

    return [set_faults, show_faults, clear_faults, stats]


def _guard(token: str) -> Guard:
    expected = f"Bearer {token}".encode()

    def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        if handler.opt.get("open"):
            return
        given = connection.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, expected):
            raise NotAuthorizedException("the Bearer token is missing or wrong")

    return guard


def declined(_: Request[Any, Any, Any], error: Declined) -> Response[dict[str, str]]:
    """Say why a call was declined."""
    return Response({"error": str(error)}, status_code=error.status)


def _refused(_: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, str]]:
    extra = f" {msgspec.json.encode(error.extra).decode()}" if error.extra else ""
    return Response({"error": f"{error.detail}{extra}"}, status_code=error.status_code, headers=error.headers)


async def _logged(error: Exception, _: Scope | LifeSpanScope) -> None:
    if not isinstance(error, Declined | HTTPException):
        log.error("a request failed", exc_info=error)
