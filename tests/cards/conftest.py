"""The packaged programme for all tests of this room."""

from __future__ import annotations

import pytest

from shebaoka.registry.programme import files
from shebaoka.registry.programme.programme import Programme


@pytest.fixture(scope="session")
def programme() -> Programme:
    return Programme(rule for rule, _ in files.read(files.PACKAGED))
