"""The face of a card: what is to stand on it, where, and the picture of it. Pure."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal

from PIL import Image, ImageDraw

from shebaoka.printing import areas, typesetting
from shebaoka.printing.areas import BACK, DPI, FRONT, SIZE, Box
from shebaoka.printing.errors import CardFaceRefused
from shebaoka.printing.typesetting import Line, font, set_in

SideName = Literal["front", "back"]
SIDES: Final[dict[SideName, areas.Side]] = {"front": FRONT, "back": BACK}
ROWS: Final = {row.field: row for side in SIDES.values() for row in side.rows}
INSTITUTIONS_KEPT: Final = 1_000
INK: Final = "#111111"
QUIET: Final = "#41505f"
GROUND: Final = "#eef4f8"
COLOURS: Final = 8
NO_END: Final = "长期"
GROUP: Final = 4


@dataclass(frozen=True, slots=True)
class Face:
    """What is printed on one card. `photo`: JPEG, empty where the card has none; `valid_until` None: no end."""

    name: str
    id_number: str
    card_number: str
    issued_on: date
    valid_until: date | None
    issuer: str
    bank: str
    account_number: str
    photo: bytes

    def said(self) -> dict[str, str]:
        """Give the text of every field."""
        return {
            "name": self.name, "id_number": self.id_number, "card_number": self.card_number,
            "issued_on": _day(self.issued_on),
            "valid_until": _day(self.valid_until) if self.valid_until else NO_END,
            "issuer": self.issuer, "bank": self.bank, "account_number": grouped(self.account_number),
        }  # fmt: skip


def placed(face: Face, side: SideName) -> list[Line]:
    """Give every line of one side with its measured place; CardFaceRefused for what does not fit or the font lacks."""
    said = face.said()
    return [
        line
        for row in SIDES[side].rows
        if said[row.field]
        for line in set_in(row.field, row.words, said[row.field], row.box, row.size, row.lines)
    ]


def check(name: str, issuer: str, bank: str) -> None:
    """Refuse (CardFaceRefused) a card that could not be printed, in some millionths of a second; all else on it always fits."""
    _check("name", name)
    _check_once("issuer", issuer)
    _check_once("bank", bank)


def _check(field: str, text: str) -> None:
    row = ROWS[field]
    typesetting.check(field, row.words, text, row.box, row.size, row.lines)


_check_once = lru_cache(INSTITUTIONS_KEPT)(_check)


def composed(face: Face, side: SideName, *, stock: bool = True) -> bytes:
    """Draw one side as PNG, 1011×638 pixels at 300 dpi; a few hundredths of a second, so call it off the loop.

    `stock`: with what the blank carries already, as the finished card looks; without it the paper stays white, for a
    printer. Raises CardFaceRefused.
    """
    lines = placed(face, side)
    layout = SIDES[side]
    picture = Image.new("RGB", SIZE, GROUND if stock else "white")
    pen = ImageDraw.Draw(picture)
    if stock:
        _stock(pen, side)
    if layout.photo and face.photo:
        picture.paste(_photo(face.photo, layout.photo), layout.photo[:2])
    _write(pen, lines, INK)
    if stock and not face.photo:
        # A preview of words alone is a fifth as large with few colours.
        picture = picture.quantize(COLOURS)
    target = io.BytesIO()
    picture.save(target, "PNG", dpi=(DPI, DPI))
    return target.getvalue()


def grouped(number: str) -> str:
    """Write a bank card's number in groups of four."""
    return " ".join(number[start : start + GROUP] for start in range(0, len(number), GROUP))


def stock_lines(side: SideName) -> list[Line]:
    """Give what the stock carries in words: the title, and what stands before each value."""
    layout = SIDES[side]
    title = set_in("title", "标题", *layout.title, areas.TITLE_SIZE) if layout.title else []
    return title + [
        line
        for row in layout.rows
        for line in set_in("words", row.words, row.words, row.words_box, areas.WORDS_SIZE)
    ]


def _stock(pen: ImageDraw.ImageDraw, side: SideName) -> None:
    _write(pen, stock_lines(side), QUIET)
    for box, fill in SIDES[side].plates:
        pen.rectangle((box.left, box.top, box.right - 1, box.bottom - 1), fill=fill)


def _write(pen: ImageDraw.ImageDraw, lines: Iterable[Line], fill: str) -> None:
    for line in lines:
        pen.text((line.x, line.y), line.text, fill=fill, font=font(line.size), anchor="ls")


def _photo(jpeg: bytes, box: Box) -> Image.Image:
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as picture:
            return picture.convert("RGB").resize((box.width, box.height), Image.Resampling.LANCZOS)
    except (OSError, ValueError, Image.DecompressionBombError):
        raise CardFaceRefused(
            "相片不是可读的 JPEG · the photo is no JPEG that can be read", field="photo"
        ) from None


def _day(day: date) -> str:
    return f"{day.year:04}.{day.month:02}.{day.day:02}"
