"""Days are held against the hub's, what differs is worked off; a month is cleared once, and paid once."""

from __future__ import annotations

import pytest
from tests.benefits.cross_province.provinces import HOME, JIANGSU
from tests.benefits.settlement.clinic_town import D, outcomes

from shebaoka.benefits.cross_province import commands, views
from shebaoka.benefits.cross_province.errors import ClearingRefused
from shebaoka.benefits.cross_province.hub import Message
from shebaoka.benefits.cross_province.model import Reconciled
from shebaoka.benefits.settlement import commands as settlement
from shebaoka.benefits.settlement import views as settled
from shebaoka.kit.actor import SYSTEM
from shebaoka.ledger import views as books

JANUARY, FEBRUARY = D("2019-01-01"), D("2019-02-01")


async def reconcile(provinces) -> Reconciled:
    return await commands.reconcile_due(provinces.database, provinces.hub, HOME)


async def differences(provinces):
    found = await provinces.act(settled.open_differences, JIANGSU)
    return [(str(one.day), one.number, one.kind) for one in found]


async def draw(provinces, month):
    return await provinces.act(commands.draw_clearings, month)


async def both_ways(provinces, name="A"):
    """Settle a guest's stay and one of ours, which the hub knows too; give what each leaves owed."""
    bill = await provinces.claim(await provinces.guest(3, name, 2_000_000))
    await provinces.run()
    done = (await provinces.settle_away(provinces.away(name))).settlement
    tell(provinces, f"H-{name}", done)
    bill = await provinces.bill(bill)
    return bill, bill.fund_fen + bill.account_fen, done.total_fen - done.cash_fen


def tell(provinces, number, done, sign=1):
    """Let the hub know of one of ours what we have settled or taken back."""
    fund = done.pooled_fen + done.supplementary_fen
    account = done.current_account_fen + done.historic_account_fen
    amounts = (sign * fen for fen in (done.total_fen, fund, account, done.cash_fen))
    provinces.tell(number, *amounts)


async def test_a_day_agrees_and_is_asked_about_once(provinces):
    await both_ways(provinces)
    assert await reconcile(provinces) == Reconciled(), "the day is not over"
    provinces.noon("2019-01-05")
    assert await reconcile(provinces) == Reconciled(days=3)
    assert await reconcile(provinces) == Reconciled()
    assert await provinces.act(settled.compared_until, int(HOME)) == D("2019-01-04")


async def test_what_differs_is_worked_off(provinces):
    bill, *_ = await both_ways(provinces)
    provinces.noon("2019-01-03")
    provinces.faults(lose_report=1.0)  # The hub forgets to tell.
    assert await reconcile(provinces) == Reconciled(days=1, differences=2)
    assert await differences(provinces) == [
        ("2019-01-02", f"C{bill.bill_id}", "missing_there"), ("2019-01-02", "H-A", "missing_there"),
    ]  # fmt: skip
    provinces.noon("2019-02-03")
    with pytest.raises(ClearingRefused):
        await draw(provinces, JANUARY)
    await provinces.act(settlement.close_difference, JIANGSU, D("2019-01-02"), "H-A", "电话核实，平台补传")
    provinces.faults()
    await reconcile(provinces)
    await reconcile(provinces)
    assert await differences(provinces) == [], "and what came later closes itself"
    assert len(await draw(provinces, JANUARY)) == 1
    strange = Message(number="H-X", province=JIANGSU, total_fen=5, fund_fen=3, account_fen=1, cash_fen=1)
    assert await provinces.act(commands.reconcile, HOME, D("2019-02-01"), [strange]) == 1


async def test_an_answer_that_came_late_counts_for_the_day_of_the_insured_place(provinces):
    bill = await provinces.claim(await provinces.guest(3, "A", 2_000_000))
    provinces.faults(lose=1.0)
    await provinces.run()
    provinces.noon("2019-01-03")
    await reconcile(provinces)
    assert await differences(provinces) == [], "nothing was ever settled, so no day is compared yet"
    provinces.faults()
    await provinces.run()
    assert await reconcile(provinces) == Reconciled(days=1)
    assert (await provinces.bill(bill)).settled_on == D("2019-01-02")


async def test_withdrawn_before_it_was_answered_is_no_difference(provinces):
    await both_ways(provinces)
    message = await provinces.guest(7, "W", 1_000_000)
    await provinces.claim(message)
    provinces.faults(lose=1.0)
    await provinces.run()
    await provinces.undo(message)
    provinces.faults()
    await provinces.run()
    provinces.noon("2019-01-03")
    assert await reconcile(provinces) == Reconciled(days=1)


async def test_a_month_is_cleared_once_both_ways_and_paid(provinces):
    _, to_us, by_us = await both_ways(provinces)
    with pytest.raises(ClearingRefused):
        await draw(provinces, JANUARY)
    provinces.noon("2019-02-01")
    await reconcile(provinces)
    drawn = await outcomes(*(draw(provinces, D("2019-01-20")) for _ in range(4)))
    (one,) = drawn[0]
    assert all(found == [one] for found in drawn)
    assert (one.owed_to_us_fen, one.owed_to_us, one.owed_by_us_fen, one.owed_by_us) == (to_us, 1, by_us, 1)
    assert one.net_fen == await provinces.owed_by()
    for on in ("2019-01-01", "2019-02-02"):
        with pytest.raises(ClearingRefused):
            await provinces.act(commands.pay_clearing, JIANGSU, JANUARY, D(on))
    paid = await outcomes(
        *(provinces.act(commands.pay_clearing, JIANGSU, JANUARY, provinces.today) for _ in "12")
    )
    assert paid[0] == paid[1]
    assert paid[0].paid_on == provinces.today
    assert await provinces.owed_by() == 0
    bank = {one.account.value: one.balance_fen for one in (await provinces.act(books.trial_balance, provinces.today)).accounts}  # fmt: skip
    assert bank["bank"] == -one.net_fen
    provinces.noon("2019-02-02")
    for month, on in ((JANUARY, provinces.today), (FEBRUARY, provinces.today)):
        with pytest.raises(ClearingRefused):
            await provinces.act(commands.pay_clearing, JIANGSU, month, on)
    assert await provinces.adds_up()


async def test_a_stay_over_the_month_s_end_counts_in_one_month_and_its_reversal_in_its_own(provinces):
    provinces.noon("2019-02-01")
    first, to_us, by_us = await both_ways(provinces)  # In hospital from 29 January on.
    provinces.noon("2019-02-02")
    assert await draw(provinces, JANUARY) == [], "settled in February"
    provinces.noon("2019-03-01")
    await reconcile(provinces)
    (february,) = await draw(provinces, FEBRUARY)
    assert (february.owed_to_us_fen, february.owed_by_us_fen) == (to_us, by_us)
    message = first.number
    await provinces.act(settlement.reverse, provinces.reversing(message))
    await provinces.run()
    undone = (await provinces.undo_away("H-A", "U-A")).settlement
    tell(provinces, "U-A", undone, -1)
    assert await provinces.owed_by() == 0, "nothing is owed in the end"
    provinces.noon("2019-04-01")
    await reconcile(provinces)
    (march,) = await draw(provinces, D("2019-03-01"))
    assert (march.owed_to_us_fen, march.owed_by_us_fen) == (-to_us, -by_us)
    for clearing in (february, march):
        await provinces.act(commands.pay_clearing, JIANGSU, clearing.month, provinces.today)
    assert await provinces.owed_by() == 0
    async with provinces.database.work(SYSTEM) as work:
        rows = [row async for some in views.cleared(work, JIANGSU, FEBRUARY) for row in some]
    assert sorted(row[2] for row in rows) == ["care", "insured"]
    assert await provinces.adds_up()


async def test_each_month_counts_its_own_and_what_came_too_late_the_next(provinces):
    provinces.noon("2019-01-31")
    late = await provinces.claim(await provinces.guest(7, "late", 1_000_000))
    provinces.faults(lose=1.0)  # Settled there in January; the answer is lost.
    await provinces.run()
    provinces.faults(down=True)
    _, january = await settle_one(provinces, "J")
    provinces.noon("2019-02-01")
    _, february = await settle_one(provinces, "F")
    (one,) = await draw(provinces, JANUARY)
    assert (one.owed_by_us_fen, one.owed_by_us, one.owed_to_us) == (january, 1, 0)
    provinces.faults()
    await provinces.run()
    late = await provinces.bill(late)
    assert late.settled_on == D("2019-01-31")
    provinces.noon("2019-03-01")
    (two,) = await draw(provinces, FEBRUARY)
    assert (two.owed_by_us_fen, two.owed_by_us) == (february, 1)
    assert (two.owed_to_us_fen, two.owed_to_us) == (late.fund_fen + late.account_fen, 1)
    assert await draw(provinces, JANUARY) == [one], "what was drawn up stays as it was"


async def settle_one(provinces, name):
    """Settle a stay of ours elsewhere, and give what it leaves owed."""
    done = (await provinces.settle_away(provinces.away(name))).settlement
    return done, done.total_fen - done.cash_fen
