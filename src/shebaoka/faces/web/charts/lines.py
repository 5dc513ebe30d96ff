"""Curves over days: several series, a plan, single points that were published, and a word on each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from shebaoka.faces.web.charts import marks, scale, svg
from shebaoka.faces.web.charts.marks import Look

WIDTH: Final = 520.0
PLOT: Final = 230.0
LEFT, RIGHT, BELOW = 58.0, 16.0, 34.0
LEGEND_ROW: Final = 22.0
TITLE: Final = 46.0
POINTS_MAX: Final = 120
"""A curve of more days is drawn through some of them: a picture is not two thousand points wide."""
MARKS: Final = 7
Points = Sequence[tuple[date, float]]


@dataclass(frozen=True, slots=True)
class Series:
    """A curve with its words and its look. `single`: points that stand alone, not joined, such as published figures."""

    zh: str
    en: str
    look: Look
    points: Points
    single: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Curves over the days from `first` to `last`. `name`: for addresses and ids; `note_zh`: what stands below the title."""

    name: str
    zh: str
    en: str
    note_zh: str
    series: Sequence[Series]
    first: date
    last: date

    @property
    def top(self) -> float:
        """The largest number in it."""
        return max((number for one in self.series for _, number in one.points), default=0.0)

    def described(self) -> str:
        """Say what the curves show to whoever does not see them: where each ends."""
        said = [
            f"{one.zh} {scale.short(one.points[-1][1])}（{one.points[-1][0]}）"
            for one in self.series
            if one.points
        ]
        return f"{self.first} 至 {self.last}。" + ("；".join(said) or "尚无数字") + "。"


def drawn(chart: Chart) -> str:
    """Draw a chart as a picture that stands alone."""
    begins = TITLE + LEGEND_ROW * ((len(chart.series) + 1) // 2) + 14
    plot = _Plot(chart, begins)
    parts = [*_head(chart, plot.unit), *_legend(chart), *plot.axes(), *plot.curves()]
    size = (WIDTH, begins + PLOT + BELOW)
    return svg.picture(chart.name, f"{chart.zh} · {chart.en}", chart.described(), size, parts)


def thinned(points: Sequence[Any], many: int = POINTS_MAX) -> Sequence[Any]:
    """Give at most about so many of the points, evenly, the first and the last among them."""
    if len(points) <= many:
        return points
    step = len(points) / many
    return [*(points[int(i * step)] for i in range(many)), points[-1]]


def _head(chart: Chart, unit: scale.Unit) -> Iterator[str]:
    yield svg.text(chart.zh, 8, 20, font_size=17, font_weight="bold")
    counted = f"单位：{unit.zh}" if unit.zh else ""
    yield svg.text("　".join(filter(None, (counted, chart.note_zh))), 8, 39, font_size=13, fill=svg.QUIET)


def _legend(chart: Chart) -> Iterator[str]:
    for i, one in enumerate(chart.series):
        x, y = 8 + (i % 2) * WIDTH / 2, TITLE + LEGEND_ROW * (i // 2) + 12
        yield marks.sample(one.look, x, y, hollow=one.single)
        yield svg.text(f"{one.zh} {one.en}", x + 34, y + 5)


class _Plot:
    """The field of a chart: where numbers and days lie in it."""

    def __init__(self, chart: Chart, begins: float) -> None:
        self.chart = chart
        self.ticks = scale.ticks(chart.top)
        self.unit = scale.unit(self.ticks[-1])
        self.days = scale.Days(chart.first, chart.last)
        self.floor = begins + PLOT

    def x(self, day: date) -> float:
        return LEFT + self.days.share(day) * (WIDTH - LEFT - RIGHT)

    def y(self, number: float) -> float:
        return self.floor - number / self.ticks[-1] * PLOT

    def axes(self) -> Iterator[str]:
        for number in self.ticks:
            y = self.y(number)
            yield svg.line(LEFT, y, WIDTH - RIGHT, y, stroke=svg.LINE if number else svg.INK, stroke_width=1)
            yield svg.text(self.unit.told(number), LEFT - 8, y + 5, text_anchor="end", fill=svg.QUIET)
        for day, word in self.days.ticks():
            x = self.x(day)
            yield svg.line(x, self.floor, x, self.floor + 5, stroke=svg.INK, stroke_width=1)
            where = "end" if x > WIDTH - 50 else "middle"
            yield svg.text(word, x, self.floor + 21, text_anchor=where, font_size=13, fill=svg.QUIET)

    def curves(self) -> Iterator[str]:
        for one in self.chart.series:
            yield from self._single(one) if one.single else self._joined(one)

    def _joined(self, one: Series) -> Iterator[str]:
        points = [(self.x(day), self.y(number)) for day, number in thinned(one.points)]
        yield svg.path(points, stroke=one.look.colour, stroke_width=2.5, stroke_dasharray=one.look.dash,
                       stroke_linejoin="round")  # fmt: skip
        for x, y in thinned(points, MARKS):
            yield marks.drawn(one.look.mark, x, y, one.look.colour)

    def _single(self, one: Series) -> Iterator[str]:
        for day, number in one.points:
            x, y = self.x(day), self.y(number)
            yield marks.drawn(one.look.mark, x, y, one.look.colour, hollow=True, size=5.5)
            where = "end" if x > WIDTH / 2 else "start"
            yield svg.text(scale.short(number), x + (-10 if where == "end" else 10), y - 4, text_anchor=where, font_size=12, fill=one.look.colour,
                           paint_order="stroke", stroke=svg.PAPER, stroke_width=3)  # fmt: skip
