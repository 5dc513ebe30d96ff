"""`shebaoka stock reconcile | deliver | custody`: every blank card that ever came, and what became of it."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import typer

from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.issuing.instant.model import Reconciled
from shebaoka.issuing.instant.views import reconcile as reconciled
from shebaoka.issuing.stock import custody as keeping
from shebaoka.issuing.stock import views as stock
from shebaoka.issuing.stock.model import Custody
from shebaoka.kit.city import City
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import Institution

Serial = Annotated[
    str, typer.Option(metavar="HEX8", help="芯片序列号，八位十六进制 · a chip's serial number, 8 hex digits")
]
Found = list[tuple[Institution | None, Reconciled]]


def reconcile(*, as_json: AsJson = False) -> None:
    """空白卡对账：领用数等于已用、作废、退回、在制与库存之和，已用等于制成的卡 · Blanks against cards. Exit code 1 when it does not add up."""
    with refusals(as_json) as settings:
        found = with_city(settings, _read)
    off = [one for _, one in found if not one.adds_up]
    if as_json:
        say_json({"outlets": [_document(place, one) for place, one in found], "differing": len(off)})
    else:
        for place, one in found:
            say(_line(place, one))
        said = (
            "全部相符 · all of them add up"
            if not off
            else f"不符网点 {len(off)} · outlets that do not add up: {len(off)}"
        )
        say(said)
    if off:
        raise typer.Exit(1)


def deliver(
    shipment: Annotated[str, typer.Option(help="送货单号 · number of the maker's delivery note")],
    first_serial: Serial,
    last_serial: Serial,
    keys_version: Annotated[
        int, typer.Option(min=1, max=1_000, help="运输密钥版本 · version of the transport keys")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """登记厂家到货的空白卡号段 · Book a range of blanks that the chips' maker delivered to the card centre."""

    async def act(city: City) -> Custody:
        async with city.database.work(OPERATOR) as work:
            return await keeping.deliver(work, shipment, first_serial, last_serial, keys_version)

    with refusals(as_json) as settings:
        made = with_city(settings, act)
    say_json(_custody(made)) if as_json else say(_custody_line(made))


def custody(*, as_json: AsJson = False) -> None:
    """各批到货的空白卡在哪里 · Where the numbers of each delivery are. Exit code 1 when one is not in exactly one place."""

    async def act(city: City) -> list[Custody]:
        async with city.database.work(OPERATOR) as work:
            return await stock.custody(work)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    off = [one for one in found if not one.adds_up]
    if as_json:
        say_json({"deliveries": [_custody(one) for one in found], "differing": len(off)})
    else:
        for one in found:
            say(_custody_line(one))
        say(
            "全部相符 · all of them add up"
            if not off
            else f"不符 {len(off)} · deliveries that do not add up: {len(off)}"
        )
    if off:
        raise typer.Exit(1)


def _custody(one: Custody) -> dict[str, Any]:
    return {**msgspec.to_builtins(one), "delivery_id": str(one.delivery_id), "adds_up": one.adds_up}


def _custody_line(one: Custody) -> str:
    return (
        f"{one.shipment}  {one.first_serial}–{one.last_serial}  密钥版本 keys {one.keys_version}  共 total {one.total} = "
        f"卡中心 centre {one.at_centre} + 网点 outlets {one.at_outlets} + 在写 begun {one.begun} + 已用 used {one.used}"
        f" + 作废 spoiled {one.spoiled}{'' if one.adds_up else '  不符 OFF'}"
    )


async def _read(city: City) -> Found:
    async with city.database.moment(OPERATOR) as work:
        found = await reconciled(work)
        named = await institutions.by_ids(work, {one.ledger.outlet_id for one in found})
        return [(named.get(one.ledger.outlet_id), one) for one in found]


def _document(place: Institution | None, one: Reconciled) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(one.ledger) | {"outlet_id": str(one.ledger.outlet_id)}
    cards = {"being_made": one.being_made, "made": one.made, "adds_up": one.adds_up}
    return {"outlet": place.code if place else None, **told, **cards}


def _line(place: Institution | None, one: Reconciled) -> str:
    told = one.ledger
    return (
        f"{'✓' if one.adds_up else '✗'} {place.code if place else told.outlet_id}: 领用 received {told.received} {told.adjusted:+} = "
        f"已用 used {told.used} + 作废 spoiled {told.spoiled} + 退回 returned {told.returned} + 在制 in hand {told.in_hand} + "
        f"库存 balance {told.balance}；制成的卡 cards made {one.made}，正在制 being made {one.being_made}"
    )
