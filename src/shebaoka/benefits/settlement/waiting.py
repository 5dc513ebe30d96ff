"""Confirmations that wait at the same moment are settled together: one call, one commit, each with its own answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from shebaoka.benefits.settlement.commands import confirm_together
from shebaoka.benefits.settlement.model import Confirming, Settled
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.coalescing import Apart, Coalescer
from shebaoka.kit.database import Database
from shebaoka.kit.requests import Answer, Claim, claim_many, keep, once
from shebaoka.kit.work import Work
from shebaoka.registry.programme.programme import Programme

TOGETHER_MAX: Final = 16
"""A refused one costs the others of its call a second try, and all hold their patients' rows until it commits."""
LOCK_WAIT_MS: Final = 4_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request to settle, of which nothing but `one` has to be done.

    `claim`: by which it is done once; `told`: how it is answered; `alone`: does it by itself, and says what is wrong with it.
    """

    actor: Actor
    one: Confirming
    claim: Claim
    told: Callable[[Settled], Answer]
    alone: Callable[[Work], Awaitable[Settled]]


class Confirmations:
    """Settles what was quoted, for all who ask one process; a request may be sent again whatever became of it."""

    def __init__(self, database: Database, programme: Callable[[], Awaitable[Programme]]) -> None:
        self._database = database
        self._programme = programme
        self._waiting: Coalescer[Waiting, Answer] = Coalescer(self._settle, together_max=TOGETHER_MAX)

    async def ask(self, asked: Waiting) -> Answer:
        """Settle; it has been committed when this returns. Raises what `asked.alone` raises, and RequestKeyReused."""
        return await self._waiting.ask(asked)

    async def _settle(self, asked: Sequence[Waiting]) -> list[Answer]:
        if len(asked) == 1:
            return [await self._alone(asked[0])]
        programme = await self._programme()
        async with self._database.work(SYSTEM, lock_wait_ms=LOCK_WAIT_MS) as work:
            claimed = await claim_many(work, [one.claim for one in asked])
            if not all(claimed):
                raise Apart([n for n, new in enumerate(claimed) if not new])
            settled = await confirm_together(work, programme, [(one.one, one.actor) for one in asked])
            if None in settled:
                raise Apart([n for n, done in enumerate(settled) if done is None])
            answers = [one.told(done) for one, done in zip(asked, settled, strict=True) if done is not None]
            await keep(work, [(one.claim, answer) for one, answer in zip(asked, answers, strict=True)])
        return answers

    async def _alone(self, asked: Waiting) -> Answer:
        async with self._database.work(asked.actor, lock_wait_ms=LOCK_WAIT_MS) as work:

            async def act() -> Answer:
                return asked.told(await asked.alone(work))

            return await once(work, asked.claim, act)
