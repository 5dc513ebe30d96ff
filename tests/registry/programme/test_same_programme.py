"""The programme is put together once for the same rules, and anew the moment they are others."""

from __future__ import annotations

from contextlib import suppress

from shebaoka.kit.actor import SYSTEM
from shebaoka.registry.programme.commands import load_rules
from shebaoka.registry.programme.views import load


async def test_the_same_rules_are_the_same_programme(database):
    async with database.work(SYSTEM) as work:
        await load_rules(work)
    async with database.work(SYSTEM) as work:
        first = await load(work)
    async with database.work(SYSTEM) as work:
        assert await load(work) is first


async def test_one_letter_changed_by_anybody_is_another_programme(database):
    async with database.work(SYSTEM) as work:
        await load_rules(work)
        first = await load(work)
        await work.run("UPDATE programme_rule SET reason_zh = reason_zh || '！' WHERE rule_set = 'due'")
        changed = await load(work)
    assert changed is not first
    (rule,) = changed.sets["due"].rules
    assert rule.reason.reason_zh.endswith("！")


async def test_what_was_rolled_back_is_not_remembered(database):
    async with database.work(SYSTEM) as work:
        await load_rules(work)
        before = await load(work)

    with suppress(ZeroDivisionError):
        async with database.work(SYSTEM) as work:
            await work.run("UPDATE programme_rule SET decides = '{\"days\": 31}' WHERE rule_set = 'due'")
            assert (await load(work)) is not before
            1 / 0  # noqa: B018 - the transaction is not to be
    async with database.work(SYSTEM) as work:
        after = await load(work)
    assert [rule.decides for rule in after.sets["due"].rules] == [
        rule.decides for rule in before.sets["due"].rules
    ]
