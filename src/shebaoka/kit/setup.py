"""What a new database needs besides its schema: its first data keys."""

from __future__ import annotations

import asyncio

from psycopg import AsyncConnection

from shebaoka.kit.vault import Vault


def furnish(url: str, master_key: bytes) -> None:
    """Make the first data keys where there are none."""
    asyncio.run(_furnish(url, master_key))


async def _furnish(url: str, master_key: bytes) -> None:
    vault = Vault(master_key)
    async with await AsyncConnection.connect(url) as connection, connection.transaction():
        await connection.execute("LOCK TABLE data_key IN SHARE ROW EXCLUSIVE MODE")
        cursor = await connection.execute("SELECT purpose FROM data_key")
        present = {row[0] for row in await cursor.fetchall()}
        for purpose in ("index", "seal"):
            if purpose not in present:
                await vault.add_key(connection, purpose)
