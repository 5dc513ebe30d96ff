"""How a card speaks over its contacts (ISO/IEC 7816-3, T=0): an answer to a command that had data is kept back until it is fetched."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from shebaoka.chip.apdu import GET_RESPONSE, MORE, OK, WRONG_LE, Answer, answer_of, parsed
from shebaoka.chip.errors import ChipUnreadable
from shebaoka_sandbox.card.answering import WRONG_LENGTH, answer
from shebaoka_sandbox.card.state import Chip

NOTHING_KEPT: Final = 0x6985


@dataclass(slots=True)
class Contact:
    """A chip in a reader's slot."""

    chip: Chip
    _kept: bytes = field(default=b"", repr=False)

    def power(self) -> bytes:
        """Power it, or reset it; give the answer to reset."""
        self._kept = b""
        return self.chip.power()

    def answer(self, raw: bytes) -> bytes:
        """Give the answer to one command as it goes over the wire."""
        kept, self._kept = self._kept, b""
        try:
            command = parsed(raw)
        except ChipUnreadable:
            return Answer(b"", WRONG_LENGTH).encoded()
        if command.ins == GET_RESPONSE:
            return self._fetched(kept, command.le or 0).encoded()
        told = answer_of(answer(self.chip, raw))
        if not (command.data and told.data):
            return told.encoded()
        self._kept = told.data
        return Answer(b"", MORE << 8 | len(told.data) & 0xFF).encoded()

    def _fetched(self, kept: bytes, length: int) -> Answer:
        if not kept:
            return Answer(b"", NOTHING_KEPT)
        if length > len(kept):
            self._kept = kept
            return Answer(b"", WRONG_LE << 8 | len(kept))
        self._kept = kept[length:]
        return Answer(kept[:length], MORE << 8 | len(self._kept) & 0xFF if self._kept else OK)
