"""A town whose bank goes to people."""

import pytest
from tests.issuing.outreach.field import Field, furnished


@pytest.fixture
async def outside_work(town) -> Field:
    return await furnished(town)
