"""A small town that is told what happens, and a gateway with telephones behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from tests.issuing.town import Sandbox, Town, furnish, started

from shebaoka.kit.actor import Actor
from shebaoka.kit.database import Database


@pytest.fixture
async def town(database: Database, clerk: Actor, tmp_path) -> Town:
    return await furnish(database, clerk, tmp_path)


@pytest.fixture
async def gateway(tmp_path) -> AsyncIterator[Callable[[], Sandbox]]:
    """The outside world; of its people the gateway asks nothing."""
    sandbox = started(tmp_path / "outside", [])
    yield sandbox
    await sandbox.end()
