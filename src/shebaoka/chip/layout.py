"""What a declaration of a file on the chip is made of. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from shebaoka.chip import tlv
from shebaoka.chip.codecs import Codec
from shebaoka.chip.errors import ChipUnreadable, ChipValueRefused

Trust: TypeAlias = Literal["stated", "inferred"]
"""`stated`: a public source says so; `inferred`: ours, from how real cards read out. Mark what you build on."""
PIECE_BYTES: Final = 0x80
"""Transparent files are read and written in pieces of so many bytes."""


@dataclass(frozen=True, slots=True)
class Element:
    """One record of a file: its tag, its name in our words, how its value stands, and vectors."""

    tag: int
    name: str
    zh: str
    en: str
    codec: Codec
    examples: tuple[tuple[Any, str], ...]
    """Pairs of value and value field in hex; a test sweeps them both ways."""
    trust: Trust = "stated"

    def packed(self, value: Any) -> bytes:
        """Give the record; ChipValueRefused names the element."""
        try:
            return tlv.packed(self.tag, self.codec.encode(value))
        except ChipValueRefused as refused:
            raise ChipValueRefused(
                f"{self.zh}: {refused.detail}", element=self.name, **refused.members
            ) from None

    def unpacked(self, record: bytes) -> Any:
        """Give the value of a record; ChipUnreadable names the element."""
        try:
            return self.codec.decode(tlv.unpacked(record, self.tag))
        except ChipUnreadable as wrong:
            raise ChipUnreadable(f"{self.zh}: {wrong.detail}", element=self.name, **wrong.members) from None

    @property
    def record_bytes(self) -> int:
        """Give the length of the whole record, which is what READ RECORD asks for."""
        return tlv.HEAD_BYTES + self.codec.length


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A linear file of records; record n is the n-th element, counted from 1."""

    identifier: int
    sfi: int
    name: str
    zh: str
    en: str
    source: str
    elements: tuple[Element, ...]
    read_free: bool = False
    """Whether anybody may read it; else the terminal authenticates first."""

    def number(self, name: str) -> int:
        """Give the number of the record of an element."""
        return next(n for n, one in enumerate(self.elements, start=1) if one.name == name)


@dataclass(frozen=True, slots=True)
class TransparentFile:
    """A file of bytes."""

    identifier: int
    sfi: int
    name: str
    zh: str
    en: str
    source: str
    length: int
    read_free: bool = False


@dataclass(frozen=True, slots=True)
class CyclicFile:
    """A file of equal records in a ring: record 1 is the newest, the oldest makes room."""

    identifier: int
    sfi: int
    name: str
    zh: str
    en: str
    source: str
    records: int
    element: Element
    read_free: bool = False


ChipFile: TypeAlias = RecordFile | TransparentFile | CyclicFile


@dataclass(frozen=True, slots=True)
class Application:
    """A directory on the chip (DDF or DF), selected by its name."""

    name: bytes
    title: str
    zh: str
    en: str
    source: str
    files: tuple[ChipFile, ...]

    def file(self, identifier: int) -> ChipFile:
        """Give the file with an identifier; KeyError when this application has none."""
        found = next((file for file in self.files if file.identifier == identifier), None)
        if found is None:
            raise KeyError(f"{self.title} EF{identifier & 0xFF:02X}")
        return found
