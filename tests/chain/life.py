"""A city's life in steps that a process may leave at any point: the next one goes on where the last one stood.

As an operator's timer would: lists are handed in, `jobs run`'s stages are run, people act. Where the city stands is kept
in a file beside it, written after each step; everything else is in the database and with the partners.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from shebaoka.issuing.lists.commands import take_in
from shebaoka.issuing.lists.errors import PayrollBankNeeded
from shebaoka.issuing.lists.model import ListOf
from shebaoka.issuing.production.states import BatchStatus
from shebaoka.issuing.production.views import board
from shebaoka.issuing.stages import StageReport, StepFailed, run_stage
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.city import City
from shebaoka.kit.clock import SHANGHAI, SetClock
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.commands import choose_payroll_bank, import_institutions
from shebaoka.registry.institutions.model import BANK
from shebaoka.service.readiness.commands import take_over
from shebaoka.service.stages import STAGES
from shebaoka.simulation.demo.acting import Townspeople
from shebaoka.simulation.demo.calendar import HandedIn, at, read_calendar

STAGE = {stage.name: stage for stage in STAGES}
BUREAU_LOOKS = 1_000
BEFORE_ALL = datetime(2018, 12, 31, 8, tzinfo=SHANGHAI)
Act = Callable[[], Awaitable[object]]


class Life:
    """The steps of one city, whose files lie in `folder`; `gathered` days of the calendar are lived as one."""

    def __init__(self, city: City, clock: SetClock, folder: Path, place: Path, gathered: int = 1) -> None:
        self.city, self.clock, self.folder, self.place = city, clock, folder, place
        self.gathered = gathered
        self.reports: list[StageReport] = []
        # A bureau that behaves answers everything; of another one it is enough that its files were dealt with.
        self.must_answer = True
        self.townspeople: Townspeople | None = None

    async def live(self, *, late: timedelta = timedelta()) -> None:
        """Live from where the city stands to the end. `late`: this process's clock, that identifiers never meet."""
        steps = self.steps()
        stands = int(self.place.read_text()) if self.place.exists() else 0
        for number, (day, hour, act) in enumerate(steps[stands:], stands + 1):
            self.clock.at = at(day, hour) + late
            await act()
            part = self.place.with_suffix(".part")
            part.write_text(str(number))
            part.rename(self.place)

    def steps(self) -> list[tuple[date, int, Act]]:
        """Give day, hour and act of every step."""
        days = read_calendar(self.folder / "lists")
        steps: list[tuple[date, int, Act]] = [
            (date(2018, 12, 31), 20, self.found),
            (date(2018, 12, 31), 21, self.register),
        ]
        for first in range(0, len(days), self.gathered):
            together = days[first : first + self.gathered]
            steps += self.round(together[-1][0], [listed for _, lists in together for listed in lists])
        for weeks in (1, 2, 3):
            day = steps[-1][0] + timedelta(weeks=weeks)
            steps += [(day, 8, partial(self.run, "dispatch", "events")), *self.hands(day)]
        return steps

    def round(self, day: date, lists: list[HandedIn]) -> list[tuple[date, int, Act]]:
        """Give the steps from the lists of a day to the opened cards."""
        made, brought = day + timedelta(days=3), day + timedelta(days=6)
        return [
            *((day, 9, partial(self.hand_in, listed)) for listed in lists),
            (day, 12, partial(self.run, "verify", "photos", "accounts")),
            (day, 14, self.answers),
            (day, 16, partial(self.run, "photos", "accounts", "order", "write")),
            (made, 9, self.bureau),
            (made, 15, partial(self.run, "dispatch")),
            (brought, 9, partial(self.run, "events")),
            *self.hands(brought),
        ]

    def hands(self, day: date) -> list[tuple[date, int, Act]]:
        """Give the steps of people who fetch and open their cards."""
        return [
            (day, 15, self.collect),
            (day, 16, self.open),
            (day, 18, partial(self.run, "promises", "waiting", "outbox", "messages", "seal")),
        ]

    async def found(self) -> None:
        async with self.city.database.work(SYSTEM) as work:
            await import_institutions(work, self.folder / "institutions")
            await take_over(work)

    async def register(self) -> None:
        extract = self.folder / "register" / "extract.csv"
        await self.take(SYSTEM, ListOf.REGISTER, extract)

    async def take(self, actor: Actor, kind: ListOf, path: Path) -> None:
        data = path.read_bytes()  # noqa: ASYNC240 - nobody else waits for this loop
        await take_in(self.city.database, actor, kind, path.name, data, invented_allowed=True)

    async def hand_in(self, listed: HandedIn) -> None:
        actor = await self.sender(listed.sender)
        try:
            await self.take(actor, listed.kind, listed.path)
        except PayrollBankNeeded:
            await self.choose_payroll_bank(actor)
            await self.take(actor, listed.kind, listed.path)

    async def sender(self, code: str) -> Actor:
        async with self.city.database.work(SYSTEM) as work:
            found = await institutions.by_code(work, code.upper()) or (
                await institutions.by_usccs(work, [code])
            ).get(code)
        return Actor(f"system:{found.code}", found.institution_id, "system") if found else SYSTEM

    async def choose_payroll_bank(self, employer: Actor) -> None:
        async with self.city.database.work(employer) as work:
            banks = await institutions.of_kind(work, BANK)
            await choose_payroll_bank(work, employer.organisation_id, banks[0].institution_id)

    async def run(self, *names: str) -> None:
        """Run stages; a stage that is stopped is told in the reports, and the others go on."""
        for name in names:
            report = await run_stage(self.city, STAGE[name])
            assert not (report.problem and report.problem["type"].endswith(StepFailed.slug)), report
            self.reports.append(report)

    async def bureau(self) -> None:
        """Take the bureau's answers until nothing is outstanding; what could not be made is ordered again."""
        for _ in range(BUREAU_LOOKS):
            if not await self.outstanding() or not (self.must_answer or self.lying()):
                return
            await self.run("returns", "write")
            await asyncio.sleep(0.01)
        raise AssertionError(f"the bureau never answered: {self.reports[-2:]}, {self.lying()}")

    def lying(self) -> list[str]:
        """Give the files that wait for the bureau or for us."""
        folder = self.city.settings.bureau_path
        return sorted(path.name for path in folder.glob("*-bureau/*.sbk2"))

    async def recover(self, attend: Act) -> None:
        """Three times three weeks, in which all that is due is done and people act; `attend`: to what was given up."""
        self.must_answer = False
        for _ in range(3):
            self.clock.at += timedelta(days=11)
            await attend()
            await self.run("verify", "photos", "accounts")
            await self.answers()
            await self.run("photos", "accounts", "order", "lapse", "write")
            await self.bureau()
            await self.run("dispatch", "events")
            self.clock.at += timedelta(days=11)
            await self.run("events")
            await self.collect()
            await self.open()
            await self.run("promises", "waiting", "outbox", "messages", "seal")

    async def outstanding(self) -> int:
        async with self.city.database.work(SYSTEM) as work:
            return sum(line.outstanding for line in await board(work) if line.status != BatchStatus.ANSWERED)

    async def people(self) -> Townspeople:
        if self.townspeople is None:
            self.townspeople = await Townspeople.read(self.city, self.folder / "behaviour.csv")
        return self.townspeople

    async def answers(self) -> None:
        await (await self.people()).answer_questions(self.city)

    async def collect(self) -> None:
        await (await self.people()).collect(self.city)

    async def open(self) -> None:
        await (await self.people()).open(self.city)
