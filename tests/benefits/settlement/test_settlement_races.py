"""Two at once: hospitals, a message and its repetition, a reversal and what it names, a swipe and the opening of the new card."""

from __future__ import annotations

import asyncio

import pytest
from tests.benefits.insurance.bills import PROGRAMME
from tests.benefits.insurance.test_insured_people import row
from tests.benefits.settlement.clinic_town import FIRST, THIRD, Clinics, D, new_number, old_number

from shebaoka.benefits.settlement import commands, errors
from shebaoka.benefits.settlement.model import Reversing
from shebaoka.cards import commands as cards
from shebaoka.cards import views as held
from shebaoka.cards.model import LossReport, Opening, Outlet
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.problems import Problem
from shebaoka.ledger.model import Balances
from shebaoka.registry.programme.commands import load_rules

TRIALS = range(1, 13)
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture
async def town(database, clock) -> Clinics:
    """People who are all alike: one for each trial."""
    town = Clinics(database, clock)
    town.noon("2019-01-02")
    await town.act(load_rules)
    await town.begin({n: row(n) for n in TRIALS})
    return town


async def race(town, *acts) -> list:
    """Let every act begin its transaction, then all go at once; give what each came to, refusals included."""
    barrier = asyncio.Barrier(len(acts))

    async def run(act):
        async with town.database.work(SYSTEM) as work:
            await work.value("SELECT 1")
            await barrier.wait()
            return await act(work)

    answers = await asyncio.gather(*(run(act) for act in acts), return_exceptions=True)
    assert all(isinstance(one, Problem) for one in answers if isinstance(one, BaseException)), answers
    return answers


async def in_turn(town, first, second) -> list:
    """Let the first act be done but not committed when the second comes, which then waits for it."""

    async def run(act):
        async with town.database.work(SYSTEM) as work:
            return await act(work)

    async with town.database.connection() as watch, asyncio.timeout(30):
        async with town.database.work(SYSTEM) as work:
            answer = await first(work)
            later = asyncio.create_task(run(second))
            while not (await (await watch.execute(WAITING)).fetchone())[0]:
                assert not later.done(), "the second has not waited"
                await asyncio.sleep(0)
        return [answer, *await asyncio.gather(later, return_exceptions=True)]


def confirming(town, quoted, name, at=THIRD, card=None):
    message = town.message(quoted, name, at, card)
    return lambda work: commands.confirm(work, PROGRAMME, message)


def reversing(names, name, at=THIRD):
    return lambda work: commands.reverse(work, Reversing(institution_id=at, number=name, names=names))


def opening(town, n, card_id):
    asked = Opening(town.ids[n], card_id, frozenset({"social"}), Outlet("community_centre"))
    return lambda work: cards.open_functions(work, PROGRAMME, asked)


def kinds(answers) -> list[str]:
    return sorted(type(one).__name__ for one in answers)


async def test_two_hospitals_at_once(town):
    """Both quoted the whole account: one settles, the other is told to quote anew, and then gets what is left."""
    for n in TRIALS:
        quotes = [await town.billed(n, f"V{n}", 20_000, at=at) for at in (THIRD, FIRST)]
        answers = await race(
            town, confirming(town, quotes[0], f"M{n}"), confirming(town, quotes[1], f"M{n}", FIRST)
        )
        assert kinds(answers) == ["Settled", "StandingMoved"]
        lost = 0 if isinstance(answers[0], Problem) else 1
        anew = await town.quote(await town.visit(n, f"V{n}", (THIRD, FIRST)[lost]))
        assert anew.sums.current_account_fen == 8_000
        await town.confirm(anew, f"M{n}", (THIRD, FIRST)[lost])
        assert await town.held(n) == Balances(0, 0)
    assert await town.adds_up()


async def test_the_cap_is_crossed_by_two_stays_at_once(town):
    """Whoever is second is reckoned by what the first left: together they come to the same, whoever that is."""
    for n in TRIALS:
        quotes = []
        for at in (THIRD, FIRST):
            visit = await town.visit(n, f"S{n}", at, "inpatient")
            await town.lines(visit, 30_000_000)
            await town.act(commands.discharge, at, visit.person_id, visit.visit_id, D("2019-01-02"))
            quotes.append(await town.quote(visit))
        answers = await race(
            town, confirming(town, quotes[0], f"M{n}"), confirming(town, quotes[1], f"M{n}", FIRST)
        )
        assert sorted(one.recomputed for one in answers) == [False, True]
        assert sum(one.settlement.pooled_fen for one in answers) == 25_372_500 + 17_977_500
        assert (await town.standing(n, "2019-01-02")).state.pooled_used_fen == 51_000_000
    assert await town.adds_up()


async def test_a_reversal_against_another_settlement(town):
    """Whoever comes first, the second is held against it: the bill settles as quoted, or not at all."""
    for n in TRIALS:
        await town.confirm(await town.billed(n, f"V{n}", 100_000), f"M{n}")
        later = await town.billed(n, f"W{n}", 50_000, at=FIRST)
        answers = await race(town, reversing(f"M{n}", f"R{n}"), confirming(town, later, f"N{n}", FIRST))
        settled = not isinstance(answers[1], Problem)
        assert kinds(answers) == ["Reversed", "Settled" if settled else "StandingMoved"]
        state = (await town.standing(n, "2019-01-02")).state
        assert state.deductible_used_fen == (50_000 if settled else 0)
        assert await town.held(n) == Balances(28_000, 0)
    assert await town.adds_up()


@pytest.mark.parametrize("reversal_first", [True, False])
async def test_a_reversal_and_the_message_that_it_names_cross(town, reversal_first):
    quoted = await town.billed(1, "V1", 100_000)
    acts = [reversing("M1", "R1"), confirming(town, quoted, "M1")]
    answers = await in_turn(town, *(acts if reversal_first else acts[::-1]))
    if reversal_first:
        assert kinds(answers) == ["MessageWithdrawn", "Reversed"]
        assert answers[0].settlement is None
    else:
        assert kinds(answers) == ["Reversed", "Settled"]
        assert answers[1].settlement.reversed_by == "R1"
    assert await town.owed(THIRD) == 0
    assert await town.held(1) == Balances(28_000, 0)
    assert await town.adds_up()


async def test_the_same_message_at_once_settles_once(town):
    for n in TRIALS:
        act = confirming(town, await town.billed(n, f"V{n}", 10_000), f"M{n}")
        answers = await race(town, act, act, act)
        assert len({one.settlement.settlement_id for one in answers}) == 1
        assert sorted(one.repeated for one in answers) == [False, True, True]
        assert await town.held(n) == Balances(18_000, 0)
    assert await town.adds_up()


async def test_two_messages_confirm_one_quote_once(town):
    for n in TRIALS:
        quoted = await town.billed(n, f"V{n}", 10_000)
        answers = await race(town, confirming(town, quoted, f"M{n}"), confirming(town, quoted, f"N{n}"))
        assert kinds(answers) == ["AlreadySettled", "Settled"]
    assert await town.adds_up()


async def test_two_reversals_take_back_once(town):
    for n in TRIALS:
        await town.confirm(await town.billed(n, f"V{n}", 10_000), f"M{n}")
        answers = await race(
            town, reversing(f"M{n}", f"R{n}"), reversing(f"M{n}", f"Q{n}"), reversing(f"M{n}", f"R{n}")
        )
        assert kinds(answers) in (
            ["NotReversible", "Reversed", "Reversed"],
            ["NotReversible", "NotReversible", "Reversed"],
        )
        assert await town.held(n) == Balances(28_000, 0)
    assert await town.adds_up()


async def test_the_old_card_s_swipe_and_the_opening_of_the_new_one(town):
    """One outcome: settled by a card that was good then, or refused because it is void now."""
    for n in TRIALS:
        quoted, new = await town.billed(n, f"V{n}", 10_000), await town.make_new(n)
        answers = await race(town, confirming(town, quoted, f"M{n}"), opening(town, n, new))
        settled = not isinstance(answers[0], Problem)
        assert kinds(answers) == ["Opened", "Settled"] if settled else ["CardNotUsable", "Opened"]
        assert await town.held(n) == Balances(18_000 if settled else 28_000, 0)
        (live,) = [
            card
            for card in (await town.act(held.of_people, [town.ids[n]]))[town.ids[n]]
            if card.social == "open"
        ]
        assert live.card_id == new
    assert await town.adds_up()


@pytest.mark.parametrize("swipe_first", [True, False])
async def test_the_swipe_or_the_opening_comes_first(town, swipe_first):
    quoted, new = await town.billed(1, "V1", 10_000), await town.make_new(1)
    acts = [confirming(town, quoted, "M1"), opening(town, 1, new)]
    answers = await in_turn(town, *(acts if swipe_first else acts[::-1]))
    assert kinds(answers) == (["Opened", "Settled"] if swipe_first else ["CardNotUsable", "Opened"])
    if not swipe_first:
        assert "尾号0001的新卡" in answers[1].detail
        assert (await town.confirm(quoted, "M1", card=new_number(1))).settlement.card_id == new
    with pytest.raises(errors.CardNotUsable):
        await town.visit(1, "V2")


@pytest.mark.parametrize("swipe_first", [True, False])
async def test_a_loss_report_and_a_swipe(town, swipe_first):
    quoted = await town.billed(1, "V1", 10_000)
    card = await town.act(held.find, old_number(1))
    report = LossReport(town.ids[1], card.card_id, "formal", Outlet("community_centre"))
    acts = [confirming(town, quoted, "M1"), lambda work: cards.report_loss(work, PROGRAMME, report)]
    answers = await in_turn(town, *(acts if swipe_first else acts[::-1]))
    assert kinds(answers) == (["Card", "Settled"] if swipe_first else ["Card", "CardNotUsable"])
