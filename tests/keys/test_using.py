"""Whoever uses card keys gets those of the purpose, is counted and leaves a fact; limits hold; a wrong store gives nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs
from tests.keys.officers import hold, in_force

from shebaoka.chip.proofs import CARD_KEY, READ_KEY
from shebaoka.chip.versions import DES, SM4
from shebaoka.keys.errors import CardKeyLimit, CardKeysClosed, NoCardKeys
from shebaoka.keys.hierarchy import CODE_KEY, NUMBERS
from shebaoka.keys.model import Kind, Level, Purpose, Used, key_name
from shebaoka.keys.store import SQL


async def test_a_purpose_gets_its_keys_only_and_is_counted(database, keys, clerk):
    await in_force(database, keys)
    wanted = {
        Purpose.READ: {READ_KEY},
        Purpose.CHECK: {CARD_KEY, CODE_KEY},
        Purpose.PERSONALISE: set(NUMBERS),
    }
    async with database.work(clerk) as work:
        for purpose, numbers in wanted.items():
            ring = await keys.using(work, purpose, cards=3)
            assert set(ring.keys) == {(SM4, number) for number in numbers}
            assert (ring.city, ring.version) == ("3100", 1)
        await keys.using(work, Purpose.READ)
    async with database.work(clerk) as work:
        uses = await work.rows(SQL["uses"], {"day": work.present_day}, Used)
        facts = await work.rows(
            "SELECT subject, detail FROM audit_fact WHERE action = 'keys.used' ORDER BY fact_id"
        )
    assert {(one.purpose, one.uses, one.cards, one.cards_today) for one in uses} == {
        ("read", 2, 4, 4),
        ("check", 1, 3, 3),
        ("personalise", 1, 3, 3),
    }
    assert facts[0] == ("card_key:3.1", {"purpose": "read", "cards": 3, "algorithm": SM4, "version": 1})
    assert len(facts) == 4


async def test_before_the_ceremonies_there_is_nothing_to_use(database, keys, clerk):
    async with database.work(clerk) as work:
        with pytest.raises(NoCardKeys):
            await keys.using(work, Purpose.READ)
    await hold(database, keys, Kind.GENERATE)
    await hold(database, keys, Kind.DERIVE, 1)
    async with database.work(clerk) as work:
        for asked in ({}, {"version": 1}, {"algorithm": DES}):
            with pytest.raises(NoCardKeys):
                await keys.using(work, Purpose.READ, **asked)
        assert await work.value("SELECT count(*) FROM audit_fact WHERE action = 'keys.used'") == 0


async def test_cards_in_the_field_are_read_with_their_version_and_new_ones_get_the_one_in_force(
    database, keys, clerk
):
    await in_force(database, keys)
    await in_force(database, keys, version=2)
    async with database.work(clerk) as work:
        old, new = [await keys.using(work, Purpose.READ, version=which) for which in (1, None)]
        assert (old.version, new.version) == (1, 2)
        assert old.keys != new.keys
        with pytest.raises(NoCardKeys, match="personalise"):
            await keys.using(work, Purpose.PERSONALISE, version=1)
    await hold(database, keys, Kind.DESTROY, 1)
    async with database.work(clerk) as work:
        with pytest.raises(NoCardKeys):
            await keys.using(work, Purpose.READ, version=1)


async def test_a_days_limit_alarms_and_refuses_and_the_next_day_begins_anew(database, keys, clerk, clock):
    await in_force(database, keys)
    with capture_logs() as logs:
        async with database.work(clerk) as work:
            await keys.using(work, Purpose.PERSONALISE, cards=24_999)
        assert logs == []
        async with database.work(clerk) as work:
            await keys.using(work, Purpose.PERSONALISE, cards=25_001)
            assert [one["event"] for one in logs] == ["keys.alarm"]
        async with database.work(clerk) as work:
            with pytest.raises(CardKeyLimit, match="50001 > 50000"):
                await keys.using(work, Purpose.PERSONALISE)
        assert [one["event"] for one in logs] == ["keys.alarm", "keys.limit_reached"]
    clock.at += timedelta(days=1)
    async with database.work(clerk) as work:
        assert await work.value("SELECT count(*) FROM audit_fact WHERE action = 'keys.alarmed'") == 1
        await keys.using(work, Purpose.PERSONALISE)


async def test_two_at_the_limit_at_once_are_one_too_many(database, keys, clerk):
    """The one-slot purposes are exact: the second waits for the first, and counts it."""
    await in_force(database, keys)
    both = asyncio.Barrier(2)

    async def use() -> bool:
        async with database.work(clerk) as work:
            await both.wait()
            try:
                await keys.using(work, Purpose.PERSONALISE, cards=25_001)
            except CardKeyLimit:
                return False
            return True

    assert sorted(await asyncio.gather(use(), use())) == [False, True]


async def test_a_store_that_holds_other_keys_than_it_should_gives_none(database, keys, clerk):
    await in_force(database, keys)
    name = key_name(SM4, 1, Level.APPLICATION, READ_KEY)
    await keys.store.put({name: bytes(16)})
    async with database.work(clerk) as work:
        with pytest.raises(CardKeysClosed, match=name):
            await keys.using(work, Purpose.READ)
        await keys.using(work, Purpose.CHECK)
    await keys.store.forget([name])
    async with database.work(clerk) as work:
        with pytest.raises(CardKeysClosed, match=name):
            await keys.using(work, Purpose.READ)
