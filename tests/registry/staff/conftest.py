"""A city with a card centre, a bank and somebody at each."""

from __future__ import annotations

from pathlib import Path

import pytest
from staff_people import PASSWORD, Staffed

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.registry.institutions.commands import import_institutions
from shebaoka.registry.institutions.views import by_codes
from shebaoka.registry.staff import commands
from shebaoka.registry.staff.gatekeeper import Gatekeeper

INSTITUTIONS = (
    "code,kind,name_zh,name_en,parent,district,uscc,live_from\n"
    "CENTRE,card_centre,卡中心,Card Centre,,,,\n"
    "ICBC,bank,工商银行,ICBC,,,,\n"
    "RUIJIN,hospital,虚构医院,Hospital,,,,\n"
)


@pytest.fixture
async def staffed(database: Database, tmp_path: Path) -> Staffed:
    """The city, one bank clerk, one bank's system, and a gatekeeper whose steady clock the test moves."""
    (tmp_path / "districts.csv").write_text("code,name_zh,name_en\n")
    (tmp_path / "institutions.csv").write_text(INSTITUTIONS, "utf-8")
    (tmp_path / "payroll_banks.csv").write_text("employer,rank,bank_code,bank_name\n")
    async with database.work(SYSTEM) as work:
        await import_institutions(work, tmp_path)
        ids = {
            code: one.institution_id
            for code, one in (await by_codes(work, ["CENTRE", "ICBC", "RUIJIN"])).items()
        }
        staff_id = await commands.create_staff(
            work,
            institution_id=ids["ICBC"],
            login="wang.li",
            name="王丽",
            role="bank_clerk",
            password=PASSWORD,
        )
        secret = await commands.create_client(
            work, client_id="icbc-core", institution_id=ids["ICBC"], role="bank_system"
        )
    steady = [0.0]
    return Staffed(database, ids, staff_id, secret, steady, Gatekeeper(database, seconds=lambda: steady[0]))
