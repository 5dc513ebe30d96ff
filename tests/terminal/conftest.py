from __future__ import annotations

from tests.readers import readers  # noqa: F401 - a fixture
