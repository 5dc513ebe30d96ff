"""A town behind the interface for every test that asks for one."""

import pytest
from tests.faces.api_town import town_at


@pytest.fixture
async def town(database, tmp_path):
    async with town_at(database, tmp_path) as town:
        yield town
