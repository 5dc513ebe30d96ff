"""The two photo stores: the ID-card database and the electronic student card."""

from __future__ import annotations

from base64 import b64encode
from datetime import date, timedelta
from pathlib import Path
from typing import Final, Literal

import msgspec

from shebaoka_sandbox import chance, faces
from shebaoka_sandbox.desk import Desks, Reference
from shebaoka_sandbox.world import Person, World

PhotoStore = Literal["id_card", "student_card"]
FIRST_DAY: Final = date(2015, 1, 5)
DAYS: Final = 1270  # to the end of June 2018, before the pilot began


class Wanted(msgspec.Struct, frozen=True):
    """One person whose photo is asked for."""

    reference: Reference
    id_number: str

    @property
    def person(self) -> str:
        """The ID number."""
        return self.id_number


class Found(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer as it is kept: a photo by its number in the pool."""

    reference: str
    outcome: Literal["found", "none"]
    taken_on: date | None = None
    face: int | None = None
    spoiled: bool = False


class Sent(msgspec.Struct, frozen=True):
    """The answer with its photo as it is sent."""

    reference: str
    outcome: Literal["found", "none"]
    taken_on: date | None
    jpeg: msgspec.Raw


class Photos:
    """Each person has one face of the pool, by the seed's choice."""

    def __init__(self, desks: Desks, world: World, folder: Path) -> None:
        self._desks = desks
        self._world = world
        # Ready for the wire, quotation marks included: nothing is encoded per request.
        self._faces = [msgspec.Raw(b'"' + b64encode(jpeg) + b'"') for jpeg in faces.pool(folder)]
        self._spoiled = [msgspec.Raw(b'"' + b64encode(jpeg) + b'"') for jpeg in faces.spoiled()]
        self._decoder = msgspec.json.Decoder(Found)

    async def find(self, store: PhotoStore, items: list[Wanted]) -> list[bytes]:
        """Answer a batch of one store."""
        kept = await self._desks.serve(
            "photos", items, lambda new: self._decide(store, new), desk=f"photos:{store}"
        )
        return [self._sent(answer) for answer in kept]

    def _sent(self, answer: bytes) -> bytes:
        found = self._decoder.decode(answer)
        if found.face is None:
            return answer
        pool = self._spoiled if found.spoiled else self._faces
        return msgspec.json.encode(Sent(found.reference, found.outcome, found.taken_on, pool[found.face]))

    def _decide(self, store: PhotoStore, items: list[Wanted]) -> list[Found]:
        people = self._world.find([item.id_number for item in items])
        return [self._found(store, item, person) for item, person in zip(items, people, strict=True)]

    def _found(self, store: PhotoStore, item: Wanted, person: Person | None) -> Found:
        has = person is not None and (
            person.id_card_photo if store == "id_card" else person.student_card_photo
        )
        if not has or self._desks.faults.hits("photos", "refuse", item.reference):
            return Found(item.reference, "none")
        number = chance.draw(self._desks.faults.seed, "face", item.id_number)
        taken_on = _taken_on(number, item.id_number)
        if self._desks.faults.hits("photos", "spoil", item.reference):
            return Found(item.reference, "found", taken_on, number % len(self._spoiled), spoiled=True)
        return Found(item.reference, "found", taken_on, number % len(self._faces))


def _taken_on(number: int, id_number: str) -> date:
    """Give a day before the pilot, but not before the person's birth."""
    day = FIRST_DAY + timedelta(days=(number >> 16) % DAYS)
    try:
        born = date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))
    except ValueError:
        return day
    return max(day, born + timedelta(days=30))
