"""Blank cards: what each outlet has, how long it lasts, and every movement of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from shebaoka.faces.api.calling import CREATED, Call, reading, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import (
    Body,
    Code,
    Cursor,
    Id,
    InstitutionRef,
    Limit,
    Page,
    PathId,
    Text,
    institution_of,
    own_institution,
    page_of,
)
from shebaoka.issuing.stock import commands, errors, views
from shebaoka.issuing.stock.model import Box, Kind, Movement, SpoiledBecause, Standing, StockTake
from shebaoka.issuing.stock.states import TakeStatus
from shebaoka.kit.problems import TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.records.table import as_csv
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.staff.errors import Forbidden
from shebaoka.registry.staff.roles import Scope, allowed

CSV: Final = "text/csv; charset=utf-8"
Quantity = Annotated[int, Meta(ge=1, le=100_000, description="张数 · how many blanks")]
Counted = Annotated[int, Meta(ge=0, le=100_000, description="清点张数 · how many there are")]
Serial = Annotated[
    str,
    Meta(pattern="^[0-9A-Fa-f]{8}$", description="芯片序列号 · a chip's serial number, 8 hex digits"),
]
SpoiledHere = Literal["misprinted", "chip_dead", "damaged", "faulty"]
OutletCode = Annotated[
    str | None,
    QueryParameter(
        max_length=64,
        required=False,
        description="网点代码，缺省为本网点 · code of an outlet; default: your own",
    ),
]
District = Annotated[
    str | None, QueryParameter(max_length=64, required=False, description="区代码 · code of a district")
]
Form = Annotated[
    Literal["json", "csv"], QueryParameter(name="format", description="JSON 或表格 · JSON or a table")
]
COLUMNS: Final = (
    "区", "网点代码", "网点", "库存", "在制", "近期使用", "近期作废", "日均用量", "可用天数", "预计用完日", "建议补领",
    "待登记盘点差额",
)  # fmt: skip


class Receipt(Body, frozen=True):
    """A box from the card centre. Serials as on its label, both ends included; left out where it has none.

    `outlet`, here and below: whose blanks, by code, where the card centre books for one; else your own outlet's.
    """

    shipment: Code
    box: Code
    quantity: Quantity
    first_serial: Serial | None = None
    last_serial: Serial | None = None
    outlet: Code | None = None


class Spoilage(Body, frozen=True):
    """Blanks of the drawer that are good for nothing. Those that came with their serials are named by them, here and in returns."""

    quantity: Quantity
    reason: SpoiledHere
    first_serial: Serial | None = None
    last_serial: Serial | None = None
    outlet: Code | None = None


class Returning(Body, frozen=True):
    """Blanks that go back to the card centre, under a shipment of the outlet's."""

    quantity: Quantity
    shipment: Code
    first_serial: Serial | None = None
    last_serial: Serial | None = None
    outlet: Code | None = None


class Correction(Body, frozen=True):
    """An entry that says a wrong number, the right one (0: it never happened), and why."""

    movement_id: Id
    quantity: Counted
    reason: Text
    outlet: Code | None = None


class Counting(Body, frozen=True):
    """What lies in the drawer, counted by hand."""

    counted: Counted
    outlet: Code | None = None


class Booking(Body, frozen=True):
    """What is thought to be the reason of the difference."""

    reason: Text
    outlet: Code | None = None


class MovementView(msgspec.Struct, frozen=True):
    """An entry of the ledger. `stock`, `in_hand`: how many more or fewer in the drawer, or out of it for cards being made."""

    movement_id: str
    kind: Kind
    stock: int
    in_hand: int
    balance_after: int
    in_hand_after: int
    shipment: str | None
    box: str | None
    first_serial: str | None
    last_serial: str | None
    reason: str | None
    application_id: str | None
    corrects: str | None
    count_id: str | None
    recorded_by: str
    recorded_at: datetime


class StockTakeView(msgspec.Struct, frozen=True):
    """A count by hand. `difference`: so many more than the ledger said; `differs` waits for a second person to book it."""

    count_id: str
    status: TakeStatus
    expected: int
    counted: int
    difference: int
    counted_by: str
    counted_at: datetime
    booked_by: str | None
    booked_at: datetime | None
    reason: str | None


class StockView(msgspec.Struct, frozen=True):
    """An outlet's blanks today.

    `balance` in the drawer, `in_hand` out of it for cards being made; `used` and `spoiled` in the last `use_days`. On
    `runs_out_on` the drawer is empty if things go on so (null: nothing is used). `order`: so many to ask for.
    """

    outlet: InstitutionRef
    district_code: str | None
    instant: bool
    balance: int
    in_hand: int
    use_days: int
    used: int
    spoiled: int
    use_per_day: float
    days_left: int | None
    runs_out_on: date | None
    order: int
    open_count: StockTakeView | None


@get("/stock", **protected("stock.keep", "stock", "本网点空白卡 · An outlet's blank cards", refuses=(*ONE, Forbidden)))  # fmt: skip
async def stock(request: Call, outlet: OutletCode = None) -> StockView:
    """Give what an outlet has, how long it lasts, and a stock-take whose difference nobody has booked."""
    programme = await service(request).programme()
    async with reading(request) as work:
        place = await _outlet(work, outlet)
        return _standing(place, await views.standing(work, programme, place.institution_id))


@get("/stock/movements", **protected("stock.keep", "stock", "空白卡流水 · The ledger of blank cards", refuses=(*ONE, Forbidden)))  # fmt: skip
async def movements(
    request: Call, outlet: OutletCode = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[MovementView]:
    """Give an outlet's ledger, newest first; the sums of its entries are what there is."""
    async with reading(request) as work:
        place = await _outlet(work, outlet)
        found = await views.movements(work, place.institution_id, cursor, limit)
    return page_of(
        [movement_view(one) for one in found], found[-1].movement_id if len(found) == limit else None
    )


@get("/stock/counts", **protected("stock.keep", "stock", "盘点记录 · Stock-takes", refuses=(*ONE, Forbidden)))
async def counts(request: Call, outlet: OutletCode = None, limit: Limit = 50) -> list[StockTakeView]:
    """Give an outlet's stock-takes, newest first."""
    async with reading(request) as work:
        place = await _outlet(work, outlet)
        return [_take(one) for one in await views.counts(work, place.institution_id, limit)]


@get(
    "/stock/overview",
    **protected("stock.overview", "stock", "各网点空白卡（紧缺在前） · Blank cards of all outlets, low stock first"),
)  # fmt: skip
async def overview(
    request: Call, district: District = None, form: Form = "json"
) -> Response[list[StockView] | bytes]:
    """Give every outlet that issues on the spot, or still keeps blanks; JSON, or CSV for a spreadsheet."""
    programme = await service(request).programme()
    async with reading(request) as work:
        found = await views.overview(work, programme, district)
    if form == "csv":
        return Response(as_csv(COLUMNS, map(_row, found)), media_type=CSV)
    return Response([_standing(place, one) for place, one in found])


@post(
    "/stock/receipts",
    status_code=CREATED,
    **protected("stock.keep", "stock", "领用空白卡 · Receive a box of blank cards", keyed=True,
                refuses=(*ONE, Forbidden, errors.BlanksNotHere, errors.SerialsUnfit, errors.BoxReceived,
                         errors.SerialsElsewhere)),
)  # fmt: skip
async def receive(request: Call, data: JSONBody[Receipt], key: RequestKey = None) -> Response[MovementView]:
    """Take in a box that the card centre sent; each box of a shipment once."""

    async def act(work: Work) -> MovementView:
        box = Box(data.shipment, data.box, data.quantity, data.first_serial, data.last_serial)
        return movement_view(await commands.receive(work, await _outlet(work, data.outlet), box))

    return await write(request, key, data, act, status=CREATED)


@post(
    "/stock/spoilages",
    status_code=CREATED,
    **protected("stock.keep", "stock", "登记库存作废 · Book blanks of the drawer as spoiled", keyed=True,
                refuses=(*ONE, Forbidden, errors.StockBelowZero, errors.SerialsUnfit, errors.SerialsElsewhere, errors.SerialsNeeded)),
)  # fmt: skip
async def spoil(request: Call, data: JSONBody[Spoilage], key: RequestKey = None) -> Response[MovementView]:
    """Book blanks that are good for nothing, with the reason. One taken for a card is spoiled in its session."""

    async def act(work: Work) -> MovementView:
        reason = SpoiledBecause(data.reason)
        place, numbers = await _outlet(work, data.outlet), (data.first_serial, data.last_serial)
        return movement_view(await commands.spoil(work, place, data.quantity, reason, numbers))

    return await write(request, key, data, act, status=CREATED)


@post(
    "/stock/returns",
    status_code=CREATED,
    **protected("stock.keep", "stock", "退回空白卡 · Send blanks back to the card centre", keyed=True,
                refuses=(*ONE, Forbidden, errors.StockBelowZero, errors.SerialsUnfit, errors.SerialsElsewhere, errors.SerialsNeeded)),
)  # fmt: skip
async def give_back(
    request: Call, data: JSONBody[Returning], key: RequestKey = None
) -> Response[MovementView]:
    """Book blanks that leave for the card centre."""

    async def act(work: Work) -> MovementView:
        place, numbers = await _outlet(work, data.outlet), (data.first_serial, data.last_serial)
        return movement_view(await commands.give_back(work, place, data.quantity, data.shipment, numbers))

    return await write(request, key, data, act, status=CREATED)


@post(
    "/stock/corrections",
    status_code=CREATED,
    **protected("stock.keep", "stock", "更正流水 · Correct an entry of the ledger", keyed=True,
                refuses=(*ONE, Forbidden, errors.SecondPersonNeeded, errors.MovementNotCorrectable, errors.StockBelowZero)),
)  # fmt: skip
async def correct(
    request: Call, data: JSONBody[Correction], key: RequestKey = None
) -> Response[MovementView]:
    """Correct how many an entry says, by a further entry and a second person: the wrong entry stays to be seen."""

    async def act(work: Work) -> MovementView:
        place = await _outlet(work, data.outlet)
        return movement_view(
            await commands.correct(work, place, int(data.movement_id), data.quantity, data.reason)
        )

    return await write(request, key, data, act, status=CREATED)


@post(
    "/stock/counts",
    status_code=CREATED,
    **protected("stock.keep", "stock", "盘点 · Count the drawer", keyed=True, refuses=(*ONE, Forbidden)),
)
async def count(request: Call, data: JSONBody[Counting], key: RequestKey = None) -> Response[StockTakeView]:
    """Note what lies in the drawer. A difference is shown, and changes nothing until a second person books it."""

    async def act(work: Work) -> StockTakeView:
        return _take(await commands.count(work, await _outlet(work, data.outlet), data.counted))

    return await write(request, key, data, act, status=CREATED)


@post(
    "/stock/counts/{count_id:int}/booking",
    status_code=200,
    **protected("stock.keep", "stock", "登记盘点差额 · Book the difference of a stock-take", keyed=True,
                refuses=(*ONE, Forbidden, TransitionRefused, errors.SecondPersonNeeded, errors.StockBelowZero)),
)  # fmt: skip
async def book_count(
    request: Call, count_id: PathId, data: JSONBody[Booking], key: RequestKey = None
) -> Response[StockTakeView]:
    """Book the difference, by somebody else than who counted, with its reason."""

    async def act(work: Work) -> StockTakeView:
        place = await _outlet(work, data.outlet)
        return _take(await commands.book_count(work, place, count_id, data.reason))

    return await write(request, key, data, act)


async def _outlet(work: Work, code: str | None) -> Institution:
    """Give the outlet that is meant: one's own, or for the card centre any."""
    own = await own_institution(work)
    if code is None or code == own.code:
        return own
    if allowed(work.actor, "stock.keep") is not Scope.ALL:
        raise Forbidden(permission="stock.keep", role=work.actor.role)
    return await institution_of(work, code)


def movement_view(one: Movement) -> MovementView:
    """Give an entry as it is told."""
    return MovementView(
        str(one.movement_id), Kind(one.kind), one.stock_delta, one.hand_delta, one.balance_after, one.in_hand_after,
        one.shipment, one.box, one.first_serial, one.last_serial, one.reason, _number(one.application_id),
        _number(one.corrects), _number(one.count_id), one.recorded_by, one.recorded_at,
    )  # fmt: skip


def _take(one: StockTake) -> StockTakeView:
    return StockTakeView(
        str(one.count_id), TakeStatus(one.status), one.expected, one.counted, one.difference, one.counted_by,
        one.counted_at, one.booked_by, one.booked_at, one.reason,
    )  # fmt: skip


def _standing(place: Institution, one: Standing) -> StockView:
    told = one.forecast
    return StockView(
        InstitutionRef.of(place), place.district_code, place.instant, one.balance, one.in_hand, told.days, one.used,
        one.spoiled, told.use_per_day, told.days_left, told.runs_out_on, told.order,
        _take(one.open_count) if one.open_count else None,
    )  # fmt: skip


def _row(pair: tuple[Institution, Standing]) -> tuple[Any, ...]:
    place, one = pair
    told = one.forecast
    return (
        place.district_code, place.code, place.name_zh, one.balance, one.in_hand, one.used, one.spoiled,
        told.use_per_day, told.days_left, told.runs_out_on, told.order,
        one.open_count.difference if one.open_count else None,
    )  # fmt: skip


def _number(one: int | None) -> str | None:
    return None if one is None else str(one)


HANDLERS: tuple[Any, ...] = (
    stock, movements, counts, overview, receive, spoil, give_back, correct, count, book_count,
)  # fmt: skip
