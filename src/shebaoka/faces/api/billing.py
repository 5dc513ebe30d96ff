"""What medical insurance tells its holder, in plain words: accounts, medical years, bills. Shapes shared by the holder's routes and the hotline's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, Final, Generic, TypeVar

import msgspec
from litestar.params import QueryParameter

from shebaoka.benefits.cross_province import places
from shebaoka.benefits.insurance import views as insurance
from shebaoka.benefits.insurance.errors import NotInsured
from shebaoka.benefits.insurance.insured import AccountYear, Insured, Spell
from shebaoka.benefits.insurance.model import Level, Quote
from shebaoka.benefits.insurance.outlook import YearStanding, outlook
from shebaoka.benefits.settlement import views as settlements
from shebaoka.benefits.settlement.model import Bill, HolderBill
from shebaoka.faces.api.wire import Holder, InstitutionRef, references
from shebaoka.kit.work import Work
from shebaoka.ledger import views as ledger
from shebaoka.ledger.model import NOBODY, Kind, PersonalEntry
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.model import Reason, Scheme, VisitKind, WorkStatus
from shebaoka.registry.programme.programme import Programme

T = TypeVar("T")
Words = tuple[str, str]
Year = Annotated[
    int | None,
    QueryParameter(ge=1990, le=9990, description="日历年，缺省今年 · calendar year; default the present one"),
]
ENTRIES: Final[Mapping[Kind, Words]] = MappingProxyType(
    {
        Kind.CONTRIBUTION: ("缴费计入", "your contribution"),
        Kind.CREDIT: ("医保年度计入", "credit of the medical year"),
        Kind.YEAR_END: (
            "上年余额转入历年账户",
            "what was left of last year went over to the historic account",
        ),
        Kind.SETTLEMENT: ("就医购药支付", "paid for care or medicine"),
        Kind.CLEARING: ("清算", "clearing"),
        Kind.ADVANCE: ("异地就医垫付", "care in another province"),
        Kind.ENTITLEMENT: ("应发待遇", "a benefit that is owed"),
        Kind.PAYOUT: ("待遇发放", "a benefit"),
        Kind.REVERSAL: ("退回", "taken back"),
    }
)
"""What an entry of an account is of, said to its holder."""
SCHEMES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "employee": ("职工基本医疗保险", "employees' medical insurance"),
        "resident": ("城乡居民基本医疗保险", "residents' medical insurance"),
        "none": ("未参保", "not insured"),
    }
)
STATUSES: Final[Mapping[str, Words]] = MappingProxyType(
    {"active": ("在职", "active"), "retired": ("退休", "retired"), "none": ("", "")}
)
VISITS: Final[Mapping[VisitKind, Words]] = MappingProxyType(
    {
        "outpatient": ("门急诊", "clinic"),
        "pharmacy": ("药店购药", "pharmacy"),
        "inpatient": ("住院", "stay in hospital"),
    }
)


class YearPage(msgspec.Struct, Generic[T], frozen=True):
    """A page of what happened in a calendar year. `this_year`: the present one; `next`: the cursor of the next page, null at the end."""

    items: list[T]
    year: int
    this_year: int
    next: str | None


class Sentence(msgspec.Struct, frozen=True):
    """A sentence for people."""

    zh: str
    en: str


class SpellView(msgspec.Struct, frozen=True):
    """Insured so from a day on, until the next spell begins."""

    begins_on: date
    scheme: str
    status: str
    zh: str
    en: str


class YearView(msgspec.Struct, frozen=True):
    """A medical year: how much of the deductible is paid, how much counts against the cap.

    `deductible_fen`, `cap_fen` null: there is none, or it is not known how the person was insured at its end.
    """

    scheme: Scheme
    year: int
    first: date
    last: date
    deductible_fen: int | None
    deductible_used_fen: int
    cap_fen: int | None
    counted_fen: int


class AccountYearView(msgspec.Struct, frozen=True):
    """The account entered a medical year: what went over to its historic part, what it was credited with."""

    year: int
    carried_fen: int
    credit_fen: int


class InsuranceView(msgspec.Struct, frozen=True):
    """How somebody is insured today, what the accounts hold, and where they stand. `scheme` null: not insured today.

    `years`: medical years, newest first; `next`: what comes next, in sentences; `spells`: oldest first.
    """

    person_id: str
    holder: Holder
    on: date
    scheme: Scheme | None
    status: WorkStatus | None
    since: date | None
    current_account_fen: int
    historic_account_fen: int
    years: list[YearView]
    next: list[Sentence]
    spells: list[SpellView]
    account_years: list[AccountYearView]


class EntryView(msgspec.Struct, frozen=True):
    """What moved somebody's accounts: positive came in, negative was paid; and what each then held."""

    entry_id: str
    on: date
    kind: Kind
    zh: str
    en: str
    institution: InstitutionRef | None
    settlement_id: str | None
    current_fen: int
    historic_fen: int
    current_balance_fen: int
    historic_balance_fen: int


class BillView(msgspec.Struct, frozen=True):
    """A bill that was settled. Divided: in scope, own expense, prepaid, over limit. Paid: funds, accounts, cash; both sum to the whole.

    `reversed_on`: the day on which it was taken back; then nothing of it counts.
    """

    settlement_id: str
    institution: InstitutionRef | None
    kind: VisitKind
    kind_zh: str
    kind_en: str
    began_on: date
    ended_on: date | None
    settled_on: date
    settled_at: datetime
    reversed_on: date | None
    reversed_at: datetime | None
    total_fen: int
    in_scope_fen: int
    own_expense_fen: int
    prepay_fen: int
    over_limit_fen: int
    pooled_fen: int
    supplementary_fen: int
    current_account_fen: int
    historic_account_fen: int
    cash_fen: int


class PartView(msgspec.Struct, frozen=True):
    """The days of a bill that count in one medical year: what is one's own of them, and why, step by step."""

    first: date
    last: date
    year: int
    deductible_fen: int
    shared_fen: int
    own_share_fen: int
    steps: list[Sentence]
    rules: list[Reason]


class BillDetail(msgspec.Struct, frozen=True):
    """A bill with its explanation: one part, or one for each medical year that a stay lies in."""

    person_id: str
    holder: Holder
    bill: BillView
    parts: list[PartView]


def sentence(text: str) -> Sentence:
    """Give a sentence in its two languages, as steps keep them."""
    zh, _, en = text.partition(" · ")
    return Sentence(zh, en)


async def insured_now(work: Work, programme: Programme, person_id: int) -> Insured | None:
    """Give how somebody is insured today, or None."""
    with suppress(NotInsured):
        return await insurance.insured(work, programme, person_id, work.today)
    return None


async def insurance_view(work: Work, programme: Programme, person_id: int) -> InsuranceView:
    """Give where somebody stands; the caller records the look. Raises NotFound for nobody of the register."""
    now = await insured_now(work, programme, person_id)
    held = await ledger.balances(work, person_id)
    return InsuranceView(
        person_id=str(person_id),
        holder=await holder_of(work, person_id),
        on=work.today,
        scheme=now.scheme if now else None,
        status=now.status if now else None,
        since=now.since if now else None,
        current_account_fen=held.current_fen,
        historic_account_fen=held.historic_fen,
        years=[_year(one) for one in await insurance.year_standings(work, programme, person_id, now)],
        next=[Sentence(*pair) for pair in outlook(programme, now)] if now else [],
        spells=[_spell(one) for one in await insurance.spells(work, person_id)],
        account_years=[_account_year(one) for one in await insurance.account_years(work, person_id)],
    )


async def holder_of(work: Work, person_id: int) -> Holder:
    """Give who somebody of the register is, masked."""
    return Holder.of((await people.identities(work, [person_id]))[person_id])


def _year(one: YearStanding) -> YearView:
    return YearView(
        one.scheme, one.year.name, one.year.first, one.year.last, one.deductible_fen, one.deductible_used_fen,
        one.cap_fen, one.counted_fen,
    )  # fmt: skip


def _spell(one: Spell) -> SpellView:
    zh, en = (
        "，".join(filter(None, pair)) for pair in zip(SCHEMES[one.scheme], STATUSES[one.status], strict=True)
    )
    return SpellView(one.begins_on, one.scheme, one.status, zh, en)


def _account_year(one: AccountYear) -> AccountYearView:
    return AccountYearView(one.year, one.carried_fen, one.credit_fen)


async def entries_shown(work: Work, found: Sequence[PersonalEntry]) -> list[EntryView]:
    """Give entries of accounts in plain words, with the institutions that they are with."""
    named = await _places(work, {one.owner_id for one in found} - {NOBODY})
    return [_entry(one, named) for one in found]


def _entry(one: PersonalEntry, named: Mapping[int, InstitutionRef]) -> EntryView:
    of = one.reverses_kind or one.kind
    zh, en = ENTRIES[Kind(of)]
    if one.reverses_kind:
        zh, en = f"{ENTRIES[Kind.REVERSAL][0]}：{zh}", f"{ENTRIES[Kind.REVERSAL][1]}: {en}"
    return EntryView(
        str(one.entry_id), one.booked_on, Kind(one.kind), zh, en, named.get(one.owner_id),
        str(one.reference) if of == Kind.SETTLEMENT else None,
        one.current_fen, one.historic_fen, one.current_balance_fen, one.historic_balance_fen,
    )  # fmt: skip


async def bills_shown(work: Work, found: Iterable[HolderBill]) -> list[BillView]:
    """Give bills with the institutions that they are of."""
    found = list(found)
    named = await _places(work, {one.settlement.institution_id for one in found})
    return [_bill(one, named) for one in found]


async def _places(work: Work, ids: set[int]) -> dict[int, InstitutionRef]:
    """Give what institutions are called; of care in another province the province stands there."""
    return await references(work, ids) | {
        number: InstitutionRef(str(number), str(number), "province", *places.named(number))
        for number in ids & set(places.PROVINCES)
    }


def _bill(one: HolderBill, named: Mapping[int, InstitutionRef]) -> BillView:
    of = one.settlement
    return BillView(
        str(of.settlement_id), named.get(of.institution_id), one.kind, *VISITS[one.kind], one.began_on, one.ended_on,
        of.settled_on, of.settled_at, of.reversed_on, of.reversed_at, of.total_fen, of.in_scope_fen,
        of.own_expense_fen, of.prepay_fen, of.over_limit_fen, of.pooled_fen, of.supplementary_fen,
        of.current_account_fen, of.historic_account_fen, of.cash_fen,
    )  # fmt: skip


async def bill_detail(work: Work, one: HolderBill) -> BillDetail:
    """Give a bill with its explanation; the caller records the look."""
    whose = one.settlement.person_id
    (bill,) = await bills_shown(work, [one])
    parts = [part(each) for each in await settlements.bills(work, one.settlement)]
    return BillDetail(str(whose), await holder_of(work, whose), bill, parts)


def part(one: Bill) -> PartView:
    """Give the days of a bill that count in one year, with the sentences that say why."""
    quote = one.quote
    return PartView(
        one.first, one.last, one.year, quote.deductible_fen, quote.shared_fen, quote.own_share_fen,
        [sentence(step) for step in quote.steps], list(quote.rules),
    )  # fmt: skip


class LevelQuote(msgspec.Struct, frozen=True):
    """What a bill would come to at an institution of this level, with its sentences apart."""

    level: Level
    quote: Quote
    steps: list[Sentence]


class Compared(msgspec.Struct, frozen=True):
    """What the same bill would come to on a day at each level of institutions."""

    on: date
    items: list[LevelQuote]


def level_quote(level: Level, found: Quote) -> LevelQuote:
    """Give a quote for people to compare."""
    return LevelQuote(level, found, [sentence(step) for step in found.steps])
