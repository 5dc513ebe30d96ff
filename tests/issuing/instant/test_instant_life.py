"""An outlet's drawer and two people's cards under everything that can befall them: after every step all adds up."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from instant_counter import (
    CENTRE,
    asked,
    cards_of,
    does,
    has,
    holds,
    open_counters,
    says_yes,
    settle,
)
from msgspec import structs
from tests.issuing.instant.blanks import makes
from town import furnish

from shebaoka.cards.model import Outlet
from shebaoka.issuing.applications.commands import end_entitlement
from shebaoka.issuing.instant import commands, views
from shebaoka.issuing.instant.model import GivenUpBecause
from shebaoka.issuing.stock import commands as stock
from shebaoka.issuing.stock.model import Box, SpoiledBecause
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.clock import SHANGHAI, SetClock
from shebaoka.kit.database import Database
from shebaoka.kit.ids import Ids
from shebaoka.kit.outbox import deliver_due
from shebaoka.kit.problems import Problem
from shebaoka.kit.vault import Vault
from shebaoka.registry.people.commands import upsert_many
from shebaoka.registry.programme.views import load
from shebaoka.wiring import SUBSCRIPTIONS

PEOPLE, BOXES = count(1), count(2)
BEGIN = datetime(2019, 1, 2, 12, tzinfo=SHANGHAI)
who = st.integers(0, 1)
some = st.integers(1, 4)
# What each step needs of the session, and what it leaves: written down apart from the code.
STEPS = {
    "account": ("begun", "account"),
    "take": ("account", "blank"),
    "spoil": ("blank", "account"),
    "make": ("blank", "made"),
    "hand": ("made", "handed"),
    "open": ("handed", "nothing"),
}


class Holder:
    def __init__(self, row, person_id, card_id):
        self.row, self.person_id, self.good = row, person_id, card_id
        self.stage, self.number, self.over = "nothing", 0, False


class AnOutlet(RuleBasedStateMachine):
    runner: asyncio.Runner
    town: object

    def run(self, coroutine):
        return self.runner.run(coroutine)

    def does(self, act, *given, **more) -> bool:
        """Take a step; tell whether it was allowed."""
        try:
            self.answer = self.run(does(self.town, act, *given, **more))
        except Problem:
            return False
        return True

    @initialize()
    def two_people(self):
        # A drawer of its own for every life: what one has broken does not break the next.
        self.run(self.town.rows_of("TRUNCATE blank_movement, blank_stock, stock_take, instant_issue"))
        self.run(open_counters(self.town, 3, (CENTRE,)))
        self.holders = []
        for _ in range(2):
            row, person_id, card_id = self.run(settle(self.town, next(PEOPLE)))
            self.holders.append(Holder(row, person_id, card_id))
        self.balance, self.in_hand = self.run(has(self.town))

    def teardown(self):
        for holder in getattr(self, "holders", ()):
            if holder.stage in ("begun", "account", "blank", "made"):
                self.does(commands.give_up, holder.number, GivenUpBecause.MISTAKE)

    @rule(n=some)
    def a_box_comes(self, n):
        assert self.does(stock.receive, self.town.places[CENTRE], Box("S", str(next(BOXES)), n))
        self.balance += n

    @rule(n=some, back=st.booleans())
    def blanks_leave_the_drawer(self, n, back):
        act, why = (stock.give_back, "R") if back else (stock.spoil, SpoiledBecause.DAMAGED)
        allowed = n <= self.balance
        assert self.does(act, self.town.places[CENTRE], n, why) == allowed
        self.balance -= n if allowed else 0

    @rule(n=st.integers(0, 6))
    def the_drawer_is_counted(self, n):
        assert self.does(stock.count, self.town.places[CENTRE], n)
        counted = self.answer
        assert counted.difference == n - self.balance
        differs = counted.difference != 0
        assert not self.does(stock.book_count, self.town.places[CENTRE], counted.count_id, "盘点")
        assert (
            self.does(stock.book_count, self.town.places[CENTRE], counted.count_id, "盘点", who=8) == differs
        )
        self.balance = n

    @rule(i=who)
    def somebody_comes(self, i):
        holder = self.holders[i]
        allowed = not holder.over and holder.stage in ("nothing", "handed") and self.balance > 0
        assert self.does(commands.begin, asked(holder.row)) == allowed
        if allowed:
            holder.stage, holder.number, self.session = "begun", self.answer.issue.application_id, self.answer

    @rule(i=who, step=st.sampled_from(list(STEPS)))
    def a_step(self, i, step):
        holder = self.holders[i]
        needs, leaves = STEPS[step]
        if holder.number == 0:
            return
        allowed = not holder.over and holder.stage == needs and (step != "take" or self.balance > 0)
        assert getattr(self, step)(holder) == allowed, step
        if not allowed:
            return
        holder.stage = leaves
        self.balance -= step == "take"
        self.in_hand += {"take": 1, "spoil": -1, "make": -1}.get(step, 0)
        if step == "open":
            self.run(deliver_due(self.town.database, SUBSCRIPTIONS))

    @rule(i=who)
    def goes_on(self, i):
        """What a counter mostly does: the next step."""
        holder = self.holders[i]
        following = {needs: step for step, (needs, _) in STEPS.items() if step != "spoil"}
        if holder.stage == "nothing" or (holder.stage == "account" and self.balance == 0):
            self.a_box_comes(2)
            self.somebody_comes(i)
        else:
            self.a_step(i, following[holder.stage])

    def account(self, holder):
        session = self.run(does(self.town, views.session, holder.number))
        answered = says_yes(session) if session.application.status == "photo_ready" else None
        return self.does(commands.take_account, holder.number, answered) and answered is not None

    def take(self, holder):
        return self.does(commands.take_blank, holder.number)

    def spoil(self, holder):
        return self.does(commands.spoil, holder.number, SpoiledBecause.MISPRINTED)

    def make(self, holder):
        async def act(work):
            return await makes(work, holder.number)

        return self.does(act)

    def hand(self, holder):
        done = self.does(commands.hand_over, holder.number, id_checked=True, signed=True)
        if done:
            holder.made = self.answer.issue.card_id
        return done

    def open(self, holder):
        done = self.does(commands.open_card, holder.number)
        if done:
            holder.good = holder.made
        return done

    @rule(i=who, unused=st.booleans())
    def given_up(self, i, unused):
        holder = self.holders[i]
        if holder.number == 0:
            return
        allowed = not holder.over and holder.stage in ("begun", "account", "blank", "made")
        allowed &= not (unused and holder.stage == "made")  # A card is no blank that goes back.
        reason = GivenUpBecause.HOLDER_LEFT
        assert self.does(commands.give_up, holder.number, reason, blank_unused=unused) == allowed
        if allowed:
            self.out_of_hand(holder, back=unused)
            holder.stage = "nothing"

    @rule(i=who, dead=st.booleans())
    def somebody_is_there_no_more(self, i, dead):
        holder = self.holders[i]
        if holder.stage not in ("blank", "made", "handed"):
            return

        async def act(work):
            if dead:
                await upsert_many(work, [structs.replace(holder.row, died_on=work.today)])
            else:
                outlet = Outlet("community_centre")
                await end_entitlement(work, await load(work), holder.person_id, "moved_away", outlet)

        assert self.does(act)
        self.run(deliver_due(self.town.database, SUBSCRIPTIONS))
        self.run(commands.settle_due(self.town.database))
        self.out_of_hand(holder, back=False)
        holder.stage, holder.over, holder.good = "nothing", True, None

    def out_of_hand(self, holder, *, back):
        if holder.stage == "blank":
            self.in_hand -= 1
            self.balance += back

    @rule(hours=st.sampled_from([1, 30]))
    def time_passes(self, hours):
        self.town.database.clock.at += timedelta(hours=hours)
        assert self.run(commands.settle_due(self.town.database)).ended == 0

    @invariant()
    def all_adds_up(self):
        if not hasattr(self, "holders"):
            return
        assert self.run(has(self.town)) == (self.balance, self.in_hand)
        self.run(holds(self.town))
        assert all(one.adds_up for one in self.run(self.reconciled())), "the operator's own check says so too"

    async def reconciled(self):
        async with self.town.database.moment(SYSTEM) as work:
            return await views.reconcile(work)

    @invariant()
    def everybody_has_the_one_card_they_should(self):
        for holder in getattr(self, "holders", ()):
            held = self.run(cards_of(self.town, holder.person_id))
            assert [number for number, social in held.items() if social == "open"] == (
                [holder.good] if holder.good else []
            )


@pytest.fixture
def machine(database_url, tmp_path):
    clock = SetClock(BEGIN)
    with asyncio.Runner() as runner:
        opening = Database.open(
            database_url, clock=clock, ids=Ids(clock, random.Random(1)), vault=Vault(bytes(range(16))), connections_max=2,
        )  # fmt: skip
        database = runner.run(opening.__aenter__())
        town = runner.run(furnish(database, Actor("staff:1", 1, "card_centre_operator"), tmp_path))
        AnOutlet.runner, AnOutlet.town = runner, town
        yield AnOutlet
        runner.run(opening.__aexit__(None, None, None))


def test_an_outlets_drawer_and_two_peoples_cards(machine):
    run_state_machine_as_test(machine, settings=settings(
        max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck),
    ))  # fmt: skip
