"""The bank of an employer's staff's cards: what it declares, what it chooses, and what was chosen before, by whom and why."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from shebaoka.faces.api.calling import Call, reading, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import (
    Body,
    Code,
    InstitutionRef,
    Text,
    Why,
    institution_of,
    own_institution,
    references,
)
from shebaoka.issuing.employers import commands, views
from shebaoka.issuing.employers.errors import PayrollBanksTwice, PayrollChangeUnexplained
from shebaoka.issuing.employers.model import Payroll
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions.errors import BankNotSelectable
from shebaoka.registry.institutions.model import CHOSEN_ELSEWHERE, EMPLOYER, Institution
from shebaoka.registry.programme.model import Reason
from shebaoka.registry.staff.errors import Forbidden
from shebaoka.registry.staff.roles import Scope, allowed

Of = Annotated[
    str | None,
    QueryParameter(
        max_length=64,
        required=False,
        description="单位代码，卡中心用 · code of an employer, for the card centre",
    ),
]


class PayrollChoiceBody(Body, frozen=True):
    """The bank that an employer chooses, by code. `employer`: by code, where the card centre notes it for one.

    `why`: needed where applications were made with the bank chosen before; kept for good.
    """

    bank: Code
    employer: Code | None = None
    why: Why | None = None


class Declaration(Body, frozen=True):
    """The banks through which an employer pays wages, by code or name, the main one first; any bank, not only service banks."""

    banks: Annotated[list[Text], Meta(min_length=1, max_length=20)]
    employer: Code | None = None


class PayrollSettled(msgspec.Struct, frozen=True):
    """The employer and the bank it chose, by code; `former`: the one chosen before.

    `applications_kept`: live applications that stay with the former bank. `rule`: the rule that leaves the choice to the employer.
    """

    employer: str
    bank: str
    former: str | None
    applications_kept: int
    rule: Reason


class PayrollBankView(msgspec.Struct, frozen=True):
    """A bank that pays wages. `bank`: null for one that is no service bank."""

    bank: InstitutionRef | None
    name: str
    pays_wages: bool
    chosen: bool


class PayrollChoiceView(msgspec.Struct, frozen=True):
    """One choice: by whom, for which organisation, when, by which rule and why. `pays_wages` false: none of the eleven did, and one was chosen."""

    bank: InstitutionRef | None
    former: InstitutionRef | None
    pays_wages: bool
    rule: str | None
    why: str
    chosen_by: str
    organisation: InstitutionRef | None
    chosen_at: datetime


class PayrollView(msgspec.Struct, frozen=True):
    """An employer's payroll banks, those it may choose and by which rule, and its choices, newest first."""

    employer: InstitutionRef
    banks: list[PayrollBankView]
    selectable: list[InstitutionRef]
    rule: Reason
    choices: list[PayrollChoiceView]


@get(
    "/payroll-bank",
    **protected("payroll_bank.read", "employers", "单位代发银行与选定记录 · An employer's banks, and its choices",
                refuses=(*ONE, Forbidden)),
)  # fmt: skip
async def payroll_bank(request: Call, employer: Of = None) -> PayrollView:
    """Give one's own payroll banks, which bank may be chosen, and what was chosen: by whom, when and why."""
    programme = await service(request).programme()
    async with reading(request) as work:
        of = await _employer(work, employer, "payroll_bank.read")
        return await _view(work, of, await views.payroll(work, programme, of.institution_id))


@post(
    "/payroll-bank",
    status_code=200,
    **protected("payroll_bank.choose", "employers", "单位选定银行 · Choose the employer's bank", keyed=True,
                refuses=(*ONE, BankNotSelectable, PayrollChangeUnexplained)),
)  # fmt: skip
async def choose_payroll_bank(
    request: Call, data: JSONBody[PayrollChoiceBody], key: RequestKey = None
) -> Response[PayrollSettled]:
    """Choose a service bank that pays the wages, or any of the eleven where none of them does; who chose is kept, when and why.

    It holds for what is applied for from now on: applications under way stay with their bank, and then a change needs `why`.
    """
    programme = await service(request).programme()

    async def act(work: Work) -> PayrollSettled:
        bank = await institution_of(work, data.bank)
        employer = await _employer(work, data.employer, "payroll_bank.choose")
        settled = await commands.choose_bank(
            work, programme, employer.institution_id, bank.institution_id, data.why or ""
        )
        former = settled.former.code if settled.former else None
        return PayrollSettled(employer.code, settled.bank.code, former, settled.kept, settled.rule)

    return await write(request, key, data, act)


@post(
    "/payroll-bank/declaration",
    status_code=200,
    **protected("payroll_bank.choose", "employers", "单位申报代发工资银行 · Declare the banks that pay the wages", keyed=True,
                refuses=(*ONE, PayrollBanksTwice)),
)  # fmt: skip
async def declare_payroll_banks(
    request: Call, data: JSONBody[Declaration], key: RequestKey = None
) -> Response[PayrollView]:
    """Say which banks pay the wages, where the institutions' data do not know it, or not rightly; the choice stays as it is."""
    programme = await service(request).programme()

    async def act(work: Work) -> PayrollView:
        employer = await _employer(work, data.employer, "payroll_bank.choose")
        await commands.declare_banks(work, employer.institution_id, data.banks)
        return await _view(work, employer, await views.payroll(work, programme, employer.institution_id))

    return await write(request, key, data, act)


async def _employer(work: Work, code: str | None, permission: str) -> Institution:
    own = await own_institution(work)
    of = own if code is None else await institution_of(work, code)
    if of != own and allowed(work.actor, permission) is not Scope.ALL:
        raise Forbidden(permission=permission, role=work.actor.role)
    if of.kind != EMPLOYER:
        raise NotFound(f"单位 employer {of.code}")
    return of


async def _view(work: Work, employer: Institution, one: Payroll) -> PayrollView:
    numbers = {
        number for each in one.choices for number in (each.bank_id, each.former_bank_id, each.organisation_id)
    }
    named = await references(work, numbers | {each.bank_id for each in one.banks})
    return PayrollView(
        InstitutionRef.of(employer),
        [
            PayrollBankView(named.get(each.bank_id or 0), each.bank_name, each.rank != CHOSEN_ELSEWHERE, each.chosen)
            for each in one.banks
        ],
        [InstitutionRef.of(each) for each in one.selectable],
        one.rule,
        [
            PayrollChoiceView(
                named.get(each.bank_id), named.get(each.former_bank_id or 0), each.pays_wages, each.rule_id, each.why,
                each.chosen_by, named.get(each.organisation_id), each.chosen_at,
            )
            for each in one.choices
        ],
    )  # fmt: skip


HANDLERS: tuple[Any, ...] = (payroll_bank, choose_payroll_bank, declare_payroll_banks)
