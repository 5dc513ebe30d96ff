"""Residents, for themselves and their wards: contributions paid from the account on the card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody

from shebaoka.banking import views as banking
from shebaoka.benefits.contributions import commands, errors, views
from shebaoka.benefits.contributions.choosing import newest_account, payable
from shebaoka.benefits.contributions.model import CardDebit
from shebaoka.benefits.contributions.states import Status
from shebaoka.benefits.insurance.commands import owed_for
from shebaoka.benefits.insurance.errors import ContributionNotDue, ContributionPaid, NotInsured
from shebaoka.benefits.insurance.model import Amount
from shebaoka.benefits.insurance.views import insured_in
from shebaoka.faces.api.access import RESIDENTS_ONLY
from shebaoka.faces.api.areas.looks import Whose, whose_of
from shebaoka.faces.api.areas.received import CardAccountView, account_view
from shebaoka.faces.api.billing import Words
from shebaoka.faces.api.calling import CREATED, Call, reading, write
from shebaoka.faces.api.counter import ACTING_MAY_REFUSE, check_who_acts
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, Id, references
from shebaoka.kit.work import Work
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.model import Scheme

MAY = "contribution.pay"
OWED = (NotInsured, ContributionNotDue)
STANDS: Final[Mapping[Status, Words]] = MappingProxyType(
    {
        "asked": ("已受理，等银行扣款", "taken in; the bank will be asked"), "paid": ("已缴", "paid"),
        "refused": ("银行没有扣款", "the bank took nothing"),
        "refunding": ("已扣款，正在退回", "taken, and going back to you"), "refunded": ("已退回", "given back"),
    }
)  # fmt: skip


class Paying(Body, frozen=True):
    """Which month or year (its first day) it is about; `base_fen` of employees without an employer. `person_id`: a ward."""

    period: date
    base_fen: Amount = 0
    person_id: Id | None = None


class OwedView(msgspec.Struct, frozen=True):
    """What somebody's own part of a month or year comes to, paid or not, and why."""

    scheme: Scheme
    period: date
    own_fen: int
    rule_id: str
    reason_zh: str
    reason_en: str


class DebitView(msgspec.Struct, frozen=True):
    """A contribution that is, or was, to be taken from a card. `receipt`: as which contribution it counts; `reason`: why it was not taken."""

    debit_id: str
    scheme: Scheme
    period: date
    own_fen: int
    last4: str
    status: Status
    reason: str | None
    receipt: str | None
    asked_at: datetime
    zh: str
    en: str


class PayableView(msgspec.Struct, frozen=True):
    """What may be paid from the card, and what was.

    `scheme` null: not insured today; `periods`: months or years that may be asked for, newest first; `account`: that of the
    newest card, from which it would be taken if it is active.
    """

    scheme: Scheme | None
    periods: list[date]
    account: CardAccountView | None
    items: list[DebitView]


@post(
    "/family/card-contributions/owed", status_code=200,
    **protected(MAY, "family", "应缴多少 · What is owed", refuses=(*ONE, *OWED), residents=RESIDENTS_ONLY,
                unkeyed="it changes nothing"),
)  # fmt: skip
async def owed(request: Call, data: JSONBody[Paying]) -> OwedView:
    """Give what one owes for a month or year, or a ward does, and by which rule. The look is recorded."""
    programme = await service(request).programme()
    async with reading(request) as work:
        whose = await whose_of(work, programme, None if data.person_id is None else int(data.person_id))
        work.record(whose, "insurance.seen", whose)
        found = await owed_for(work, programme, whose, data.period, data.base_fen)
    return OwedView(found.scheme, data.period, found.own_fen, found.rule_id, found.reason_zh, found.reason_en)


@get(
    "/family/card-contributions",
    **protected(MAY, "family", "从卡上缴费的各笔 · Contributions taken from the card", refuses=ONE, residents=RESIDENTS_ONLY),
)  # fmt: skip
async def debits(request: Call, person_id: Whose = None) -> PayableView:
    """Give what was asked to be taken from one's card or a ward's, with receipts, newest first; and what may be. The look is recorded."""
    programme = await service(request).programme()
    async with reading(request) as work:
        whose = await whose_of(work, programme, person_id)
        work.record(whose, "insurance.seen", whose)
        scheme = await insured_in(work, whose, work.today)
        account = newest_account((await banking.of_people(work, [whose])).get(whose, []))
        banks = await references(work, [account.bank_id] if account else [])
        return PayableView(
            scheme, payable(scheme, work.today), account_view(account, banks) if account else None,
            [_view(one) for one in await views.of_person(work, whose)],
        )  # fmt: skip


@post(
    "/family/card-contributions", status_code=CREATED,
    **protected(MAY, "family", "从卡上缴费 · Pay from the card", keyed=True, residents=RESIDENTS_ONLY,
                refuses=(*ONE, *OWED, *ACTING_MAY_REFUSE, ContributionPaid, errors.ContributionAsked, errors.NoActiveAccount)),
)  # fmt: skip
async def pay(request: Call, data: JSONBody[Paying], key: RequestKey = None) -> Response[DebitView]:
    """Have what one owes for a month or year, or a ward does, taken from the account on the card: once, by the next run of the step."""
    programme = await service(request).programme()

    async def act(work: Work) -> DebitView:
        whose = await whose_of(work, programme, None if data.person_id is None else int(data.person_id))
        holder = (await people.by_ids(work, [whose]))[whose]
        await check_who_acts(work, programme, holder, None, subject="contribution")
        return _view(await commands.pay(work, programme, whose, data.period, data.base_fen))

    return await write(request, key, data, act, status=CREATED)


def _view(one: CardDebit) -> DebitView:
    return DebitView(
        str(one.debit_id), one.scheme, one.period, one.own_fen, one.last4, one.status, one.reason,
        str(one.contribution_id) if one.contribution_id else None, one.asked_at, *STANDS[one.status],
    )  # fmt: skip


HANDLERS: tuple[Any, ...] = (owed, debits, pay)
