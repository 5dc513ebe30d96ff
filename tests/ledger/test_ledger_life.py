"""The ledger under everything that can be booked, in any order: it always adds up, and says what a plain sum says."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from contextlib import suppress
from datetime import date, datetime, timedelta
from itertools import count

import pytest
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

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.clock import SHANGHAI, SetClock
from shebaoka.kit.database import Database
from shebaoka.kit.ids import Ids
from shebaoka.kit.problems import Problem
from shebaoka.kit.vault import Vault
from shebaoka.ledger import commands, views
from shebaoka.ledger.model import PERSONAL, Account, Entry, Kind, moves

BEGIN = date(2019, 7, 1)
PEOPLE, HOSPITALS = count(1), count(1_000)
A = Account
amounts = st.integers(0, 5_000)
some = st.integers(0, 2)


class ALedger(RuleBasedStateMachine):
    """Three people, three hospitals. What each account should hold is summed up beside, in a dictionary."""

    runner: asyncio.Runner
    database: Database

    @initialize()
    def begin(self):
        self.people = [next(PEOPLE) for _ in range(3)]
        self.hospitals = [next(HOSPITALS) for _ in range(3)]
        self.day, self.references = BEGIN, count(1)
        self.held: dict[tuple[int, str], int] = defaultdict(int)
        self.entries: list[tuple[int, int, Entry]] = []
        self.reversed: set[int] = set()

    def act(self, command):
        async def once():
            async with self.database.work(SYSTEM) as work:
                return await command(work)

        return self.runner.run(once())

    def allowed(self, entry: Entry) -> bool:
        return all(
            self.held[entry.person_id, line.account] >= line.amount
            for line in entry.lines
            if line.account in PERSONAL
        )

    def count(self, entry: Entry) -> None:
        for line in entry.lines:
            owner = entry.person_id if line.account in PERSONAL else line.owner_id
            self.held[owner, line.account] -= int(line.amount)

    def book(self, person: int, kind: Kind, *parts, owner_id: int = 0) -> None:
        lines = moves(*parts, owner_id=owner_id)
        if not lines:
            return
        entry = Entry(
            person_id=person, kind=kind, reference=next(self.references), booked_on=self.day, lines=lines
        )
        may = self.allowed(entry)
        number = None
        with suppress(Problem):
            number = self.act(lambda work: commands.post(work, entry))
        assert (number is not None) == may
        if number is not None:
            self.count(entry)
            self.entries.append((person, number, entry))

    @rule(n=some, fen=amounts)
    def an_account_is_credited(self, n, fen):
        self.book(self.people[n], Kind.CREDIT, (A.POOLED_FUND, A.PERSONAL_CURRENT, fen))

    @rule(n=some, fen=amounts)
    def a_contribution_comes(self, n, fen):
        self.book(
            self.people[n], Kind.CONTRIBUTION, (A.BANK, A.PERSONAL_CURRENT, fen), (A.BANK, A.POOLED_FUND, fen)
        )

    @rule(n=some, fen=amounts)
    def a_year_ends(self, n, fen):
        self.book(self.people[n], Kind.YEAR_END, (A.PERSONAL_CURRENT, A.PERSONAL_HISTORIC, fen))

    @rule(n=some, at=some, parts=st.tuples(amounts, amounts, amounts, amounts))
    def a_bill_is_settled(self, n, at, parts):
        accounts = (A.PERSONAL_CURRENT, A.PERSONAL_HISTORIC, A.POOLED_FUND, A.SUPPLEMENTARY_FUND)
        paid = [(account, A.INSTITUTION, fen) for account, fen in zip(accounts, parts, strict=True)]
        self.book(self.people[n], Kind.SETTLEMENT, *paid, owner_id=self.hospitals[at])

    @rule(at=some)
    def a_hospital_is_paid(self, at):
        owed = self.held[self.hospitals[at], A.INSTITUTION]
        if owed > 0:
            self.book(0, Kind.CLEARING, (A.INSTITUTION, A.BANK, owed), owner_id=self.hospitals[at])

    @precondition(lambda self: self.entries)
    @rule(which=st.integers(0, 100))
    def an_entry_is_taken_back(self, which):
        person, number, entry = self.entries[which % len(self.entries)]
        mirror = Entry(
            person_id=person, kind=Kind.REVERSAL, reference=next(self.references), booked_on=self.day,
            lines=tuple(type(line)(line.account, -line.amount, line.owner_id) for line in entry.lines),
        )  # fmt: skip
        may = number not in self.reversed and self.allowed(mirror)
        done = False
        with suppress(Problem):
            self.act(lambda work: commands.reverse(work, person, number, mirror.reference, self.day))
            done = True
        assert done == may
        if done:
            self.count(mirror)
            self.reversed.add(number)

    @rule()
    def a_day_goes_by(self):
        self.day += timedelta(days=1)

    @invariant()
    def the_accounts_hold_what_they_should(self):
        found = self.act(lambda work: views.balances_of(work, self.people))
        for person in self.people:
            expected = tuple(self.held[person, account] for account in PERSONAL)
            assert (found[person].current_fen, found[person].historic_fen) == expected

    def teardown(self):
        if not hasattr(self, "people"):
            return
        for person in self.people:
            told = self.act(
                lambda work, person=person: views.statement_of_person(work, person, BEGIN, self.day)
            )
            assert told.closing_fen == sum(self.held[person, account] for account in PERSONAL)
            assert all(line.balance_fen >= 0 for line in told.lines)
        for hospital in self.hospitals:
            told = self.act(
                lambda work, hospital=hospital: views.statement_of_institution(
                    work, hospital, BEGIN, self.day
                )
            )
            assert told.closing_fen == self.held[hospital, A.INSTITUTION]
        whole = self.act(lambda work: views.trial_balance(work, self.day))
        assert whole.debit_fen == whole.credit_fen
        assert sum(one.balance_fen for one in whole.accounts) == 0
        assert self.act(views.check).good


@pytest.fixture
def machine(database_url):
    clock = SetClock(datetime(2019, 7, 1, 12, tzinfo=SHANGHAI))
    with asyncio.Runner() as runner:
        opening = Database.open(
            database_url,
            clock=clock,
            ids=Ids(clock, random.Random(1)),
            vault=Vault(bytes(range(16))),
            connections_max=2,
        )
        database = runner.run(opening.__aenter__())
        ALedger.runner, ALedger.database = runner, database
        yield ALedger
        runner.run(opening.__aexit__(None, None, None))


def test_the_ledger_under_everything(machine):
    run_state_machine_as_test(machine, settings=settings(
        max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck),
    ))  # fmt: skip
