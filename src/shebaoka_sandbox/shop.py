"""The bureau's workshop: blanks of its stock become cards, each written, read back and compared by the same code as everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from shebaoka.chip import numbers, proofs
from shebaoka.chip.commands import UPDATE_RECORD
from shebaoka.chip.errors import ChipDiffers, ChipRefused, ChipUnreadable, ChipValueRefused
from shebaoka.chip.numbers import HISTORICAL_BYTES, MAC_BYTES
from shebaoka.chip.personalising import digest, personalise
from shebaoka.chip.reading import begin
from shebaoka.chip.versions import of_number
from shebaoka.keys.hierarchy import Ring
from shebaoka.records.bureau import Production, ProductionRecord, ReturnRecord, order_of
from shebaoka_sandbox import chance
from shebaoka_sandbox.card.answering import answer
from shebaoka_sandbox.card.state import Chip
from shebaoka_sandbox.faults import Faults

TRIES: Final = 3
"""How many blanks a card may cost before it counts as failed."""
BOX: Final = 500
JPEG: Final = b"\xff\xd8\xff"
TAG_AT: Final = 5
NAME_TAG: Final = 0x09
REASONS: Final = (
    "卡面打印套色偏移，质检不合格",
    "层压后卡体翘曲，质检不合格",
    "接触面触点电阻超限",
)
WORN_OUT: Final = "芯片写入或读回不符，重试三次仍未成功"


class Torn(Exception):  # noqa: N818 - the fact
    """The card slipped out of the machine."""


class Made(NamedTuple):
    """What a finished chip said of itself."""

    chip_id: str
    reset_code: str
    digest: str


@dataclass(frozen=True, slots=True)
class Shop:
    """Makes the cards of one file. `first`: serial number of the first blank that was taken out of the stock for it."""

    faults: Faults
    production: Production
    ring: Ring
    first: int

    def cards(self) -> Iterator[ReturnRecord]:
        """Make every card of the file, in its order; what is lost in the shop is not begun."""
        for index, record in enumerate(self.production.records):
            if not self.faults.hits("bureau", "lose", self._key(record)):
                yield self._card(index, record)

    def _key(self, record: ProductionRecord) -> str:
        return f"{self.production.batch.batch}/{record.card_number}"

    def _card(self, index: int, record: ProductionRecord) -> ReturnRecord:
        reason = self._unprintable(record)
        made, spoiled = (None, 0) if reason else self._chip(index, record)
        reason = reason or ("" if made else WORN_OUT)
        box, slot = divmod(record.sequence - 1, BOX)
        chip_id, reset_code, read_back = made or ("", "", "")
        return ReturnRecord(
            record.sequence, record.card_number, record.social_security_number, record.name, record.issued_on,
            record.valid_until, chip_id, reset_code, read_back, record.bank, record.account_number,
            f"{self.production.batch.batch}-{box + 1:03}箱-{slot + 1:03}格" if made else "", spoiled,
            "" if made else "制卡", reason,
        )  # fmt: skip

    def _unprintable(self, record: ProductionRecord) -> str:
        """Say why the card cannot be made, or nothing. Another batch is another try, with its own luck."""
        if record.photo and not self.production.photos[record.photo].startswith(JPEG):
            return "相片不是 JPEG，不能打印"
        if self.faults.hits("bureau", "refuse", self._key(record)):
            return chance.choose(REASONS, self.faults.seed, "bureau", "reason", self._key(record))
        return ""

    def _chip(self, index: int, record: ProductionRecord) -> tuple[Made | None, int]:
        """Write one blank after the other until one is right; give what it says, and how many were spoiled."""
        for tried in range(TRIES):
            key = f"{self._key(record)}/{tried}"
            if self.faults.hits("bureau", "dead", key):
                continue
            try:
                return self._written(self.first + index * TRIES + tried, record, key), tried
            except (ChipDiffers, ChipRefused, ChipUnreadable, ChipValueRefused):
                continue
        return None, TRIES

    def _written(self, serial: int, record: ProductionRecord, key: str) -> Made:
        batch, ring = self.production.batch, self.ring
        version = of_number(batch.version)
        reset = numbers.make_reset(ring.city, serial.to_bytes(4, "big"))
        # The chip's maker has given every blank its own transport key, by the same derivation.
        transport = ring.card_key(version.algorithm, proofs.TRANSPORT_KEY, reset.factor)
        chip = Chip(version, reset, transport)
        code = numbers.identification_code(batch.division, reset, bytes(MAC_BYTES))[:-MAC_BYTES]
        code += ring.code_mac(version.algorithm, reset.factor, code)
        order = order_of(
            batch, self._as_read(record, key), self.production.chip_photos.get(record.chip_photo, b""), code,
            ring.card_keys(version.algorithm, reset.factor),
        )  # fmt: skip
        # Torn out half way a blank is a blank: it is begun anew.
        for transmit in self._machines(chip, key):
            try:
                stands = personalise(begin(transmit, chip.power()), order, ring.prove)
                break
            except Torn:
                continue
        read_back = digest(stands)
        return self._told(code, chip.reset.historical[-HISTORICAL_BYTES:], read_back, key)

    def _as_read(self, record: ProductionRecord, key: str) -> ProductionRecord:
        """Give the line as the machine read it: now and then it takes another card's number."""
        if not self.faults.hits("bureau", "wrong_number", key):
            return record
        return replace(record, card_number=record.card_number[::-1])

    def _told(self, code: bytes, historical: bytes, read_back: bytes, key: str) -> Made:
        if self.faults.hits("bureau", "wrong_digest", key):
            read_back = bytes(len(read_back))
        if self.faults.hits("bureau", "copied_code", key):
            code = code[:-MAC_BYTES] + bytes(MAC_BYTES)
        return Made(code.hex().upper(), historical.hex().upper(), read_back.hex().upper())

    def _machines(self, chip: Chip, key: str) -> Iterator[Callable[[bytes], bytes]]:
        """Give what carries commands to the chip: first, where the seed has it, a machine that spoils or loses it."""
        if self.faults.hits("bureau", "torn", key):
            yield _losing(chip, 1 + chance.draw(self.faults.seed, "torn", key) % 40)
        spoils = self.faults.hits("bureau", "write_wrong", key)
        yield _spoiling(chip) if spoils else lambda command: answer(chip, command)


def _losing(chip: Chip, after: int) -> Callable[[bytes], bytes]:
    left = iter(range(after))

    def transmit(command: bytes) -> bytes:
        if next(left, None) is None:
            raise Torn
        return answer(chip, command)

    return transmit


def _spoiling(chip: Chip) -> Callable[[bytes], bytes]:
    """Carry all as it is, but for the name: the chip keeps another one."""

    def transmit(command: bytes) -> bytes:
        if command[1] == UPDATE_RECORD and command[TAG_AT] == NAME_TAG:
            command = command[: TAG_AT + 2] + b"\xb1\xf0" + command[TAG_AT + 4 :]
        return answer(chip, command)

    return transmit
