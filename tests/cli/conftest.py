"""A data folder with an embedded server, shared by the tests that only ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.chain.command_line import open_folder, shebaoka


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """The data folder of a city just migrated, nobody in it."""
    with open_folder() as folder:
        assert shebaoka(folder, "migrate", "--json").did()["migrated"] is True
        yield folder
