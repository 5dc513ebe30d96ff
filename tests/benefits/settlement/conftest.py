"""The town of the settlement tests."""

from __future__ import annotations

import pytest
from tests.benefits.settlement.clinic_town import Clinics, D, row

from shebaoka.registry.programme.commands import load_rules

RESIDENT = {"insured": "resident", "insured_status": "none", "insured_since": D("2018-01-01")}


@pytest.fixture
async def town(database, clock) -> Clinics:
    """1: active, 38; 2: retired, 78; 3: a resident of 40; 4: as 1."""
    town = Clinics(database, clock)
    town.noon("2019-01-02")
    await town.act(load_rules)
    await town.begin({
        1: row(1), 2: row(2, "1940-01-01", insured_status="retired", insured_since=D("2012-03-01")),
        3: row(3, "1978-01-01", **RESIDENT), 4: row(4),
    })  # fmt: skip
    return town
