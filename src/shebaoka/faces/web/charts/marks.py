"""How series are told apart: by colour, and for whoever does not see colours by dash and mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Final, Literal

from shebaoka.faces.web.charts.svg import PAPER, element, line

Mark = Literal["circle", "square", "triangle", "diamond", "none"]


@dataclass(frozen=True, slots=True)
class Look:
    """The colour, the dashes and the mark of a series."""

    colour: str
    dash: str | None = None
    mark: Mark = "none"


BLUE: Final = Look("#0b4f8a", None, "circle")
GREEN: Final = Look("#11643a", "9 4", "square")
BROWN: Final = Look("#7a4b00", "3 3", "triangle")
PLAN: Final = Look("#4b5866", "12 4 2 4")
RED: Final = Look("#a61b1b", "6 3", "diamond")


def drawn(mark: Mark, x: float, y: float, colour: str, *, hollow: bool = False, size: float = 4.5) -> str:
    """Draw a mark at a place; hollow ones are of what others say, such as published figures."""
    fill = PAPER if hollow else colour
    edge = {"fill": fill, "stroke": colour, "stroke_width": 2 if hollow else 1}
    match mark:
        case "none":
            return ""
        case "circle":
            return element("circle", cx=x, cy=y, r=size, **edge)
        case "square":
            return element("rect", x=x - size, y=y - size, width=2 * size, height=2 * size, **edge)
        case "triangle":
            return element("polygon", points=_corners(x, y, size * 1.3, 3), **edge)
        case "diamond":
            return element("polygon", points=_corners(x, y, size * 1.4, 4), **edge)


def sample(look: Look, x: float, y: float, *, hollow: bool = False) -> str:
    """Draw what a legend shows of a series: a piece of its line with its mark, or a hollow mark alone."""
    if hollow:
        return drawn(look.mark, x + 13, y, look.colour, hollow=True)
    piece = line(x, y, x + 26, y, stroke=look.colour, stroke_width=2.5, stroke_dasharray=look.dash)
    return piece + drawn(look.mark, x + 13, y, look.colour)


def _corners(x: float, y: float, radius: float, many: int) -> str:
    corners: Sequence[tuple[float, float]] = [
        (x + radius * sin(2 * pi * i / many), y - radius * cos(2 * pi * i / many)) for i in range(many)
    ]
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in corners)
