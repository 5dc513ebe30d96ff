"""Institutions, and the bank that an employer chooses for its staff."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter

from shebaoka.faces.api.calling import Call, reading, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.wire import Body, Code, InstitutionRef, Page, institution_of, own_institution
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import commands, views
from shebaoka.registry.institutions.errors import BankNotSelectable
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.staff.errors import Forbidden
from shebaoka.registry.staff.roles import Scope, allowed

Kind = Literal[
    "card_centre", "community_centre", "bank", "bank_outlet", "employer", "school", "card_bureau", "courier", "hotline",
    "online_platform", "kiosk", "hospital", "pharmacy", "bank_hotline",
]  # fmt: skip

CodeCursor = Annotated[
    str,
    QueryParameter(
        max_length=64, pattern=r"^[^\x00]*$", description="上一页的 next · `next` of the page before"
    ),
]
LIMIT_MAX: Final = 1_000


class InstitutionView(msgspec.Struct, frozen=True):
    """An organisation that takes part. `instant`: an outlet that replaces cards on the spot."""

    institution: InstitutionRef
    parent_id: str | None
    district_code: str | None
    elsewhere: bool
    live_from: date | None
    instant: bool


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
    request: Call,
    kind: Annotated[Kind, QueryParameter(description="机构类别 · kind of institution")],
    cursor: CodeCursor = "",
    limit: Annotated[
        int, QueryParameter(ge=1, le=LIMIT_MAX, description="每页条数 · how many of them")
    ] = LIMIT_MAX,
    instant: Annotated[
        bool, QueryParameter(description="只列即时补换网点 · only outlets that replace cards on the spot")
    ] = False,
) -> Page[InstitutionView]:
    """Give institutions of one kind, by code: banks and outlets to choose from."""
    async with reading(request) as work:
        found = await views.page_of_kind(work, kind, cursor, limit, instant=instant)
    return Page([_view(one) for one in found], found[-1].code if len(found) == limit else None)


def _view(one: Institution) -> InstitutionView:
    parent = None if one.parent_id is None else str(one.parent_id)
    return InstitutionView(
        InstitutionRef.of(one), parent, one.district_code, one.elsewhere, one.live_from, one.instant
    )


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
        bank, own = await institution_of(work, data.bank), await own_institution(work)
        employer = own if data.employer is None else await institution_of(work, data.employer)
        if employer != own and allowed(work.actor, "payroll_bank.choose") is not Scope.ALL:
            raise Forbidden(permission="payroll_bank.choose", role=work.actor.role)
        await commands.choose_payroll_bank(work, employer.institution_id, bank.institution_id)
        return PayrollBanks(employer.code, bank.code)

    return await write(request, key, data, act)


HANDLERS: tuple[Any, ...] = (list_institutions, choose_payroll_bank)
