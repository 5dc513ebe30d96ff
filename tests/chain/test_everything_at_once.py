"""All channels at once: two programs act for the same people at the same instant, in any order, and the partners are real.

After every step the cards stand as they must; in the end nobody's application has fallen through.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.chain import ends
from tests.chain.life import Life
from tests.issuing.instant.blanks import makes

from shebaoka import wiring
from shebaoka.banking.connector import BankCores
from shebaoka.cards import commands as cards
from shebaoka.cards import views as card_views
from shebaoka.cards.model import Card, LossReport, Opening, Outlet
from shebaoka.issuing.applications import commands as applications
from shebaoka.issuing.applications import views as application_views
from shebaoka.issuing.applications.model import Application, ApplyRequest, Channel, ReplacementReason
from shebaoka.issuing.delivery.commands import change_destination, collect, note_arrival
from shebaoka.issuing.delivery.model import Pickup, Signature, Wish
from shebaoka.issuing.instant import commands as instant
from shebaoka.issuing.instant.model import Asked, GivenUpBecause
from shebaoka.issuing.stages import StepFailed, run_stage
from shebaoka.issuing.stock import commands as stock
from shebaoka.issuing.stock.model import Box
from shebaoka.keys.using import Keys
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.city import City
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.database import DatabaseBusy
from shebaoka.kit.problems import Problem
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.people import views as people
from shebaoka.registry.people.commands import record_deaths
from shebaoka.registry.people.model import Identity
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import load
from shebaoka.service.stages import STAGES

PEOPLE, SEED, EXAMPLES, STEPS, BLANKS = 150, 7, 30, 20, 200
BEGIN = datetime(2019, 3, 4, 12, tzinfo=SHANGHAI)
BOTH = frozenset({"social", "financial"})
SOCIAL = frozenset({"social"})
AT = {kind: Outlet(kind) for kind in ("community_centre", "online_platform", "hotline")}
STAGE = {stage.name: stage for stage in STAGES}
STEPS_OF_JOBS = (
    ("verify", "photos", "accounts"), ("order", "write"), ("returns", "write"), ("dispatch", "events"),
    ("loss", "promises"), ("outbox", "instant"),
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """What somebody at a counter sees of a person before acting."""

    programme: Programme
    person_id: int
    who: Identity
    held: list[Card]
    application: Application | None
    waybill: str | None
    clerk: Actor
    centre: str
    bank: Outlet

    def newest(self, *socials: str) -> Card | None:
        return max(
            (card for card in self.held if card.generation == "new" and card.social in socials),
            key=lambda card: card.card_id, default=None,
        )  # fmt: skip


Act = Callable[[Work, Seen], Awaitable[object]]


def applies(channel: Channel, replacement: ReplacementReason | None = None) -> Act:
    async def act(work: Work, seen: Seen) -> None:
        await applications.apply(work, ApplyRequest(
            id_number=seen.who.id_number, name=seen.who.name, channel=channel, organisation_id=0,
            mobile="15400000000", address="虚构路1号", fallback_outlet=seen.centre, bank="BOSC", replacement=replacement,
        ), seen.programme)  # fmt: skip

    return act


def opens(outlet: str, functions: frozenset[Any]) -> Act:
    async def act(work: Work, seen: Seen) -> None:
        card = seen.newest("unopened")
        if card:
            where = seen.bank if outlet == "bank_outlet" else AT[outlet]
            await cards.open_functions(
                work, seen.programme, Opening(seen.person_id, card.card_id, functions, where)
            )

    return act


def loses(generation: str, loss: Any, outlet: str) -> Act:
    async def act(work: Work, seen: Seen) -> None:
        for card in seen.held:
            if card.generation == generation and card.social != "void":
                report = LossReport(seen.person_id, card.card_id, loss, AT[outlet])
                await cards.report_loss(work, seen.programme, report)
                return

    return act


async def finds(work: Work, seen: Seen) -> None:
    for card in seen.held:
        if card.loss:
            await cards.lift_loss(work, seen.programme, seen.person_id, card.card_id, AT["community_centre"])
            return


async def withdraws(work: Work, seen: Seen) -> None:
    if seen.application:
        await applications.withdraw(work, seen.application.application_id)


async def fetches(work: Work, seen: Seen) -> None:
    if seen.waybill:
        signed = Signature("paper", "2019-0001")
        await collect(work, seen.programme, Pickup(seen.waybill, seen.who.id_number, signed))


async def lies_at_the_outlet(work: Work, seen: Seen) -> None:
    if seen.waybill:
        await note_arrival(work, seen.waybill)


async def moves_house(work: Work, seen: Seen) -> None:
    if seen.application:
        await change_destination(
            work, seen.application.application_id, Wish(address=f"虚构路{work.now:%d%H%M}号")
        )


async def is_entitled_no_more(work: Work, seen: Seen) -> None:
    await applications.end_entitlement(
        work, seen.programme, seen.person_id, "moved_away", AT["community_centre"]
    )


async def dies(work: Work, seen: Seen) -> None:
    await record_deaths(work, {seen.person_id: work.today})


ACTS: dict[str, Act] = {
    **{f"applies at {channel}": applies(channel) for channel in Channel},
    "asks for another, the card is lost": applies(Channel.ONLINE, ReplacementReason.LOST),
    "asks for another, the card is worn": applies(Channel.COMMUNITY_CENTRE, ReplacementReason.WORN),
    "opens at a centre": opens("community_centre", SOCIAL),
    "opens at the bank": opens("bank_outlet", BOTH),
    "opens online": opens("online_platform", SOCIAL),
    "loses the old card": loses("old", "temporary", "hotline"),
    "loses the new card": loses("new", "temporary", "hotline"),
    "loses the new card for good": loses("new", "formal", "community_centre"),
    "finds it again": finds,
    "withdraws": withdraws,
    "fetches the card": fetches,
    "the card lies at the outlet": lies_at_the_outlet,
    "moves house": moves_house,
    "is entitled no more": is_entitled_no_more,
    "dies": dies,
}
SELDOM = ("is entitled no more", "dies")
OFTEN = ("opens at a centre", "opens at the bank", "loses the new card", "fetches the card")
stands = st.sampled_from(["old", "unopened", "open", "open", "open"])
acts = st.sampled_from([*(name for name in ACTS if name not in SELDOM), *OFTEN] * 3 + [*SELDOM])
"""What ends everything is drawn seldom, or little else would be seen."""

CARDS = """
SELECT person_id, card_id, generation, social, social_opened_at IS NOT NULL, void_reason FROM card
WHERE person_id = ANY(%(people)s)
"""
TWICE = """
SELECT 'application', person_id FROM application
WHERE status NOT IN ('completed', 'rejected', 'withdrawn') GROUP BY person_id HAVING count(*) > 1
UNION ALL
SELECT 'order', person_id FROM production_order WHERE status = 'ordered' GROUP BY person_id HAVING count(*) > 1
"""
DRAWER = """
SELECT s.outlet_id, s.balance, s.in_hand FROM blank_stock AS s JOIN blank_movement AS m USING (outlet_id)
GROUP BY 1, 2, 3 HAVING (s.balance, s.in_hand) IS DISTINCT FROM (sum(m.stock_delta), sum(m.hand_delta))
    OR s.balance < 0 OR s.in_hand <> (
        SELECT count(*) FROM instant_issue AS i WHERE i.status = 'blank_taken' AND i.outlet_id = s.outlet_id)
"""
LEFT_LYING = """
SELECT application_id FROM instant_issue WHERE status IN ('begun', 'blank_taken', 'made') AND person_id = ANY(%(people)s)
"""
UNDER_WAY = """
SELECT person_id, status FROM application
WHERE status NOT IN ('completed', 'rejected', 'withdrawn', 'received') AND person_id = ANY(%(people)s)
"""
OUTLIVED = """
SELECT c.person_id, c.card_id, c.social FROM card c JOIN person p USING (person_id)
WHERE p.died_on IS NOT NULL AND c.social <> 'void' AND c.person_id = ANY(%(people)s)
"""


def answered(refused: Problem | None) -> None:
    """A refusal is an answer: it says what to do. Two who hold what the other wants are told to try again."""
    if refused and not isinstance(refused, DatabaseBusy):
        assert refused.document()["remedy_zh"], refused
        assert refused.status < 500, refused


class Everything(RuleBasedStateMachine):
    """Two people of one city, and all that may befall them."""

    runner: asyncio.Runner
    life: Life
    programs: tuple[City, City]
    programme: Programme
    strangers: list[int]
    places: dict[str, Any]

    @initialize(stand=st.tuples(stands, stands))
    def begin(self, stand):
        """Two people whom nobody has met; each holds an old card alone, or an unopened new one too, or an open new one."""
        self.people = [self.strangers.pop(), self.strangers.pop()]
        self.once_void: set[int] = set()
        for person_id, how in zip(self.people, stand, strict=True):
            if how != "old":
                self.run(self.does(person_id, ACTS["applies at community_centre"]))
        if stand != ("old", "old"):
            self.run(self.come())
        for person_id, how in zip(self.people, stand, strict=True):
            if how == "open":
                self.run(self.does(person_id, fetches))
                self.run(self.does(person_id, ACTS["opens at the bank"]))
        self.run(self.life.run("outbox"))

    async def does(self, person_id: int, act: Act) -> None:
        """Act alone."""
        await self.acting(await self.see(person_id), act)(self.programs[0], asyncio.Barrier(1))

    def run(self, coroutine):
        return self.runner.run(coroutine)

    async def see(self, person_id: int) -> Seen:
        async with self.programs[0].database.work(SYSTEM) as work:
            known = await people.identities(work, [person_id])
            mine = await application_views.of_person(work, person_id)
            newest = max(mine, key=lambda one: one.application_id, default=None)
            held = (await card_views.of_people(work, [person_id])).get(person_id, [])
            parcel = await work.row(
                "SELECT waybill, outlet_id FROM parcel WHERE person_id = %(p)s ORDER BY parcel_id DESC LIMIT 1",
                {"p": person_id},
            )
        bank = newest.bank_id if newest else self.places["BOSC"]
        return Seen(
            self.programme, person_id, known[person_id], held, newest, parcel and parcel[0],
            Actor("system:clerk", parcel[1] or 0, "system") if parcel else SYSTEM, self.places["centre"],
            Outlet("bank_outlet", bank_id=bank),
        )  # fmt: skip

    async def at_once(self, *doing: Callable[[City, asyncio.Barrier], Awaitable[None]]) -> None:
        barrier = asyncio.Barrier(len(doing))
        await asyncio.gather(*(do(city, barrier) for do, city in zip(doing, self.programs, strict=True)))

    def acting(self, seen: Seen, act: Act) -> Callable[[City, asyncio.Barrier], Awaitable[None]]:
        async def do(city: City, barrier: asyncio.Barrier) -> None:
            refused: Problem | None = None
            try:
                async with city.database.work(seen.clerk) as work:
                    await work.value("SELECT 1")
                    await barrier.wait()
                    await act(work, seen)
            except Problem as problem:
                refused = problem
            answered(refused)

        return do

    def stepping(self, steps: tuple[str, ...]) -> Callable[[City, asyncio.Barrier], Awaitable[None]]:
        async def do(city: City, barrier: asyncio.Barrier) -> None:
            await barrier.wait()
            for name in steps:
                report = await run_stage(city, STAGE[name])
                assert not (report.problem and report.problem["type"].endswith(StepFailed.slug)), report

        return do

    @rule(one=acts, other=acts, who=st.sampled_from([(0, 0), (0, 0), (0, 1)]))
    def two_people_act(self, one, other, who):
        here, there = (self.run(self.see(self.people[n])) for n in who)
        self.run(self.at_once(self.acting(here, ACTS[one]), self.acting(there, ACTS[other])))

    @rule(one=acts, steps=st.sampled_from(STEPS_OF_JOBS), who=st.sampled_from([0, 1]))
    def somebody_acts_while_the_steps_run(self, one, steps, who):
        seen = self.run(self.see(self.people[who]))
        self.run(self.at_once(self.acting(seen, ACTS[one]), self.stepping(steps)))

    @rule(one=acts, strike=st.integers(0, 5), who=st.sampled_from([(0, 0), (0, 0), (0, 1)]))
    def somebody_acts_while_another_card_is_made_at_the_counter(self, one, strike, who):
        here, there = (self.run(self.see(self.people[n])) for n in who)
        self.run(self.at_once(self.served(here, strike), self.acting(there, ACTS[one])))

    def served(self, seen: Seen, strike: int) -> Callable[[City, asyncio.Barrier], Awaitable[None]]:
        """A clerk replaces a card on the spot, step by step; what else happens strikes at the instant of one step."""

        async def do(city: City, barrier: asyncio.Barrier) -> None:
            waits, refused = True, None
            try:
                for number, step in enumerate(self.counter_of(city, seen)):
                    if number == strike:
                        waits = False
                        await barrier.wait()
                    await step()
            except Problem as problem:
                refused = problem
            if waits:
                await barrier.wait()
            answered(refused)

        return do

    def counter_of(self, city: City, seen: Seen) -> list[Callable[[], Awaitable[object]]]:
        place, number = self.places["counter"], 0
        clerk = Actor("system:counter", place.institution_id, "system")
        lost = seen.newest("suspended", "lost_unopened") is not None

        async def begin() -> None:
            nonlocal number
            async with city.database.work(clerk) as work:
                session = await instant.begin(work, seen.programme, Asked(
                    id_number=seen.who.id_number, name=seen.who.name, mobile="15400000000", address="虚构路1号", id_checked=True,
                    replacement=ReplacementReason.LOST if lost else ReplacementReason.DAMAGED,
                ))  # fmt: skip
            number = session.issue.application_id

        async def account() -> None:
            async with city.database.work(clerk) as work:
                question = await instant.account_question(work, number)
            answered = await BankCores(city.partners.banks).open_accounts([question]) if question else None
            async with city.database.work(clerk) as work:
                await instant.take_account(work, number, answered)

        async def blank() -> None:
            async with city.database.work(clerk) as work:
                await instant.take_blank(work, seen.programme, number)

        async def make() -> None:
            async with city.database.work(clerk) as work:
                await makes(work, number, keys=Keys(city.key_store, city.settings.city_digits))

        async def hand_over() -> None:
            async with city.database.work(clerk) as work:
                await instant.hand_over(work, number, id_checked=True, signed=True)

        async def open_it() -> None:
            async with city.database.work(clerk) as work:
                await instant.open_card(work, seen.programme, number)

        return [begin, account, blank, make, hand_over, open_it]

    @rule(steps=st.sampled_from(STEPS_OF_JOBS), others=st.sampled_from(STEPS_OF_JOBS))
    def the_steps_run_twice(self, steps, others):
        self.run(self.at_once(self.stepping(steps), self.stepping(others)))

    @rule()
    def everybodys_card_comes(self):
        """The whole way without a race, or hardly any card would ever be in anybody's hand."""
        self.run(self.come())

    async def come(self) -> None:
        await self.life.run("verify", "photos", "accounts")
        await self.life.answers()
        await self.life.run("photos", "accounts", "order", "write")
        await self.life.bureau()
        await self.life.run("dispatch")
        self.life.clock.at += timedelta(days=3)
        await self.life.run("events")

    @rule(days=st.integers(0, 6))
    def days_pass(self, days):
        self.life.clock.at += timedelta(days=days)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.life.city.settings.database_url) as connection:
            return connection.execute(query, {"people": self.people}).fetchall()

    @invariant()
    def cards_stand_as_they_must(self):
        held = self.rows(CARDS)
        void = {row[1] for row in held if row[3] == "void"}
        assert self.once_void <= void, "no void card comes back"
        self.once_void = void
        for person_id in self.people:
            mine = [row for row in held if row[0] == person_id]
            assert sum(row[3] in ("open", "suspended") for row in mine) <= 1, "never two live cards"
            opened = any(generation == "new" and opened for _, _, generation, _, opened, _ in mine)
            for _, _, generation, social, _, why in mine:
                if generation == "old":
                    # Dead at the moment when a new one opens and not a moment before, whatever else happens.
                    assert (social == "void") == (opened or why in ("holder_died", "entitlement_ended")), mine

    @invariant()
    def the_drawer_adds_up(self):
        assert self.rows(DRAWER) == []

    @invariant()
    def nothing_is_twice(self):
        assert self.rows(TWICE) == []
        assert ends.stray(self.life.city.settings.database_url) == (0,) * 6

    def teardown(self):
        if hasattr(self, "people"):
            self.run(self.end())
            assert self.rows(UNDER_WAY) == [], "an application fell through"
            assert self.rows(OUTLIVED) == [], "a card outlived its holder"

    async def end(self) -> None:
        """A month in which nobody acts but those who are asked: whatever is under way comes to its end."""
        await self.life.run("outbox", "instant")
        place = self.places["counter"]
        for (number,) in self.rows(LEFT_LYING):
            async with self.programs[0].database.work(
                Actor("system:counter", place.institution_id, "system")
            ) as work:
                await instant.give_up(work, number, GivenUpBecause.HOLDER_LEFT)
        for _ in range(3):
            await self.life.run("outbox")
            await self.come()
            self.life.clock.at += timedelta(days=7)
            await self.life.run("events")
            for person_id in self.people:
                await self.does(person_id, fetches)


@pytest.fixture
def machine(found_town):
    town = found_town(PEOPLE, SEED)
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        life = runner.run(stack.enter_async_context(town.life()))
        other = runner.run(stack.enter_async_context(wiring.city(town.settings, town.url, life.clock)))
        Everything.runner, Everything.life, Everything.programs = runner, life, (life.city, other)
        runner.run(settle(life))
        yield Everything
        runner.run(stack.aclose())


async def settle(life: Life) -> None:
    """Found the city, and find grown-ups in it who hold an old card."""
    await life.found()
    await life.register()
    life.clock.at = BEGIN
    async with life.city.database.work(SYSTEM) as work:
        Everything.programme = await load(work)
        bank = await institutions.by_code(work, "BOSC")
        centre = (await institutions.of_kind(work, "community_centre"))[0]
        assert bank
        counter = next(one for one in await institutions.of_kind(work, "community_centre") if one.instant)
        Everything.places = {"BOSC": bank.institution_id, "centre": centre.code, "counter": counter}
    async with life.city.database.work(Actor("system:counter", counter.institution_id, "system")) as work:
        await stock.receive(work, counter, Box("S1", "1", BLANKS))
    async with life.city.database.work(SYSTEM) as work:
        async for some in people.everybody(work):
            held = await card_views.of_people(work, [one.person_id for one in some])
            Everything.strangers = [
                one.person_id for one in some
                if one.person_id in held and one.birth_date.year < BEGIN.year - 20 and one.died_on is None
            ]  # fmt: skip
    assert len(Everything.strangers) >= 2 * EXAMPLES


def test_all_channels_at_once(machine):
    run_state_machine_as_test(machine, settings=settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck),
        # Each try takes people nobody has met; a failure is told with its steps as they were.
        phases=(Phase.generate,), report_multiple_bugs=False, derandomize=True,
    ))  # fmt: skip
