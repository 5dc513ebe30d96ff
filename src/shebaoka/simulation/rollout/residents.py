"""What each resident will do, drawn once from the parameters: when and where they apply, and when they open the card."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from shebaoka.cards import views as cards
from shebaoka.kit.actor import Actor
from shebaoka.kit.city import City
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Person
from shebaoka.registry.programme import sets
from shebaoka.registry.programme import views as programmes
from shebaoka.registry.programme.model import Facts
from shebaoka.registry.programme.programme import Decided, Programme
from shebaoka.simulation.rollout.parameters import Parameters

SIMULATION: Final = Actor("system:simulation", 0, "system")
EMPLOYER: Final = "employer"
SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody who will apply. `number`: in the order of the register; `opens_after`: days, None for never."""

    number: int
    person_id: int
    ward: bool
    district: str
    employer_id: int | None
    applies_on: date
    channel: str
    opens_after: int | None
    opens_at: str
    financial: bool
    collects: bool


class Working:
    """The working days of the programme (inferred: Monday to Friday, holidays not counted)."""

    def __init__(self, first: date, last: date) -> None:
        days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
        self.days = [day for day in days if day.weekday() < SATURDAY]

    def next(self, day: date) -> date:
        """Give the first working day from a day on; the day itself where the programme has ended by then."""
        return next((one for one in self.days[bisect_left(self.days, day) :]), day)

    def after(self, day: date) -> date:
        """Give the working day after a day; the day after it where the programme ends."""
        return self.next(day + timedelta(days=1))

    def between(self, first: date, last: date) -> list[date]:
        """Give the working days of a period, as far as it lies in the programme."""
        return [day for day in self.days if first <= day <= last]


class Fate:
    """Draws lives. Every person has a stream of chance of their own, and so has every employer."""

    def __init__(
        self, parameters: Parameters, seed: int, working: Working, programme: Programme, employers: Mapping[int, str]
    ) -> None:  # fmt: skip
        self._parameters = parameters
        self._seed = seed
        self._programme = programme
        self._employers = employers
        self._pilot = working.between(working.days[0], parameters.pilot.until)
        self._periods: dict[str, list[tuple[float, list[date]]]] = defaultdict(list)
        for period in parameters.period:
            self._periods[period.group].append((period.share, working.between(period.from_, period.to)))

    def life(self, number: int, person: Person, facts: Facts, *, old_card: bool) -> Resident | None:
        """Give what the `number`-th person of the register will do; None where they do not apply before the end."""
        chance = self._chance("person", number)
        applies = self._applies(chance, person, facts, old_card=old_card)
        if applies is None:
            return None
        on, channel = applies
        ward = self._decided(facts, on).of("documents", sets.DecidesDocuments).by == "guardian"
        opening = self._parameters.opening
        opens = chance.random() < opening.opens
        return Resident(
            number, person.person_id, ward, person.district_code or "", person.employer_id, on, channel,
            int(chance.expovariate(1 / opening.days_mean)) if opens else None, _drawn(chance, opening.places),
            chance.random() < opening.wants_financial, chance.random() < opening.collects,
        )  # fmt: skip

    def _applies(
        self, chance: Random, person: Person, facts: Facts, *, old_card: bool
    ) -> tuple[date, str] | None:
        """Give day and channel."""
        later = self._decided(facts, self._parameters.pilot.until + timedelta(days=1))
        shares, group = self._parameters.applies, later.of("group", sets.DecidesGroup).group
        share = getattr(shares, group) if old_card else shares.without_old_card
        eligible = later.of("eligibility", sets.DecidesEligibility).eligibility == "eligible"
        if not eligible or chance.random() >= share:
            return None
        if self._in_pilot(facts) and chance.random() < self._parameters.pilot.share:
            return chance.choice(self._pilot), _drawn(chance, self._parameters.pilot.channels)
        # The staff of an employer comes on one roster: its chance decides on the day.
        roster = _channel(later) == EMPLOYER and person.employer_id is not None
        code = self._employers[person.employer_id] if roster and person.employer_id is not None else None
        on = _day(self._chance("employer", code) if code else chance, self._periods[group])
        if on is None:
            return None
        return on, EMPLOYER if roster else _channel(self._decided(facts, on))

    def _in_pilot(self, facts: Facts) -> bool:
        return bool(self._pilot) and self._decided(facts, self._pilot[0]).of("pilot", sets.DecidesPilot).pilot

    def _decided(self, facts: Facts, on: date) -> Decided:
        """Ask the programme, without its sentences: nobody reads them here."""
        return self._programme.decide(facts, on)

    def _chance(self, stream: str, number: int | str) -> Random:
        # Of what the files say, never of identifiers, which are others at each run.
        return Random(f"{self._seed}/{stream}/{number}")  # noqa: S311 - a simulation, no secret


def _channel(decided: Decided) -> str:
    return decided.of("channel", sets.DecidesChannel).main


def _drawn(chance: Random, shares: Mapping[str, float]) -> str:
    return chance.choices(list(shares), list(shares.values()))[0]


def _day(chance: Random, periods: Sequence[tuple[float, list[date]]]) -> date | None:
    """Draw a period by its share, then one of its days; None for a period that the programme does not reach."""
    (days,) = chance.choices([days for _, days in periods], [share for share, _ in periods])
    return chance.choice(days) if days else None


async def residents(city: City, parameters: Parameters, seed: int, working: Working) -> list[Resident]:
    """Draw the life of everybody in the register, in the order in which they came into it, and give who will apply."""
    found: list[Resident] = []
    number = 0
    async with city.database.work(SIMULATION) as work:
        programme = await programmes.load(work)
        employers = {one.institution_id: one.code for one in await institutions.of_kind(work, EMPLOYER)}
        fate = Fate(parameters, seed, working, programme, employers)
        async for some in people.everybody(work):
            facts = await programmes.facts_of(work, some, working.days[0])
            held = await cards.of_people(work, [person.person_id for person in some])
            for person in some:
                number += 1
                life = fate.life(number, person, facts[person.person_id], old_card=person.person_id in held)
                found += [life] if life else []
    return found
