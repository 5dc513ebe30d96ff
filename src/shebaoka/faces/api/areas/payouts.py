"""Payouts: lists of what is owed, runs under two officers, and how their payments stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from shebaoka.benefits.payouts import commands, errors, views
from shebaoka.benefits.payouts.commands.drawing import destinations
from shebaoka.benefits.payouts.model import (
    LEFT,
    Destination,
    File,
    Item,
    Left,
    Payment,
    Run,
    Taken,
    end_to_end_id,
    item_number,
)
from shebaoka.benefits.payouts.states import ItemStatus, PaymentStatus, RunStatus
from shebaoka.faces.api.calling import CREATED, Call, reading, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import (
    Body,
    Cursor,
    Holder,
    InstitutionRef,
    Limit,
    Page,
    PathId,
    Text,
    page_of,
    references,
)
from shebaoka.kit.problems import TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.errors import NoRuleApplies
from shebaoka.registry.programme.model import Benefit
from shebaoka.registry.staff import views as members

CONTENT_MAX: Final = 900_000
"""Characters of a list: some ten thousand lines; longer ones come in parts, or by the command line."""
DUE_MAX: Final = 200
Content = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=CONTENT_MAX,
        description="名单内容，CSV 或 JSON · the list itself, CSV or JSON",
    ),
]
Which = Annotated[Benefit, QueryParameter(description="哪项待遇 · which benefit")]
MOVED: Final = (TransitionRefused, errors.PayoutMovedMeanwhile)


class ListBody(Body, frozen=True):
    """A list: of what is owed (`items`), or of accounts that benefits went to before (`accounts`)."""

    kind: Literal["items", "accounts"]
    name: Text
    content: Content


class DrawBody(Body, frozen=True):
    """Of which benefit a run is drawn up, and on which day the banks are to pay it."""

    benefit: Benefit
    pay_on: date


class LineFault(msgspec.Struct, frozen=True):
    """What is wrong with a line of a list: the line, the column, and what to do. Never the value."""

    line: int
    column: str
    zh: str
    en: str


class ListAnswer(msgspec.Struct, frozen=True):
    """What became of a list: `lines` = `taken` + `repeated` + as many as have `faults`."""

    list_id: str
    lines: int
    taken: int
    repeated: int
    faults: list[LineFault]


class RunView(msgspec.Struct, frozen=True):
    """A run. Officers are named by their log-in; `yours`: whether the caller drew it up, and so cannot approve it."""

    run_id: str
    benefit: Benefit
    pay_on: date
    status: RunStatus
    payments: int
    total_fen: int
    drawn_by: str
    drawn_at: datetime
    closed_by: str | None
    closed_at: datetime | None
    yours: bool


class LeftView(msgspec.Struct, frozen=True):
    """How many of what was due could not be drawn, and why."""

    why: Left
    items: int
    zh: str
    en: str


class DrawnView(msgspec.Struct, frozen=True):
    """A run just drawn up, what was left behind, and whether more is due than fits into one run."""

    run: RunView
    left: list[LeftView]
    more: bool


class FileView(msgspec.Struct, frozen=True):
    """A file of a run at one bank. `problem`: why the bank does not have it yet."""

    message_id: str
    bank: InstitutionRef
    payments: int
    total_fen: int
    sent_at: datetime | None
    problem: str | None


class SumView(msgspec.Struct, frozen=True):
    """How many payments of a run at one bank stand so, and what they sum to."""

    bank: InstitutionRef
    status: PaymentStatus
    payments: int
    total_fen: int


class RunDetail(msgspec.Struct, frozen=True):
    """A run with its files, and how its payments stand."""

    run: RunView
    files: list[FileView]
    sums: list[SumView]


class PaymentView(msgspec.Struct, frozen=True):
    """A payment: `number` is ISO's end-to-end id, `last4` of the account; `code`, `reason`: the bank's, where it failed."""

    number: str
    item: str
    holder: Holder
    bank: InstitutionRef
    last4: str
    on_card: bool
    rule_id: str
    amount_fen: int
    status: PaymentStatus
    code: str | None
    reason: str | None
    booked_on: date | None
    returned_on: date | None


class ItemView(msgspec.Struct, frozen=True):
    """What somebody is owed for a month. `same_account`: the account that failed may be paid to again."""

    number: str
    holder: Holder
    benefit: Benefit
    period: date
    reference: str
    amount_fen: int
    status: ItemStatus
    same_account: bool


class ReturnedView(msgspec.Struct, frozen=True):
    """What was rejected or came back and waits for somebody, with the payment that failed."""

    item: ItemView
    payment: PaymentView


class DueView(msgspec.Struct, frozen=True):
    """What is due, and the account it would go to now; or why it cannot be paid."""

    item: ItemView
    bank: InstitutionRef | None
    last4: str | None
    left: LeftView | None


class CountView(msgspec.Struct, frozen=True):
    """How many items of a benefit stand so, and what they sum to."""

    benefit: Benefit
    status: ItemStatus
    items: int
    total_fen: int


class Overview(msgspec.Struct, frozen=True):
    """How payouts stand: items by benefit, runs newest first, and how many differences with banks are open."""

    counts: list[CountView]
    runs: list[RunView]
    differences: int
    refused_documents: int


@get("/payouts", **protected("payout.read", "payouts", "待遇发放概况 · How payouts stand"))
async def overview(request: Call) -> Overview:
    """Give items by benefit and status, the newest fifty runs, and what waits for somebody."""
    async with reading(request) as work:
        runs = await views.runs(work)
        names = await _names(work, runs)
        return Overview(
            [CountView(*row) for row in await views.counts(work)],  # type: ignore[arg-type]
            [_run(one, names, work.actor.name) for one in runs],
            len(await views.differences(work)),
            len(await views.refused_documents(work)),
        )


@post(
    "/payouts/lists", status_code=CREATED,
    **protected("payout.draw", "payouts", "收下发放名单 · Take in a list", keyed=True, refuses=(errors.PayoutListRefused,)),
)  # fmt: skip
async def take(request: Call, data: JSONBody[ListBody], key: RequestKey = None) -> Response[ListAnswer]:
    """Take in a list: each line once, or told back with what is wrong with it."""
    command = commands.take_items if data.kind == "items" else commands.take_accounts

    async def act(work: Work) -> ListAnswer:
        return _taken(await command(work, data.name, data.content.encode()))

    return await write(request, key, data, act, status=CREATED)


@get("/payouts/due", **protected("payout.read", "payouts", "待发放 · What is due"))
async def due(request: Call, benefit: Which) -> list[DueView]:
    """Give the oldest two hundred of what is due of a benefit, with where each would go, or why nowhere. The look is recorded."""
    programme = await service(request).programme()
    async with reading(request) as work:
        items = await views.due(work, benefit, most=DUE_MAX)
        found = await destinations(work, programme, items)
        banks = await references(work, [to.bank_id for to in found.values() if isinstance(to, Destination)])
        holders = await _holders(work, items)
        work.record_many("payout.due_listed", [(one.person_id, one.item_id) for one in items])
        return [_due(one, holders, found[one.item_id], banks) for one in items]


@post(
    "/payouts/runs", status_code=CREATED,
    **protected("payout.draw", "payouts", "编制发放批次 · Draw a run up", keyed=True,
                refuses=(errors.NothingToPay, errors.PayoutMovedMeanwhile, NoRuleApplies)),
)  # fmt: skip
async def draw(request: Call, data: JSONBody[DrawBody], key: RequestKey = None) -> Response[DrawnView]:
    """Draw up what is due of a benefit; another officer has to approve it."""
    programme = await service(request).programme()

    async def act(work: Work) -> DrawnView:
        drawn = await commands.draw(work, programme, data.benefit, data.pay_on)
        left = [_left(why, many) for why, many in drawn.left.items()]
        return DrawnView(await _told(work, drawn.run), left, drawn.more)

    return await write(request, key, data, act, status=CREATED)


@get("/payouts/runs/{run_id:int}", **protected("payout.read", "payouts", "一个发放批次 · A run", refuses=ONE))
async def run(request: Call, run_id: PathId) -> RunDetail:
    """Give a run with its files and sums."""
    async with reading(request) as work:
        found = await views.run(work, run_id)
        files, sums = await views.files(work, run_id), await views.sums(work, run_id)
        banks = await references(work, [*(one.bank_id for one in files), *(one.bank_id for one in sums)])
        return RunDetail(
            await _told(work, found),
            [_file(one, banks) for one in files],
            [SumView(banks[one.bank_id], one.status, one.payments, one.total_fen) for one in sums],
        )


@get(
    "/payouts/runs/{run_id:int}/payments",
    **protected("payout.read", "payouts", "批次明细 · The payments of a run", refuses=ONE),
)
async def payments(
    request: Call, run_id: PathId, cursor: Cursor = None, limit: Limit = 50
) -> Page[PaymentView]:
    """Give payments of a run, masked; the look is recorded."""
    async with reading(request) as work:
        await views.run(work, run_id)
        found = await views.payments(work, run_id, cursor or 0, limit)
        work.record_many("payout.run_seen", [one.key for one in found])
        shown = await _payments(work, found)
    return page_of(shown, found[-1].payment_id if len(found) == limit else None)


@post(
    "/payouts/runs/{run_id:int}/approval", status_code=200,
    **protected("payout.approve", "payouts", "批准发放批次 · Approve a run", keyed=True,
                refuses=(*ONE, *MOVED, errors.SecondOfficerForPayout, NoRuleApplies)),
)  # fmt: skip
async def approve(request: Call, run_id: PathId, key: RequestKey = None) -> Response[RunView]:
    """Approve what another officer has drawn up: it is owed from now on, and goes to the banks."""
    programme = await service(request).programme()

    async def act(work: Work) -> RunView:
        return await _told(work, await commands.approve(work, programme, run_id))

    return await write(request, key, None, act)


@post(
    "/payouts/runs/{run_id:int}/cancellation", status_code=200,
    **protected("payout.draw", "payouts", "取消发放批次 · Cancel a run", keyed=True, refuses=(*ONE, *MOVED)),
)  # fmt: skip
async def cancel(request: Call, run_id: PathId, key: RequestKey = None) -> Response[RunView]:
    """Cancel a run that nobody has approved: what was in it is due again."""

    async def act(work: Work) -> RunView:
        return await _told(work, await commands.cancel(work, run_id))

    return await write(request, key, None, act)


@get("/payouts/returned", **protected("payout.read", "payouts", "退回待处理 · What came back"))
async def returned(request: Call, cursor: Cursor = None, limit: Limit = 50) -> Page[ReturnedView]:
    """Give what banks rejected or sent back and waits for somebody, oldest first, masked; the look is recorded."""
    async with reading(request) as work:
        found = await views.failed(work, cursor or 0, limit)
        items = [item for item, _ in found]
        holders, shown = await _holders(work, items), await _payments(work, [last for _, last in found])
        work.record_many("payout.returned_listed", [(one.person_id, one.item_id) for one in items])
    told = [ReturnedView(item_view(item, holders), one) for item, one in zip(items, shown, strict=True)]
    return page_of(told, items[-1].item_id if len(items) == limit else None)


async def _told(work: Work, one: Run) -> RunView:
    return _run(one, await _names(work, [one]), work.actor.name)


async def _names(work: Work, runs: Sequence[Run]) -> dict[str, str]:
    """Give log-ins of staff by the names that actors have; what is none of the staff's keeps its own."""
    actors = {name for one in runs for name in (one.drawn_by, one.closed_by) if name}
    ids = {int(name.removeprefix("staff:")) for name in actors if name.startswith("staff:")}
    found = await members.staff_by_ids(work, ids)
    return {name: name for name in actors} | {f"staff:{one}": member.login for one, member in found.items()}


async def _holders(work: Work, items: Sequence[Item] | Sequence[Payment]) -> dict[int, Holder]:
    known = await people.identities(work, {one.person_id for one in items})
    return {person_id: Holder.of(identity) for person_id, identity in known.items()}


async def _payments(work: Work, found: Sequence[Payment]) -> list[PaymentView]:
    banks, holders = await references(work, [one.bank_id for one in found]), await _holders(work, found)
    return [
        PaymentView(
            end_to_end_id(*one.key), item_number(one.person_id, one.item_id), holders[one.person_id], banks[one.bank_id],
            one.last4, one.application_id is not None, one.rule_id, one.amount_fen, one.status, one.code, one.reason,
            one.booked_on, one.returned_on,
        )
        for one in found
    ]  # fmt: skip


def _run(one: Run, names: dict[str, str], me: str) -> RunView:
    return RunView(
        str(one.run_id), one.benefit, one.pay_on, one.status, one.payments, one.total_fen, names[one.drawn_by], one.drawn_at,
        names[one.closed_by] if one.closed_by else None, one.closed_at, one.drawn_by == me,
    )  # fmt: skip


def _file(one: File, banks: dict[int, InstitutionRef]) -> FileView:
    return FileView(one.message_id, banks[one.bank_id], one.payments, one.total_fen, one.sent_at, one.problem)


def _taken(one: Taken) -> ListAnswer:
    return ListAnswer(
        str(one.list_id),
        one.lines,
        one.taken,
        one.repeated,
        [LineFault(each.line, each.column, each.zh, each.en) for each in one.faults],
    )


def _left(why: Left, many: int = 1) -> LeftView:
    return LeftView(why, many, *LEFT[why])


def item_view(one: Item, holders: dict[int, Holder]) -> ItemView:
    """Give an item as it goes over the wire."""
    return ItemView(
        item_number(one.person_id, one.item_id), holders[one.person_id], one.benefit, one.period, one.reference, one.amount_fen,
        one.status, one.same_account,
    )  # fmt: skip


def _due(
    one: Item, holders: dict[int, Holder], to: Destination | Left, banks: dict[int, InstitutionRef]
) -> DueView:
    shown = item_view(one, holders)
    if isinstance(to, Destination):
        return DueView(shown, banks[to.bank_id], to.last4, None)
    return DueView(shown, None, None, _left(to))


HANDLERS: tuple[Any, ...] = (
    overview, take, due, draw, run, payments, approve, cancel, returned,
)  # fmt: skip
