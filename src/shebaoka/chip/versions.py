"""The layouts of the three versions of the specification, and which one a card has. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shebaoka.chip.errors import ChipUnreadable
from shebaoka.chip.files import df01, df04, ssse_ef05, ssse_ef06, ssse_pictures
from shebaoka.chip.files.common import HEADINGS, READ_OUT
from shebaoka.chip.layout import Application, ChipFile

SSSE: Final = b"sx1.sh." + "社会保障".encode("gbk")
DF01_NAME: Final = bytes.fromhex("D15600000501")
DF04_NAME: Final = bytes.fromhex("D15600000503")
"""Stated for the insurance directory; that of DF01 is inferred from it."""
DES, SSF33, SM4 = 0x01, 0x02, 0x03
"""How FCI tag 9F0C names a card's algorithm."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version: its number as EF05 says it, its directories, the algorithm of its keys."""

    generation: int
    number: str
    algorithm: int
    applications: tuple[Application, ...]

    def application(self, title: str) -> Application:
        """Give a directory by its title."""
        return next(one for one in self.applications if one.title == title)


def _ssse(holder: ChipFile) -> Application:
    return Application(
        SSSE, "SSSE", "社会保障环境", "social security environment", READ_OUT,
        (ssse_ef05.EF05, holder, ssse_pictures.EF07, ssse_pictures.EF08),
    )  # fmt: skip


_DF01: Final = Application(DF01_NAME, "DF01", "公共信息", "public data", HEADINGS, (df01.EF05, df01.EF06))
_DF04: Final = Application(DF04_NAME, "DF04", "社会保险信息", "insurance", HEADINGS, (df04.EF08,))

VERSIONS: Final = (
    Version(1, "1.00", DES, (_ssse(ssse_ef06.EF06_FIRST), _DF01, _DF04)),
    Version(2, "2.00", DES, (_ssse(ssse_ef06.EF06), _DF01, _DF04)),
    Version(3, "3.00", SM4, (_ssse(ssse_ef06.EF06), _DF01, _DF04)),
)


def of_number(number: str) -> Version:
    """Give the version that EF05 names, by its first digit: minor versions read alike (inferred).

    ChipUnreadable for a version that is not known: reading on would take one field for another.
    """
    if not number:
        raise ChipUnreadable("空白卡，尚未写入持卡人 · a blank card: it is nobody's yet", element="version")
    found = next((one for one in VERSIONS if number[:2] == one.number[:2]), None)
    if found is None:
        raise ChipUnreadable(
            "规范版本不是 1、2 或 3 版 · the card's version is none of 1, 2 and 3", element="version"
        )
    return found
