"""A town whose hospitals and pharmacy send messages."""

from __future__ import annotations

from dataclasses import fields, replace

import httpx
import pytest
from tests.benefits.settlement.clinic_town import FIRST, INSTITUTIONS, PHARMACY, THIRD, Clinics, D, row
from tests.faces.terminals.hospital import Hospital

from shebaoka.benefits.insurance import commands as insurance
from shebaoka.faces.rules import RulesKeeper
from shebaoka.faces.terminals.interfaces import create_terminals
from shebaoka.kit.city import City, Partners
from shebaoka.kit.partners import Partner
from shebaoka.kit.settings import Settings
from shebaoka.registry.programme.commands import load_rules
from shebaoka.registry.senders import commands as senders
from shebaoka.simulation.demo.resetting import mark_demo

RESIDENT = {"insured": "resident", "insured_status": "none", "insured_since": D("2018-01-01")}


class MessagingTown(Clinics):
    """A town behind the national interface; of partners it needs the hub at most, and no card keys."""

    async def open(self, tmp_path, hub: Partner | None = None) -> None:
        self.settings = settings = Settings(data_dir=str(tmp_path))
        partners = replace(Partners(*[None] * len(fields(Partners))), hub=hub)
        city = City(settings, self.clock, self.database, partners, {}, None)
        self.app = create_terminals(city, RulesKeeper(self.database))
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://city")

    async def hospital(self, at: int, paasid: str = "") -> Hospital:
        """Give an institution's system with a key of its own, signed in."""
        code = next(code for institution_id, code, *_ in INSTITUTIONS if institution_id == at)
        name = paasid or f"sys-{code}"
        secret = await self.act(senders.make_key, at, name)
        here = Hospital(self.http, self.clock, name, secret, code)
        await here.sign_in()
        return here


@pytest.fixture
async def town(database, clock, tmp_path):
    """1: active, 38; 2: retired, 78; 3: a resident of 40; 4: as 1."""
    town = MessagingTown(database, clock)
    town.noon("2019-01-02")
    await town.act(load_rules)
    await town.begin({
        1: row(1), 2: row(2, "1940-01-01", insured_status="retired", insured_since=D("2012-03-01")),
        3: row(3, "1978-01-01", **RESIDENT), 4: row(4),
    })  # fmt: skip
    async with database.connection() as connection:
        await connection.execute("UPDATE institution SET readiness = 'live', live_from = '2018-01-01'")
    await insurance.open_year(database)
    mark_demo(str(database.pool.conninfo))
    await town.open(tmp_path)
    yield town
    await town.http.aclose()


__all__ = ["FIRST", "PHARMACY", "THIRD"]
