"""Publishing: a base or a delta, whole or not at all, and what it said is noted with the cards."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import islice
from typing import Final

from shebaoka.cards.status_list import building, store
from shebaoka.cards.status_list.model import File, Published, Untold
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database, DatabaseBusy
from shebaoka.kit.sm import sm3
from shebaoka.kit.sm2 import SecretKey
from shebaoka.kit.work import Work
from shebaoka.records.status_list import Head, Version, read, signer, write
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import load

SALT_BYTES: Final = 16
UNTOLD_MAX: Final = 1_000_000
"""So many cards are noted as told after one file; what is left is told once more by the next."""
AT_ONCE: Final = 5_000
WAIT_MS: Final = 2_000
DIGEST_BYTES: Final = 32


async def publish_due(
    database: Database,
    key: SecretKey,
    city: str,
    progress: Callable[[int], None] = lambda _: None,
    *,
    at_once: bool = False,
    base: bool = False,
    draw: Callable[[int], bytes] = secrets.token_bytes,
) -> Published:
    """Publish the next file when the rules say that it is due, or at once; `base`: one that tells of all cards. `city`: four digits.

    What the file says is one moment of the database: a change that commits later is in the next file. Nobody is locked out
    meanwhile. This function will give what was published.
    """
    async with database.moment(SYSTEM) as work:
        await store.take_turn(work)
        programme = await load(work)
        publication = Publication(work, key, city, programme, await store.files(work))
        if not (at_once or base or publication.due):
            return Published()
        file, told = await publication.publish(base=base, salt=draw(SALT_BYTES))
    progress(1)
    await note_told(database, told)
    return Published(str(file.version), file.size_bytes, file.void, file.suspended, file.cleared)


async def note_late(work: Work) -> None:
    """Note that old cards were taken in: a base tells of those only that were there, so the next file is one."""
    await store.note_late(work)


async def note_told(database: Database, cards: Sequence[Untold]) -> None:
    """Note with the cards what the list has said of them; where somebody is in the way, the next file says it once more."""
    rest = iter(cards)
    with suppress(DatabaseBusy):
        while some := list(islice(rest, AT_ONCE)):
            async with database.work(SYSTEM, lock_wait_ms=WAIT_MS) as work:
                await store.told(work, some)


class Publication:
    """The next file, of what the tables say in this transaction. `before`: the newest base and its deltas."""

    def __init__(
        self, work: Work, key: SecretKey, city: str, programme: Programme, before: Sequence[File]
    ) -> None:
        self.work, self.key, self.city, self.before = work, key, city, before
        self.rules = programme.status_list(work.present_day)
        self.old_void_from = programme.old_cards_void_from(work.present_day)
        now = work.now.replace(microsecond=0)
        # Terminals take no file that is older than the one before, even where this machine's clock was set back.
        self.made_at = max(now, before[-1].made_at) if before else now

    @property
    def due(self) -> bool:
        """Whether the rules want a file by now."""
        every = timedelta(minutes=self.rules.every_minutes)
        return not self.before or self.work.now >= self.before[-1].made_at + every

    async def publish(self, *, base: bool, salt: bytes) -> tuple[File, list[Untold]]:
        """Publish it; give it, and the cards of which it tells something new. A new base gets the salt."""
        untold = await store.untold(self.work, UNTOLD_MAX)
        if not base and not await self._base_due():
            head = self._head(Version(self.before[0].epoch, len(self.before)), self.before[0].salt)
            raw = write(head, building.delta(untold, head.salt, self.made_at), self.key)
            if len(raw) <= self.rules.delta_bytes_max:
                return await self._kept(raw), untold
        epoch = self.before[0].epoch + 1 if self.before else 1
        head = self._head(Version(epoch, 0), salt)
        sections = await building.base(self.work, salt, self.made_at, with_old=not self._old_ended)
        await store.late_told(self.work)
        return await self._kept(write(head, sections, self.key)), untold

    async def _base_due(self) -> bool:
        """Tell whether a delta would not do."""
        if not self.before:
            return True
        base = self.before[0]
        return (
            self.work.now >= base.made_at + timedelta(days=self.rules.base_days)
            or self.before[-1].signer != signer(self.key.public)
            or (self._old_ended and base.old_part_bytes > 0)
            or await store.late(self.work)
        )

    @property
    def _old_ended(self) -> bool:
        return self.old_void_from is not None and self.old_void_from <= self.work.present_day

    def _head(self, version: Version, salt: bytes) -> Head:
        rules, before = self.rules, self.before
        stale_after_s = int(timedelta(hours=rules.stale_hours).total_seconds())
        ahead_s = int(timedelta(minutes=rules.ahead_minutes).total_seconds())
        return Head(
            self.city, version, self.made_at, stale_after_s, ahead_s, self.old_void_from, salt,
            before[-1].digest if before else bytes(DIGEST_BYTES),
        )  # fmt: skip

    async def _kept(self, raw: bytes) -> File:
        # As a terminal reads it: what it would not take is not published.
        head, sections = read(raw, self.key.public, self.city)
        void, suspended, cleared, old_part_bytes = sections.counts()
        stale_at = head.made_at + timedelta(seconds=head.stale_after_s)
        file = File(
            *head.version, head.made_at, stale_at, head.salt, signer(self.key.public), sm3(raw), len(raw),
            void, suspended, cleared, old_part_bytes,
        )  # fmt: skip
        await store.add(self.work, file, raw)
        self.work.record(
            0, "status_list.published", file.version, size_bytes=len(raw), void=void, suspended=suspended,
            cleared=cleared, digest=file.digest.hex(), signer=file.signer.hex(),
        )  # fmt: skip
        return file
