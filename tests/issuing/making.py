"""The card bureau of a test: whose keys seal and sign, and card keys that are in force in its database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.keys.officers import in_force
from tests.sandbox.sandbox_driver import CITY, MAKER

from shebaoka.chip.numbers import identification_code, make_reset
from shebaoka.chip.personalising import digest, laid_out
from shebaoka.chip.versions import SM4
from shebaoka.issuing.production.arrival import production_name
from shebaoka.issuing.production.bureau import Bureau
from shebaoka.keys.hierarchy import Ring, application_keys, city_key
from shebaoka.keys.model import Level, key_name
from shebaoka.keys.using import Keys
from shebaoka.kit.database import Database
from shebaoka.kit.sm import sm3
from shebaoka.records import bureau as files
from shebaoka.records.bureau import Production, ProductionRecord, Receipt, ReturnRecord, Statement

DIVISION = "310000"


ROOT = bytes(range(7, 23))
RING = Ring.of(DIVISION[:4], SM4, application_keys(SM4, city_key(SM4, ROOT, DIVISION[:4])), 1)
"""What follows from the root that every test's ceremony makes."""
NOW = datetime(2019, 1, 3, 9, tzinfo=UTC)


class InMemory:
    """A store of card keys that is quick, and holds the same in every process."""

    def __init__(self) -> None:
        self.held = {key_name(SM4, 1, Level.APPLICATION, which[1]): key for which, key in RING.keys.items()}

    async def read(self, names: Collection[str]) -> dict[str, bytes]:
        return {name: self.held[name] for name in names if name in self.held}

    async def put(self, keys: Mapping[str, bytes]) -> None:
        self.held |= keys

    async def forget(self, names: Collection[str]) -> None:
        for name in names:
            self.held.pop(name, None)

    async def names(self) -> list[str]:
        return sorted(self.held)

    async def random(self, length: int) -> bytes:
        return ROOT[:length]

    async def closed_because(self) -> str:
        return ""


KEYS = Keys(InMemory(), DIVISION[:4])


async def with_card_keys(database: Database) -> None:
    """Let the city have card keys in force, once for each database."""
    await in_force(database, KEYS)


def bureau_at(folder: Path) -> Bureau:
    """Give the bureau whose exchange folder this is, as the product knows it."""
    return Bureau(folder, CITY, MAKER.public, KEYS, DIVISION)


def sent(path: Path) -> Production:
    """Open a production file as the bureau does."""
    return files.read_production(files.open_file(MAKER, CITY.public, path.name, path.read_bytes()).content)


def made(
    production: Production, record: ProductionRecord, serial: int | None = None, **other: object
) -> ReturnRecord:
    """Give the line of a bureau that made a card as it was ordered, out of the blank with this serial number."""
    reset = make_reset(DIVISION[:4], (serial or record.sequence).to_bytes(4, "big"))
    code = identification_code(DIVISION, reset, bytes(4))[:-4]
    code += RING.code_mac(SM4, reset.factor, code)
    order = files.order_of(production.batch, record, production.chip_photos.get(record.chip_photo, b""))
    return replace(ReturnRecord(
        record.sequence, record.card_number, record.social_security_number, record.name, record.issued_on,
        record.valid_until, code.hex().upper(), reset.historical.hex().upper(),
        digest(laid_out(order)).hex().upper(), record.bank, record.account_number, "1箱", 0, "", "",
    ), **other)  # type: ignore[arg-type]  # fmt: skip


def failed(line: ReturnRecord, reason: str = "芯片坏了", spoiled: int = 3) -> ReturnRecord:
    """Give the line of a card that could not be made."""
    return replace(
        line, chip_id="", reset_code="", digest="", box_position="", spoiled=spoiled, failed_stage="制卡",
        failure_reason=reason,
    )  # fmt: skip


def statement(batch_id: int, lines: Sequence[ReturnRecord], **other: object) -> Statement:
    """Give the statement that fits these lines."""
    cards = {line.card_number: line for line in lines}.values()
    good, spoiled = sum(line.made for line in cards), sum(line.spoiled for line in cards)
    told = Statement(batch_id, len(lines), good, spoiled, good + spoiled, NOW)
    return replace(told, **other)  # type: ignore[arg-type]


def receipt(batch_id: int, path: Path, cards: int, **other: object) -> Receipt:
    """Give the receipt of a file as it lies there."""
    right = Receipt(batch_id, path.name, cards, sm3(path.read_bytes()).hex().upper(), NOW)
    return replace(right, **other)  # type: ignore[arg-type]


__all__ = [
    "CITY",
    "DIVISION",
    "KEYS",
    "MAKER",
    "bureau_at",
    "failed",
    "made",
    "production_name",
    "receipt",
    "sent",
    "statement",
    "with_card_keys",
]
