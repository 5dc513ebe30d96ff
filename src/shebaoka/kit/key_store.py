"""Where a city's card keys are kept, as kit sees it: names, and bytes that are had only while they are used."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol


class KeyStore(Protocol):
    """What it holds is sealed at rest. Each of these functions refuses with a problem (`keys.errors`) when it cannot be opened."""

    async def read(self, names: Collection[str]) -> dict[str, bytes]:
        """Give the keys of these names; names that the store does not hold are left out."""

    async def put(self, keys: Mapping[str, bytes]) -> None:
        """Keep keys under names, all or none; a key that is there under a name is replaced."""

    async def forget(self, names: Collection[str]) -> None:
        """Destroy keys; a name that the store does not hold is no error."""
