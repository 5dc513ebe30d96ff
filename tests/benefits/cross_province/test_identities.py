"""The money of every stay adds up, whichever place of it we are: total = parts of the catalogue = funds + account + cash."""

from __future__ import annotations

import random

from tests.benefits.cross_province.provinces import JIANGSU, THIRD

from shebaoka.benefits.cross_province import views
from shebaoka.benefits.insurance.catalogue import Item
from shebaoka.benefits.settlement import views as settled
from shebaoka.kit.actor import SYSTEM


def items(dice):
    return [
        Item(amount_fen=dice.choice([0, 1, 99, dice.randrange(5_000_000)]), catalogue_class=dice.choice(["full", "shared", "own"]),
             limit_fen=dice.choice([None, dice.randrange(1_000_000)]))
        for _ in range(dice.randrange(1, 6))
    ]  # fmt: skip


async def test_random_stays_in_both_roles(provinces):
    dice = random.Random(36)
    for k in range(25):
        await provinces.claim(await provinces.guest(dice.choice([1, 2, 3, 4, 6]), f"G{k}", *items(dice)))
        amounts = [dice.choice([1, 19, dice.randrange(4_000_000)]) for _ in range(dice.randrange(1, 4))]
        await provinces.settle_away(provinces.away(f"A{k}", 2, *amounts, level=dice.randrange(1, 4)))
    await provinces.run()
    async with provinces.database.work(SYSTEM) as work:
        people = [row[0] for row in await work.rows("SELECT DISTINCT person_id FROM cross_province_bill")]
        bills = [one for person in people for one in await views.bills(work, person)]
        done = {
            one.settlement_id: one for person in people for one in await settled.settlements(work, person)
        }
    assert len(bills) == 50
    owed = {"care": 0, "insured": 0}
    for bill in bills:
        one = done[bill.settlement_id]
        assert one.total_fen == one.in_scope_fen + one.own_expense_fen + one.prepay_fen + one.over_limit_fen
        assert one.total_fen == bill.fund_fen + bill.account_fen + one.cash_fen == bill.total_fen
        owed[bill.role] += bill.fund_fen + bill.account_fen
    assert await provinces.owed(THIRD) == owed["care"] > 0 < owed["insured"]
    assert await provinces.owed_by(JIANGSU) == owed["care"] - owed["insured"]
    assert await provinces.adds_up()
