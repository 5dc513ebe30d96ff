"""The house tests only look at the schema: one database serves them all."""

import pytest
from tests.faces.api_town import town_at


@pytest.fixture(scope="module")
def database_url_once(server):
    server.create_database("house", template="template_shebaoka")
    yield server.url("house")
    server.drop_database("house")


@pytest.fixture
async def town(database, tmp_path):
    async with town_at(database, tmp_path) as town:
        yield town
