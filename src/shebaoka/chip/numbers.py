"""The chip's own numbers: answer to reset, diversification factor, identification code. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shebaoka.chip.errors import ChipUnreadable, ChipValueRefused

ATR_HEAD: Final = bytes.fromhex("3B6D0000")
HISTORICAL_BYTES: Final = 13
FACTOR_BYTES: Final = 8
FACTOR_TAG: Final = 0x86
SERIAL_BYTES: Final = 4
REGISTERED: Final = bytes.fromhex("D156000005")
"""The registered identifier that every identification code carries."""
DIVISION_BYTES: Final = 3
MAC_BYTES: Final = 4
MANUFACTURER: Final = bytes.fromhex("00814A4446")
"""The first historical bytes of a Shanghai card of version 3."""


@dataclass(frozen=True, slots=True)
class Reset:
    """What a card says of itself when it is powered: its city (four digits) and its chip's serial number."""

    historical: bytes

    @property
    def atr(self) -> bytes:
        """Give the whole answer to reset."""
        return ATR_HEAD + self.historical

    @property
    def factor(self) -> bytes:
        """Give the eight bytes by which the card's keys differ from every other card's."""
        return self.historical[-FACTOR_BYTES:]

    @property
    def city(self) -> str:
        """Give the first four digits of the division that issued the card."""
        return self.factor[2:4].hex()

    @property
    def serial(self) -> bytes:
        """Give the chip's serial number."""
        return self.factor[-SERIAL_BYTES:]


def reset_of(atr: bytes) -> Reset:
    """Read an answer to reset; ChipUnreadable for a card that is no social-security card."""
    if len(atr) != len(ATR_HEAD) + HISTORICAL_BYTES or atr[:2] != ATR_HEAD[:2]:
        raise ChipUnreadable(
            "不是社会保障卡的复位信息 · not the answer to reset of a social-security card", element="atr"
        )
    historical = atr[len(ATR_HEAD) :]
    if historical[-FACTOR_BYTES] != FACTOR_TAG:
        raise ChipUnreadable(
            "复位信息中没有分散因子 · no diversification factor in the answer to reset", element="atr"
        )
    return Reset(historical)


def make_reset(city: str, serial: bytes, *, chip: int = 0x60) -> Reset:
    """Give the answer to reset of a chip; `city`: four digits (3100 for Shanghai), `serial`: four bytes."""
    if not (city.isascii() and city.isdigit() and len(city) == 2 * (FACTOR_BYTES - 2 - SERIAL_BYTES)):
        raise ChipValueRefused("城市代码应为 4 位数字 · the city is four digits", element="atr")
    if len(serial) != SERIAL_BYTES:
        raise ChipValueRefused("序列号应为 4 字节 · the serial number is four bytes", element="atr")
    return Reset(MANUFACTURER + bytes((FACTOR_TAG, chip)) + bytes.fromhex(city) + serial)


def identification_code(division: str, reset: Reset, mac: bytes) -> bytes:
    """Give the 16 bytes that name a card: division ‖ registered identifier ‖ end of the answer to reset ‖ MAC."""
    if not (division.isascii() and division.isdigit() and len(division) == 2 * DIVISION_BYTES):
        raise ChipValueRefused(
            "行政区划应为 6 位数字 · a division is six digits", element="identification_code"
        )
    assert len(mac) == MAC_BYTES
    return bytes.fromhex(division) + REGISTERED + reset.atr[-SERIAL_BYTES:] + mac


@dataclass(frozen=True, slots=True)
class Identification:
    """The parts of an identification code."""

    division: str
    serial: bytes
    mac: bytes

    def belongs_to(self, reset: Reset) -> bool:
        """Tell whether it is that of the chip with this answer to reset; a copied code is not."""
        return self.serial == reset.serial


def parts(code: bytes) -> Identification:
    """Take an identification code apart; ChipUnreadable when it is none."""
    if len(code) != DIVISION_BYTES + len(REGISTERED) + SERIAL_BYTES + MAC_BYTES:
        raise ChipUnreadable(
            "卡识别码应为 16 字节 · an identification code has 16 bytes", element="identification_code"
        )
    division, registered, rest = code[:3], code[3:8], code[8:]
    if registered != REGISTERED or not division.hex().isdigit():
        raise ChipUnreadable("卡识别码格式不符 · not an identification code", element="identification_code")
    return Identification(division.hex(), rest[:SERIAL_BYTES], rest[SERIAL_BYTES:])
