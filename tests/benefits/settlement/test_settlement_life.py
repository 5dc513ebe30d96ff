"""Settlement under anything that may come, in any order; and messages lost, repeated and out of order end where faultless ones do."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from contextlib import suppress
from datetime import datetime
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.benefits.insurance.bills import PROGRAMME
from tests.benefits.insurance.test_insured_people import row
from tests.benefits.settlement.clinic_town import FIRST, THIRD, Clinics

from shebaoka.benefits.insurance import commands as insurance
from shebaoka.benefits.insurance.catalogue import Item
from shebaoka.benefits.settlement import commands, errors, views
from shebaoka.kit.clock import SHANGHAI, SetClock
from shebaoka.kit.database import Database
from shebaoka.kit.ids import Ids
from shebaoka.kit.problems import Problem
from shebaoka.kit.vault import Vault
from shebaoka.ledger.model import Balances
from shebaoka.registry.programme.commands import load_rules

SERIAL, NEXT = count(1), count(1)
EXAMPLES = 15
fen = st.one_of(st.integers(0, 60), st.integers(0, 250_000), st.integers(0, 60_000_000))
lines = st.lists(st.builds(
    Item, amount_fen=fen, catalogue_class=st.sampled_from(["full", "shared", "own"]),
    limit_fen=st.one_of(st.none(), fen), prepay_percent=st.one_of(st.none(), st.integers(0, 100)),
), min_size=1, max_size=4)  # fmt: skip
hospitals = st.sampled_from([THIRD, FIRST])
HOW = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


class Runs:
    runner: asyncio.Runner
    town: Clinics


@pytest.fixture
def runs(database_url):
    """A town to run Hypothesis's examples in, each with people of its own."""
    clock = SetClock(datetime(2019, 1, 2, 12, tzinfo=SHANGHAI))
    with asyncio.Runner() as runner:
        opening = Database.open(
            database_url, clock=clock, ids=Ids(clock, random.Random(1)), vault=Vault(bytes(range(16))), connections_max=3
        )  # fmt: skip
        Runs.runner, Runs.town = runner, Clinics(runner.run(opening.__aenter__()), clock)
        runner.run(Runs.town.act(load_rules))
        runner.run(Runs.town.begin({0: row(0)}))
        yield Runs
        runner.run(opening.__aexit__(None, None, None))


def two_people() -> list[int]:
    """Let two come who are alike in all that counts."""
    people, town, run = [next(NEXT), next(NEXT)], Runs.town, Runs.runner.run
    run(town.join({n: row(n % 1_000, f"1980-05-{6 + n // 1_000:02}") for n in people}))
    for n in people:
        run(town.act(insurance.open_account, PROGRAMME, town.ids[n], town.today))
    return people


class Settling(RuleBasedStateMachine):
    """Two people, two hospitals. What accounts, sums and hospitals should hold is kept beside, from the quotes alone."""

    @initialize()
    def begin(self):
        self.run, self.town = Runs.runner.run, Runs.town
        self.people = two_people()
        self.state = {n: [28_000, 0, 0] for n in self.people}
        self.owed: dict[int, int] = defaultdict(int)
        self.owed_before = {at: self.run(self.town.owed(at)) for at in (THIRD, FIRST)}
        self.quotes: list[tuple] = []
        self.live: dict[str, tuple] = {}
        self.gone: dict[str, str] = {}
        self.confirmed: set[int] = set()

    def moved(self, n, at, sums, deductible, counted, sign):
        for place, amount in enumerate((-sums.current_account_fen, deductible, counted)):
            self.state[n][place] += sign * amount
        self.owed[at] += sign * (sums.total_fen - sums.cash_fen)

    @rule(who=st.integers(0, 1), at=hospitals, items=lines, stay=st.booleans())
    def a_bill_is_quoted(self, who, at, items, stay):
        n, kind = self.people[who], "inpatient" if stay else "outpatient"
        name = f"V{next(SERIAL)}"
        visit = self.run(self.town.visit(n, name, at, kind))
        self.run(self.town.lines(visit, *items))
        if stay:
            self.run(self.town.act(commands.discharge, at, visit.person_id, visit.visit_id, self.town.today))
        quoted = self.run(self.town.quote(visit))
        assert quoted.sums.total_fen == sum(item.amount_fen for item in items)
        self.quotes.append((n, at, quoted, list(self.state[n]) if not stay else None))

    @precondition(lambda self: self.quotes)
    @rule(which=st.integers(0, 100))
    def a_quote_is_confirmed(self, which):
        n, at, quoted, state = self.quotes[which % len(self.quotes)]
        may = quoted.quote_id not in self.confirmed and (state is None or state == self.state[n])
        name = f"M{next(SERIAL)}"
        if not may:
            with pytest.raises((errors.StandingMoved, errors.AlreadySettled, errors.QuoteUnusable)):
                self.run(self.town.confirm(quoted, name, at))
            assert self.run(self.town.told(name, at)).fate == "unknown"
            return
        before = self.run(self.town.standing(n, "2019-01-02")).state
        done = self.run(self.town.confirm(quoted, name, at))
        after = self.run(self.town.standing(n, "2019-01-02")).state
        deductible = after.deductible_used_fen - before.deductible_used_fen
        counted = after.pooled_used_fen - before.pooled_used_fen
        assert (
            sum(bill.quote.total_fen for bill in done.bills)
            == quoted.sums.total_fen
            == done.settlement.total_fen
        )
        if not done.recomputed:
            assert done.settlement.cash_fen == quoted.sums.cash_fen
        self.confirmed |= {quoted.quote_id, done.settlement.quote_id}
        self.live[name] = (n, at, quoted, done.settlement, deductible, counted)
        self.moved(n, at, done.settlement, deductible, counted, 1)

    @precondition(lambda self: self.live)
    @rule(which=st.integers(0, 100))
    def a_settlement_is_taken_back(self, which):
        name = sorted(self.live)[which % len(self.live)]
        n, at, _, settlement, deductible, counted = self.live.pop(name)
        self.gone[name] = f"R{next(SERIAL)}"
        assert (
            self.run(self.town.reverse(name, self.gone[name], at)).settlement.settlement_id
            == settlement.settlement_id
        )
        self.moved(n, at, settlement, deductible, counted, -1)

    @precondition(lambda self: self.live)
    @rule(which=st.integers(0, 100))
    def a_message_comes_again(self, which):
        name = sorted(self.live)[which % len(self.live)]
        _, at, quoted, settlement, _, _ = self.live[name]
        again = self.run(self.town.confirm(quoted, name, at))
        assert (again.repeated, again.settlement) == (True, settlement)

    @precondition(lambda self: self.gone)
    @rule(which=st.integers(0, 100), same=st.booleans(), at=hospitals)
    def a_reversal_comes_again(self, which, same, at):
        name = sorted(self.gone)[which % len(self.gone)]
        with suppress(Problem):
            answer = self.run(self.town.reverse(name, self.gone[name] if same else f"R{next(SERIAL)}", at))
            assert answer.repeated or answer.settlement is None

    @invariant()
    def everything_holds_what_it_should(self):
        for n in self.people:
            state = self.run(self.town.standing(n, "2019-01-02")).state
            held = [state.current_account_fen, state.deductible_used_fen, state.pooled_used_fen]
            assert held == self.state[n]
        for at in (THIRD, FIRST):
            assert self.run(self.town.owed(at)) - self.owed_before[at] == self.owed[at]

    def teardown(self):
        if hasattr(self, "people"):
            assert self.run(self.town.adds_up())


def test_settlement_under_everything(runs):
    run_state_machine_as_test(Settling, settings=settings(HOW, stateful_step_count=25))


sent = st.lists(st.sampled_from(["lost", "answer lost", "late", "twice"]), max_size=3)
bills = st.lists(
    st.tuples(st.integers(1, 200_000), st.sampled_from(["settle", "take back"]), sent, sent),
    min_size=1,
    max_size=5,
).map(lambda script: [*script, (500, "take back", ["late"], [])])
"""Bills, what is meant with each, and what befalls its messages; the last one's reversal comes before what it names, or just after."""


class Line:
    """A line between hospital and city that loses, repeats and delays; what is late may come at any time after."""

    def __init__(self, choose):
        self.choose, self.late = choose, []

    async def deliver(self, message) -> None:
        with suppress(errors.MessageWithdrawn):
            await message()

    async def send(self, message, faults) -> None:
        """Send until an answer comes: each fault spoils one try, the last goes through."""
        for fault in [*faults, "twice" if "twice" in faults else ""]:
            if fault == "late":
                self.late.append(message)
            elif fault != "lost":
                await self.deliver(message)
            if fault == "twice":
                self.late.append(message)
            await self.stragglers()

    async def stragglers(self) -> None:
        while self.late and self.choose(st.booleans()):
            await self.deliver(self.late.pop(self.choose(st.integers(0, len(self.late) - 1))))


async def faulty(town, n, script, line) -> None:
    for amount, intent, faults, more in script:
        name = f"L{next(SERIAL)}"
        quoted = await town.billed(n, f"V{name}", amount)

        async def confirm(quoted=quoted, name=name):
            await town.confirm(quoted, name)

        async def reverse(name=name):
            await town.reverse(name, f"R{name}")

        if intent == "settle":
            await line.send(confirm, faults)
            continue
        # No answer came in time: the hospital takes it back, whatever became of it.
        for fault in faults:
            if fault in ("late", "twice"):
                line.late.append(confirm)
            if fault in ("answer lost", "twice"):
                await line.deliver(confirm)
            await line.stragglers()
        await line.send(reverse, more)
    while line.late:
        await line.deliver(line.late.pop())


async def faultless(town, n, script) -> None:
    for amount, intent, _, _ in script:
        if intent == "settle":
            name = f"L{next(SERIAL)}"
            await town.confirm(await town.billed(n, f"V{name}", amount), name)


def test_lost_repeated_and_reordered_messages_end_where_faultless_ones_do(runs):
    town, run = runs.town, runs.runner.run

    async def stands(n) -> tuple:
        settled = [one for one in await town.act(views.settlements, town.ids[n]) if one.reversed_at is None]
        money = [
            (one.total_fen, one.pooled_fen, one.supplementary_fen, one.current_account_fen, one.cash_fen)
            for one in settled
        ]
        return await town.held(n), (await town.standing(n, "2019-01-02")).state, money

    @settings(HOW, max_examples=40)
    @given(bills, st.data())
    def test(script, data):
        one, twin = two_people()
        before = run(town.owed(THIRD))
        run(faulty(town, one, script, Line(data.draw)))
        between = run(town.owed(THIRD))
        run(faultless(town, twin, script))
        assert run(stands(one)) == run(stands(twin))
        assert between - before == run(town.owed(THIRD)) - between

    test()
    assert run(town.adds_up())
    assert run(town.held(0)) == Balances(0, 0), "nobody else has moved"
