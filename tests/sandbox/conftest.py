from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox_driver import Sandbox, furnished, started


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with started(furnished(tmp_path_factory.mktemp("sandbox")), "--seed", "7") as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    """The sandbox that all tests share: each takes references of its own."""
    yield running
    assert running.http.delete("/_faults").status_code == 204


@pytest.fixture
def own_folder(tmp_path: Path) -> Path:
    """The folder of a sandbox that a test may stop and start."""
    return furnished(tmp_path)
