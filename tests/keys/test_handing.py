"""Keys for one batch of the bureau's: sealed for it alone, handed out once, and confirmed as destroyed."""

from __future__ import annotations

from datetime import date

import pytest
from structlog.testing import capture_logs
from tests.keys.officers import in_force

from shebaoka.chip.numbers import make_reset
from shebaoka.chip.versions import SM4
from shebaoka.keys.commands import confirm_destroyed, hand_out
from shebaoka.keys.errors import KeysHandedOut, NoCardKeys, PackageRefused
from shebaoka.keys.model import HandedOut, Purpose
from shebaoka.keys.package import open_package
from shebaoka.keys.store import SQL
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.kit.sm import sm3
from shebaoka.kit.sm2 import SecretKey

BUREAU = SecretKey.new()
FACTOR = make_reset("3100", b"\0\0\0\1").factor


async def outs(database, clerk) -> list[HandedOut]:
    async with database.work(clerk) as work:
        return await work.rows(SQL["hand_outs"], {"rows_max": 10}, HandedOut)


async def test_a_batchs_keys_open_at_the_bureau_only_and_are_confirmed(database, keys, clerk):
    await in_force(database, keys)
    async with database.work(clerk) as work:
        package = await hand_out(work, keys, 77, 1000, BUREAU.public)
        ours = await keys.using(work, Purpose.PERSONALISE)
    theirs = open_package(BUREAU, package, 77)
    assert theirs == ours
    assert theirs.card_keys(SM4, FACTOR) == ours.card_keys(SM4, FACTOR)
    [out] = await outs(database, clerk)
    assert (out.status, out.cards, out.version, out.due_on) == ("outstanding", 1000, 1, date(2019, 1, 16))
    assert (out.recipient, out.package) == (sm3(BUREAU.public.to_bytes()), sm3(package))
    async with database.work(clerk) as work:
        assert await confirm_destroyed(work, 77, 1050) == "destroyed"
    with pytest.raises(TransitionRefused):
        async with database.work(clerk) as work:
            await confirm_destroyed(work, 77, 1050)
    [out] = await outs(database, clerk)
    assert (out.status, out.used) == ("destroyed", 1050)
    async with database.work(clerk) as work:
        actions = [row[0] for row in await work.rows("SELECT action FROM card_key_record ORDER BY record_id")]
    assert actions[-2:] == ["handed_out", "bureau_confirmed"]


async def test_more_cards_than_the_batch_explains_raise_the_alarm(database, keys, clerk):
    await in_force(database, keys)
    async with database.work(clerk) as work:
        await hand_out(work, keys, 77, 1000, BUREAU.public)
    with capture_logs() as logs:
        async with database.work(clerk) as work:
            assert await confirm_destroyed(work, 77, 1051) == "overused"
    assert [one["event"] for one in logs] == ["keys.overused"]
    with pytest.raises(NotFound):
        async with database.work(clerk) as work:
            await confirm_destroyed(work, 78, 1)


async def test_keys_are_handed_out_once_for_a_batch_and_not_before_any_are_in_force(database, keys, clerk):
    with pytest.raises(NoCardKeys):
        async with database.work(clerk) as work:
            await hand_out(work, keys, 77, 10, BUREAU.public)
    await in_force(database, keys)
    async with database.work(clerk) as work:
        await hand_out(work, keys, 77, 10, BUREAU.public)
    with pytest.raises(KeysHandedOut):
        async with database.work(clerk) as work:
            await hand_out(work, keys, 77, 10, BUREAU.public)
    async with database.work(clerk) as work:
        assert await work.value("SELECT sum(cards) FROM card_key_use WHERE purpose = 'bureau'") == 10


async def test_a_package_opens_for_its_batch_and_recipient_unchanged_or_not_at_all(database, keys, clerk):
    await in_force(database, keys)
    async with database.work(clerk) as work:
        package = await hand_out(work, keys, 77, 10, BUREAU.public)
    for secret, raw, batch in (
        (SecretKey.new(), package, 77),
        (BUREAU, package, 78),
        (BUREAU, package[:-1], 77),
        (BUREAU, package[:-1] + bytes([package[-1] ^ 1]), 77),
        (BUREAU, b"", 77),
        (BUREAU, BUREAU.public.seal(b'{"format":"x"}'), 77),
    ):
        with pytest.raises(PackageRefused):
            open_package(secret, raw, batch)
