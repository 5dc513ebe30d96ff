"""The banks of the sandbox, in a process of their own, behind a real socket."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from shebaoka.banking.connector import BankCores
from shebaoka.kit.partners import Partner, http_client

TOKEN = "token-of-the-banks"


@pytest.fixture(scope="session")
def banks_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("banks")
    (folder / "world.csv").write_text(
        "id_number,name,deceased,id_card_photo,student_card_photo,home\n", "utf-8"
    )
    command = [sys.executable, "-m", "shebaoka_sandbox.main", "--port", "0", "--world", str(folder),
               "--state", str(folder / "state"), "--token", TOKEN, "--die-with-parent"]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield json.loads(process.stdout.readline())["url"]
        process.terminate()


@pytest.fixture
def faults(banks_url: str) -> Iterator[httpx.Client]:
    """The switches of the sandbox; all off again after the test."""
    with httpx.Client(base_url=banks_url, headers={"authorization": f"Bearer {TOKEN}"}) as client:
        yield client
        client.delete("/_faults")


@pytest.fixture
async def cores(banks_url: str) -> AsyncIterator[BankCores]:
    async with http_client(TOKEN, 10) as client:
        yield BankCores(Partner("banks", f"{banks_url}/banks", client))
