"""Everything that reads payouts. Lists name people by their numbers here; who looks at a person is recorded by the caller."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from shebaoka.benefits.payouts.model import (
    Check,
    Difference,
    File,
    Item,
    Payer,
    Payment,
    Run,
    StatusSum,
)
from shebaoka.benefits.payouts.store import SQL, file_place
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.ledger import views as books
from shebaoka.ledger.model import Account, Kind


async def run(work: Work, run_id: int) -> Run:
    """Give a run. Raises NotFound."""
    found = await work.row(SQL["run"], {"run_id": run_id}, Run)
    if found is None:
        raise NotFound(f"发放批次 payout run {run_id}")
    return found


async def runs(work: Work, before: int | None = None, most: int = 50) -> list[Run]:
    """Give runs, newest first."""
    return await work.rows(SQL["runs"], {"before": before, "most": most}, Run)


async def files(work: Work, run_id: int) -> list[File]:
    """Give the files of a run."""
    return await work.rows(SQL["files_of_run"], {"run_id": run_id}, File)


async def sums(work: Work, run_id: int) -> list[StatusSum]:
    """Give how many payments of a run stand how, by bank."""
    return await work.rows(SQL["run_sums"], {"run_id": run_id}, StatusSum)


async def payments(
    work: Work, run_id: int, after: int = 0, most: int = 50, statuses: Sequence[str] | None = None
) -> list[Payment]:
    """Give payments of a run, by their numbers."""
    asked = {"run_id": run_id, "after": after, "most": most, "statuses": list(statuses) if statuses else None}
    return await work.rows(SQL["payments_of_run"], asked, Payment)


async def failed(work: Work, after: int = 0, most: int = 50) -> list[tuple[Item, Payment]]:
    """Give what was rejected or came back and waits for somebody, with its last payment, oldest first."""
    items = await work.rows(SQL["failed"], {"after": after, "most": most}, Item)
    keys = {"people": [one.person_id for one in items], "items": [one.item_id for one in items]}
    last = {one.item_id: one for one in await work.rows(SQL["last_failed"], keys, Payment)}
    return [(one, last[one.item_id]) for one in items]


async def due(work: Work, benefit: str, after: int = 0, most: int = 500) -> list[Item]:
    """Give what is due of a benefit, oldest first."""
    return await work.rows(SQL["due"], {"benefit": benefit, "after": after, "most": most}, Item)


async def of_person(
    work: Work, person_id: int, first: date = date.min, last: date = date.max
) -> list[tuple[Item, list[Payment]]]:
    """Give all that somebody is or was owed for months that begin in these days, newest first, each with its payments, oldest first."""
    asked = {"person_id": person_id, "first": first, "last": last}
    items = await work.rows(SQL["items_of_person"], asked, Item)
    keys = {"people": [person_id], "items": [one.item_id for one in items]}
    paid = await work.rows(SQL["payments_of_items"], keys, Payment)
    return [(item, [one for one in paid if one.item_id == item.item_id]) for item in items]


async def counts(work: Work) -> list[tuple[str, str, int, int]]:
    """Give benefit, status, how many items and what they sum to."""
    return await work.rows(SQL["counts"])


async def payers(work: Work) -> list[Payer]:
    """Give our accounts at banks."""
    return await work.rows(SQL["payers"], None, Payer)


async def differences(work: Work, most: int = 500) -> list[Difference]:
    """Give differences that are to be worked off, oldest first."""
    return await work.rows(SQL["differences"], {"most": most}, Difference)


async def refused_documents(work: Work, most: int = 100) -> list[dict[str, Any]]:
    """Give documents that could not be read, newest first."""
    names = ("bank_id", "document_id", "kind", "problem", "received_at")
    return [
        dict(zip(names, row, strict=True))
        for row in await work.rows(SQL["refused_documents"], {"most": most})
    ]


async def lists(work: Work, most: int = 50) -> list[dict[str, Any]]:
    """Give lists with what became of their lines, newest first."""
    names = ("list_id", "name", "kind", "lines", "taken", "repeated", "faults", "taken_by", "taken_at")
    return [dict(zip(names, row, strict=True)) for row in await work.rows(SQL["lists"], {"most": most})]


async def document_of(work: Work, file_id: int) -> bytes:
    """Open what a file says, word for word. Personal data: the caller records why. Raises NotFound."""
    sealed = await work.value(SQL["sealed_file"], {"file_id": file_id})
    if sealed is None:
        raise NotFound(f"发放文件 payout file {file_id}")
    return work.vault.open(bytes(sealed), file_place(file_id))


async def check(work: Work) -> Check:
    """Hold all payouts against the ledger; this function will read every item, so not while others wait."""
    of_kind = await books.sums_of_kinds(work, [Kind.ENTITLEMENT, Kind.PAYOUT])
    return Check(
        owed_fen=of_kind.get(Account.BENEFITS_OWED, 0),
        unpaid_fen=await work.value(SQL["check_items"]),
        booked_fen=of_kind.get(Account.BANK, 0),
        payments_fen=await work.value(SQL["check_payments"]),
        paid_twice=await work.value(SQL["check_twice"]),
    )
