"""Everything that reads stocks of blank cards."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from typing import Final

from shebaoka.issuing.stock.forecast import forecast
from shebaoka.issuing.stock.model import Custody, Ledger, Lies, Movement, Standing, Stock, StockTake
from shebaoka.issuing.stock.states import TakeStatus
from shebaoka.issuing.stock.store import SQL
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import COUNTERS, Institution
from shebaoka.registry.programme.programme import Programme

NEWEST: Final = 2**63 - 1
ROWS_MAX: Final = 1_000


async def stock(work: Work, outlet_id: int) -> Stock | None:
    """Give what an outlet has, None where it never kept blanks."""
    return await work.row(SQL["stock"], {"outlet_id": outlet_id}, Stock)


async def standing(work: Work, programme: Programme, outlet_id: int) -> Standing:
    """Give an outlet's blanks today, with how long they last; this function will give zeros where it never kept any."""
    found = await _standings(work, programme, [outlet_id])
    return found.get(outlet_id) or _nothing(work, programme, outlet_id)


async def movements(work: Work, outlet_id: int, before: int | None, limit: int) -> list[Movement]:
    """Give an outlet's ledger, newest first, from before an entry on."""
    asked = {"outlet_id": outlet_id, "before": before or NEWEST, "rows_max": min(limit, ROWS_MAX)}
    return await work.rows(SQL["movements"], asked, Movement)


async def counts(work: Work, outlet_id: int, limit: int = 50) -> list[StockTake]:
    """Give an outlet's stock-takes, newest first."""
    asked = {"outlet_id": outlet_id, "rows_max": min(limit, ROWS_MAX)}
    return await work.rows(SQL["counts"], asked, StockTake)


async def ledgers(work: Work) -> list[Ledger]:
    """Sum every outlet's ledger; this function will read all of it."""
    return await work.rows(SQL["ledgers"], None, Ledger)


async def custody(work: Work, limit: int = ROWS_MAX, delivery_id: int | None = None) -> list[Custody]:
    """Give the deliveries of blanks, newest first, or one of them, and where their numbers are."""
    asked = {"rows_max": min(limit, ROWS_MAX), "delivery_id": delivery_id}
    return await work.rows(SQL["custody"], asked, Custody)


async def lying(work: Work, deliveries: Collection[int]) -> list[Lies]:
    """Give where the numbers of some deliveries lie, range by range: at the card centre and at outlets."""
    return await work.rows(SQL["lying"], {"deliveries": list(deliveries), "rows_max": ROWS_MAX}, Lies)


async def chip(work: Work, serial: int) -> list[Movement]:
    """Give every entry of any ledger that names a chip's number, oldest first: received, returned, used or spoiled."""
    return await work.rows(SQL["moved_with"], {"serial": serial, "rows_max": ROWS_MAX}, Movement)


async def overview(
    work: Work, programme: Programme, district: str | None = None
) -> list[tuple[Institution, Standing]]:
    """Give all outlets that issue on the spot, or still keep blanks, those first whose blanks run out first."""
    places = [
        place
        for place in await institutions.of_kind(work, *COUNTERS)
        if district is None or place.district_code == district
    ]
    found = await _standings(work, programme, None)
    told = [
        (place, found.get(place.institution_id) or _nothing(work, programme, place.institution_id))
        for place in places
        if place.instant or _keeps(found.get(place.institution_id))
    ]
    return sorted(told, key=lambda pair: (_urgency(pair[1]), pair[0].code))


def _keeps(one: Standing | None) -> bool:
    """Tell whether blanks lie at an outlet that issues on the spot no more."""
    return one is not None and (one.balance, one.in_hand) != (0, 0)


def _urgency(one: Standing) -> tuple[bool, float, int]:
    """Order by what runs out first; of what is not used the smaller stock comes first, after all that is."""
    left = one.forecast.days_left
    enough = one.balance > 0 and one.forecast.order == 0
    return enough, float("inf") if left is None and one.balance else float(left or 0), one.balance


async def _standings(
    work: Work, programme: Programme, outlets: Collection[int] | None
) -> Mapping[int, Standing]:
    rule = programme.blank_stock(work.today)
    first = work.today - timedelta(days=rule.use_days - 1)
    asked = {
        "since": datetime.combine(first, time(), SHANGHAI),
        "outlets": None if outlets is None else list(outlets),
    }
    open_counts = {
        one.outlet_id: one
        for one in await work.rows(SQL["open_counts"], {"status": TakeStatus.DIFFERS}, StockTake)
    }
    return {
        outlet_id: Standing(
            outlet_id, balance, in_hand, used, spoiled,
            forecast(balance, used + spoiled, began_on, rule, work.today), open_counts.get(outlet_id),
        )
        for outlet_id, balance, in_hand, began_on, used, spoiled in await work.rows(SQL["standing"], asked)
    }  # fmt: skip


def _nothing(work: Work, programme: Programme, outlet_id: int) -> Standing:
    rule = programme.blank_stock(work.today)
    return Standing(outlet_id, 0, 0, 0, 0, forecast(0, 0, work.today, rule, work.today))
