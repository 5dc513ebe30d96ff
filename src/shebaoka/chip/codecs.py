"""How values stand in a chip's fields: text (an), digits (cn), days and bytes (b), each with the standard's padding. Pure.

A field that was never written holds only padding (00 or FF): it decodes to the codec's empty value, and the empty value is written so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol

from shebaoka.chip.errors import ChipUnreadable, ChipValueRefused

CHARACTER_SET: Final = "gbk"
BLANKS: Final = (0x00, 0xFF)
FILL_NIBBLE: Final = "f"


class Codec(Protocol):
    """Turns a value into exactly `length` bytes, and back."""

    @property
    def length(self) -> int:
        """Give how many bytes the field takes."""

    def encode(self, value: Any) -> bytes:
        """Give the bytes of a value; this function will raise ChipValueRefused for one that does not fit."""

    def decode(self, raw: bytes) -> Any:
        """Give the value of bytes; this function will raise ChipUnreadable for bytes that no value has."""


def _of_length(raw: bytes, length: int) -> bytes:
    if len(raw) != length:
        raise ChipUnreadable(
            f"应为 {length} 字节，实为 {len(raw)} 字节 · {length} bytes expected, {len(raw)} found"
        )
    return raw


def _blank(raw: bytes) -> bool:
    return any(raw == bytes([blank]) * len(raw) for blank in BLANKS)


@dataclass(frozen=True, slots=True)
class Text:
    """`an`: ASCII and GBK, left-aligned, padded with 00. The empty value is ''."""

    length: int

    def encode(self, value: str) -> bytes:
        """Give the padded bytes; ChipValueRefused for text too long, or outside GBK."""
        try:
            raw = value.encode(CHARACTER_SET)
        except UnicodeEncodeError as error:
            raise ChipValueRefused(
                f"第 {error.start + 1} 个字不在 GBK 字库中 · character {error.start + 1} is not in GBK",
                at=error.start + 1,
            ) from None
        if len(raw) > self.length:
            raise ChipValueRefused(
                f"最长 {self.length} 字节（一个汉字占 2 字节），实为 {len(raw)} · at most {self.length} bytes, {len(raw)} given"
            )
        if any(byte in raw for byte in BLANKS):
            raise ChipValueRefused("含有填充字节 · contains a padding byte")
        return raw.ljust(self.length, b"\0")

    def decode(self, raw: bytes) -> str:
        """Give the text before the padding; ChipUnreadable where it is not GBK or the padding has a hole."""
        if _blank(_of_length(raw, self.length)):
            return ""
        body = raw.rstrip(b"\0")
        try:
            text = body.decode(CHARACTER_SET)
        except UnicodeDecodeError as error:
            raise ChipUnreadable(
                f"第 {error.start + 1} 字节起不是 GBK 编码 · not GBK from byte {error.start + 1}",
                at=error.start + 1,
            ) from None
        # Refused rather than mended: what cannot be written as it was read would change under a terminal's hand.
        if b"\0" in body or text.encode(CHARACTER_SET) != body:
            raise ChipUnreadable("文字中间有填充字节 · padding in the middle of the text")
        return text


@dataclass(frozen=True, slots=True)
class Digits:
    """`cn`: compressed digits, two a byte, left-aligned, padded with F. The empty value is ''."""

    length: int
    exactly: int = 0
    """How many digits a value has; 0: any number that fits."""

    def encode(self, value: str) -> bytes:
        """Give the packed digits; ChipValueRefused for what is not digits, or too many of them."""
        if value and not (value.isascii() and value.isdigit()):
            raise ChipValueRefused("只能是数字 · digits only")
        if len(value) > 2 * self.length or (value and self.exactly and len(value) != self.exactly):
            wanted = self.exactly or 2 * self.length
            raise ChipValueRefused(
                f"应为 {wanted} 位数字，实为 {len(value)} 位 · {wanted} digits, {len(value)} given"
            )
        return bytes.fromhex(value.ljust(2 * self.length, FILL_NIBBLE))

    def decode(self, raw: bytes) -> str:
        """Give the digits before the padding; ChipUnreadable for a nibble that is neither."""
        if self.exactly and not any(_of_length(raw, self.length)):
            return ""
        digits = _of_length(raw, self.length).hex().rstrip(FILL_NIBBLE)
        if digits and not digits.isdigit():
            raise ChipUnreadable("压缩数字中有非数字 · a nibble that is no digit")
        if digits and self.exactly and len(digits) != self.exactly:
            raise ChipUnreadable(f"应为 {self.exactly} 位数字 · {self.exactly} digits expected")
        return digits


@dataclass(frozen=True, slots=True)
class Day:
    """`cn` of four bytes: YYYYMMDD. The empty value is None."""

    length: int = 4

    def encode(self, value: date | None) -> bytes:
        """Give the packed day."""
        return (
            b"\xff" * self.length
            if value is None
            else bytes.fromhex(f"{value:%Y%m%d}".rjust(2 * self.length, "0"))
        )

    def decode(self, raw: bytes) -> date | None:
        """Give the day; ChipUnreadable for one that no calendar has."""
        if _blank(_of_length(raw, self.length)):
            return None
        text = raw.hex()
        try:
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        except ValueError:
            raise ChipUnreadable("不是有效日期（应为年年年年月月日日）· not a day (YYYYMMDD)") from None


@dataclass(frozen=True, slots=True)
class Raw:
    """`b`: bytes as they are, left-aligned, padded with 00. The empty value is b''."""

    length: int

    def encode(self, value: bytes) -> bytes:
        """Give the padded bytes."""
        if len(value) not in (0, self.length):
            raise ChipValueRefused(
                f"应为 {self.length} 字节，实为 {len(value)} · {self.length} bytes, {len(value)} given"
            )
        if value and _blank(value):
            raise ChipValueRefused("内容全为填充字节 · nothing but padding")
        return value or bytes(self.length)

    def decode(self, raw: bytes) -> bytes:
        """Give the bytes; this function will give b'' for a field that was never written."""
        return b"" if _blank(_of_length(raw, self.length)) else raw


@dataclass(frozen=True, slots=True)
class OneOf:
    """A field of another codec that holds one of some values, or is empty."""

    of: Codec
    values: frozenset[str]

    @property
    def length(self) -> int:
        """Give how many bytes the field takes."""
        return self.of.length

    def encode(self, value: str) -> bytes:
        """Give the bytes; ChipValueRefused for a value that the field does not know."""
        if value and value not in self.values:
            raise ChipValueRefused("不是规定的代码 · not a code of this field")
        return self.of.encode(value)

    def decode(self, raw: bytes) -> str:
        """Give the value; ChipUnreadable for one that the field does not know."""
        value: str = self.of.decode(raw)
        if value and value not in self.values:
            raise ChipUnreadable("不是规定的代码 · not a code of this field")
        return value
