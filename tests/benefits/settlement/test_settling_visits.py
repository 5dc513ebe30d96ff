"""Visit → lines → quote → confirm → reverse at a clinic: money, accumulators, cards, and messages that come twice or never."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from tests.benefits.insurance.bills import PROGRAMME
from tests.benefits.settlement.clinic_town import FIRST, PHARMACY, THIRD, D, new_number, number, old_number

from shebaoka.benefits.insurance.catalogue import Item
from shebaoka.benefits.settlement import commands, errors, states, views
from shebaoka.benefits.settlement.model import Designation, Line, Reversed, Told
from shebaoka.cards import commands as cards
from shebaoka.cards.model import Outlet
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.ledger.model import Balances

LIKE_IT = """
INSERT INTO settlement (person_id, settlement_id, quote_id, visit_id, batch, institution_id, number, card_id, settled_on, settled_at,
    total_fen, in_scope_fen, own_expense_fen, prepay_fen, over_limit_fen, pooled_fen, supplementary_fen, current_account_fen,
    historic_account_fen, cash_fen)
SELECT person_id, 1, 1, 1, '', 1, 'X', 1, settled_on, settled_at, 10, 9, 0, 0, 0, 0, 0, 0, 0, 10 FROM settlement
"""
"""A settlement of ten fen, nine of them in scope and none elsewhere."""


async def test_a_bill_by_hand(town):
    """Active, 38, third level, 2 January 2019: account 280.00 (year 2018), deductible 1,500, then the fund pays 50 %.

    Lines: class A 2,000.01; class B 100.05 of which 10 % = 10.005 are paid first: half a fen up, 10.01; one's own 30;
    above the limit: of 50 with a limit of 40 ten are above.
    In scope 2,000.01 + 90.04 + 40 = 2,130.05. Account 280, deductible 1,500, shared 350.05; the fund 175.025: half a fen
    up, 175.03; own share 175.02. Cash 1,500 + 175.02 + 10.01 + 30 + 10 = 1,725.03. Total 2,180.06 = 280 + 175.03 + 1,725.03.
    """
    quoted = await town.billed(
        1, "V1", 200_001, Item(amount_fen=10_005, catalogue_class="shared"), Item(amount_fen=3_000, catalogue_class="own"),
        Item(amount_fen=5_000, catalogue_class="full", limit_fen=4_000),
    )  # fmt: skip
    sums = quoted.sums
    assert (sums.total_fen, sums.in_scope_fen, sums.prepay_fen, sums.own_expense_fen, sums.over_limit_fen) == (
        218_006, 213_005, 1_001, 3_000, 1_000,
    )  # fmt: skip
    assert (sums.current_account_fen, sums.supplementary_fen, sums.cash_fen) == (28_000, 17_503, 172_503)
    assert (sums.pooled_fen, sums.historic_account_fen) == (0, 0)
    done = await town.confirm(quoted, "M1")
    assert not done.repeated
    assert not done.recomputed
    assert (done.settlement.total_fen, done.settlement.cash_fen) == (218_006, 172_503)
    assert done.bills == quoted.bills
    assert any("自负段" in step for step in done.bills[0].quote.steps)
    assert await town.held(1) == Balances(0, 0)
    assert await town.owed(THIRD) == 28_000 + 17_503
    standing = await town.standing(1, "2019-01-02")
    assert (standing.state.deductible_used_fen, standing.state.pooled_used_fen) == (150_000, 0)
    assert await town.adds_up()
    assert await town.told("M1") == Told(fate="settled", settlement=done.settlement)
    assert await town.act(views.bills, done.settlement) == quoted.bills


async def test_a_reversal_gives_everything_back_and_settles_anew(town):
    first = await town.billed(1, "V1", 100_000)
    done = await town.confirm(first, "M1")
    back = await town.reverse("M1", "R1")
    assert back.settlement.reversed_by == "R1"
    assert back.settlement.settlement_id == done.settlement.settlement_id
    assert (await town.told("M1")).fate == "reversed"
    assert (await town.told("R1")).fate == "reversal"
    assert await town.held(1) == Balances(28_000, 0)
    assert await town.owed(THIRD) == 0
    assert (await town.standing(1, "2019-01-02")).state.deductible_used_fen == 0
    with pytest.raises(errors.QuoteUnusable):
        await town.confirm(first, "M2")
    visit = (await town.act(views.visits, town.ids[1]))[0]
    again = await town.quote(visit)
    assert again.sums == first.sums
    assert (await town.confirm(again, "M3")).settlement.cash_fen == done.settlement.cash_fen
    assert await town.adds_up()
    assert [one.number for one in await town.act(views.settlements, town.ids[1])] == ["M3", "M1"]


async def test_the_same_message_again_gives_the_same_answer(town):
    quoted = await town.billed(1, "V1", 100_000)
    message = town.message(quoted, "M1")
    first, again = await town.send(message), await town.send(message)
    assert (again.settlement, again.bills, again.repeated) == (first.settlement, first.bills, True)
    assert await town.owed(THIRD) == 28_000
    other = await town.billed(1, "V2", 5_000)
    # Also when the card is no good any more: it was settled, and that is the answer.
    await town.lose(1, "formal")
    assert (await town.send(message)).settlement == first.settlement
    with pytest.raises(errors.MessageDiffers):
        await town.confirm(other, "M1")
    # Another institution counts for itself.
    elsewhere = await town.billed(4, "V1", 5_000, at=FIRST)
    assert (await town.confirm(elsewhere, "M1", FIRST)).settlement.institution_id == FIRST


async def test_a_reversal_is_done_once_and_never_reversed(town):
    await town.confirm(await town.billed(1, "V1", 100_000), "M1")
    first = await town.reverse("M1", "R1")
    assert await town.reverse("M1", "R1") == Reversed(settlement=first.settlement, repeated=True)
    for names, name, refusal in (("M1", "R2", errors.NotReversible), ("R1", "R3", errors.NotReversible),
                                 ("M9", "R1", errors.MessageDiffers), ("M9", "M1", errors.MessageDiffers),
                                 ("M9", "M9", errors.MessageDiffers)):  # fmt: skip
        with pytest.raises(refusal):
            await town.reverse(names, name)
    assert [(await town.told(name)).fate for name in ("R2", "R3", "M9")] == ["unknown"] * 3
    assert await town.held(1) == Balances(28_000, 0)
    # The institution beside has its own numbers.
    assert (await town.reverse("M1", "R1", FIRST)).settlement is None
    assert await town.adds_up()


async def test_a_reversal_that_comes_first_bars_the_message(town):
    quoted = await town.billed(1, "V1", 100_000)
    assert await town.reverse("M1", "R1") == Reversed(settlement=None)
    assert await town.reverse("M1", "R1") == Reversed(settlement=None)
    with pytest.raises(errors.MessageWithdrawn):
        await town.confirm(quoted, "M1")
    with pytest.raises(errors.NotReversible):
        await town.reverse("M1", "R2")
    assert (await town.told("M1")).fate == "withdrawn"
    assert await town.held(1) == Balances(28_000, 0)
    assert (await town.confirm(quoted, "M2")).settlement.number == "M2"
    with pytest.raises(errors.MessageWithdrawn):
        await town.reverse("M2", "M1")


async def test_the_card_decides(town):
    quoted = await town.billed(1, "V1", 100_000)
    with pytest.raises(errors.NotHolder):
        await town.confirm(quoted, "M1", card=old_number(2))
    new = await town.make_new(1)
    with pytest.raises(errors.CardNotUsable, match="尚未开通") as refused:
        await town.confirm(quoted, "M1", card=new_number(1))
    assert refused.value.members["reason"] == "unopened"
    old = await town.lose(1, "temporary")
    with pytest.raises(errors.CardNotUsable, match="挂失"):
        await town.confirm(quoted, "M1")
    with pytest.raises(errors.CardNotUsable, match="挂失"):
        await town.visit(1, "V2")
    await town.act(cards.lift_loss, PROGRAMME, town.ids[1], old, Outlet("community_centre"))
    await town.open_new(1, new)
    with pytest.raises(errors.CardNotUsable, match="尾号0001的新卡"):
        await town.confirm(quoted, "M1")
    assert (await town.told("M1")).fate == "unknown"
    done = await town.confirm(quoted, "M1", card=new_number(1))
    assert done.settlement.card_id == new
    assert await town.adds_up()


async def test_a_visit_is_of_the_card_s_holder(town):
    with pytest.raises(errors.NotHolder):
        await town.visit(1, "V1", id_number=number(2, "1940-01-01"))
    with pytest.raises(errors.NotHolder):
        await town.visit(1, "V1", id_number=number(9, "1990-01-01"))
    visit = await town.visit(1, "V1", id_number=number(1, "1980-05-06"))
    assert await town.visit(1, "V1") == visit
    with pytest.raises(errors.VisitDiffers):
        await town.visit(1, "V1", kind="inpatient")
    with pytest.raises(errors.VisitDiffers):
        await town.visit(1, "V2", began_on=D("2019-01-03"))
    with pytest.raises(errors.CardNotUsable, match="查无此卡号"):
        await town.visit(1, "V2", card_number="A99999999")


async def test_only_designated_institutions_settle(town):
    for at, kind in ((PHARMACY, "outpatient"), (THIRD, "pharmacy"), (555, "outpatient")):
        with pytest.raises(errors.NotDesignated):
            await town.visit(1, "V1", at, kind)
    for institution_id, level in ((THIRD, None), (PHARMACY, 1), (555, 1)):
        with pytest.raises(errors.NotDesignated):
            await town.act(commands.designate, Designation(institution_id, D("2019-02-01"), None, level))
    visit = await town.visit(1, "V1")
    await town.lines(visit, 5_000)
    await town.act(commands.designate, Designation(THIRD, D("2019-01-02"), D("2019-01-02"), 3))
    assert (await town.quote(visit)).sums.total_fen == 5_000
    town.noon("2019-01-03")
    with pytest.raises(errors.NotDesignated):
        await town.quote(visit)
    with pytest.raises(errors.NotDesignated):
        await town.act(commands.designate, Designation(THIRD, D("2019-01-02"), D("2019-01-01"), 3))


async def test_lines_come_once_and_say_the_same(town):
    visit = await town.visit(1, "V1")
    await town.lines(visit, 5_000, 700)
    before = await town.quote(visit)
    await town.lines(visit, 5_000, 700)
    assert (await town.quote(visit)).sums == before.sums
    with pytest.raises(errors.VisitDiffers, match="1-1-1"):
        await town.lines(visit, 5_000, 701)
    with pytest.raises(errors.VisitDiffers):
        await town.lines(visit, 5_000, batch="2", on=D("2019-01-03"))
    with pytest.raises(errors.NothingToSettle):
        await town.quote(visit, "2")
    with pytest.raises(NotFound):
        await town.act(commands.remove_lines, FIRST, visit.person_id, visit.visit_id, "1")
    assert await town.act(commands.remove_lines, THIRD, visit.person_id, visit.visit_id, "1", ["1-1-1"]) == 1
    with pytest.raises(errors.QuoteUnusable, match="明细有变动"):
        await town.confirm(before, "M1")
    done = await town.confirm(await town.quote(visit), "M1")
    assert done.settlement.total_fen == 5_000
    for settled in (town.lines(visit, 1), town.act(commands.remove_lines, THIRD, visit.person_id, visit.visit_id, "1"),
                    town.act(commands.cancel, THIRD, visit.person_id, visit.visit_id)):  # fmt: skip
        with pytest.raises(errors.AlreadySettled):
            await settled


async def test_a_line_that_comes_twice_in_one_message_says_the_same_or_nothing_is_taken(town):
    visit = await town.visit(1, "V1")
    first, second = (
        Line(
            line="1",
            item="A",
            served_on=D("2019-01-02"),
            counts=Item(amount_fen=amount_fen, catalogue_class="full"),
        )
        for amount_fen in (5_000, 700)
    )
    with pytest.raises(errors.VisitDiffers):
        await town.add(visit, first, second)
    with pytest.raises(errors.NothingToSettle):
        await town.quote(visit)
    await town.add(visit, first, first)
    assert (await town.quote(visit)).sums.total_fen == 5_000


async def test_batches_of_a_visit_are_settled_each(town):
    visit = await town.visit(1, "V1")
    await town.lines(visit, 30_000)
    one = await town.quote(visit)
    await town.confirm(one, "M1")
    await town.lines(visit, 10_000, batch="2")
    two = await town.quote(visit, "2")
    assert (two.sums.current_account_fen, two.sums.cash_fen) == (0, 10_000)
    with pytest.raises(errors.AlreadySettled):
        await town.confirm(one, "M2")
    await town.confirm(two, "M2")
    assert (await town.standing(1, "2019-01-02")).state.deductible_used_fen == 2_000 + 10_000


async def test_a_quote_holds_for_the_minutes_of_the_rule_and_the_day(town):
    quoted = await town.billed(1, "V1", 5_000)
    began = town.clock.at
    town.clock.at = began + timedelta(minutes=30)
    with pytest.raises(errors.QuoteUnusable, match="有效时间"):
        await town.confirm(quoted, "M1")
    town.clock.at = began + timedelta(minutes=29)
    assert (await town.confirm(quoted, "M1")).settlement.total_fen == 5_000
    late = town.clock.at = began.replace(hour=23, minute=59)
    quoted = await town.billed(1, "V2", 5_000)
    town.clock.at = late + timedelta(minutes=2)
    with pytest.raises(errors.QuoteUnusable):
        await town.confirm(quoted, "M2")
    with pytest.raises(errors.QuoteUnusable, match="没有此试算"):
        await town.confirm(quoted, "M2", FIRST)


async def test_when_the_standing_has_moved_the_rule_refuses(town):
    first, second = await town.billed(1, "V1", 20_000), await town.billed(1, "V2", 20_000, at=FIRST)
    await town.confirm(first, "M1")
    with pytest.raises(errors.StandingMoved):
        await town.confirm(second, "M2", FIRST)
    assert (await town.told("M2", FIRST)).fate == "unknown"
    visit = (await town.act(views.visits, town.ids[1]))[0]
    done = await town.confirm(await town.quote(visit), "M2", FIRST)
    assert done.settlement.current_account_fen == 8_000
    assert await town.adds_up()


async def test_a_bill_that_is_all_cash_books_nothing(town):
    quoted = await town.billed(3, "V1", Item(amount_fen=5_000, catalogue_class="own"))
    done = await town.confirm(quoted, "M1")
    assert (done.settlement.entry_id, done.settlement.cash_fen) == (None, 5_000)
    assert (await town.reverse("M1", "R1")).settlement.reversal_entry_id is None
    assert await town.owed(THIRD) == 0


async def test_a_cancelled_visit_takes_no_lines(town):
    visit = await town.visit(1, "V1")
    cancelled = await town.act(commands.cancel, THIRD, visit.person_id, visit.visit_id)
    assert cancelled.status == "cancelled"
    with pytest.raises(TransitionRefused):
        await town.lines(visit, 1)
    with pytest.raises(TransitionRefused):
        await town.quote(visit)
    with pytest.raises(NotFound):
        await town.act(commands.cancel, FIRST, visit.person_id, visit.visit_id)


def test_every_step_of_a_visit():
    allowed = {("open", "serve"): "open", ("open", "discharge"): "discharged", ("discharged", "readmit"): "open",
               ("open", "cancel"): "cancelled"}  # fmt: skip
    for status in ("open", "discharged", "cancelled"):
        for action in ("serve", "discharge", "readmit", "cancel"):
            if (status, action) in allowed:
                assert states.after(status, action) == allowed[status, action]
            else:
                with pytest.raises(TransitionRefused):
                    states.after(status, action)


async def test_what_the_database_refuses_by_itself(town):
    await town.confirm(await town.billed(1, "V1", 100_000), "M1")
    async with town.database.connection() as connection:
        for statement, refused in (
            ("UPDATE settlement SET cash_fen = cash_fen + 1", "settlement_for_good"),
            ("UPDATE settlement_quote SET cash_fen = cash_fen + 1", "settlement_quote_adds_up"),
            ("UPDATE medical_visit_line SET prepay_fen = 1", "medical_visit_line_adds_up"),
            (LIKE_IT, "settlement_adds_up"),
        ):  # fmt: skip
            with pytest.raises(psycopg.errors.CheckViolation) as error:
                await connection.execute(statement)
            assert error.value.diag.constraint_name == refused
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await connection.execute("DELETE FROM settlement")
    await town.reverse("M1", "R1")
    async with town.database.connection() as connection:
        with pytest.raises(psycopg.errors.CheckViolation):
            await connection.execute(
                "UPDATE settlement SET reversed_by = NULL, reversed_at = NULL, reversed_on = NULL"
            )
