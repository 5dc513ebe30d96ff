"""`shebaoka stock reconcile`: every blank card that ever came, and what became of it."""

from __future__ import annotations

from typing import Any

import msgspec
import typer

from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.issuing.instant.model import Reconciled
from shebaoka.issuing.instant.views import reconcile as reconciled
from shebaoka.kit.city import City
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import Institution

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
