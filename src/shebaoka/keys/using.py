"""Using card keys: each use names its purpose, gets the keys of that purpose only, and is audited in the caller's transaction."""

from __future__ import annotations

from shebaoka.chip.versions import SM4
from shebaoka.keys.errors import CardKeyNotHeld
from shebaoka.keys.hierarchy import Ring
from shebaoka.keys.model import NEEDED, Purpose
from shebaoka.kit.key_store import KeyStore
from shebaoka.kit.work import Work


class Keys:
    """The card keys of a city, in their store. `city`: its four digits as a card's factor has them."""

    def __init__(self, store: KeyStore, city: str) -> None:
        self._store = store
        self._city = city

    async def using(
        self, work: Work, purpose: Purpose, *, cards: int = 1, algorithm: int = SM4, version: int = 1
    ) -> Ring:
        """Give the keys for one use: of one algorithm and version, for so many cards.

        This function will audit the use in the caller's transaction. Raises CardKeyNotHeld, and CardKeysClosed when the store
        does not open.
        """
        named = {number: key_name(algorithm, version, number) for number in NEEDED[purpose]}
        held = await self._store.read(named.values())
        if len(held) != len(named):
            raise CardKeyNotHeld(f"{algorithm:02X}/{version}", algorithm=algorithm, version=version)
        work.record(
            0,
            "keys.used",
            f"card_key:{algorithm}.{version}",
            purpose=purpose,
            cards=cards,
            algorithm=algorithm,
        )
        return Ring.of(self._city, algorithm, {number: held[name] for number, name in named.items()})


def key_name(algorithm: int, version: int, number: int) -> str:
    """Give the name under which the store keeps an application key."""
    return f"{algorithm}.{version}.{number}"
