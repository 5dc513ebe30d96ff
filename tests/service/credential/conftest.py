"""One town for all that is asked of cards in use: each test has people, terminals and relying parties of its own."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

import pytest
from tests.conftest import MASTER_KEY, TEMPLATE
from tests.faces.api_town import AGENCY, HOTEL, LIBRARY, Town, town_at
from tests.service.credential.in_use import know_keys

from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.clock import SHANGHAI, SetClock
from shebaoka.kit.database import Database
from shebaoka.kit.ids import Ids
from shebaoka.kit.vault import Vault
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.programme.views import load
from shebaoka.service.credential.commands import register

PURPOSES = (
    (HOTEL, "hotel_check_in"), (LIBRARY, "library_card"), (LIBRARY, "age_benefit"), (AGENCY, "public_service"),
)  # fmt: skip
ADMINISTRATOR = Actor("staff:9", 1, "administrator")
PEOPLE = count(100)


@dataclass
class City:
    """The town as one test has it."""

    town: Town
    clock: SetClock
    since: int
    people: list[int] = field(default_factory=list)

    @property
    def database(self) -> Database:
        return self.town.database

    def somebody(self) -> int:
        """Give the number of somebody nobody has asked about yet."""
        self.people.append(next(PEOPLE))
        return self.people[-1]

    async def facts(self, action: str) -> list[tuple]:
        """Give what was recorded since the test began: person, actor, organisation, subject, detail."""
        async with self.database.work(SYSTEM) as work:
            return await work.rows(
                "SELECT person_id, actor, organisation_id, subject, detail FROM audit_fact"
                " WHERE action = %(a)s AND fact_id > %(s)s ORDER BY fact_id", {"a": action, "s": self.since},
            )  # fmt: skip


@pytest.fixture(scope="session")
async def whole(server, tmp_path_factory):
    """The town, with its clock and registered relying parties."""
    server.create_database("credential", template=TEMPLATE)
    clock = SetClock(datetime(2019, 1, 2, 12, tzinfo=SHANGHAI))
    async with (
        Database.open(
            server.url("credential"),
            clock=clock,
            ids=Ids(clock, random.Random(1)),
            vault=Vault(MASTER_KEY),
            connections_max=20,
        ) as database,
        town_at(database, tmp_path_factory.mktemp("credential")) as town,
    ):
        async with database.work(ADMINISTRATOR) as work:
            await know_keys(work)
            programme = await load(work)
            for number, purpose in PURPOSES:
                await register(work, programme, await institutions.by_id(work, number), purpose)
        yield town, clock
    server.drop_database("credential")


@pytest.fixture
def town(whole) -> City:
    found, clock = whole
    return City(found, clock, found.database.ids.one())


@pytest.fixture
def clock(town) -> SetClock:
    return town.clock
