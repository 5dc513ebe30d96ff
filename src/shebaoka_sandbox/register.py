"""The population register: does this number belong to this name, and does the person live?"""

from __future__ import annotations

from typing import Literal

import msgspec

from shebaoka_sandbox.desk import Desks, Reference
from shebaoka_sandbox.world import Person, World

Outcome = Literal["match", "name_differs", "unknown", "deceased"]


class Asked(msgspec.Struct, frozen=True):
    """One person to verify."""

    reference: Reference
    id_number: str
    name: str

    @property
    def person(self) -> str:
        """The ID number."""
        return self.id_number


class Verified(msgspec.Struct, frozen=True):
    """The register's answer."""

    reference: str
    outcome: Outcome


class Register:
    """Answers from the world's people."""

    def __init__(self, desks: Desks, world: World) -> None:
        self._desks = desks
        self._world = world

    async def verify(self, items: list[Asked]) -> list[bytes]:
        """Answer a batch."""
        return await self._desks.serve("register", items, self._decide)

    def _decide(self, items: list[Asked]) -> list[Verified]:
        found = self._world.find([item.id_number for item in items])
        return [
            Verified(item.reference, self._outcome(item, person))
            for item, person in zip(items, found, strict=True)
        ]

    def _outcome(self, item: Asked, person: Person | None) -> Outcome:
        if person is None or self._desks.faults.hits("register", "refuse", item.reference):
            return "unknown"
        # Before the rest: to somebody who has the wrong name the register tells nothing more.
        if person.name != item.name:
            return "name_differs"
        return "deceased" if person.deceased else "match"
