"""Who sends: a key that is known, a signature that is its own, a time that is now, a nonce that is new. Before anything is read."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

from shebaoka.faces.rules import RulesKeeper
from shebaoka.faces.terminals.errors import TooManyAtOnce
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.clock import today
from shebaoka.kit.coalescing import Coalescer
from shebaoka.kit.database import Database
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.errors import InstitutionNotLive
from shebaoka.registry.institutions.liveness import Readiness, live
from shebaoka.registry.senders import commands, signing, views
from shebaoka.registry.senders.errors import MessageStale, NonceUsed, SenderRefused
from shebaoka.registry.senders.model import WINDOW, Secret, Sender
from shebaoka.registry.senders.signing import Signed

KEPT_SECONDS: Final = 4.0
"""How long what the database said of a key is believed: a key that is withdrawn here ends everywhere within five seconds."""
KEPT_MAX: Final = 10_000
SWEEP_SECONDS: Final = 60.0
AT_ONCE: Final = 64
"""Messages of one key under way in one process."""
Known = tuple[float, list[Secret], Readiness | None]


class Guard:
    """Lets senders in. One for each process; `seconds` is the machine's steady clock."""

    def __init__(
        self, database: Database, rules: RulesKeeper, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._database, self._rules, self._seconds = database, rules, seconds
        self._known: dict[str, Known] = {}
        self._under_way: Counter[str] = Counter()
        self._swept_at = seconds()
        self._nonces: Coalescer[tuple[str, str], bool] = Coalescer(self._take)

    @asynccontextmanager
    async def admit(self, headers: Mapping[str, str]) -> AsyncIterator[Sender]:
        """Give who sends, while the message is worked on.

        Raises SenderRefused, MessageStale, NonceUsed, TooManyAtOnce, InstitutionNotLive.
        """
        signed = signing.said(headers)
        if signed is None:
            raise SenderRefused
        sender = await self._sender(signed)
        if self._under_way[sender.paasid] >= AT_ONCE:
            raise TooManyAtOnce
        self._under_way[sender.paasid] += 1
        try:
            await self._fresh(signed)
            yield sender
        finally:
            self._under_way[sender.paasid] -= 1
            if not self._under_way[sender.paasid]:
                del self._under_way[sender.paasid]

    async def _sender(self, signed: Signed) -> Sender:
        _, known, readiness = await self._of(signed.paasid)
        now = self._database.clock.now()
        good = [
            one.sender
            for one in known
            if (one.good_until is None or one.good_until > now) and signed.fits(one.secret)
        ]
        if not good:
            raise SenderRefused
        await self._must_be_live(readiness)
        return good[0]

    async def _of(self, paasid: str) -> Known:
        known = self._known.get(paasid)
        if known is not None and self._seconds() < known[0] + KEPT_SECONDS:
            return known
        async with self._database.work(SYSTEM) as work:
            secrets = await views.secrets_of(work, paasid)
            first = secrets[0].sender.institution_id if secrets else None
            readiness = None if first is None else await institutions.readiness(work, first)
        found = (self._seconds(), secrets, readiness)
        if secrets:
            if len(self._known) >= KEPT_MAX:
                self._known.clear()
            self._known[paasid] = found
        else:
            self._known.pop(paasid, None)
        return found

    async def _must_be_live(self, readiness: Readiness | None) -> None:
        on = today(self._database.clock)
        if readiness is None or live(readiness, on):
            return
        programme = (await self._rules.rules()).programme
        if programme.readiness(readiness.kind, on).must_be_live:
            raise InstitutionNotLive(readiness, on)

    async def _fresh(self, signed: Signed) -> None:
        now = self._database.clock.now()
        sent = datetime.fromtimestamp(int(signed.timestamp), UTC)
        if abs(now - sent) > WINDOW:
            raise MessageStale(f"服务时间 our time: {int(now.timestamp())}")
        if not await self._nonces.ask((signed.paasid, signed.nonce)):
            raise NonceUsed

    async def _take(self, came: Sequence[tuple[str, str]]) -> list[bool]:
        async with self._database.work(SYSTEM) as work:
            if self._seconds() > self._swept_at + SWEEP_SECONDS:
                self._swept_at = self._seconds()
                await commands.forget_nonces(work)
            return await commands.take_nonces(work, came)


def headers_of(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Give headers by name, in small letters; of one that comes twice, the last."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw}
