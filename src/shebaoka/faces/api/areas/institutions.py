"""Institutions, and the bank that an employer chooses for its staff."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter

from shebaoka.faces.api.calling import Call, reading, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.wire import Body, Code, InstitutionRef, institution_of
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import commands, views
from shebaoka.registry.institutions.errors import BankNotSelectable
from shebaoka.registry.staff.errors import Forbidden
from shebaoka.registry.staff.roles import Scope, allowed

Kind = Literal[
    "card_centre", "community_centre", "bank", "bank_outlet", "employer", "school", "card_bureau", "courier", "hotline",
    "online_platform", "kiosk", "hospital", "pharmacy",
]  # fmt: skip


class InstitutionView(msgspec.Struct, frozen=True):
    """An organisation that takes part."""

    institution: InstitutionRef
    parent_id: str | None
    district_code: str | None
    elsewhere: bool
    live_from: date | None


class Institutions(msgspec.Struct, frozen=True):
    """Institutions of one kind, by code."""

    items: list[InstitutionView]


class PayrollChoice(Body, frozen=True):
    """The bank that an employer chooses, by code. `employer`: by code, where the card centre notes it for one."""

    bank: Code
    employer: Code | None = None


class PayrollBanks(msgspec.Struct, frozen=True):
    """The employer and the bank it chose, by code."""

    employer: str
    bank: str


@get("/institutions", **protected("institution.read", "institutions", "机构 · Institutions"))
async def list_institutions(
    request: Call, kind: Annotated[Kind, QueryParameter(description="机构类别 · kind of institution")]
) -> Institutions:
    """Give all institutions of one kind: banks and outlets to choose from."""
    async with reading(request) as work:
        found = await views.of_kind(work, kind)
    return Institutions([
        InstitutionView(
            InstitutionRef.of(one), None if one.parent_id is None else str(one.parent_id), one.district_code,
            one.elsewhere, one.live_from,
        )
        for one in found
    ])  # fmt: skip


@post(
    "/payroll-bank",
    status_code=200,
    **protected("payroll_bank.choose", "institutions", "单位选定银行 · Choose the employer's bank", keyed=True,
                refuses=(*ONE, BankNotSelectable)),
)  # fmt: skip
async def choose_payroll_bank(
    request: Call, data: JSONBody[PayrollChoice], key: RequestKey = None
) -> Response[PayrollBanks]:
    """Note which of its payroll banks an employer chose for the cards of its staff."""

    async def act(work: Work) -> PayrollBanks:
        bank = await institution_of(work, data.bank)
        employer_id = work.actor.organisation_id
        if data.employer is not None:
            employer_id = (await institution_of(work, data.employer)).institution_id
        if (
            employer_id != work.actor.organisation_id
            and allowed(work.actor, "payroll_bank.choose") is not Scope.ALL
        ):
            raise Forbidden(permission="payroll_bank.choose", role=work.actor.role)
        await commands.choose_payroll_bank(work, employer_id, bank.institution_id)
        return PayrollBanks(data.employer or "", data.bank)

    return await write(request, key, data, act)


HANDLERS: tuple[Any, ...] = (list_institutions, choose_payroll_bank)
