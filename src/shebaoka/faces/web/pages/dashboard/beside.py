"""What stands beside the curves: cards in people's hands that are not open, and how the hotlines do."""

from __future__ import annotations

from functools import partial
from typing import Final

from litestar import get
from litestar.response import Template

from shebaoka.faces.web.charts import bars
from shebaoka.faces.web.pages.centre.words import named
from shebaoka.faces.web.pages.dashboard import words
from shebaoka.faces.web.pages.dashboard.asking import banks
from shebaoka.faces.web.pages.dashboard.showing import HEAD, HERE
from shebaoka.faces.web.showing import show
from shebaoka.faces.web.visiting import Ask, backend

DAYS: Final = (7, 28, 90)


@get(f"{HERE}/unopened", **HEAD)
async def unopened(request: Ask) -> Template:
    """Show how long cards have been in people's hands without being opened, where, and at which employers."""
    ask = backend(request)
    found = await ask.get("/api/cards/unopened/figures")
    names = await banks(ask)
    tables = [
        (
            by,
            words.DIMENSION[by],
            [(words.named(by, value, names), cards) for value, cards in found[f"by_{by}"].items()],
        )
        for by in ("district", "bank")
    ]
    drawn = bars.drawn(bars.Bars(
        "unopened", "已领未开通的卡", "Held and not open", "按领卡后天数", [bars.Bar(*one) for one in ages(found["by_age"])], "张",
    ))  # fmt: skip
    return show(
        request,
        "dashboard/unopened.html",
        found=found,
        tables=tables,
        drawn=drawn,
        ages=ages(found["by_age"]),
    )


@get(f"{HERE}/hotlines", **HEAD)
async def hotlines(request: Ask) -> Template:
    """Show the calls of the last days by line and topic, what became of them, and what is overdue."""
    asked = request.query_params.get("days", "")
    days = int(asked) if asked in map(str, DAYS) else DAYS[0]
    found = await backend(request).get("/api/helpdesk/figures", days=days)
    return show(
        request, "dashboard/hotlines.html", days=days, choices=DAYS, figures=found["figures"], lines=found["lines"],
        topic=partial(named, words.TOPIC), handover=partial(named, words.HANDOVER),
    )  # fmt: skip


def ages(by_age: dict[str, int]) -> list[tuple[str, int]]:
    """Give the cards of each age with its words: the ages are the days after which holders are reminded."""
    begins = sorted(map(int, by_age))
    ends = [*begins[1:], None]
    return [
        (f"{begin} 天以上" if end is None else f"{begin}–{end - 1} 天", by_age[str(begin)])
        for begin, end in zip(begins, ends, strict=True)
    ]


HANDLERS: Final = (unopened, hotlines)
