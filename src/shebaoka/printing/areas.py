"""The two sides of a card in pixels, at 300 dots an inch. Inferred, but for the card's size, contacts and stripe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

SIZE: Final = (1011, 638)
"""ID-1 (ISO/IEC 7810: 85.60 × 53.98 mm)."""
DPI: Final = 300
POINT: Final = DPI / 72
LEAST: Final = round(6 * POINT)
"""Nothing smaller is legible on a card: 6 pt."""


class Box(NamedTuple):
    """A rectangle: left and top are inside, right and bottom just outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Give how wide it is."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Give how high it is."""
        return self.bottom - self.top

    def holds(self, other: Box) -> bool:
        """Tell whether another lies wholly in it."""
        left, top, right, bottom = other
        return left >= self.left and top >= self.top and right <= self.right and bottom <= self.bottom

    def meets(self, other: Box) -> bool:
        """Tell whether another shares a pixel with it."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A value: its place, the size to begin with, in how many lines at most; and the words before it, on the stock."""

    field: str
    box: Box
    size: int
    words: str
    words_box: Box
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the card. `plates`: what the stock carries and nothing may be printed on, with its colour for a preview."""

    rows: tuple[Row, ...]
    photo: Box | None = None
    title: tuple[str, Box] | None = None
    plates: tuple[tuple[Box, str], ...] = ()


EDGE: Final = Box(24, 24, SIZE[0] - 24, SIZE[1] - 24)
"""2 mm of every edge stay free: a card is cut with that much play."""
STRIPE: Final = Box(0, 35, SIZE[0], 188)
"""Magnetic stripe: 2.9 to 15.9 mm from the upper edge."""
CONTACTS: Final = Box(106, 212, 260, 354)
"""The plate of the chip's contacts: 9 to 22 mm from the left edge, 18 to 30 mm from the upper one."""
WORDS_SIZE: Final = 28
TITLE_SIZE: Final = 56


def _row(field: str, words: str, top: int, bottom: int, size: int, lines: int = 1) -> Row:
    return Row(field, Box(590, top, 975, bottom), size, words, Box(404, top, 582, bottom), lines)


FRONT: Final = Side(
    title=("中华人民共和国社会保障卡", Box(60, 36, 951, 116)),
    # 26 × 32 mm: 358 × 441 pixels at 350 dots an inch are as large on the card.
    photo=Box(60, 176, 367, 554),
    rows=(
        _row("name", "姓名", 140, 248, 46, lines=3),
        _row("id_number", "社会保障号码", 262, 318, 38),
        _row("card_number", "卡号", 328, 384, 38),
        _row("issued_on", "发卡日期", 394, 450, 36),
        _row("valid_until", "有效期限", 460, 516, 36),
        _row("issuer", "发卡机构", 526, 610, 36, lines=2),
    ),
)
BACK: Final = Side(
    plates=((STRIPE, "#2b2b2b"), (CONTACTS, "#d9b65c")),
    rows=(
        Row("bank", Box(470, 212, 975, 330), 44, "服务银行", Box(300, 212, 460, 330), lines=2),
        Row("account_number", Box(106, 420, 975, 490), 48, "银行卡号", Box(106, 374, 400, 416)),
    ),
)
