"""Residents, for themselves and their wards: medical accounts, medical years, bills with their explanation, contributions, and what the next bill would come to."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

import msgspec
from litestar import get, post
from litestar.params import JSONBody, QueryParameter

from shebaoka.benefits.insurance import views as insurance
from shebaoka.benefits.insurance.catalogue import Listed
from shebaoka.benefits.insurance.errors import CareNotSettled, NotInsured
from shebaoka.benefits.insurance.insured import Contribution, Parts
from shebaoka.benefits.insurance.model import Amount
from shebaoka.benefits.insurance.outlook import LEVELS
from shebaoka.benefits.insurance.quoting import quote
from shebaoka.benefits.settlement import views as settlements
from shebaoka.benefits.settlement.model import BilledLine, HolderBill
from shebaoka.faces.api import billing
from shebaoka.faces.api.access import RESIDENTS_ONLY
from shebaoka.faces.api.areas.looks import Whose, whose_of
from shebaoka.faces.api.billing import (
    BillDetail,
    BillView,
    Compared,
    EntryView,
    InsuranceView,
    T,
    Year,
    YearPage,
    level_quote,
)
from shebaoka.faces.api.calling import Call, reading
from shebaoka.faces.api.declaring import ONE, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, Cursor, Id, Limit, PathId
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.ledger import views as ledger
from shebaoka.registry.acting.views import reach_of
from shebaoka.registry.programme.model import Care, CatalogueClass, Scheme
from shebaoka.registry.programme.programme import Programme

MAY: Final = "benefit.read"
After = Annotated[int, QueryParameter(ge=0, le=10**9, description="从第几行之后 · from after which line on")]


class ContributionView(msgspec.Struct, frozen=True):
    """What was paid in for the month or year that `period` is the first day of. `taken_back`: it was given back since."""

    contribution_id: str
    scheme: Scheme
    period: date
    base_fen: int
    own_fen: int
    employer_fen: int
    paid_on: date
    taken_back: bool


class LineView(msgspec.Struct, frozen=True):
    """A line of a bill as it was divided. `item`: the code of what was given, or the institution's word for it; `no`: its place.

    `item_name`: what the catalogue of that day calls it, null where it lists no such item.
    """

    no: int
    item: str
    item_name: str | None
    item_class: CatalogueClass
    served_on: date
    amount_fen: int
    in_scope_fen: int
    own_expense_fen: int
    prepay_fen: int
    over_limit_fen: int


class Lines(msgspec.Struct, frozen=True):
    """Lines of a bill; `next`: the place to go on from, null at the end."""

    items: list[LineView]
    next: int | None


class BillWanted(Body, frozen=True):
    """A bill that somebody thinks of, as the catalogue would divide it. `person_id`: oneself or a ward; left out, oneself."""

    care: Care
    in_scope_fen: Amount
    own_expense_fen: Amount = 0
    prepay_fen: Amount = 0
    over_limit_fen: Amount = 0
    person_id: Id | None = None


@get("/family/insurance", **protected(MAY, "family", "参保、账户与本年度累计 · Insurance, accounts and where one stands",
                                      refuses=ONE, residents=RESIDENTS_ONLY))  # fmt: skip
async def own_insurance(request: Call, person_id: Whose = None) -> InsuranceView:
    """Give how one is insured, or a ward: what the accounts hold, each medical year, and what comes next. The look is recorded."""
    programme = await service(request).programme()
    async with reading(request) as work:
        whose = await whose_of(work, programme, person_id)
        work.record(whose, "insurance.seen", whose)
        return await billing.insurance_view(work, programme, whose)


@get("/family/account-entries", **protected(MAY, "family", "个人账户明细 · What moved one's accounts",
                                            refuses=ONE, residents=RESIDENTS_ONLY))  # fmt: skip
async def own_entries(
    request: Call, person_id: Whose = None, year: Year = None, cursor: Cursor = None, limit: Limit = 50
) -> YearPage[EntryView]:
    """Give what moved one's accounts in a calendar year, or a ward's, newest first. The look is recorded."""
    programme = await service(request).programme()
    async with reading(request) as work:
        whose = await whose_of(work, programme, person_id)
        work.record(whose, "ledger.statement_seen", whose)
        found = await ledger.personal_entries(work, whose, *_days(work, year), cursor, limit)
        return _page(work, year, await billing.entries_shown(work, found), _next(found, limit, "entry_id"))


@get("/family/bills", **protected(MAY, "family", "医保账单 · Bills", refuses=ONE, residents=RESIDENTS_ONLY))
async def own_bills(
    request: Call, person_id: Whose = None, year: Year = None, cursor: Cursor = None, limit: Limit = 50
) -> YearPage[BillView]:
    """Give what was settled in a calendar year for oneself or a ward, newest first, taken back or not. The look is recorded."""
    programme = await service(request).programme()
    async with reading(request) as work:
        whose = await whose_of(work, programme, person_id)
        work.record(whose, "settlement.visits_seen", whose)
        found = await settlements.holder_bills(work, whose, *_days(work, year), cursor, limit)
        last = _next([one.settlement for one in found], limit, "settlement_id")
        return _page(work, year, await billing.bills_shown(work, found), last)


@get("/family/bills/{settlement_id:int}", **protected(MAY, "family", "一张账单及其说明 · One bill, explained", refuses=ONE,
                                                      residents=RESIDENTS_ONLY))  # fmt: skip
async def own_bill(request: Call, settlement_id: PathId) -> BillDetail:
    """Give a bill of oneself or a ward: divided, who paid what, and why, step by step. The look is recorded."""
    programme = await service(request).programme()
    async with reading(request) as work:
        one = await _bill_of(work, programme, settlement_id)
        return await billing.bill_detail(work, one)


@get("/family/bills/{settlement_id:int}/lines", **protected(MAY, "family", "账单明细 · The lines of a bill", refuses=ONE,
                                                            residents=RESIDENTS_ONLY))  # fmt: skip
async def own_bill_lines(request: Call, settlement_id: PathId, after: After = 0, limit: Limit = 50) -> Lines:
    """Give what a bill consists of, by the day of the care; none of a bill that was taken back."""
    programme = await service(request).programme()
    async with reading(request) as work:
        one = await _bill_of(work, programme, settlement_id)
        found = []
        if one.settlement.reversed_on is None:
            found = await settlements.billed_lines(work, one.settlement, after, limit)
        listed = await insurance.items(work, {(each.item, each.served_on) for each in found})
        lines = [_line(each, listed.get((each.item, each.served_on))) for each in found]
        return Lines(lines, found[-1].no if len(found) == limit else None)


@get("/family/contributions", **protected(MAY, "family", "缴费记录 · Contributions", refuses=ONE,
                                          residents=RESIDENTS_ONLY))  # fmt: skip
async def own_contributions(
    request: Call, person_id: Whose = None, year: Year = None, cursor: Cursor = None, limit: Limit = 50
) -> YearPage[ContributionView]:
    """Give what was paid in for the months of a calendar year, for oneself or a ward, newest first. The look is recorded."""
    programme = await service(request).programme()
    async with reading(request) as work:
        whose = await whose_of(work, programme, person_id)
        work.record(whose, "insurance.seen", whose)
        found = await insurance.contributions(work, whose, *_days(work, year), cursor, limit)
        return _page(
            work, year, [_contribution(one) for one in found], _next(found, limit, "contribution_id")
        )


@post("/family/quotes", status_code=200,
      **protected(MAY, "family", "按本人情况测算费用 · What a bill would come to for oneself", residents=RESIDENTS_ONLY,
                  refuses=(*ONE, NotInsured, CareNotSettled), unkeyed="it changes nothing"))  # fmt: skip
async def quote_own(request: Call, data: JSONBody[BillWanted]) -> Compared:
    """Say what a bill of today would come to for oneself or a ward, at each level of institutions, from where they stand. The look is recorded."""
    programme = await service(request).programme()
    async with reading(request) as work:
        whose = await whose_of(work, programme, None if data.person_id is None else int(data.person_id))
        work.record(whose, "insurance.seen", whose)
        now = await insurance.insured(work, programme, whose, work.today)
    parts = Parts(
        in_scope_fen=data.in_scope_fen, own_expense_fen=data.own_expense_fen, prepay_fen=data.prepay_fen,
        over_limit_fen=data.over_limit_fen,
    )  # fmt: skip
    return Compared(
        now.on, [level_quote(level, quote(programme, now.case(data.care, level, parts))) for level in LEVELS]
    )


async def _bill_of(work: Work, programme: Programme, settlement_id: int) -> HolderBill:
    """Give a bill of the resident or a ward, noting the look; any other is not found."""
    for whose in await reach_of(work, programme):
        one = await settlements.holder_bill(work, whose, settlement_id)
        if one is not None:
            work.record(whose, "settlement.message_seen", settlement_id)
            return one
    raise NotFound(str(settlement_id))


def _days(work: Work, year: int | None) -> tuple[date, date]:
    asked = year or work.today.year
    return date(asked, 1, 1), date(asked, 12, 31)


def _next(found: list[Any], limit: int, name: str) -> int | None:
    return getattr(found[-1], name) if len(found) == limit else None


def _page(work: Work, year: int | None, items: list[T], cursor: int | None) -> YearPage[T]:
    this_year = work.today.year
    return YearPage(items, year or this_year, this_year, None if cursor is None else str(cursor))


def _line(one: BilledLine, listed: Listed | None) -> LineView:
    return LineView(
        one.no, one.item, None if listed is None else listed.name, one.item_class, one.served_on, one.amount_fen, one.in_scope_fen, one.own_expense_fen,
        one.prepay_fen, one.over_limit_fen,
    )  # fmt: skip


def _contribution(one: Contribution) -> ContributionView:
    return ContributionView(
        str(one.contribution_id), one.scheme, one.period, one.base_fen, one.own_fen, one.employer_fen, one.paid_on,
        one.taken_back_by is not None,
    )  # fmt: skip


HANDLERS: tuple[Any, ...] = (
    own_insurance, own_entries, own_bills, own_bill, own_bill_lines, own_contributions, quote_own,
)  # fmt: skip
