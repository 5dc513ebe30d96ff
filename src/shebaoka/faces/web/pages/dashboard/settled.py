"""Settlement: how many a day, of which money, where; what was taken back, timed out, and is to be worked off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from litestar import get
from litestar.exceptions import NotFoundException
from litestar.response import Template

from shebaoka.faces.web.charts import lines, marks
from shebaoka.faces.web.pages.dashboard.showing import HEAD, HERE
from shebaoka.faces.web.showing import show
from shebaoka.faces.web.visiting import Ask, backend

API: Final = "/api/dashboard/settlements"
BYS: Final = (
    ("kind", "类别", "Kind"),
    ("district", "医院所在区", "District"),
    ("institution", "机构", "Institution"),
)
INSTITUTIONS_SHOWN: Final = 20
"""The table has those that settle most; the file has all."""
NOTHING: Final[Mapping[str, Any]] = dict.fromkeys(
    ("settlements", "reversals", "timeouts", "total_fen", "pooled_fen", "supplementary_fen", "account_fen", "cash_fen",
     "reversed_fen", "reversed_fund_fen"), 0,
)  # fmt: skip
FEN: Final = 100
COUNTS: Final = (("settlements", "结算", "Settled", marks.BLUE), ("reversals", "冲正", "Taken back", marks.RED),
                 ("timeouts", "超时撤销", "Timed out", marks.BROWN))  # fmt: skip


@get(f"{HERE}/settlements", **HEAD)
async def settled(request: Ask) -> Template:
    """Show the settlements of the last four weeks: of the whole city, or of one kind, district or institution."""
    by, value = _asked(request)
    ask = backend(request)
    days = await ask.get(f"{API}/days", by=by, value=value)
    tables = [(one, *named, await ask.get(API, by=one)) for one, *named in BYS]
    city = next(iter((await ask.get(API))["open"]), None)
    name = (
        "全市" if by == "city" else next(table for one, *_, table in tables if one == by)["names"].get(value)
    )
    if name is None:
        raise NotFoundException
    return show(
        request, "dashboard/settled.html", by=by, value=value, name=name if by == "city" else name[0], days=days,
        sums=_summed(days["items"]), drawn=_pictures(days), tables=tables, open=city, shown_max=INSTITUTIONS_SHOWN, nothing=NOTHING,
    )  # fmt: skip


def _asked(request: Ask) -> tuple[str, str]:
    by = request.query_params.get("by", "city")
    known = by in {one for one, *_ in BYS}
    return (by, request.query_params.get("value", "")) if known else ("city", "")


def _summed(items: Sequence[Mapping[str, Any]]) -> Mapping[str, int]:
    return {name: sum(one[name] for one in items) for name in NOTHING}


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _pictures(days: Mapping[str, Any]) -> list[str]:
    first, last = date.fromisoformat(days["first"]), date.fromisoformat(days["last"])
    found = {date.fromisoformat(one["day"]): one for one in days["items"]}
    items = [(day, found.get(day, NOTHING)) for day in _days(first, last)]
    counts = [
        lines.Series(zh, en, look, [(day, one[name]) for day, one in items]) for name, zh, en, look in COUNTS
    ]
    money = [
        lines.Series(zh, en, look, [(day, sum(one[name] for name in names) / FEN) for day, one in items])
        for names, zh, en, look in (
            (("pooled_fen", "supplementary_fen"), "基金", "Funds", marks.BLUE),
            (("account_fen",), "个人账户", "Accounts", marks.GREEN), (("cash_fen",), "现金", "Cash", marks.BROWN),
        )
    ]  # fmt: skip
    note = f"{first} 至 {last}"
    return [
        lines.drawn(lines.Chart("settled", "每天结算笔数", "Settlements a day", note, counts, first, last)),
        lines.drawn(lines.Chart("paid", "每天支付（元）", "Paid a day, in yuan", note, money, first, last)),
    ]


HANDLERS: Final = (settled,)
