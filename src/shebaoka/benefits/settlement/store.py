"""The room's only door to its tables."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from psycopg.types.json import Jsonb

from shebaoka.benefits.settlement.model import Bill, Quoted, Settlement, Sums, Visit
from shebaoka.kit import queries
from shebaoka.kit.work import Work

SQL: Final = queries.load(__file__)
SETTLEMENT: Final = msgspec.json.Decoder(Settlement)
BILLS: Final = msgspec.json.Decoder(tuple[Bill, ...])
SUMS: Final = msgspec.json.Decoder(Sums)
"""Read from text at once, not through documents of the driver."""


def settlement_of(text: str) -> Settlement:
    """Give a settlement from a row as JSON."""
    return SETTLEMENT.decode(text)


def sums_of(text: str) -> Sums:
    """Give the sums of a quote from a row as JSON."""
    return SUMS.decode(text)


def bills_of(text: str) -> tuple[Bill, ...]:
    """Give the bills that a quote told."""
    return BILLS.decode(text)


def care_place(person_id: int, visit_id: int) -> str:
    """Name the place that a visit's diagnoses are sealed for."""
    return f"care:{person_id}:{visit_id}"


async def visit(work: Work, query: str, institution_id: int, person_id: int, visit_id: int) -> Visit | None:
    """Give a visit of an institution, locked or not as the query says."""
    asked = {"person_id": person_id, "visit_id": visit_id, "institution_id": institution_id}
    return await work.row(SQL[query], asked, Visit)


async def settled(work: Work, visit: Visit, batch: str | None = None) -> bool:
    """Tell whether a batch of a visit is settled, or any of it."""
    asked = {"person_id": visit.person_id, "visit_id": visit.visit_id, "batch": batch}
    return await work.value(SQL["settled_batch"], asked) is not None


async def add_quote(
    work: Work, quoted: Quoted, visit: Visit, counts: dict[str, list[Any]], province_id: int | None, *, guest: bool = False
) -> None:  # fmt: skip
    """Keep a quote; `counts`: what it will book and count, as the table's columns; `province_id`: against which province."""
    await work.run(SQL["add_quote"], msgspec.structs.asdict(quoted.sums) | counts | {
        "person_id": quoted.person_id, "quote_id": quoted.quote_id, "visit_id": quoted.visit_id, "version": visit.version,
        "institution_id": visit.institution_id, "batch": quoted.batch, "today": work.today, "now": work.now,
        "expires_at": quoted.expires_at, "told": Jsonb(msgspec.to_builtins(quoted.bills)),
        "province_id": province_id, "guest": guest,
    })  # fmt: skip
