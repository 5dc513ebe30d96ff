"""A small town whose hospital, pharmacy and second bank outlet are not live yet, and the banks' own systems."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.issuing.town import Sandbox, Town, furnish, started

from shebaoka.kit.actor import Actor
from shebaoka.kit.database import Database
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.commands import import_institutions

LATER = """code,kind,name_zh,name_en,parent,district,uscc,live_from
HOSP,hospital,虚构医院,Hospital,,310101,,2019-03-01
DRUG,pharmacy,虚构药店,Pharmacy,,,,
NEWBANK,bank,新银行,New Bank,,,,
"""


@pytest.fixture
async def town(database: Database, clerk: Actor, tmp_path: Path) -> Town:
    """The town; institutions that came after the others were taken over are planned."""
    town = await furnish(database, clerk, tmp_path)
    (tmp_path / "institutions.csv").write_text(LATER, "utf-8")
    async with database.work(clerk) as work:
        await import_institutions(work, tmp_path)
        found = await institutions.of_kind(work, "hospital", "pharmacy", "bank")
    town.places.update({one.code: one for one in found})
    return town


@pytest.fixture
async def banks(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """The banks behind a real socket."""
    sandbox = started(tmp_path / "outside", [])
    yield sandbox
    await sandbox.end()
