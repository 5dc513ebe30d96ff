"""Stays, settled at discharge, and purchases at a pharmacy; half a fen, the end of a year, and the cap."""

from __future__ import annotations

import pytest
from tests.benefits.insurance.bills import PROGRAMME
from tests.benefits.settlement.clinic_town import FIRST, PHARMACY, THIRD, D

from shebaoka.benefits.insurance.catalogue import Item
from shebaoka.benefits.settlement import commands, errors
from shebaoka.benefits.settlement.model import Line
from shebaoka.kit.problems import TransitionRefused
from shebaoka.ledger.model import Balances


async def stay(town, n, name, came, left, *amounts, at=THIRD):
    """Let somebody stay from one day to another; the amounts are by the days of the stay."""
    town.noon(came)
    visit = await town.visit(n, name, at, "inpatient")
    for day, amount in amounts:
        town.noon(day)
        await town.act(
            commands.add_lines, PROGRAMME, at, visit.person_id, visit.visit_id, "ignored", [line(day, amount)]
        )
    town.noon(left)
    return await town.act(commands.discharge, at, visit.person_id, visit.visit_id, D(left))


def line(day, amount):
    counts = amount if isinstance(amount, Item) else Item(amount_fen=amount, catalogue_class="full")
    return Line(line=f"{day}", item="X", served_on=D(day), counts=counts)


async def test_a_purchase_by_hand(town):
    """Retired, 78, on 2 January 2019: account 1,260.00 (year 2018). 1,350.30 of class A, 20.05 of class B: 10 % are 2.005, half a fen up: 2.01.

    In scope 1,350.30 + 18.04 = 1,368.34; account 1,260; deductible 108.34 of 700. Cash 108.34 + 2.01 = 110.35.
    """
    quoted = await town.billed(
        2, "V1", 135_030, Item(amount_fen=2_005, catalogue_class="shared"), at=PHARMACY, kind="pharmacy"
    )
    done = await town.confirm(quoted, "M1", PHARMACY)
    sums = done.settlement
    assert (sums.total_fen, sums.in_scope_fen, sums.prepay_fen) == (137_035, 136_834, 201)
    assert (sums.current_account_fen, sums.cash_fen) == (126_000, 11_035)
    assert (await town.standing(2, "2019-01-02")).state.deductible_used_fen == 10_834
    assert await town.owed(PHARMACY) == 126_000
    # Level one by the rule: after the deductible the fund pays 85 %. 59,166 are left of it; 40,001 × 85 % = 34,000.85: up.
    more = await town.billed(2, "V2", 59_166 + 40_001, at=PHARMACY, kind="pharmacy")
    assert (more.sums.supplementary_fen, more.sums.cash_fen) == (34_001, 59_166 + 6_000)
    await town.reverse("M1", "R1", PHARMACY)
    assert await town.held(2) == Balances(126_000, 0)
    assert await town.adds_up()


async def test_a_stay_by_hand(town):
    """Active, third level: 1,500 deductible of the stay, then the pooled fund pays 85 %; the current-year account pays nothing.

    In scope 10,000.01: shared 8,500.01; 85 % of 850,001 fen are 722,500.85 fen, up to 7,225.01; own share 1,275.00;
    cash 1,500 + 1,275 = 2,775.00.
    """
    visit = await stay(
        town, 1, "S1", "2019-01-02", "2019-01-05", ("2019-01-02", 400_000), ("2019-01-04", 600_001)
    )
    quoted = await town.quote(visit)
    assert (quoted.sums.pooled_fen, quoted.sums.cash_fen, quoted.sums.current_account_fen) == (
        722_501,
        277_500,
        0,
    )
    done = await town.confirm(quoted, "M1")
    assert (await town.standing(1, "2019-01-05")).state.pooled_used_fen == 850_001
    assert await town.held(1) == Balances(28_000, 0)
    for again in (commands.readmit, commands.cancel):
        with pytest.raises(errors.AlreadySettled):
            await town.act(again, THIRD, visit.person_id, visit.visit_id)
    await town.reverse("M1", "R1")
    assert (await town.standing(1, "2019-01-05")).state.pooled_used_fen == 0
    assert done.settlement.batch == ""
    assert await town.adds_up()


async def test_a_stay_is_settled_at_discharge(town):
    visit = await town.visit(1, "S1", THIRD, "inpatient")
    await town.lines(visit, 500_000)
    meanwhile = await town.quote(visit)
    assert meanwhile.sums.pooled_fen == 297_500
    with pytest.raises(errors.QuoteUnusable, match="尚未办理出院"):
        await town.confirm(meanwhile, "M1")
    await town.act(commands.discharge, THIRD, visit.person_id, visit.visit_id, D("2019-01-02"))
    with pytest.raises(TransitionRefused):
        await town.lines(visit, 1)
    with pytest.raises(errors.QuoteUnusable, match="有变动"):
        await town.confirm(meanwhile, "M1")
    back = await town.act(commands.readmit, THIRD, visit.person_id, visit.visit_id)
    assert (back.status, back.ended_on) == ("open", None)
    for wrong in ("2019-01-01", "2019-01-03"):
        with pytest.raises(errors.VisitDiffers):
            await town.act(commands.discharge, THIRD, visit.person_id, visit.visit_id, D(wrong))
    clinic = await town.visit(1, "V1")
    with pytest.raises(errors.NotDesignated):
        await town.act(commands.discharge, THIRD, clinic.person_id, clinic.visit_id, D("2019-01-02"))


async def test_a_stay_over_the_end_of_a_medical_year_is_two_bills_and_one_deductible(town):
    """Active, from 28 June to 3 July 2019 at the third level: 5,000.00 in the year 2018, 3,000.00 in the year 2019.

    First bill: deductible 1,500, shared 3,500, the fund 2,975.00. Second: nothing of the deductible is left, the fund
    pays 85 % of 3,000 = 2,550.00.
    """
    visit = await stay(town, 1, "S1", "2019-06-28", "2019-07-03",
                       ("2019-06-28", 300_000), ("2019-06-30", 200_000), ("2019-07-01", 300_000))  # fmt: skip
    quoted = await town.quote(visit)
    assert [(one.first, one.last, one.year) for one in quoted.bills] == [
        (D("2019-06-28"), D("2019-06-30"), 2018), (D("2019-07-01"), D("2019-07-03"), 2019),
    ]  # fmt: skip
    assert [one.quote.deductible_fen for one in quoted.bills] == [150_000, 0]
    assert [one.quote.pooled_fen for one in quoted.bills] == [297_500, 255_000]
    await town.confirm(quoted, "M1")
    assert [(await town.standing(1, on)).state.pooled_used_fen for on in ("2019-06-30", "2019-07-03")] == [
        350_000, 300_000,
    ]  # fmt: skip
    assert await town.owed(THIRD) == 552_500
    await town.reverse("M1", "R1")
    assert [(await town.standing(1, on)).state.pooled_used_fen for on in ("2019-06-30", "2019-07-03")] == [
        0,
        0,
    ]
    assert await town.owed(THIRD) == 0
    assert await town.adds_up()


async def test_a_stay_is_reckoned_anew_when_something_was_settled_meanwhile(town):
    """Two stays near the cap of 510,000 (2018): each was quoted below it; the second goes over it when it is confirmed.

    Each 300,000.00: shared 298,500. First: 85 % of 298,500 = 253,725. Second: 211,500 up to the cap at 85 % = 179,775,
    87,000 above it at 80 % = 69,600 by the supplementary fund.
    """
    first = await stay(town, 1, "S1", "2019-01-02", "2019-01-02", ("2019-01-02", 30_000_000))
    second = await stay(town, 1, "S2", "2019-01-02", "2019-01-02", ("2019-01-02", 30_000_000), at=FIRST)
    quotes = await town.quote(first), await town.quote(second)
    assert [one.sums.pooled_fen for one in quotes] == [25_372_500, 25_372_500]
    one, two = await town.confirm(quotes[0], "M1"), await town.confirm(quotes[1], "M2", FIRST)
    assert (one.recomputed, one.settlement.pooled_fen) == (False, 25_372_500)
    assert (two.recomputed, two.settlement.pooled_fen, two.settlement.supplementary_fen) == (
        True,
        17_977_500,
        6_960_000,
    )
    assert two.settlement.quote_id != quotes[1].quote_id
    again = await town.confirm(quotes[1], "M2", FIRST)
    assert (again.repeated, again.settlement) == (True, two.settlement)
    assert (await town.standing(1, "2019-01-02")).state.pooled_used_fen == 51_000_000
    assert await town.adds_up()
