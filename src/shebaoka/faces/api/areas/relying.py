"""Relying parties: which institution is registered to ask who a holder is, and for what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody

from shebaoka.faces.api.calling import Call, reading, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, Code, InstitutionRef, institution_of, references
from shebaoka.kit.work import Work
from shebaoka.registry.programme.model import IdentityPurpose
from shebaoka.service.credential import commands, views
from shebaoka.service.credential.errors import PurposeNotForKind
from shebaoka.service.credential.words import PURPOSES


class RelyingPurpose(msgspec.Struct, frozen=True):
    """A purpose for which an institution may ask who a holder is."""

    institution: InstitutionRef
    purpose: IdentityPurpose
    purpose_zh: str
    purpose_en: str
    registered_at: datetime


class RelyingPurposes(msgspec.Struct, frozen=True):
    """All that are registered, by institution."""

    items: list[RelyingPurpose]


class PurposeBody(Body, frozen=True):
    """An institution, by its code, and a purpose."""

    institution: Code
    purpose: IdentityPurpose


@get("/relying-parties", **protected("relying.register", "identity", "身份核验机构 · Relying parties"))
async def parties(request: Call) -> RelyingPurposes:
    """Give for which purposes which institutions may ask who a holder is."""
    async with reading(request) as work:
        found = await views.registered(work)
        named = await references(work, (one.institution_id for one in found))
    return RelyingPurposes([
        RelyingPurpose(named[one.institution_id], one.purpose, *PURPOSES[one.purpose], one.registered_at)
        for one in found
    ])  # fmt: skip


@post(
    "/relying-parties",
    status_code=200,
    **protected(
        "relying.register",
        "identity",
        "登记核验用途 · Register a purpose",
        keyed=True,
        refuses=(*ONE, PurposeNotForKind),
    ),
)
async def register(
    request: Call, data: JSONBody[PurposeBody], key: RequestKey = None
) -> Response[PurposeBody]:
    """Let an institution ask for a purpose, where the rules let its kind."""
    programme = await service(request).programme()

    async def act(work: Work) -> PurposeBody:
        await commands.register(work, programme, await institution_of(work, data.institution), data.purpose)
        return data

    return await write(request, key, data, act)


@post(
    "/relying-parties/withdrawal",
    status_code=200,
    **protected("relying.register", "identity", "撤销核验用途 · Withdraw a purpose", keyed=True, refuses=ONE),
)
async def withdraw(
    request: Call, data: JSONBody[PurposeBody], key: RequestKey = None
) -> Response[PurposeBody]:
    """Let an institution ask for a purpose no more, from this moment."""

    async def act(work: Work) -> PurposeBody:
        await commands.withdraw(work, await institution_of(work, data.institution), data.purpose)
        return data

    return await write(request, key, data, act)


HANDLERS: tuple[Any, ...] = (parties, register, withdraw)
