"""A town with hotlines, and agents who work at them."""

import pytest
from tests.faces.api_town import town_at


@pytest.fixture
async def town(database, tmp_path):
    async with town_at(database, tmp_path) as town:
        yield town
