"""How long blank cards last: pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from shebaoka.issuing.stock.model import Forecast
from shebaoka.registry.programme.sets import DecidesStock

DAYS_SHOWN_MAX: Final = 3_660
"""Beyond ten years nothing runs out: such a day would only mislead."""


def forecast(balance: int, gone: int, began_on: date, rule: DecidesStock, today: date) -> Forecast:
    """Reckon the run-out date; `gone`: blanks used or spoiled in the last `rule.use_days`.

    An outlet that keeps blanks for less than that is reckoned by the days it has kept them. On the run-out date the
    drawer is empty if things go on as they went. This function will round to the safe side: days down, orders up.
    """
    days = min(rule.use_days, (today - began_on).days + 1)
    days_left = balance * days // gone if gone else None
    if days_left is not None and days_left > DAYS_SHOWN_MAX:
        days_left = None
    short = balance < rule.blanks_min or (days_left is not None and days_left <= rule.reorder_days)
    wanted = max(-(-gone * rule.cover_days // days), rule.blanks_min)
    return Forecast(
        days=days,
        use_per_day=round(gone / days, 2),
        days_left=days_left,
        runs_out_on=None if days_left is None else today + timedelta(days=days_left),
        order=max(wanted - balance, 0) if short else 0,
    )
