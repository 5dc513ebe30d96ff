"""Bars: numbers side by side, each written out, with one part of each told apart by colour and hatching."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from shebaoka.faces.web.charts import scale, svg

WIDTH: Final = 520.0
ROW: Final = 30.0
LEFT: Final = 132.0
RIGHT: Final = 88.0
TITLE: Final = 52.0
LEGEND: Final = 26.0
PART: Final = "#a61b1b"


@dataclass(frozen=True, slots=True)
class Bar:
    """One number with its words; `part` of it is told apart."""

    zh: str
    number: float
    part: float = 0


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars from top to bottom. `whole`, `part`: what the two colours mean; an empty `part`: there is one only."""

    name: str
    zh: str
    en: str
    note_zh: str
    bars: Sequence[Bar]
    whole: str
    part: str = ""

    def described(self) -> str:
        """Say what the bars show to whoever does not see them."""
        said = (
            f"{one.zh} {scale.short(one.number)}"
            + (f"，{self.part} {scale.short(one.part)}" if self.part else "")
            for one in self.bars
        )
        return ("；".join(said) or "尚无数字") + "。"


def drawn(chart: Bars) -> str:
    """Draw bars as a picture that stands alone."""
    top = max((one.number for one in chart.bars), default=0) or 1
    begins = TITLE + (LEGEND if chart.part else 0)
    parts = [*_head(chart), *(_bar(chart, one, begins + i * ROW, top) for i, one in enumerate(chart.bars))]
    size = (WIDTH, begins + ROW * max(len(chart.bars), 1) + 8)
    return svg.picture(chart.name, f"{chart.zh} · {chart.en}", chart.described(), size, parts)


def _head(chart: Bars) -> Iterator[str]:
    yield svg.element("defs", svg.element(
        "pattern", svg.element("rect", width=6, height=6, fill=PART)
        + svg.line(0, 0, 0, 6, stroke="#ffffff", stroke_width=2.5),
        id=f"{chart.name}-hatch", width=6, height=6, patternUnits="userSpaceOnUse", patternTransform="rotate(45)",
    ))  # fmt: skip
    yield svg.text(chart.zh, 8, 20, font_size=17, font_weight="bold")
    yield svg.text(chart.note_zh, 8, 39, font_size=13, fill=svg.QUIET)
    if not chart.bars:
        yield svg.text("没有。", 8, TITLE + 20)
    if chart.part:
        yield from _key(chart)


def _key(chart: Bars) -> Iterator[str]:
    for x, word, fill in ((8, chart.whole, svg.BRAND), (WIDTH / 2, chart.part, f"url(#{chart.name}-hatch)")):
        yield svg.element("rect", x=x, y=TITLE - 2, width=22, height=13, fill=fill)
        yield svg.text(word, x + 30, TITLE + 9)


def _bar(chart: Bars, one: Bar, y: float, top: float) -> str:
    field = WIDTH - LEFT - RIGHT
    whole, part = one.number / top * field, one.part / top * field
    drawn = svg.text(one.zh, LEFT - 8, y + 16, text_anchor="end")
    drawn += svg.element("rect", x=LEFT, y=y + 2, width=max(whole, 0.5), height=20, fill=svg.BRAND)
    if one.part:
        drawn += svg.element("rect", x=LEFT, y=y + 2, width=part, height=20, fill=f"url(#{chart.name}-hatch)")
    return drawn + svg.text(scale.short(one.number), LEFT + whole + 6, y + 17, font_size=13)
