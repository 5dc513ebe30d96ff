"""The districts shaded by how many of those who may have a card hold a new one: for pages, and as a picture that stands alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from math import floor
from typing import Any, Final

from shebaoka.faces.web.charts import svg
from shebaoka.faces.web.district_map import DISTRICTS, NAMED, District, shades
from shebaoka.faces.web.pages.dashboard.asking import Row

STEPS: Final = (0.01, 0.02, 0.05, 0.1, 0.2)
SHADES: Final = 5
TINY: Final = 1e-9
DARK: Final = 3
"""From this shade on borders are drawn light."""
FILLS: Final = ("#f2f7fc", "#c3dbf0", "#7fb2de", "#3a7fbe", "#0b3f70")
SIZE: Final = (860.0, 640.0)
CITY_TEXT: Final = 36
DOWNTOWN_TEXT: Final = 13
"""Sizes of names, in each map's own units."""
CITY: Final = "translate(4 70) scale(0.46)"
DOWNTOWN: Final = "translate(560 64) scale(1.32) translate(-405 -530)"


def bounds(shares: Sequence[float]) -> list[float]:
    """Give where each shade after the first begins, so that five cover what there is: by 1, 2, 5, 10 or 20 of a hundred."""
    least, most = min(shares, default=0.0), max(shares, default=1.0)
    for step in STEPS:
        begin = floor(least / step + TINY) * step
        if most < begin + SHADES * step:
            break
    return [round(begin + step * i, 2) for i in range(1, SHADES)]


def given(rows: Sequence[Row], dimension: str) -> dict[str, Any]:
    """Give what the map's macros are called with; nothing to shade where it is not about districts."""
    here = [one for one in rows if one.value in NAMED] if dimension == "district" else []
    shares = {one.value: one.share for one in here if one.share is not None}
    begin = bounds(list(shares.values()))
    return {
        "steps": shades(shares, begin),
        "notes": {code: f"{share:.1%}" for code, share in shares.items()},
        "links": {one.value: f"/staff/dashboard/part?by=district&value={one.value}" for one in here},
        "legend": [(i, word, "") for i, word in enumerate(_words(begin))] + [(None, "没有数字", "not known")],
    }


def drawn(rows: Sequence[Row], day: date) -> str:
    """Draw the same for a report, with its legend; the share stands under each name."""
    all_of = given(rows, "district")
    steps, notes = all_of["steps"], all_of["notes"]
    parts = [*_head(day), *_legend([word for _, word, _ in all_of["legend"]])]
    whole = [_district(one, steps, CITY_TEXT) for one in DISTRICTS] + [_frame()]
    whole += [_name(one, notes, CITY_TEXT) for one in DISTRICTS if not one.downtown]
    small = [one for one in DISTRICTS if one.downtown]
    downtown = [_district(one, steps, DOWNTOWN_TEXT) for one in small]
    downtown += [_name(one, notes, DOWNTOWN_TEXT) for one in small]
    parts += [svg.element("g", *whole, transform=CITY), svg.element("g", *downtown, transform=DOWNTOWN)]
    said = "；".join(f"{one.named[0]} {notes[one.value]}" for one in rows if one.value in notes) or "尚无数字"
    return svg.picture(
        "districts", "各区换发进度（示意图） · How far each district is (a sketch)", f"{said}。", SIZE, parts
    )


def _words(begin: Sequence[float]) -> Iterator[str]:
    yield f"不到 {begin[0]:.0%}"
    for least, most in pairwise(begin):
        yield f"{least:.0%} 至 {most:.0%}"
    yield f"{begin[-1]:.0%} 以上"


def _head(day: date) -> Iterator[str]:
    yield svg.text("各区：可领卡的人中已有新卡的比例", 12, 26, font_size=20, font_weight="bold")
    yield svg.text(f"示意图，右为中心城区放大，统计至 {day}", 12, 50, font_size=15, fill=svg.QUIET)


def _legend(words: Sequence[str]) -> Iterator[str]:
    for i, (word, fill) in enumerate(zip(words, (*FILLS, svg.PAPER), strict=True)):
        x, y = 660.0, 450.0 + i * 28
        dash = "3 3" if fill == svg.PAPER else None
        yield svg.element(
            "rect", x=x, y=y, width=26, height=18, fill=fill, stroke=svg.INK, stroke_dasharray=dash
        )
        yield svg.text(word, x + 36, y + 15)


def _frame() -> str:
    return svg.element("rect", x=408, y=532, width=212, height=256, fill="none", stroke=svg.INK, stroke_width=3,
                       stroke_dasharray="12 8")  # fmt: skip


def _district(one: District, steps: Mapping[str, int], size: float) -> str:
    step = steps.get(one.code)
    fill = svg.PAPER if step is None else FILLS[step]
    edge = svg.PAPER if step is not None and step >= DARK else svg.INK
    dash = f"{size / 6:.1f} {size / 6:.1f}" if step is None else None
    return svg.element(
        "path", d=one.outline, fill=fill, stroke=edge, stroke_width=size / 24, stroke_dasharray=dash
    )


def _name(one: District, notes: Mapping[str, str], size: float) -> str:
    x, y = one.label
    ink = {"text_anchor": "middle", "font_size": size, "stroke": svg.PAPER, "stroke_width": size / 4,
           "paint_order": "stroke", "stroke_linejoin": "round"}  # fmt: skip
    share = svg.text(notes[one.code], x, y + size, **ink) if one.code in notes else ""
    return svg.text(one.short, x, y, **ink) + share
