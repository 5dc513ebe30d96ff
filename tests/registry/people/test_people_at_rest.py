"""Personal data lie nowhere in clear, and keys may be changed under way."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from people_rows import id_number, row

from shebaoka.kit import postgres
from shebaoka.kit.actor import Actor
from shebaoka.kit.clock import SetClock
from shebaoka.kit.database import Database
from shebaoka.kit.ids import Ids
from shebaoka.kit.vault import Vault, key_number
from shebaoka.registry.people import commands, views
from shebaoka.registry.people.model import ResealResult

MASTER_KEY = bytes(range(16))
# Three of each kind, one after the other in their files: a seal that leaks a single one is found.
CANARIES = [
    row(serial, name=f"金丝雀{serial}", mobile=f"1390042{serial}", address=f"虚构市金丝雀路{serial}弄")
    for serial in (7001, 7002, 7003)
]


def files_with(folder: Path, canary: str) -> list[str]:
    forms = [canary.encode(), canary.encode().hex().encode(), canary.encode("utf-16-le")]
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(form in path.read_bytes() for form in forms)
    ]


async def test_no_canary_sings_in_the_files_of_the_database(
    server: postgres.Running, database: Database, clerk: Actor
) -> None:
    async with database.work(clerk) as work:
        await commands.upsert_many(work, [*CANARIES, row(1, guardian_id_number=CANARIES[0].id_number)])
        await commands.tie_guardians(work, [row(1, guardian_id_number=CANARIES[0].id_number)])
        await work.run("INSERT INTO district VALUES ('canary', 'loud canary 310106', 'loud')")
    async with database.work(clerk) as work:
        await commands.upsert_many(work, [row(7001, name="改名"), row(1)])
        await commands.record_deaths(work, {person.person_id: work.today for person in (
            await views.find_many(work, [CANARIES[1].id_number])).values()})  # fmt: skip
    async with database.connection() as connection:
        await connection.execute("CHECKPOINT")
    found = files_with(server.place.root, "loud canary 310106")
    assert any("0000" in name for name in found), "the WAL is searched"
    assert any(name.isdecimal() for name in found), "the tables are searched"
    for one in CANARIES:
        for canary in (one.name, one.id_number, one.mobile, one.address):
            assert files_with(server.place.root, canary) == []


async def new_settled_key(database: Database) -> int:
    async with database.connection() as connection:
        key_no = await database.vault.add_key(connection, "seal")
        await connection.execute("UPDATE data_key SET made_at = made_at - interval '1 hour'")
    return key_no


async def key_numbers(database: Database, clerk: Actor) -> list[int]:
    async with database.work(clerk) as work:
        return [
            key_number(seal) for (seal,) in await work.rows("SELECT sealed FROM person ORDER BY person_id")
        ]


async def test_old_and_new_seals_open_while_keys_change(
    database: Database, clerk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "PEOPLE_AT_ONCE", 4)
    rows = [row(serial) for serial in range(10)]
    async with database.work(clerk) as work:
        await commands.upsert_many(work, rows)
    (old,) = set(await key_numbers(database, clerk))
    new = await new_settled_key(database)
    async with database.work(clerk) as work:
        await commands.upsert_many(work, [row(3, name="新封")])
    assert sorted(set(await key_numbers(database, clerk))) == [old, new]

    class Killed(Exception):  # noqa: N818
        pass

    def kill(_people: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        await commands.reseal_due(database, kill)
    assert set(await key_numbers(database, clerk)) == {old, new}
    assert await opened_names(database, clerk) == {
        "新封",
        *(f"虚构{serial}" for serial in range(10) if serial != 3),
    }
    done: list[int] = []
    assert await commands.reseal_due(database, done.append) == ResealResult(5, new)
    assert done == [4, 1]
    assert set(await key_numbers(database, clerk)) == {new}
    assert await commands.reseal_due(database) == ResealResult(0, new)
    assert len(await opened_names(database, clerk)) == 10


async def opened_names(database: Database, clerk: Actor) -> set[str]:
    async with database.work(clerk) as work:
        ids = [person_id for (person_id,) in await work.rows("SELECT person_id FROM person")]
        return {one.name for one in (await views.identities(work, ids)).values()}


async def test_a_resealed_extract_is_still_the_same(database: Database, clerk: Actor) -> None:
    async with database.work(clerk) as work:
        await commands.upsert_many(work, [row(1)])
    await new_settled_key(database)
    await commands.reseal_due(database)
    async with database.work(clerk) as work:
        assert (await commands.upsert_many(work, [row(1)])).unchanged == 1
        person = await views.find(work, id_number(1))
    assert person
    assert person.version == 1


async def test_a_person_changed_meanwhile_keeps_the_newer_seal(
    database: Database, database_url: str, clerk: Actor, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.work(clerk) as work:
        await commands.upsert_many(work, [row(1)])
    await new_settled_key(database)
    reseal = commands.store.reseal

    async def slowly(*arguments: Any) -> int:
        ids = Ids(clock, random.Random(2))
        async with (
            Database.open(
                database_url, clock=clock, ids=ids, vault=Vault(MASTER_KEY), connections_max=2
            ) as other,
            other.work(clerk) as work,
        ):
            await commands.upsert_many(work, [row(1, name="先到")])
        return await reseal(*arguments)

    monkeypatch.setattr(commands.store, "reseal", slowly)
    assert (await commands.reseal_due(database)).people == 0
    assert await opened_names(database, clerk) == {"先到"}
