"""Residents, for themselves and their wards: benefits that were paid or are owed, and the accounts on their cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

import msgspec
from litestar import get

from shebaoka.banking import views as banking
from shebaoka.banking.model import BankAccount
from shebaoka.banking.states import Life
from shebaoka.benefits.payouts import views as payouts
from shebaoka.benefits.payouts.model import Item, Payment
from shebaoka.benefits.payouts.states import ItemStatus
from shebaoka.faces.api.access import RESIDENTS_ONLY
from shebaoka.faces.api.areas.looks import Whose, whose_of
from shebaoka.faces.api.billing import Words, Year
from shebaoka.faces.api.calling import Call, reading
from shebaoka.faces.api.declaring import ONE, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import InstitutionRef, references
from shebaoka.registry.programme.model import Benefit

BENEFITS: Final[Mapping[Benefit, Words]] = MappingProxyType(
    {
        "pension": ("养老金", "pension"), "unemployment": ("失业保险金", "unemployment benefit"),
        "work_injury": ("工伤待遇", "benefit after an injury at work"), "medical": ("医疗报销", "medical costs paid back"),
    }
)  # fmt: skip
STANDS: Final[Mapping[ItemStatus, Words]] = MappingProxyType(
    {
        "due": ("待发放", "to be paid"), "in_run": ("发放中，已送银行", "under way at the bank"), "paid": ("已发放", "paid"),
        "failed": ("银行退回，正在处理", "it came back from the bank and is being mended"), "stopped": ("已停发", "stopped"),
    }
)  # fmt: skip
LIVES: Final[Mapping[Life, Words]] = MappingProxyType(
    {
        "opened": ("已开立，请持身份证到银行激活", "opened: activate it at the bank, with your ID card"), "active": ("已激活", "active"),
        "frozen": ("已冻结，请联系银行", "frozen: ask the bank"), "closed": ("已销户", "closed"),
    }
)  # fmt: skip


class BenefitView(msgspec.Struct, frozen=True):
    """What was owed for the month that `period` is the first day of. `bank`, `last4`: where it was paid to last; `paid_on`: where it arrived."""

    benefit: Benefit
    zh: str
    en: str
    period: date
    amount_fen: int
    status: ItemStatus
    status_zh: str
    status_en: str
    paid_on: date | None
    bank: InstitutionRef | None
    last4: str | None


class CardAccountView(msgspec.Struct, frozen=True):
    """An account on a card, as its bank last told. `life` null: the bank has not told yet."""

    bank: InstitutionRef | None
    last4: str | None
    life: Life | None
    zh: str
    en: str
    since: datetime


class ReceivedView(msgspec.Struct, frozen=True):
    """Benefits of the months of a calendar year, newest first, and the accounts on cards, oldest first."""

    items: list[BenefitView]
    year: int
    this_year: int
    accounts: list[CardAccountView]


@get(
    "/family/benefits",
    **protected("benefit.read", "family", "待遇发放和卡上账户 · Benefits, and the accounts on cards", refuses=ONE,
                residents=RESIDENTS_ONLY),
)  # fmt: skip
async def received(request: Call, person_id: Whose = None, year: Year = None) -> ReceivedView:
    """Give what was paid or is owed to oneself or a ward for a calendar year, and how the accounts on the cards stand. The look is recorded."""
    programme = await service(request).programme()
    async with reading(request) as work:
        whose = await whose_of(work, programme, person_id)
        work.record(whose, "payout.person_seen", whose)
        asked = year or work.today.year
        items = await payouts.of_person(work, whose, date(asked, 1, 1), date(asked, 12, 31))
        held = [
            one for one in (await banking.of_people(work, [whose])).get(whose, []) if one.status == "open"
        ]
        banks = await references(
            work,
            [one.bank_id for one in held] + [paid.bank_id for _, payments in items for paid in payments],
        )
        return ReceivedView(
            [_benefit(item, payments, banks) for item, payments in items],
            asked,
            work.today.year,
            [account_view(one, banks) for one in held],
        )


def _benefit(item: Item, payments: Sequence[Payment], banks: Mapping[int, InstitutionRef]) -> BenefitView:
    last = payments[-1] if payments else None
    paid = last if last is not None and item.status == "paid" else None
    return BenefitView(
        item.benefit, *BENEFITS[item.benefit], item.period, item.amount_fen, item.status, *STANDS[item.status],
        paid.booked_on if paid else None, banks.get(last.bank_id) if last else None, last.last4 if last else None,
    )  # fmt: skip


def account_view(one: BankAccount, banks: Mapping[int, InstitutionRef]) -> CardAccountView:
    """Give an account on a card as its holder is shown it."""
    zh, en = LIVES[one.life] if one.life else ("已开立", "opened")
    return CardAccountView(
        banks.get(one.bank_id), one.last4, one.life, zh, en, one.life_at or one.answered_at
    )


HANDLERS: tuple[Any, ...] = (received,)
