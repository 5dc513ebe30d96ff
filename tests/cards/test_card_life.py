"""One person's cards under everything that can befall them, in any order: after every step they stand as they must."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count

import pytest
from holders import CENTRE, FINANCIAL, OWN_OUTLET, SOCIAL, enter, made, old
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shebaoka.cards import commands, views
from shebaoka.cards.model import LossReport, Opening, Outlet
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.clock import SHANGHAI, SetClock
from shebaoka.kit.database import Database
from shebaoka.kit.ids import Ids
from shebaoka.kit.outbox import Event
from shebaoka.kit.problems import Problem
from shebaoka.kit.vault import Vault

HOTLINE = Outlet("hotline")
PEOPLE = count(1)
SERIALS = count(30_000_000)
BEGIN = datetime(2019, 1, 2, 12, tzinfo=SHANGHAI)
which = st.integers(0, 3)


class Expected:
    """A card as it must stand, written down apart from the code: what it is without its loss, and the loss."""

    def __init__(self, generation: str) -> None:
        self.generation = generation
        self.state = "open" if generation == "old" else "unopened"
        self.financial = "none" if generation == "old" else "unopened"
        self.financial_lost = False
        self.loss: str | None = None
        self.until: datetime | None = None

    def lost(self, now: datetime) -> bool:
        return self.loss is not None and (self.until is None or now < self.until)

    def social(self, now: datetime) -> str:
        if not self.lost(now):
            return self.state
        return {"open": "suspended", "unopened": "lost_unopened"}[self.state]

    def money(self) -> str:
        lost = {"open": "suspended", "unopened": "lost_unopened"}
        return lost[self.financial] if self.financial_lost else self.financial

    def die(self) -> None:
        self.state, self.loss, self.until = "void", None, None


class CardsOfOnePerson(RuleBasedStateMachine):
    """Every action on old and new cards; each either does what the model says or is refused and changes nothing."""

    runner: asyncio.Runner
    database: Database
    clock: SetClock
    programme = None

    @initialize(old_one=st.booleans())
    def begin(self, old_one):
        self.person = next(PEOPLE)
        self.dead = False
        self.clock.at = BEGIN
        self.cards: dict[int, Expected] = {}
        self.numbers: dict[int, str] = {}
        self.once_void: set[int] = set()
        self.run(enter(self.database, [self.person]))
        if old_one:
            self.act(lambda work: commands.take_old_cards(work, [old(self.person)]))
            (card,) = self.held()
            self.cards[card.card_id], self.numbers[card.card_id] = Expected("old"), card.card_number

    def run(self, coroutine):
        return self.runner.run(coroutine)

    def act(self, command):
        async def once():
            async with self.database.work(SYSTEM) as work:
                return await command(work)

        return self.run(once())

    def does(self, command) -> bool:
        """Do it, and tell whether it was done."""
        with suppress(Problem):
            self.act(command)
            return True
        return False

    def held(self):
        return self.act(lambda work: views.of_people(work, [self.person])).get(self.person, [])

    def pick(self, n) -> tuple[int, Expected]:
        card_id = sorted(self.cards)[n % len(self.cards)]
        return card_id, self.cards[card_id]

    @property
    def now(self):
        return self.clock.at

    @rule()
    def a_new_card_is_made(self):
        card = made(self.person, card_id=next(SERIALS))
        self.act(lambda work: commands.take_made_cards(work, [card]))
        self.cards[card.card_id], self.numbers[card.card_id] = Expected("new"), card.card_number

    @precondition(lambda self: self.cards)
    @rule(n=which, loss=st.sampled_from(["temporary", "formal"]))
    def report(self, n, loss):
        card_id, card = self.pick(n)
        there = card.loss if card.lost(self.now) else None
        allowed = card.state != "void" and (there is None or (there, loss) == ("temporary", "formal"))
        report = LossReport(self.person, card_id, loss, HOTLINE if loss == "temporary" else CENTRE)
        assert self.does(lambda work: commands.report_loss(work, self.programme, report)) == allowed
        if allowed:
            card.loss = loss
            card.until = self.now + timedelta(days=5) if loss == "temporary" else None

    @precondition(lambda self: self.cards)
    @rule(n=which)
    def lift(self, n):
        card_id, card = self.pick(n)
        allowed = card.lost(self.now)
        command = lambda work: commands.lift_loss(work, self.programme, self.person, card_id, CENTRE)  # noqa: E731 - an act
        assert self.does(command) == allowed
        if allowed:
            card.loss = card.until = None

    @precondition(lambda self: self.cards)
    @rule(n=which)
    def a_replacement_is_applied_for(self, n):
        card_id, card = self.pick(n)
        allowed = card.lost(self.now)
        assert self.does(lambda work: commands.keep_lost(work, self.person, card_id)) == allowed
        if allowed:
            card.loss, card.until = "formal", None

    @precondition(lambda self: self.cards)
    @rule(n=which)
    def open_social(self, n):
        card_id, card = self.pick(n)
        allowed = not self.dead and card.social(self.now) == "unopened"
        opening = Opening(self.person, card_id, SOCIAL, CENTRE)
        assert self.does(lambda work: commands.open_functions(work, self.programme, opening)) == allowed
        if allowed:
            for other in self.cards.values():
                other.die()
            card.state, card.loss, card.until = "open", None, None

    @precondition(lambda self: self.cards)
    @rule(n=which)
    def open_financial(self, n):
        card_id, card = self.pick(n)
        allowed = not self.dead and card.state != "void" and card.money() == "unopened"
        opening = Opening(self.person, card_id, FINANCIAL, OWN_OUTLET)
        assert self.does(lambda work: commands.open_functions(work, self.programme, opening)) == allowed
        if allowed:
            card.financial = "open"

    @precondition(lambda self: self.cards)
    @rule(n=which, what=st.sampled_from(["suspend", "lift", "close"]))
    def the_bank_tells(self, n, what):
        card_id, card = self.pick(n)
        some = card.financial in ("open", "unopened")
        allowed = some and (
            what == "close" or (card.state != "void" and card.financial_lost == (what == "lift"))
        )
        command = lambda work: commands.note_financial(work, self.person, card_id, what, OWN_OUTLET)  # noqa: E731 - an act
        assert self.does(command) == allowed
        if allowed and what == "close":
            card.financial, card.financial_lost = "closed", False
        elif allowed:
            card.financial_lost = what == "suspend"

    @precondition(lambda self: self.cards)
    @rule(n=which)
    def lost_in_the_post(self, n):
        card_id, card = self.pick(n)
        allowed = card.state in ("unopened", "void")
        assert self.does(lambda work: commands.void_lost_in_post(work, self.person, card_id)) == allowed
        if allowed:
            card.die()

    @rule()
    def the_entitlement_ends(self):
        self.act(lambda work: commands.cancel(work, self.programme, self.person, "moved_away", CENTRE))
        for card in self.cards.values():
            card.die()

    @precondition(lambda self: len(self.cards) > 2)
    @rule()
    def the_holder_dies(self):
        async def die(work):
            await work.run("UPDATE person SET died_on = %(d)s WHERE person_id = %(p)s",
                           {"d": work.today, "p": self.person})  # fmt: skip
            await commands.void_for_death(work, [Event(self.person, 1, "person.died", {})])

        self.act(die)
        self.dead = True
        for card in self.cards.values():
            card.die()

    @rule(days=st.sampled_from([0, 1, 4, 5, 6]))
    def time_passes(self, days):
        self.clock.at += timedelta(days=days, microseconds=1)

    @rule()
    def time_stands_at_an_end(self):
        ends = [card.until for card in self.cards.values() if card.until and card.until > self.now]
        if ends:
            self.clock.at = min(ends)

    @rule()
    def the_step_runs(self):
        self.run(commands.lift_lapsed_due(self.database))

    @invariant()
    def every_card_stands_as_it_must(self):
        held = {card.card_id: card for card in self.held()}
        assert {n: (card.social, card.financial) for n, card in held.items()} == {
            n: (card.social(self.now), card.money()) for n, card in self.cards.items()
        }
        for card_id, card in self.cards.items():
            until = held[card_id].loss_until
            assert until == (card.until if card.lost(self.now) else None)

    @invariant()
    def never_two_and_never_again(self):
        held = self.held()
        assert sum(card.social in ("open", "suspended") for card in held) <= 1
        void = {card.card_id for card in held if card.social == "void"}
        assert self.once_void <= void
        self.once_void = void

    @invariant()
    def whoever_looks_is_told_the_same(self):
        good = []
        for card_id, card in self.cards.items():
            number = self.numbers[card_id]
            told = self.act(
                lambda work, number=number: views.standing(work, self.programme, card_number=number)
            )
            assert told.social == card.social(self.now)
            good += [card_id] if told.good else []
            reason = {"open": "good", "lost_unopened": "suspended"}.get(told.social, told.social)
            assert told.reason == ("holder_dead" if self.dead else reason)
            # Of the dead it says nothing more: no end of a report brings the card back.
            waits = card.lost(self.now) and not self.dead
            assert told.lost_until == (card.until if waits else None)
        assert len(good) <= 1


@pytest.fixture
def machine(database_url, programme):
    clock = SetClock(BEGIN)
    with asyncio.Runner() as runner:
        opening = Database.open(
            database_url,
            clock=clock,
            ids=Ids(clock, random.Random(1)),
            vault=Vault(bytes(range(16))),
            connections_max=2,
        )
        database = runner.run(opening.__aenter__())
        CardsOfOnePerson.runner, CardsOfOnePerson.database = runner, database
        CardsOfOnePerson.clock, CardsOfOnePerson.programme = clock, programme
        yield CardsOfOnePerson
        runner.run(opening.__aexit__(None, None, None))


def test_one_persons_cards_under_everything(machine):
    run_state_machine_as_test(machine, settings=settings(
        max_examples=100, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck),
    ))  # fmt: skip
