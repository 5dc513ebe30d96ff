"""The town of the tests between provinces."""

from __future__ import annotations

import pytest
from tests.benefits.cross_province.provinces import between


@pytest.fixture
async def provinces(database, clock, tmp_path, monkeypatch):
    monkeypatch.setattr("shebaoka.kit.partners.FIRST_WAIT_SECONDS", 0)
    async with between(database, clock, tmp_path) as town:
        yield town
