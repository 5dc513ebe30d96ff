"""A small town for the issuing rooms: institutions, rules, people, and the outside world in its own process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from town import Sandbox, Town, furnish, started

from shebaoka.kit.actor import Actor
from shebaoka.kit.database import Database


@pytest.fixture
async def town(database: Database, clerk: Actor, tmp_path: Path) -> Town:
    """Institutions, rules and nobody yet."""
    return await furnish(database, clerk, tmp_path)


@pytest.fixture
async def outside(tmp_path: Path) -> AsyncIterator[Callable[..., Sandbox]]:
    """Starts a sandbox that knows the people it is given, and ends it after the test."""
    running: list[Sandbox] = []

    def start(people: list[str]) -> Sandbox:
        running.append(started(tmp_path / "outside", people))
        return running[-1]

    yield start
    for sandbox in running:
        await sandbox.end()
