"""`shebaoka outreach`: a day's routes, visits nobody told of, and what devices brought that a person must look at."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer

from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.issuing.outreach import routing, states, views
from shebaoka.issuing.outreach.clashing import WORDS
from shebaoka.issuing.outreach.model import Captured, Route, Visit
from shebaoka.kit.city import City
from shebaoka.registry.institutions.model import Institution

app = typer.Typer(
    no_args_is_help=True,
    help="上门、服务点与离线受理 · visits at home, and work captured without a network",
)


@app.command("route")
def show_route(
    outlet: Annotated[str, typer.Option("--outlet", help="网点代码 · code of the outlet")],
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="日期，缺省为今天 · the day; default: today"),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """一个网点当日的上门路线，含姓名和地址，查看留痕 · An outlet's routes of a day, with names and addresses; the look is audited."""

    async def act(city: City) -> tuple[Institution, date, list[Route]]:
        async with city.database.work(OPERATOR) as work:
            found = await views.outlet(work, outlet)
            day = on.date() if on else work.today
            return found, day, await views.day_s_routes(work, found.institution_id, day)

    with refusals(as_json) as settings:
        place, day, routes = with_city(settings, act)
    if as_json:
        say_json({"outlet": place.code, "day": day, "routes": [_route(one) for one in routes]})
        return
    say(f"{place.name_zh} · {place.name_en}  {day}")
    for one in routes:
        say(f"  人员 staff {', '.join(map(str, one.staff))}")
        for order, stop in enumerate(one.stops, start=1):
            zh, _ = routing.why(stop)
            say(
                f"    {order:2} {zh}  {stop.name}  {stop.contact.mobile}  {stop.contact.address}  #{stop.visit.visit_id}"
            )


@app.command("conflicts")
def list_conflicts(
    after: Annotated[int, typer.Option(help="从此编号之后续列 · go on after this number")] = 0,
    *,
    as_json: AsJson = False,
) -> None:
    """待处理的离线记录：冲突、待核实、被拒（不含姓名） · Captured items that a person must work off; whose they are is not shown."""

    async def act(city: City) -> list[Captured]:
        async with city.database.work(OPERATOR) as work:
            return await views.waiting(work, states.WAITING, after)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json({"captures": [{
            "capture_id": str(one.capture_id), "kind": one.kind, "status": one.status, "reason": one.reason,
            "device_id": str(one.device_id), "staff_id": str(one.staff_id), "captured_at": one.captured_at,
            "received_at": one.received_at, "theirs": one.theirs,
        } for one in found]})  # fmt: skip
        return
    for one in found:
        zh, en = WORDS.get(one.reason or "", WORDS["refused"])
        say(f"{one.capture_id}  {one.kind:14} {one.status:9} {one.captured_at:%Y-%m-%d %H:%M}  {zh} · {en}")
    say(f"待处理 waiting: {len(found)}")


@app.command("unheld")
def list_unheld(*, as_json: AsJson = False) -> None:
    """日期已过、尚未回报的上门 · Visits whose day is over and nobody told how they went."""

    async def act(city: City) -> list[Visit]:
        async with city.database.work(OPERATOR) as work:
            return list((await views.page(work, None, None, views.PAGE_MAX, work.today)).items)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json({"visits": [{
            "visit_id": str(one.visit_id), "outlet_id": str(one.outlet_id), "day": one.day, "slot": one.slot,
            "staff": [str(number) for number in one.staff], "attempt": one.attempt,
        } for one in found]})  # fmt: skip
        return
    for one in found:
        say(
            f"{one.visit_id}  {one.day} {one.slot}  网点 outlet {one.outlet_id}  人员 staff {', '.join(map(str, one.staff))}"
        )
    say(f"未回报 not told of: {len(found)}")


def _route(one: Route) -> dict[str, object]:
    return {
        "staff": [str(number) for number in one.staff],
        "stops": [
            {"order": order, "visit_id": str(stop.visit.visit_id), "slot": stop.visit.slot, "place": stop.place,
             "name": stop.name, "mobile": stop.contact.mobile, "address": stop.contact.address}
            for order, stop in enumerate(one.stops, start=1)
        ],
    }  # fmt: skip
