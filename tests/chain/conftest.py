"""Small towns, the outside world that goes with them, and databases to live in."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from tests.chain.command_line import key_file
from tests.chain.towns import Found, Town

from shebaoka import wiring
from shebaoka.kit import postgres
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.settings import Settings
from shebaoka.registry.institutions.commands import import_institutions
from shebaoka.registry.programme.commands import load_rules
from shebaoka.simulation.card_keys import hold_ceremonies
from shebaoka.simulation.city import build_city
from shebaoka.simulation.demo.resetting import mark_demo
from shebaoka.simulation.outside import outside_world
from shebaoka_sandbox.faces import pool

MASTER_KEY = bytes(range(16))
TEMPLATE = "template_town"


@pytest.fixture(scope="session")
async def template(server: postgres.Running, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of invented people with the programme's rules and nobody in it."""
    server.create_database(TEMPLATE, template="template_shebaoka")
    folder = tmp_path_factory.mktemp("template")
    key_file(folder, MASTER_KEY)
    settings = Settings(data_dir=str(folder), database_url=server.url(TEMPLATE))
    mark_demo(settings.database_url)
    async with wiring.city(settings, settings.database_url) as city, city.database.work(SYSTEM) as work:
        await load_rules(work)
    return TEMPLATE


@pytest.fixture(scope="session")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sandbox's invented faces, drawn once."""
    folder = tmp_path_factory.mktemp("faces")
    pool(folder)
    return folder


@pytest.fixture(scope="module")
def found_town(
    server: postgres.Running, template: str, faces: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Found]:
    """Found towns: same people and seed, same files; each with a database and an outside world of its own.

    `dice`: the seed by which partners' faults strike, where it is not the city's.
    """

    @cache
    def files(people: int, seed: int) -> Path:
        folder = tmp_path_factory.mktemp("files") / "city"
        build_city(folder, people, seed)
        return folder

    with ExitStack() as stack:

        def found(people: int, seed: int, gathered: int = 1, dice: int | None = None) -> Town:
            folder, name = tmp_path_factory.mktemp("town"), f"town_{uuid.uuid4().hex[:12]}"
            shutil.copytree(faces, folder / "outside" / "faces")
            key_file(folder, MASTER_KEY)
            server.create_database(name, template=template)
            stack.callback(server.drop_database, name)
            settings = Settings(
                data_dir=str(folder), partner_timeout_seconds=5, database_url=server.url(name)
            )
            outside = stack.enter_context(
                outside_world(
                    settings, files(people, seed), folder / "outside", seed if dice is None else dice
                )
            )
            # Two officers hold their ceremonies by themselves: whoever is killed later finds the keys in force.
            with ThreadPoolExecutor(1) as beside:  # the fixture may be asked for while a loop runs
                beside.submit(
                    asyncio.run, with_keys(outside.settings, server.url(name), files(people, seed))
                ).result()
            return Town(
                server.url(name),
                files(people, seed),
                folder / "stands",
                outside.settings,
                outside.url,
                gathered,
            )

        yield found


async def with_keys(settings: Settings, url: str, folder: Path) -> None:
    """Let a town have its institutions, and card keys in force."""
    async with wiring.city(settings, url) as city:
        async with city.database.work(SYSTEM) as work:
            await import_institutions(work, folder / "institutions")
        await hold_ceremonies(city)
