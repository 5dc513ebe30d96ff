"""The programme day by day: people apply, the steps run, cards come and are opened, by the same commands as everywhere."""

from __future__ import annotations

import asyncio
import gc
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.commands import apply_many
from shebaoka.issuing.applications.knowing import live_of
from shebaoka.issuing.applications.model import Application, ApplyRequest
from shebaoka.issuing.applications.model import Channel as Through
from shebaoka.issuing.applications.states import ENDED, Status
from shebaoka.issuing.lists.model import ListOf
from shebaoka.issuing.production import views as production
from shebaoka.issuing.production.commands import order_due
from shebaoka.kit.city import City
from shebaoka.kit.clock import SetClock
from shebaoka.kit.work import Work
from shebaoka.records.table import as_csv
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import BANK, BANK_OUTLET, CARD_CENTRE
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Identity
from shebaoka.registry.programme import views as programmes
from shebaoka.registry.programme.model import Bank
from shebaoka.registry.programme.programme import Programme
from shebaoka.simulation.demo.acting import Behaviour, Townspeople
from shebaoka.simulation.demo.calendar import HandedIn, at
from shebaoka.simulation.demo.running import StageStopped, found_city, hand_in, outstanding, run_steps
from shebaoka.simulation.demo.story import Story
from shebaoka.simulation.rollout.parameters import Parameters
from shebaoka.simulation.rollout.residents import EMPLOYER, SIMULATION, Resident, Working, residents

INTAKE: Final = ("verify", "photos", "accounts")
BUREAU_SECONDS_MAX: Final = 60
SELDOM: Final = ("reminders", "outbox", "messages")
SEAL: Final = ("seal",)
SELDOM_DAYS: Final = 30
"""What nobody's next step waits for is done every so many working days, to save time."""
ROSTER_HEAD: Final = ("姓名", "证件号码", "手机号码", "邮寄地址", "备用网点代码")
"""As an employer writes it: the bank is left to the payroll bank."""
NO_MOBILE: Final = "15400000000"
NO_ADDRESS: Final = "虚构路1号"


@dataclass(slots=True)
class Rollout:
    """The programme under way: who waits where, whose card is on its way, and who opens it on which day."""

    city: City
    clock: SetClock
    parameters: Parameters
    scale: float
    working: Working
    townspeople: Townspeople
    programme: Programme
    banks: list[str]
    centres: dict[str, list[str]]
    folder: Path
    arrivals: dict[date, list[Resident]]
    queues: dict[str, deque[Resident]] = field(default_factory=lambda: defaultdict(deque))
    under_way: dict[int, Resident] = field(default_factory=dict)
    openings: dict[date, list[Application]] = field(default_factory=lambda: defaultdict(list))
    allowed: float = 0.0
    applied: int = 0
    refused: int = 0

    async def live_through(self, day: date) -> None:
        """Live through one working day: cards that are made go out while other people apply, as in a real city."""
        self.clock.at = at(day, 9)
        await _together(self._send_out(), self._take_in(day))
        self.clock.at = at(day, 17)
        await _together(self._order(day), self._come_home(day))

    async def _come_home(self, day: date) -> None:
        await self.townspeople.collect(self.city)
        await self._receive(day)
        await self.townspeople.open_these(self.city, self.openings.pop(day, []))

    async def _send_out(self) -> None:
        await self._returns()
        await run_steps(self.city, ("dispatch", "events"))

    async def _take_in(self, day: date) -> None:
        await self._apply(day)
        await run_steps(self.city, INTAKE)
        if await self.townspeople.answer_questions(self.city):
            await run_steps(self.city, INTAKE[1:])

    async def _apply(self, day: date) -> None:
        for resident in self.arrivals.pop(day, []):
            self.queues[resident.channel].append(resident)
        await self._rosters()
        served: list[Resident] = []
        for channel in ("community_centre", "bank_outlet", "online"):
            queue, places = self.queues[channel], self._places(channel)
            served += [queue.popleft() for _ in range(min(len(queue), places))]
        for start in range(0, len(served), 5_000):
            await self._apply_for(served[start : start + 5_000])

    def _places(self, channel: str) -> int:
        """Give how many are served today; a small city serves at least one a day."""
        places: int = getattr(self.parameters.capacity, channel)
        return max(1, round(places * self.scale))

    async def _apply_for(self, some: Sequence[Resident]) -> None:
        async with self.city.database.work(SIMULATION) as work:
            wards = [one.person_id for one in some if one.ward]
            ties = await people.guardians(work, wards)
            guardians = {ward: min(tied) for ward, tied in ties.items()}
            known = await people.identities(work, {*(one.person_id for one in some), *guardians.values()})
            answers = await self._answers(work, some)
            requests = [
                self._request(
                    one, known, self._bank(one, answers[one.person_id]), guardians.get(one.person_id)
                )
                for one in some
            ]
            outcomes = await apply_many(work, requests, self.programme)
        for one, outcome in zip(some, outcomes, strict=True):
            if outcome.application_id is None:
                self.refused += 1
            else:
                self.under_way[outcome.application_id] = one
                self.applied += 1

    async def _answers(self, work: Work, some: Sequence[Resident]) -> dict[int, tuple[Bank, ...]]:
        """Ask the programme which banks it suggests to each."""
        known = await people.by_ids(work, [one.person_id for one in some])
        facts = await programmes.facts_of(work, list(known.values()), work.today)
        answers = self.programme.explain_many(list(facts.values()), work.today)
        return {person_id: answer.bank.suggested for person_id, answer in zip(facts, answers, strict=True)}

    def _request(
        self, one: Resident, known: dict[int, Identity], bank: str | None, guardian: int | None
    ) -> ApplyRequest:
        who = known[one.person_id]
        return ApplyRequest(
            id_number=who.id_number, name=who.name, channel=Through(one.channel), organisation_id=0,
            mobile=who.mobile or NO_MOBILE, address=who.address or NO_ADDRESS, fallback_outlet=self._centre(one), bank=bank,
            guardian_id_number=known[guardian].id_number if one.ward and guardian is not None else None,
        )  # fmt: skip

    def _centre(self, one: Resident) -> str:
        """Give the fallback outlet that somebody names: one of the district, the same however often."""
        centres = self.centres.get(one.district) or self.centres[""]
        return centres[one.number % len(centres)]

    def _bank(self, one: Resident, suggested: Sequence[Bank]) -> str | None:
        """Give the bank that somebody names: none where one is suggested, else any of the service banks."""
        return None if len(suggested) == 1 else self.banks[one.number % len(self.banks)]

    async def _rosters(self) -> None:
        """Every employer whose staff comes today hands its roster in, as a file."""
        by_employer: dict[int, list[Resident]] = defaultdict(list)
        while self.queues[EMPLOYER]:
            one = self.queues[EMPLOYER].popleft()
            assert one.employer_id is not None
            by_employer[one.employer_id].append(one)
        for employer_id, staff in sorted(by_employer.items()):
            await self._roster(employer_id, staff)

    async def _roster(self, employer_id: int, staff: Sequence[Resident]) -> None:
        ids = [one.person_id for one in staff]
        async with self.city.database.work(SIMULATION) as work:
            employer = await institutions.by_id(work, employer_id)
            known = await people.identities(work, ids)
        assert employer
        path = self.folder / f"{employer.code}.csv"
        path.write_bytes(
            as_csv(ROSTER_HEAD, [_row(known[one.person_id], self._centre(one)) for one in staff])
        )
        await hand_in(
            self.city,
            HandedIn(self.clock.at.date(), ListOf.EMPLOYER, employer.code, EMPLOYER, path, len(staff)),
        )
        async with self.city.database.work(SIMULATION) as work:
            entered = await live_of(work, ids)
        self.applied += len(entered)
        self.refused += len(staff) - len(entered)
        self.under_way |= {
            entered[one.person_id].application_id: one for one in staff if one.person_id in entered
        }

    async def _order(self, day: date) -> None:
        """Order as many cards as the lines make in a day; fractions of a small city's cards add up."""
        self.allowed = min(self.allowed, 1.0) + self.parameters.cards_a_day(day) * self.scale
        done = await order_due(self.city.database, cards_max=int(self.allowed))
        self.allowed -= done.ordered
        await run_steps(self.city, ("write",))

    async def _returns(self) -> None:
        """Take what the bureau has made since yesterday."""
        until = time.monotonic() + BUREAU_SECONDS_MAX
        while await outstanding(self.city):
            while not production.arrived(self.city.settings.bureau_path):
                await asyncio.sleep(0.01)
                if time.monotonic() > until:
                    raise StageStopped(f"the card bureau did not answer within {BUREAU_SECONDS_MAX} s")
            await run_steps(self.city, ("returns", "write"))

    async def _receive(self, day: date) -> None:
        """Find whose card has come, and settle on which day they will open it."""
        keys = [(one.person_id, number) for number, one in self.under_way.items()]
        async with self.city.database.work(SIMULATION) as work:
            settled = await applications.those_in(work, keys, {*ENDED, Status.RECEIVED})
        for application in settled:
            one = self.under_way.pop(application.application_id)
            if application.status == Status.RECEIVED and one.opens_after is not None:
                self.openings[self.working.next(day + timedelta(days=one.opens_after))].append(application)


async def _together(*doing: Awaitable[None]) -> None:
    """Do several things at once; the first refusal is raised when all have ended, and nothing goes on behind it."""
    for stopped in filter(None, await asyncio.gather(*doing, return_exceptions=True)):
        raise stopped


def _row(who: Identity, centre: str) -> tuple[str, ...]:
    return who.name, who.id_number, who.mobile or NO_MOBILE, who.address or NO_ADDRESS, centre


async def run(
    city: City, clock: SetClock, folder: Path, parameters: Parameters, scale: float, seed: int, working: Working,
    story: Story, evening: Callable[[date, date], Awaitable[None]],
) -> Rollout:  # fmt: skip
    """Play the programme on a city whose files lie in `folder`, from the first working day to the last.

    `evening` is awaited at the end of each working day, with that day and the next. This function will raise
    StageStopped when a step cannot go on.
    """
    clock.at = at(working.days[0] - timedelta(days=1), 20)
    await found_city(city, folder, story)
    with story.part("抽取每人的行为", "drawing everybody's life"):
        lives = await residents(city, parameters, seed, working)
    rollout = await _begin(city, clock, folder, parameters, scale, working, lives)
    # Everybody stays to the end: the collector need not look at them again and again.
    gc.freeze()
    with story.part("逐日推进", "day by day", len(working.days)) as progress:
        for number, day in enumerate(working.days):
            await rollout.live_through(day)
            await evening(day, working.after(day))
            if number % SELDOM_DAYS == 0:
                await _together(run_steps(city, SELDOM), run_steps(city, SEAL))
            progress(1)
    await run_steps(city, SELDOM + SEAL)
    return rollout


async def _begin(
    city: City, clock: SetClock, folder: Path, parameters: Parameters, scale: float, working: Working,
    lives: Sequence[Resident],
) -> Rollout:  # fmt: skip
    arrivals: dict[date, list[Resident]] = defaultdict(list)
    for one in lives:
        arrivals[one.applies_on].append(one)
    behaviour = {
        one.person_id: Behaviour(one.opens_at, collects=one.collects, wants_financial=one.financial)
        for one in lives
    }
    async with city.database.work(SIMULATION) as work:
        places = await institutions.of_kind(
            work, BANK, BANK_OUTLET, CARD_CENTRE, "online_platform", "community_centre"
        )
        programme = await programmes.load(work)
    centres: dict[str, list[str]] = defaultdict(list)
    for place in places:
        if place.kind == "community_centre":
            centres[""].append(place.code)
            centres[place.district_code or ""].append(place.code)
    banks = [place.code for place in places if place.kind == BANK]
    rosters = folder / "rosters"
    rosters.mkdir()
    return Rollout(
        city,
        clock,
        parameters,
        scale,
        working,
        Townspeople(behaviour, places),
        programme,
        banks,
        centres,
        rosters,
        arrivals,
    )
