"""Text in the font that comes with the program: measured, broken, set smaller, and looked through for what the font lacks."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache
from math import ceil
from typing import Final

from PIL import ImageFont
from pylopdf_fonts_zh_cn import sans_path

from shebaoka.printing.areas import LEAST, Box
from shebaoka.printing.errors import CardFaceRefused

NOT_THERE: Final = "\U0010fffd"
"""No font has a character there: what is drawn for it stands for every character that is lacking."""
LOOKED_AT: Final = 24
CHARACTERS_KEPT: Final = 32_768
LEADING: Final = 1.15
"""A line's height by its size."""
WIDER: Final = frozenset("⸺⸻")
"""All that the font has and that is wider than high."""
BREAKS: Final = frozenset("· ．・•")
"""A long name breaks after one of these where it can."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text with its place: `x`, `y` where its baseline begins, `box` what its ink may cover."""

    field: str
    text: str
    size: int
    x: int
    y: int
    box: Box


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Give the font in a size of pixels. Basic layout: no library of this machine's has a say in it."""
    return ImageFont.truetype(str(sans_path()), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(CHARACTERS_KEPT)
def lacks(character: str) -> bool:
    """Tell whether the font lacks a character (or, but for the space, shows nothing for it)."""
    if character == " ":
        return False
    return bytes(font(LOOKED_AT).getmask(character)) in _blank()


@cache
def _blank() -> frozenset[bytes]:
    return frozenset((bytes(font(LOOKED_AT).getmask(NOT_THERE)), b""))


def set_in(field: str, zh: str, text: str, box: Box, size: int, lines: int = 1) -> list[Line]:
    """Set a text in a box, at `size` or as much smaller as it takes, in at most so many lines; middle of the height.

    Raises CardFaceRefused naming the field and the places (from 1) of characters that the font lacks, or that it is too long.
    """
    _known(field, zh, text)
    # What does not fit at the smallest size is not tried at all the others.
    for smaller in range(size, LEAST - 1, -1) if _parts(text, LEAST, box, lines) else ():
        if parts := _parts(text, smaller, box, lines):
            return _stacked(field, parts, smaller, box)
    raise CardFaceRefused(
        f"{zh}过长，卡面放不下 · {field} is too long for the card", field=field, characters=len(text)
    )


def check(field: str, zh: str, text: str, box: Box, size: int, lines: int = 1) -> None:
    """Refuse what `set_in` would refuse, without measuring what is short enough in any case."""
    if len(text) * LEAST > box.width or WIDER & set(text):
        set_in(field, zh, text, box, size, lines)
    else:
        _known(field, zh, text)


def _known(field: str, zh: str, text: str) -> None:
    places = [place for place, character in enumerate(text, start=1) if lacks(character)]
    if places:
        told = "、".join(str(place) for place in places)
        raise CardFaceRefused(
            f"{zh}第 {told} 个字字库中没有 · the font lacks character {told} of {field}",
            field=field,
            places=places,
        )


def _parts(text: str, size: int, box: Box, lines: int) -> list[str]:
    """Give the lines in which a text fits a box, or none."""
    parts = _broken(text, size, box.width, lines, BREAKS) or _broken(text, size, box.width, lines)
    return parts if len(parts) * size * LEADING <= box.height else []


def _broken(text: str, size: int, width: int, lines: int, breaks: frozenset[str] = frozenset()) -> list[str]:
    """Give the lines of a text, broken after one of `breaks` where a line has one; none when so many are not enough."""
    parts: list[str] = []
    rest = text
    while rest and len(parts) < lines:
        fits = _fitting(rest, size, width)
        at = fits if fits == len(rest) else _break(rest, fits, breaks)
        parts.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [] if rest else parts


def _fitting(text: str, size: int, width: int) -> int:
    """Give how many characters fit a line."""
    measured = font(size).getlength
    if measured(text) <= width:
        return len(text)
    return bisect_right([measured(text[:count]) for count in range(len(text))], width) - 1


def _break(text: str, fits: int, breaks: frozenset[str]) -> int:
    good = [place + 1 for place in range(fits) if text[place] in breaks]
    return good[-1] if good else max(fits, 1)


def _stacked(field: str, parts: list[str], size: int, box: Box) -> list[Line]:
    ascent, descent = font(size).getmetrics()
    height = size * LEADING
    top = box.top + (box.height - len(parts) * height) / 2
    lines = []
    for number, part in enumerate(parts):
        # The font's own ascent leaves room above Chinese characters; the ink's box is what counts.
        baseline = round(top + number * height + (height + (ascent - descent) * 0.72) / 2)
        left, up, right, down = font(size).getbbox(part, anchor="ls")
        ink = Box(box.left + int(left), baseline + int(up), box.left + ceil(right), baseline + ceil(down))
        lines.append(Line(field, part, size, box.left, baseline, ink))
    return lines
