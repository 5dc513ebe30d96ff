"""`shebaoka stock`: the blank cards of every outlet, and entries that the card centre makes for one."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

import msgspec
import typer

from shebaoka.cli import blanks
from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.issuing.stock import commands, views
from shebaoka.issuing.stock.model import AT_THE_COUNTER, Box, Movement, SpoiledBecause, Standing, StockTake
from shebaoka.kit.city import City
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.records.table import as_csv
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.programme.views import load

app = typer.Typer(no_args_is_help=True, help="空白卡库存 · blank cards of the outlets that issue on the spot")
Outlet = Annotated[str, typer.Option("--outlet", help="网点代码 · code of the outlet")]
Quantity = Annotated[int, typer.Option("--quantity", min=1, max=100_000, help="张数 · how many blanks")]
First = Annotated[
    str | None, typer.Option(help="首张芯片序列号 · serial number of the first chip, 8 hex digits")
]
Last = Annotated[str | None, typer.Option(help="末张芯片序列号 · of the last chip")]
Why = Annotated[str, typer.Option("--reason", help="原因 · why")]
HEADS: Final = (
    "区 district", "网点 outlet", "库存 balance", "在制 in hand", "已用 used", "作废 spoiled", "日均 a day", "用完日 runs out",
    "补领 order",
)  # fmt: skip


@app.command("show")
def show(outlet: Outlet, *, as_json: AsJson = False) -> None:
    """一个网点的库存、日均用量和预计用完日 · An outlet's blanks, their daily use, and the day on which they run out."""

    async def act(work: Work, place: Institution) -> Standing:
        return await views.standing(work, await load(work), place.institution_id)

    with refusals(as_json) as settings:
        place, found = with_city(settings, _at(outlet, act))
    _tell([(place, found)], as_json)


@app.command("overview")
def overview(
    district: Annotated[str | None, typer.Option(help="只列此区 · only this district, by code")] = None,
    *,
    as_csv_file: Annotated[
        bool, typer.Option("--csv", help="输出 CSV 表格 · print a table for a spreadsheet")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """各网点空白卡，紧缺在前 · Blank cards of all outlets, those first that run out first."""

    async def act(city: City) -> list[tuple[Institution, Standing]]:
        async with city.database.work(OPERATOR) as work:
            return await views.overview(work, await load(work), district)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_csv_file:
        sys.stdout.buffer.write(as_csv(HEADS, [_cells(place, one) for place, one in found]))
        sys.stdout.flush()
    else:
        _tell(found, as_json)


@app.command("movements")
def movements(
    outlet: Outlet,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="条数 · how many entries")] = 50,
    *,
    as_json: AsJson = False,
) -> None:
    """一个网点的流水，新的在前 · An outlet's ledger, newest first."""

    async def act(work: Work, place: Institution) -> list[Movement]:
        return await views.movements(work, place.institution_id, None, limit)

    with refusals(as_json) as settings:
        _, found = with_city(settings, _at(outlet, act))
    if as_json:
        say_json({"movements": [_movement(one) for one in found]})
        return
    for one in found:
        say(_line(one))


@app.command("receive")
def receive(
    outlet: Outlet,
    quantity: Quantity,
    shipment: Annotated[str, typer.Option(help="发货单号 · number of the shipment")],
    box: Annotated[str, typer.Option(help="箱号 · number of the box")],
    first_serial: First = None,
    last_serial: Last = None,
    *,
    as_json: AsJson = False,
) -> None:
    """登记领用一箱空白卡 · Book a box that the card centre sent to an outlet; each box once."""
    asked = Box(shipment, box, quantity, first_serial, last_serial)
    _move(outlet, as_json, lambda work, place: commands.receive(work, place, asked))


def _reason(text: str) -> str:
    if text not in set(AT_THE_COUNTER):
        raise typer.BadParameter(f"{text}: {', '.join(AT_THE_COUNTER)}")
    return text


@app.command("spoil")
def spoil(
    outlet: Outlet,
    quantity: Quantity,
    reason: Annotated[str, typer.Option(parser=_reason, help=f"原因 · why: {', '.join(AT_THE_COUNTER)}")],
    first_serial: First = None,
    last_serial: Last = None,
    *,
    as_json: AsJson = False,
) -> None:
    """登记库存作废 · Book blanks of the drawer as good for nothing."""
    why = SpoiledBecause(reason)
    _move(
        outlet,
        as_json,
        lambda work, place: commands.spoil(work, place, quantity, why, (first_serial, last_serial)),
    )


@app.command("return")
def give_back(
    outlet: Outlet,
    quantity: Quantity,
    shipment: Annotated[str, typer.Option(help="退货单号 · number of the shipment")],
    first_serial: First = None,
    last_serial: Last = None,
    *,
    as_json: AsJson = False,
) -> None:
    """登记退回卡中心 · Book blanks that go back to the card centre."""
    _move(
        outlet,
        as_json,
        lambda work, place: commands.give_back(work, place, quantity, shipment, (first_serial, last_serial)),
    )


@app.command("correct")
def correct(
    outlet: Outlet,
    movement: Annotated[int, typer.Option(help="流水号 · number of the entry that is wrong")],
    quantity: Annotated[int, typer.Option(min=0, max=100_000, help="正确张数 · the right number")],
    reason: Why,
    *,
    as_json: AsJson = False,
) -> None:
    """以一笔新流水更正错误张数 · Correct how many an entry says, by a further entry; the wrong one stays."""
    _move(outlet, as_json, lambda work, place: commands.correct(work, place, movement, quantity, reason))


@app.command("count")
def count(
    outlet: Outlet,
    counted: Annotated[int, typer.Option(min=0, max=100_000, help="清点张数 · how many there are")],
    *,
    as_json: AsJson = False,
) -> None:
    """登记盘点：差额须由另一人登记 · Note a count by hand; a difference waits for a second person to book it."""
    _take(outlet, as_json, lambda work, place: commands.count(work, place, counted))


@app.command("book-count")
def book_count(
    outlet: Outlet,
    count_id: Annotated[int, typer.Option("--count", help="盘点号 · number of the stock-take")],
    reason: Why,
    *,
    as_json: AsJson = False,
) -> None:
    """登记盘点差额，须非盘点人 · Book the difference of a count that somebody else has made."""
    _take(outlet, as_json, lambda work, place: commands.book_count(work, place, count_id, reason))


app.command("reconcile")(blanks.reconcile)
app.command("deliver")(blanks.deliver)
app.command("custody")(blanks.custody)

Act = Callable[[Work, Institution], Awaitable[Any]]


def _at(code: str, act: Act) -> Callable[[City], Awaitable[tuple[Institution, Any]]]:
    """Give what is done at an outlet, in one transaction."""

    async def run(city: City) -> tuple[Institution, Any]:
        async with city.database.work(OPERATOR) as work:
            place = await institutions.by_code(work, code)
            if place is None:
                raise NotFound(f"机构代码 institution {code}")
            return place, await act(work, place)

    return run


def _move(outlet: str, as_json: bool, act: Act) -> None:
    with refusals(as_json) as settings:
        _, done = with_city(settings, _at(outlet, act))
    if as_json:
        say_json(_movement(done))
    else:
        say(_line(done))


def _take(outlet: str, as_json: bool, act: Act) -> None:
    with refusals(as_json) as settings:
        _, done = with_city(settings, _at(outlet, act))
    told: StockTake = done
    if as_json:
        say_json(_counted(told))
    else:
        say(
            f"{told.count_id}: 账面 expected {told.expected}，清点 counted {told.counted}，"
            f"差额 difference {told.difference:+} — {told.status}"
        )


def _counted(one: StockTake) -> dict[str, Any]:
    numbers = {"count_id": str(one.count_id), "outlet_id": str(one.outlet_id)}
    return {**msgspec.to_builtins(one), **numbers, "difference": one.difference}


def _movement(one: Movement) -> dict[str, Any]:
    numbers = ("movement_id", "outlet_id", "application_id", "corrects", "count_id")
    document: dict[str, Any] = msgspec.to_builtins(one)
    return document | {name: str(document[name]) for name in numbers if document[name] is not None}


def _line(one: Movement) -> str:
    at = one.recorded_at.astimezone(SHANGHAI)
    why = " ".join(text for text in (one.shipment, one.box, one.reason) if text)
    return (
        f"{one.movement_id}  {at:%Y-%m-%d %H:%M}  {one.kind:9} {one.stock_delta:+6} {one.hand_delta:+3}"
        f"  库存 balance {one.balance_after}，在制 in hand {one.in_hand_after}  {one.recorded_by}  {why}".rstrip()
    )


def _cells(place: Institution, one: Standing) -> tuple[Any, ...]:
    told = one.forecast
    return (
        place.district_code, place.code, one.balance, one.in_hand, one.used, one.spoiled, told.use_per_day,
        told.runs_out_on, told.order,
    )  # fmt: skip


def _tell(found: list[tuple[Institution, Standing]], as_json: bool) -> None:
    if as_json:
        say_json({"outlets": [
            {"outlet": place.code, "district": place.district_code, "instant": place.instant,
             **msgspec.to_builtins(one), "outlet_id": str(one.outlet_id),
             "open_count": _counted(one.open_count) if one.open_count else None}
            for place, one in found
        ]})  # fmt: skip
        return
    say("  ".join(HEADS))
    for place, one in found:
        say("  ".join("—" if cell is None else str(cell) for cell in _cells(place, one)))
        if one.open_count:
            say(
                f"  盘点 {one.open_count.count_id} 差额 {one.open_count.difference:+} 待另一人登记 · "
                "a difference waits for a second person"
            )
