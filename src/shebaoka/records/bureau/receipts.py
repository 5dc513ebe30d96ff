"""The receipt: the bureau says which file it has taken, with how many cards, and which bytes lay there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shebaoka.records import cells
from shebaoka.records.trailed_csv import Column, Layout, read_sheet, refused, write_sheet


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a file was taken. `digest`: SM3 of the sealed file as the bureau found it, in hex."""

    batch: int
    file_name: str
    cards: int
    digest: str
    taken_at: datetime


RECEIPT: Final = Layout(
    (
        Column("批次", "batch", cells.NUMBER),
        Column("文件", "file_name", cells.TEXT),
        Column("张数", "cards", cells.COUNT_OR_ZERO),
        Column("SM3", "digest", cells.hex_digits(64)),
        Column("收到时间", "taken_at", cells.MOMENT),
    ),
    lambda _: None,
)


def write_receipt(receipt: Receipt) -> bytes:
    """Write a receipt, not yet sealed; BureauFileRefused for one that could not be read back equal."""
    return write_sheet(RECEIPT, [receipt])


def read_receipt(data: bytes) -> Receipt:
    """Read a receipt out of its seal; BureauFileRefused, and nothing else, for any bytes that are none."""
    receipts = read_sheet(RECEIPT, Receipt, data)
    if len(receipts) != 1:
        raise refused("total", "签收单应只有一行", "a receipt has one line")
    return receipts[0]
