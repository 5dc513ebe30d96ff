"""Ceremonies: two officers, neither alone; split knowledge; what a crash leaves; a record that nobody rewrites."""

from __future__ import annotations

import asyncio
import secrets
from datetime import timedelta

import msgspec
import psycopg
import pytest
from tests.keys.officers import ONE, TWO, component, hold, in_force

from shebaoka.chip.versions import DES, SM4
from shebaoka.keys import hierarchy, recording
from shebaoka.keys.commands import approve, begin, lapse_due, withdraw
from shebaoka.keys.errors import (
    CardKeysClosed,
    CeremonyUnderWay,
    CheckValueDiffers,
    ComponentNeeded,
    NoCardKeys,
    SecondOfficerNeeded,
)
from shebaoka.keys.model import Asked, Component, Kind, Level, Made, Record, Version, component_name, key_name
from shebaoka.keys.states import Ceremony
from shebaoka.keys.store import SQL
from shebaoka.kit.problems import NotFound, TransitionRefused

GENERATE = Asked(Kind.GENERATE, SM4, "首次建立 · the first")


async def opened(database, keys, asked=GENERATE, actor=ONE):
    async with database.work(actor) as work:
        return (await begin(work, keys, asked)).ceremony_id


async def rows(database, query, into, **parameters):
    async with database.work(ONE) as work:
        return await work.rows(SQL[query], parameters, into)


async def test_from_a_root_to_keys_in_force(database, keys):
    await in_force(database, keys)
    [version] = await rows(database, "versions", Version)
    assert (version.status, version.top, version.version) == ("in_force", "root", 1)
    made = await rows(database, "keys", Made)
    held = await keys.store.read([key_name(SM4, 1, one.level, one.number) for one in made])
    assert [one.level for one in made] == ["root", "city"] + ["application"] * len(hierarchy.NUMBERS)
    root = held[key_name(SM4, 1, Level.ROOT)]
    below = hierarchy.application_keys(SM4, hierarchy.city_key(SM4, root, "3100"))
    assert {number: held[key_name(SM4, 1, Level.APPLICATION, number)] for number in below} == below
    assert all(
        one.check_value == hierarchy.check_value(SM4, held[key_name(SM4, 1, one.level, one.number)])
        for one in made
    )


async def test_whoever_opens_does_not_approve(database, keys):
    ceremony_id = await opened(database, keys)
    with pytest.raises(SecondOfficerNeeded):
        async with database.work(ONE) as work:
            await approve(work, keys, ceremony_id)
    assert await keys.store.names() == [], "nothing happens before the second officer"
    async with database.work(TWO) as work:
        assert (await approve(work, keys, ceremony_id)).status == Ceremony.DONE
    with pytest.raises(TransitionRefused):
        async with database.work(TWO) as work:
            await approve(work, keys, ceremony_id)


async def test_the_database_holds_it_too(database, keys, database_url):
    ceremony_id = await opened(database, keys)
    with (
        psycopg.connect(database_url) as connection,
        pytest.raises(psycopg.errors.CheckViolation, match="card_key_ceremony_two_officers"),
    ):
        connection.execute(
            "UPDATE card_key_ceremony SET status = 'done', closed_at = now(), closed_by = opened_by"
            " WHERE ceremony_id = %s",
            [ceremony_id],
        )


async def test_two_who_approve_at_once_make_one_key(database, keys):
    ceremony_id = await opened(database, keys)
    both = asyncio.Barrier(2)

    async def second() -> str:
        async with database.work(TWO) as work:
            await both.wait()
            try:
                return (await approve(work, keys, ceremony_id)).status
            except TransitionRefused as refusal:
                return refusal.slug

    assert sorted(await asyncio.gather(second(), second())) == ["done", "transition-refused"]
    assert await keys.store.names() == [key_name(SM4, 1, Level.ROOT)]


async def test_one_ceremony_of_an_algorithm_at_a_time(database, keys):
    await opened(database, keys)
    with pytest.raises(CeremonyUnderWay):
        await opened(database, keys, actor=TWO)
    await opened(database, keys, Asked(Kind.GENERATE, DES, "旧卡 · old cards"))


@pytest.mark.parametrize("top", [Level.ROOT, Level.CITY])
@pytest.mark.parametrize("algorithm", [SM4, DES])
async def test_a_key_comes_in_by_two_components_that_neither_sees_together(database, keys, top, algorithm):
    whole, first = secrets.token_bytes(16), secrets.token_bytes(16)
    second = bytes(one ^ other for one, other in zip(whole, first, strict=True))
    asked = Asked(
        Kind.IMPORT, algorithm, "上级下发 · from above", None, top, hierarchy.check_value(algorithm, whole),
        component(first, algorithm),
    )  # fmt: skip
    ceremony_id = await opened(database, keys, asked)
    assert await keys.store.names() == [component_name(ceremony_id)]
    with pytest.raises(ComponentNeeded):
        async with database.work(TWO) as work:
            await approve(work, keys, ceremony_id)
    for wrong in (Component(second, b"\0\0\0"), component(first, algorithm), Component(b"short", b"\0\0\0")):
        with pytest.raises(CheckValueDiffers):
            async with database.work(TWO) as work:
                await approve(work, keys, ceremony_id, wrong)
    async with database.work(TWO) as work:
        await approve(work, keys, ceremony_id, component(second, algorithm))
    assert await keys.store.names() == [key_name(algorithm, 1, top)], "the component is gone"
    assert await keys.store.read([key_name(algorithm, 1, top)]) == {key_name(algorithm, 1, top): whole}
    await hold(database, keys, Kind.DERIVE, 1, algorithm)
    city = whole if top is Level.CITY else hierarchy.city_key(algorithm, whole, "3100")
    name = key_name(algorithm, 1, Level.APPLICATION, 0x0A)
    assert (await keys.store.read([name]))[name] == hierarchy.application_keys(algorithm, city)[0x0A]


async def test_an_import_that_lacks_something_is_refused_and_leaves_nothing(database, keys):
    part = component(bytes(range(16)))
    for asked in (
        Asked(Kind.IMPORT, SM4, "缺分量", expected=b"abc"),
        Asked(Kind.IMPORT, SM4, "缺整钥校验值", component=part),
        Asked(Kind.GENERATE, SM4, "多分量", component=part, expected=b"abc"),
        Asked(Kind.IMPORT, SM4, "应用密钥不导入", None, Level.APPLICATION, b"abc", part),
    ):
        with pytest.raises(ComponentNeeded):
            await opened(database, keys, asked)
    wrong = Component(bytes(range(16)), b"\0\0\0")
    with pytest.raises(CheckValueDiffers):
        await opened(database, keys, Asked(Kind.IMPORT, SM4, "错", None, Level.ROOT, b"abc", wrong))
    assert await keys.store.names() == []
    async with database.work(ONE) as work:
        assert await work.value("SELECT count(*) FROM card_key_ceremony") == 0


async def test_what_is_withdrawn_or_nobody_approves_in_time_is_over_and_its_component_gone(
    database, keys, clock
):
    asked = Asked(Kind.IMPORT, SM4, "撤回", None, Level.ROOT, b"abc", component(bytes(range(16))))
    ceremony_id = await opened(database, keys, asked)
    async with database.work(ONE) as work:
        assert (await withdraw(work, keys, ceremony_id)).status == Ceremony.WITHDRAWN
    assert await keys.store.names() == []
    ceremony_id = await opened(database, keys, asked)
    assert await lapse_due(database, keys) == 0
    clock.at += timedelta(hours=24)
    with pytest.raises(TransitionRefused):
        async with database.work(TWO) as work:
            await approve(work, keys, ceremony_id, component(bytes(16)))
    assert await lapse_due(database, keys) == 1
    assert await keys.store.names() == []
    with pytest.raises(NotFound):
        async with database.work(TWO) as work:
            await withdraw(work, keys, 1)


async def test_a_component_that_a_crash_left_behind_is_forgotten(database, keys, clock):
    asked = Asked(Kind.IMPORT, SM4, "中断", None, Level.ROOT, b"abc", component(bytes(range(16))))
    with pytest.raises(ZeroDivisionError):
        async with database.work(ONE) as work:
            await begin(work, keys, asked)
            _ = 1 / 0
    waiting = component_name(await opened(database, keys, asked))
    await lapse_due(database, keys)
    assert len(await keys.store.names()) == 2, "it may be one that is being opened at this moment"
    clock.at += timedelta(hours=2)
    await lapse_due(database, keys)
    assert await keys.store.names() == [waiting]


async def test_steps_are_taken_in_their_order(database, keys):
    await hold(database, keys, Kind.GENERATE)
    for kind in (Kind.PUT_IN_FORCE,):
        with pytest.raises(TransitionRefused):
            await opened(database, keys, Asked(kind, SM4, "太早", 1))
    with pytest.raises(NoCardKeys):
        await opened(database, keys, Asked(Kind.DERIVE, SM4, "没有", 7))
    await hold(database, keys, Kind.DERIVE, 1)
    await hold(database, keys, Kind.PUT_IN_FORCE, 1)
    with pytest.raises(TransitionRefused):
        await opened(database, keys, Asked(Kind.DESTROY, SM4, "现用", 1))


async def test_a_destroyed_version_is_nowhere_and_its_number_is_not_used_again(database, keys, path):
    await in_force(database, keys)
    await in_force(database, keys, version=2)
    await hold(database, keys, Kind.DESTROY, 1)
    assert {name.split(".")[1] for name in await keys.store.names()} == {"2"}
    assert "3.1." not in path.read_text()
    await hold(database, keys, Kind.GENERATE)
    found = await rows(database, "versions", Version)
    assert [(one.version, one.status) for one in found] == [(3, "created"), (2, "in_force"), (1, "destroyed")]
    assert {one.version for one in await rows(database, "keys", Made)} == {2, 3}


async def test_a_crash_between_store_and_database_is_mended_by_approving_again(database, keys):
    """The store is written before the commit: what the database never heard of counts as nothing, and is replaced."""
    await hold(database, keys, Kind.GENERATE)
    ceremony_id = await opened(database, keys, Asked(Kind.DERIVE, SM4, "派生", 1))
    with pytest.raises(ZeroDivisionError):
        async with database.work(TWO) as work:
            await approve(work, keys, ceremony_id)
            _ = 1 / 0
    assert len(await keys.store.names()) > 1
    async with database.work(TWO) as work:
        await approve(work, keys, ceremony_id)
    await hold(database, keys, Kind.PUT_IN_FORCE, 1)
    await in_force(database, keys, version=2)
    ceremony_id = await opened(database, keys, Asked(Kind.DESTROY, SM4, "销毁", 1))
    with pytest.raises(ZeroDivisionError):
        async with database.work(TWO) as work:
            await approve(work, keys, ceremony_id)
            _ = 1 / 0
    async with database.work(TWO) as work:
        assert (await approve(work, keys, ceremony_id)).status == Ceremony.DONE


async def test_a_closed_store_opens_no_ceremony_and_approves_none(database, keys, path):
    ceremony_id = await opened(database, keys)
    path.rename(path.with_suffix(".away"))
    with pytest.raises(CardKeysClosed, match="init"):
        async with database.work(TWO) as work:
            await approve(work, keys, ceremony_id)
    with pytest.raises(CardKeysClosed):
        await opened(database, keys, Asked(Kind.GENERATE, DES, "旧卡"))
    path.with_suffix(".away").rename(path)
    async with database.work(TWO) as work:
        await approve(work, keys, ceremony_id)


async def test_the_record_is_chained_and_append_only_and_holds_no_key(database, keys, database_url):
    ceremony_id = await hold(database, keys, Kind.GENERATE)
    await hold(database, keys, Kind.DERIVE, 1)
    records = await rows(database, "records", Record)
    assert [one.action for one in records] == ["ceremony_opened", "ceremony_approved"] * 2
    assert {one.actor for one in records} == {ONE.name, TWO.name}
    facts = msgspec.json.decode(records[1].facts)
    root = key_name(SM4, 1, Level.ROOT)
    key = (await keys.store.read([root]))[root]
    assert facts["checks"] == {root: hierarchy.check_value(SM4, key).hex().upper()}
    assert len(await rows(database, "records_of", Record, ceremony_id=ceremony_id)) == 2
    assert recording.broken(records) is None
    for tampered in (
        records[1:],
        [records[0], *records[2:]],
        [records[1], records[0], *records[2:]],
        [_edited(records[0]), *records[1:]],
    ):
        assert recording.broken(tampered) is not None
    with psycopg.connect(database_url, autocommit=True) as connection:
        for change in ("UPDATE card_key_record SET actor = 'x'", "DELETE FROM card_key_record"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(change)
        everything = _everything(connection)
    held = await keys.store.read(await keys.store.names())
    assert len(held) > 2
    assert not any(one in everything or one.hex().encode() in everything.lower() for one in held.values())


def _edited(record: Record) -> Record:
    return Record(
        record.record_id,
        record.ceremony_id,
        record.at,
        "staff:99",
        record.action,
        record.facts,
        record.digest,
    )


def _everything(connection) -> bytes:
    tables = [
        row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    ]
    return b"".join(
        bytes(piece)
        for table in tables
        for copy in [connection.cursor().copy(f"COPY {table} TO STDOUT")]
        for piece in _pieces(copy)
    )


def _pieces(copy):
    with copy as stream:
        yield from stream
