"""A town to measure in: a temporary folder, an embedded PostgreSQL with durable commits, a database ready to work with."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import psycopg
from msgspec.structs import replace

from shebaoka import wiring
from shebaoka.issuing.lists.commands import take_in
from shebaoka.issuing.lists.model import ListOf
from shebaoka.kit import postgres
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.postgres.server import Running
from shebaoka.kit.settings import Settings
from shebaoka.registry.institutions.commands import import_institutions
from shebaoka.service.readiness.commands import take_over

NOON: Final = datetime(2020, 12, 1, 12, tzinfo=SHANGHAI)
"""When the town lives: every list of the demo city has become due, so that all can be handed in at once."""
DURABLE: Final = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass(frozen=True, slots=True)
class ShiftedClock:
    """A clock that goes on at its usual pace, on another day."""

    shift: timedelta

    @classmethod
    def at(cls, moment: datetime) -> ShiftedClock:
        """Give a clock that shows this moment now."""
        return cls(moment - datetime.now(SHANGHAI))

    def now(self) -> datetime:
        """Give the shifted moment."""
        return datetime.now(SHANGHAI) + self.shift


@dataclass(frozen=True, slots=True)
class Town:
    """Where a measurement takes place: one database of one server."""

    settings: Settings
    folder: Path
    server: Running

    @property
    def url(self) -> str:
        """The database."""
        return self.settings.database_url

    def sized(self) -> int:
        """Give the size of the database in bytes."""
        with psycopg.connect(self.url) as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        assert row
        return int(row[0])

    @contextmanager
    def copied(self, name: str) -> Iterator[Town]:
        """Make a copy of this town's database, as it stands now, and drop it at the end of the block."""
        with psycopg.connect(self.url) as connection:
            template = connection.info.dbname
        self.server.create_database(name, template=template)
        folder = self.folder / name
        folder.mkdir()
        try:
            # Every copy goes on with its own chain: each has its own file of checkpoints, which begins with what was sealed.
            settings = replace(self.settings, database_url=self.server.url(name), data_dir=str(folder))
            if self.settings.checkpoints_path.exists():
                settings.checkpoints_path.parent.mkdir()
                shutil.copyfile(self.settings.checkpoints_path, settings.checkpoints_path)
            yield Town(settings, folder, self.server)
        finally:
            self.server.drop_database(name)


@contextmanager
def town(shared_buffers: str = "256MB") -> Iterator[Town]:
    """Make an empty town, migrated, and remove it at the end of the block. `shared_buffers`: PostgreSQL's own memory."""
    with tempfile.TemporaryDirectory(prefix="shebaoka-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # the server's own account passes through when we are root
        key = folder / "master.key"
        key.write_text(os.urandom(16).hex() + "\n")
        key.chmod(0o600)
        with postgres.start(folder / "postgres", shared_buffers=shared_buffers) as server:
            url = server.url()
            _check_durable(url)
            settings = Settings(database_url=url, master_key_file=str(key), data_dir=name)
            wiring.migrate(settings, url)
            yield Town(settings, folder, server)


async def settle(place: Town, files: Path) -> None:
    """Take in the institutions and the register of a city whose files were built."""
    await take_places(place, files)
    extract = files / "register" / "extract.csv"
    async with wiring.city(place.settings, place.url, ShiftedClock.at(NOON)) as city:
        await take_in(
            city.database, SYSTEM, ListOf.REGISTER, extract.name, extract.read_bytes(), invented_allowed=True
        )


async def take_places(place: Town, files: Path) -> None:
    """Take in the institutions of a city whose files were built."""
    async with (
        wiring.city(place.settings, place.url, ShiftedClock.at(NOON)) as city,
        city.database.work(SYSTEM) as work,
    ):
        await import_institutions(work, files / "institutions")
        await take_over(work)


def _check_durable(url: str) -> None:
    with psycopg.connect(url) as connection:
        for name in DURABLE:
            row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
            assert row == ("on",), f"{name} is {row}: commits would not be durable"
