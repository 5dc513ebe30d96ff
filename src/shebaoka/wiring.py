"""The one place that knows everybody: settings become a running city, and rooms learn of each other's events."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from shebaoka.benefits.cross_province.commands import note_guests_reversed
from shebaoka.cards.commands import void_for_death
from shebaoka.issuing.accounts.commands import follow_cards
from shebaoka.issuing.applications.commands import complete, end_for_death
from shebaoka.issuing.instant.commands import end_for_death as end_instant_for_death
from shebaoka.issuing.outreach.commands import cancel_for_death
from shebaoka.keys.keeping.configured import key_store
from shebaoka.kit import postgres
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.city import City, Partners
from shebaoka.kit.clock import Clock, SystemClock
from shebaoka.kit.database import Database, reach
from shebaoka.kit.distribution import distribute
from shebaoka.kit.ids import Ids
from shebaoka.kit.migrate import alone, check, newest, revision, upgrade
from shebaoka.kit.outbox import Subscriptions
from shebaoka.kit.partners import Partner, http_client
from shebaoka.kit.settings import Settings
from shebaoka.kit.setup import furnish
from shebaoka.kit.vault import Vault, make_master_key, read_master_key
from shebaoka.registry.programme.commands import add_missing_sets
from shebaoka.service.helpdesk.commands import note_deaths
from shebaoka.service.messages.commands import queue
from shebaoka.service.messages.model import KINDS

MESSAGES = "service.messages"
ACCOUNTS = "issuing.accounts"
SUBSCRIPTIONS: Subscriptions = {
    **{topic: {MESSAGES: queue} for topic in KINDS},
    **{topic: {ACCOUNTS: follow_cards} for topic in ("card.financial_opened", "card.voided")},
    **{
        topic: {ACCOUNTS: follow_cards, MESSAGES: queue}
        for topic in ("card.loss_reported", "card.loss_lifted")
    },
    "card.social_opened": {"issuing.applications": complete, ACCOUNTS: follow_cards, MESSAGES: queue},
    "settlement.guest_reversed": {"benefits.cross_province": note_guests_reversed},
    "person.died": {
        "cards": void_for_death,
        "issuing.applications": end_for_death,
        "issuing.instant": end_instant_for_death,
        "issuing.outreach": cancel_for_death,
        "service.helpdesk": note_deaths,
    },
}


@contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """Give the URL of the city's database; starts (or joins) the embedded server when the settings name none."""
    if settings.database_url:
        reach(settings.database_url)
        yield settings.database_url
        return
    with postgres.start(Path(settings.data_dir) / "postgres") as running:
        running.create_database(settings.database_name)
        yield running.url(settings.database_name)


def migrate(settings: Settings, url: str, *, citus: bool = False) -> list[str]:
    """Bring a database to the newest schema with its data keys and rules; give what was done, line by line."""
    # The key first: a schema without data keys would be of no use to anybody.
    key = master_key(settings)
    with alone(url):
        upgrade(url)
        furnish(url, key)
        done = distribute(url) if citus else []
        asyncio.run(_missing_rules(settings, url))
    return done


async def _missing_rules(settings: Settings, url: str) -> None:
    """Give a new city the rules that come with the program; a city that has rules gets the sets that are new."""
    async with city(settings, url) as new, new.database.work(SYSTEM) as work:
        await add_missing_sets(work)


@contextmanager
def ready_database(settings: Settings) -> Iterator[str]:
    """Give the URL of a database that is ready to work with: the embedded one is migrated by itself."""
    with database_url(settings) as url:
        if not settings.database_url and revision(url) != newest():
            migrate(settings, url)
        check(url)
        yield url


def master_key(settings: Settings) -> bytes:
    """Give the master key; beside the embedded database it is made when there is none."""
    path = settings.master_key_path
    return read_master_key(path) if settings.database_url else make_master_key(path)


@asynccontextmanager
async def city(settings: Settings, url: str, clock: Clock | None = None) -> AsyncIterator[City]:
    """Open the city whose database is at `url`; everything is closed at the end of the block."""
    the_clock = clock or SystemClock()
    async with (
        http_client(settings.partner_token, settings.partner_timeout_seconds) as client,
        Database.open(
            url, clock=the_clock, ids=Ids(the_clock, random.SystemRandom()), vault=Vault(master_key(settings)),
            connections_max=settings.connections_max,
        ) as database,
    ):  # fmt: skip
        partners = Partners(
            register=Partner("population register", settings.register_url, client),
            photos=Partner("photo stores", settings.photos_url, client),
            banks=Partner("banks", settings.banks_url, client),
            courier=Partner("courier", settings.courier_url, client),
            sms=Partner("sms gateway", settings.sms_url, client),
            hub=Partner("national hub", settings.hub_url, client),
        )
        # Another city's master key, or none made yet, is told now and not to the first who asks for something.
        async with database.connection() as connection:
            await database.vault.refresh(connection)
        yield City(settings, the_clock, database, partners, SUBSCRIPTIONS, key_store(settings))
