"""The town of the payout tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.benefits.payouts.payout_town import Town, noon


@pytest.fixture
async def town(database, clock, tmp_path: Path) -> AsyncIterator[Town]:
    clock.at = noon("2019-01-10")
    town = Town(database, clock, tmp_path)
    await town.begin()
    yield town
    await town.banking.close()
