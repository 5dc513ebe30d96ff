"""What a chip must say of itself before its card counts: pure."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from shebaoka.chip import numbers
from shebaoka.chip.errors import ChipUnreadable
from shebaoka.chip.numbers import ATR_HEAD, MAC_BYTES
from shebaoka.records.bureau import ReturnRecord

CodeMac = Callable[[bytes, bytes], bytes]
"""Gives the MAC of an identification code's first bytes, by the factor of the chip that it names."""


@dataclass(frozen=True, slots=True)
class Chips:
    """What is held against each chip: the division that issues, the MAC of a code, and the codes that other cards have."""

    division: str
    mac: CodeMac
    taken: Collection[str]

    def wrong(self, line: ReturnRecord) -> list[str]:
        """Name the columns of a card that was made that cannot be this city's, or this chip's."""
        try:
            reset = numbers.reset_of(ATR_HEAD + bytes.fromhex(line.reset_code))
        except ChipUnreadable:
            return ["卡复位码"]
        if reset.city != self.division[:4]:
            return ["卡复位码"]
        return ["卡识别码"] if line.chip_id in self.taken or not self._genuine(line.chip_id, reset) else []

    def _genuine(self, chip_id: str, reset: numbers.Reset) -> bool:
        code = bytes.fromhex(chip_id)
        try:
            parts = numbers.parts(code)
        except ChipUnreadable:
            return False
        return (
            parts.division == self.division
            and parts.belongs_to(reset)
            and parts.mac == self.mac(reset.factor, code[:-MAC_BYTES])
        )
