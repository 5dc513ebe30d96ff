"""Custody of blanks by the numbers of their chips: what the maker delivered, and that only an outlet's own blanks become cards."""

from __future__ import annotations

import structlog

from shebaoka.chip.versions import SM4
from shebaoka.issuing.stock import errors, views
from shebaoka.issuing.stock.model import Custody, Serials
from shebaoka.issuing.stock.store import SQL
from shebaoka.keys import views as keys
from shebaoka.kit.work import Work
from shebaoka.registry.programme.programme import Programme

log = structlog.get_logger()


async def deliver(work: Work, shipment: str, first: str, last: str, keys_version: int) -> Custody:
    """Take in what the chips' maker delivered to the card centre: a range of serial numbers under one version of transport keys.

    Raises SerialsUnfit, KeysNotKnown, DeliveryBooked.
    """
    serials = Serials(int(first, 16), int(last, 16))
    if serials.count < 1:
        raise errors.SerialsUnfit(f"{first}–{last}")
    if not await keys.known(work, SM4, keys_version):
        raise errors.KeysNotKnown(f"{keys_version}", keys=keys_version)
    delivery_id = await work.value(SQL["deliver"], {
        "delivery_id": work.ids.one(), "shipment": shipment, "first": serials.first, "last": serials.last,
        "keys_version": keys_version, "delivered_by": work.actor.name, "now": work.now,
    })  # fmt: skip
    if delivery_id is None:
        raise errors.DeliveryBooked(f"{shipment}: {first}–{last}")
    work.record(
        0,
        "stock.delivered",
        delivery_id,
        shipment=shipment,
        first=first.upper(),
        last=last.upper(),
        keys=keys_version,
    )
    return (await views.custody(work, delivery_id=delivery_id))[0]


async def check_chip(
    work: Work, programme: Programme, outlet_id: int, serial: int, keys_version: int
) -> None:
    """Refuse to begin a chip that is none of an outlet's blanks, or whose transport key is of other keys than it is to get.

    A chip that no delivery names is, while blanks without numbers are there, what rule `blank_stock` says: refused, or begun with an
    alarm. Raises ChipNotOfStock and BlankKeysDiffer.
    """
    one = Serials(serial, serial)
    delivered = await work.value(SQL["delivered"], {"serial": serial})
    if await work.value(SQL["begin_chip"], {"outlet_id": outlet_id, "serials": str(one)}):
        if delivered != keys_version:
            raise errors.BlankKeysDiffer(
                f"{delivered} ≠ {keys_version}", delivered=delivered, keys=keys_version
            )
        return
    unnumbered = await work.value(SQL["unnumbered"], {"outlet_id": outlet_id})
    refuses = programme.blank_stock(work.today).unlisted_chip == "refuse"
    if delivered is not None or not unnumbered or unnumbered < 0 or refuses:
        raise errors.ChipNotOfStock(f"{serial:08X}", serial=f"{serial:08X}")
    log.warning("stock.unlisted_chip", outlet_id=outlet_id, serial=f"{serial:08X}")
    work.record(0, "stock.chip_of_no_delivery", f"{serial:08X}", outlet_id=str(outlet_id))
