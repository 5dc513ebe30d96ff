"""What a file says: of a base all there is, of a delta what the list has yet to say."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from multiprocessing import get_context
from typing import Final

from shebaoka.cards.status_list import store
from shebaoka.cards.status_list.model import Untold
from shebaoka.kit.work import Work
from shebaoka.records.status_list import Sections, digest, fingerprint, old_cards

ALONE_MAX: Final = 200_000
"""So many old cards one process does sooner than several have begun."""


async def base(work: Work, salt: bytes, made_at: datetime, *, with_old: bool) -> Sections:
    """Say of all cards what they are, as this transaction sees them; `with_old` False leaves old cards out, which are void altogether."""
    void: list[int] = []
    suspended: dict[int, int] = {}
    async for number, is_void, until in store.all_listed(work, with_old=with_old):
        one = _print_of(salt, number)
        if is_void:
            void.append(one)
        elif until is None or until > made_at:
            suspended[one] = _seconds(until, made_at)
    runs = await store.old_runs(work) if with_old else []
    old = await asyncio.to_thread(_old_part, runs, salt) if runs else b""
    return Sections.of(void, suspended, (), old)


def delta(untold: Sequence[Untold], salt: bytes, made_at: datetime) -> Sections:
    """Say of these cards what they are."""
    void, cleared = [], []
    suspended: dict[int, int] = {}
    for card in untold:
        one = _print_of(salt, card.card_number)
        if card.listed == "void":
            void.append(one)
        elif card.listed == "suspended" and (card.until is None or card.until > made_at):
            suspended[one] = _seconds(card.until, made_at)
        else:
            cleared.append(one)
    return Sections.of(void, suspended, cleared)


def _print_of(salt: bytes, card_number: str) -> int:
    return fingerprint(digest(salt, card_number.encode("ascii")))


def _seconds(until: datetime | None, made_at: datetime) -> int:
    return 0 if until is None else math.ceil((until - made_at).total_seconds())


def _old_part(runs: Sequence[bytes], salt: bytes) -> bytes:
    with _hands(sum(map(len, runs)) // old_cards.CARD_CHARACTERS) as spread:
        return old_cards.table(runs, salt, spread)


@contextmanager
def _hands(cards: int) -> Iterator[old_cards.Spread]:
    """Give what applies a function to many things: in this process, or in one a core."""
    if cards <= ALONE_MAX:
        yield map
        return
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        yield pool.map
