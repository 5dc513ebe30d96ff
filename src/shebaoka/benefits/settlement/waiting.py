"""Confirmations that wait at the same moment are settled together: one call, one commit, each with its own answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from shebaoka.benefits.settlement.commands import confirm, confirm_together
from shebaoka.benefits.settlement.model import Confirming, Settled
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.coalescing import Apart, Coalescer
from shebaoka.kit.database import Database
from shebaoka.registry.programme.programme import Programme

TOGETHER_MAX: Final = 16
"""A refused one costs the others of its call a second try, and all hold their patients' rows until it commits."""


class Confirmations:
    """Settles what was quoted, for all faces of one process; a message may be sent again whatever became of it."""

    def __init__(self, database: Database, programme: Callable[[], Awaitable[Programme]]) -> None:
        self._database = database
        self._programme = programme
        self._waiting: Coalescer[tuple[Confirming, Actor], Settled] = Coalescer(
            self._settle, together_max=TOGETHER_MAX
        )

    async def confirm(self, one: Confirming, actor: Actor) -> Settled:
        """Settle in the name of an actor; it has been committed when this returns. Raises what `commands.confirm` does."""
        return await self._waiting.ask((one, actor))

    async def _settle(self, asked: Sequence[tuple[Confirming, Actor]]) -> list[Settled]:
        programme = await self._programme()
        if len(asked) == 1:
            ((one, actor),) = asked
            async with self._database.work(actor) as work:
                return [await confirm(work, programme, one)]
        async with self._database.work(SYSTEM) as work:
            answers = await confirm_together(work, programme, asked)
            settled = [answer for answer in answers if answer is not None]
            if len(settled) < len(asked):
                raise Apart([n for n, answer in enumerate(answers) if answer is None])
        return settled
