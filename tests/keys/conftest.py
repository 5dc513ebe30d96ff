"""A database with the programme's rules, and a store of its own for every test."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.keys.officers import CITY, store

from shebaoka.keys.using import Keys
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.registry.programme.commands import add_missing_sets


@pytest.fixture
async def database(database: Database) -> Database:
    """With the rules that the limits come from."""
    async with database.work(SYSTEM) as work:
        await add_missing_sets(work)
    return database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store is."""
    return tmp_path / "card-keys.json"


@pytest.fixture
def keys(path: Path) -> Keys:
    """The city's card keys: none yet."""
    return Keys(store(path), CITY)
