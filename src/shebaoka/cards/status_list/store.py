"""This room's SQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final

from psycopg.rows import tuple_row

from shebaoka.cards.status_list.model import File, Untold
from shebaoka.kit import queries
from shebaoka.kit.work import Row, Work

SQL: Final = queries.load(__file__)
TAKE_TURN: Final = "LOCK TABLE status_list_file IN SHARE ROW EXCLUSIVE MODE"
"""One publisher at a time. Said before anything is read: whoever waited then sees what the one before has done."""
ROWS: Final = 20_000


async def take_turn(work: Work) -> None:
    """Wait until nobody else publishes."""
    await work.run(TAKE_TURN)


async def files(work: Work) -> list[File]:
    """Give the newest base and its deltas, in order."""
    return await work.rows(SQL["files"], None, File)


async def content(work: Work, epoch: int, sequence: int) -> bytes | None:
    """Give a file as it was published; this function will give None where there is none, or it is kept no more."""
    named = {"epoch": epoch, "sequence": sequence}
    found = await work.rows(SQL["content"], named, binary=True)
    return found[0][0] if found else None


async def add(work: Work, file: File, raw: bytes) -> None:
    """Publish a file; this function will drop the contents of bases older than the one before."""
    columns = {name: getattr(file, name) for name in File.__slots__}
    await work.run(SQL["add"], columns | {"content": raw})
    if not file.sequence:
        await work.run(SQL["forget"], {"epoch": file.epoch - 1})


async def note_late(work: Work) -> None:
    """Note that old cards were taken in."""
    await work.run(SQL["note_late"], {"late_id": work.ids.one(), "now": work.now})


async def late(work: Work) -> bool:
    """Tell whether old cards were taken in since the last base."""
    return bool(await work.value(SQL["late"]))


async def late_told(work: Work) -> None:
    """Note that a base tells of all old cards there are."""
    await work.run(SQL["late_told"])


async def untold(work: Work, cards_max: int) -> list[Untold]:
    """Give cards of which the list has yet to say what they are, in the order of the people."""
    return await work.rows(SQL["untold"], {"cards_max": cards_max}, Untold)


async def told(work: Work, cards: Sequence[Untold]) -> None:
    """Note what the list has said."""
    await work.run(SQL["told"], {
        "people": [one.person_id for one in cards], "cards": [one.card_id for one in cards],
        "listed": [one.listed for one in cards], "until": [one.until for one in cards],
    })  # fmt: skip


async def all_listed(work: Work, *, with_old: bool) -> AsyncIterator[tuple[str, bool, datetime | None]]:
    """Give number, whether it is void, and the end of a temporary report, of all cards that a base lists one by one.

    `with_old`: also of old cards that are suspended; void ones are told otherwise.
    """
    async for row in _streamed(work, "all_listed", {"with_old": with_old}):
        yield row[0], row[1], row[2]


async def old_runs(work: Work) -> list[bytes]:
    """Give all old cards, ten characters each: number, and 1 for void; this function will give them in pieces."""
    return [row[0].encode("ascii") async for row in _streamed(work, "old_runs", None, rows=1)]


async def _streamed(
    work: Work, name: str, parameters: dict[str, bool] | None, rows: int = ROWS
) -> AsyncIterator[Row]:
    async with work.connection.cursor(name, row_factory=tuple_row) as cursor:
        await cursor.execute(SQL[name], parameters)
        while found := await cursor.fetchmany(rows):
            for row in found:
                yield row
