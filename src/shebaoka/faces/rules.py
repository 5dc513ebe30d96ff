"""The city's rules as faces use them: read now and then, not with every request."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.facts import has_invented_people
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import load

RULES_SECONDS: Final = 30.0
"""How long rules are believed: rules loaded by another process hold here that much later."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for the whole city: its programme, and whether its people are invented."""

    programme: Programme
    invented_people: bool


class RulesKeeper:
    """Keeps the city's rules and reads them anew every half a minute; `seconds` is the machine's steady clock."""

    def __init__(self, database: Database, seconds: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._seconds = seconds
        self._rules: Rules | None = None
        self._read_at = 0.0
        self._reading = asyncio.Lock()

    async def rules(self) -> Rules:
        """Give the rules; ProgrammeIncomplete when none are loaded."""
        if self._rules is None or self._old():
            async with self._reading:
                if self._rules is None or self._old():
                    self._rules = await self._read()
        return self._rules

    def _old(self) -> bool:
        return self._seconds() - self._read_at >= RULES_SECONDS

    async def _read(self) -> Rules:
        read_at = self._seconds()
        async with self._database.work(SYSTEM) as work:
            rules = Rules(await load(work), await has_invented_people(work))
        self._read_at = read_at
        return rules
