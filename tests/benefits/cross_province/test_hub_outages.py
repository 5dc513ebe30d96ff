"""An outage of the hub in the middle of each step, lost and repeated answers, and kills leave the fault-free ledger."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
from tests.benefits.cross_province.provinces import HOME, JIANGSU, THIRD
from tests.benefits.settlement.clinic_town import outcomes

from shebaoka.benefits.cross_province import commands
from shebaoka.benefits.cross_province.hub import Hub
from shebaoka.benefits.cross_province.model import Exchanged
from shebaoka.benefits.settlement.errors import MessageWithdrawn
from shebaoka.kit.partners import PartnerUnavailable

GUESTS = (1, 2, 3, 4, 6, 7)


class Killed(Exception):  # noqa: N818 - the fact itself
    """The process ends here."""


class Mortal(Hub):
    """A hub whose caller dies or is cut off: before it is asked, after it has answered, or not at all."""

    def __init__(self, hub: Hub, fates: list[str]) -> None:
        super().__init__(hub._partner, HOME)
        self.fates = fates

    async def settle(self, on, several):
        return await self._fated(super().settle(on, several))

    async def reverse(self, on, several):
        return await self._fated(super().reverse(on, several))

    async def _fated(self, asking):
        fate = self.fates.pop(0) if self.fates else ""
        if fate == "before":
            asking.close()
            raise PartnerUnavailable("down")
        answers = await asking
        if fate == "after":
            raise Killed
        if fate == "half":
            return dict(list(answers.items())[: len(answers) // 2])
        return answers


async def day(provinces, undone=(4, 7), late=()):
    """Let guests come and go, some taken back, with rounds of the exchange in between."""
    messages = {n: await provinces.guest(n, f"G{n}", n * 700_000) for n in GUESTS}
    bills = {n: await provinces.claim(message) for n, message in messages.items()}
    for n in late:
        await provinces.undo(messages[n])
    await rounds(provinces)
    for n in undone:
        await provinces.undo(messages[n])
    await rounds(provinces)
    return {n: await provinces.bill(bill) for n, bill in bills.items()}


async def rounds(provinces):
    """Run the stage until nothing waits, whatever befalls it."""
    for _ in range(40):
        try:
            done = await provinces.run()
        except (PartnerUnavailable, Killed):
            continue
        if done.waiting == 0:
            return
    raise AssertionError("it never settles")


async def standing(provinces, bills):
    return (
        {n: (one.status, one.total_fen, one.fund_fen, one.account_fen) for n, one in bills.items()},
        await provinces.owed(THIRD), await provinces.owed_by(JIANGSU), await provinces.adds_up(),
    )  # fmt: skip


@pytest.fixture
async def oracle(provinces):
    """What a day without faults leaves; and a second day follows, the same with faults: twice as much."""
    return await standing(provinces, await day(provinces))


@pytest.mark.parametrize("fates", [
    ["before"] * 3, ["after"], ["half", "after", "before"], ["after", "after", "half", "half", "before", "after"],
], ids=str)  # fmt: skip
async def test_a_day_with_faults_is_a_day_without(provinces, oracle, fates, monkeypatch):
    plain, clean = provinces.hub, provinces.guest

    async def again(n, name, *amounts):
        return await clean(n, f"{name}-2", *amounts)

    monkeypatch.setattr(provinces, "guest", again)
    provinces.hub = Mortal(plain, list(fates))
    provinces.faults(lose=0.5, duplicate=0.5)
    second = await standing(provinces, await day(provinces))
    assert second[0] == oracle[0]
    assert second[1:] == (2 * oracle[1], 2 * oracle[2], True)
    assert not provinces.hub.fates, "every fault struck"


async def test_rounds_at_once_settle_each_once(provinces):
    bills = [await provinces.claim(await provinces.guest(n, f"G{n}", n * 700_000)) for n in GUESTS]
    several = await outcomes(*(commands.exchange_due(provinces.database, provinces.hub) for _ in "123"))
    assert {type(one) for one in several} == {Exchanged}
    assert await provinces.run() == Exchanged()
    assert {(await provinces.bill(one)).status for one in bills} == {"settled"}
    assert await provinces.adds_up()


async def test_any_order_of_messages_both_ways(provinces):
    """Settlements and reversals of the hub about ours, doubled and shuffled: each counts once, or is barred for good."""
    for seed in range(4):
        dice = random.Random(seed)
        names = [f"S{seed}{k}" for k in range(3)]
        kept = set(dice.sample(names, 1))
        asked = {name: provinces.away(name, 2, dice.randrange(1, 3_000_000)) for name in names}
        messages = [("settle", name) for name in names] + [
            ("undo", name) for name in names if name not in kept
        ]
        messages *= 2
        dice.shuffle(messages)
        before = await provinces.owed_by()
        for what, name in messages:
            with suppress(MessageWithdrawn):  # Its reversal came first.
                if what == "settle":
                    await provinces.settle_away(asked[name])
                else:
                    await provinces.undo_away(f"H-{name}", f"U-{name}")
        (name,) = kept
        done = (await provinces.settle_away(asked[name])).settlement
        assert await provinces.owed_by() == before - (done.total_fen - done.cash_fen), f"seed {seed}"
    assert await provinces.adds_up()
