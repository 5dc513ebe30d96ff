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

    async def names(self) -> list[str]:
        """Give the names of all that the store holds, in order."""

    async def random(self, length: int) -> bytes:
        """Give bytes of chance for a new key, from the module where there is one."""

    async def closed_because(self) -> str:
        """Say why the store cannot be opened; an empty text says that it is open."""
