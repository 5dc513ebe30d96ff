"""The room's own append-only record of what befell card keys, each entry chained to the one before; the audit log has it, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from shebaoka.keys.model import Record
from shebaoka.keys.store import SQL
from shebaoka.kit.sm import sm3
from shebaoka.kit.work import Work

BEFORE_ALL: Final = bytes(32)


async def add(work: Work, action: str, facts: Mapping[str, Any], ceremony_id: int | None = None) -> None:
    """Add a record and its audit fact; `facts` carry check values and digests, never a key."""
    await work.run(SQL["take_records_turn"])
    last = await work.value(SQL["last_digest"]) or BEFORE_ALL
    text = msgspec.json.encode(facts, order="sorted").decode()
    entry = Record(work.ids.one(), ceremony_id, work.now, work.actor.name, action, text, b"")
    await work.run(SQL["add_record"], {
        "record_id": entry.record_id, "ceremony_id": ceremony_id, "at": entry.at, "actor": entry.actor, "action": action,
        "facts": text, "digest": digest(last, entry),
    })  # fmt: skip
    subject = "card_keys" if ceremony_id is None else f"ceremony:{ceremony_id}"
    work.record(0, f"keys.{action}", subject, **facts)


def digest(before: bytes, entry: Record) -> bytes:
    """Give the digest of a record that follows one with the digest `before`."""
    said = (
        entry.record_id, entry.ceremony_id, entry.at.timestamp(), entry.actor, entry.action, entry.facts,
    )  # fmt: skip
    return sm3(before + msgspec.json.encode(said))


def broken(records: Sequence[Record]) -> Record | None:
    """Give the first record that does not follow from the one before; None when all do."""
    before = BEFORE_ALL
    for entry in records:
        if digest(before, entry) != entry.digest:
            return entry
        before = entry.digest
    return None
