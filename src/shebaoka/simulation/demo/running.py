"""The main job on a demo city: day by day, through the importers and steps that an operator uses."""

from __future__ import annotations

import asyncio
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from shebaoka.issuing.lists.commands import take_in
from shebaoka.issuing.lists.errors import PayrollBankNeeded
from shebaoka.issuing.lists.model import ListOf
from shebaoka.issuing.production import views as production
from shebaoka.issuing.stages import run_stage
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.city import City
from shebaoka.kit.clock import SetClock
from shebaoka.kit.problems import Problem
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.commands import choose_payroll_bank, import_institutions
from shebaoka.registry.institutions.model import BANK
from shebaoka.registry.outlets.commands import import_outlets
from shebaoka.registry.programme import views as programmes
from shebaoka.service.readiness.commands import take_over
from shebaoka.service.stages import STAGES
from shebaoka.simulation.card_keys import hold_ceremonies
from shebaoka.simulation.demo.acting import Townspeople
from shebaoka.simulation.demo.calendar import HandedIn, at, read_calendar
from shebaoka.simulation.demo.characters import chosen
from shebaoka.simulation.demo.story import Progress, Story
from shebaoka.simulation.demo.visiting import Patients, leave_something_to_work_off

REGISTER_DAY: Final = date(2018, 12, 31)
BUREAU_SECONDS_MAX: Final = 120
WEEKS: Final = 3
DAYS: Final = 5
INTAKE: Final = ("verify", "photos", "accounts", "order", "write")
AFTERWARDS: Final = ("waiting", "reminders", "outbox", "messages", "seal")
STAGE = {stage.name: stage for stage in STAGES}


class StageStopped(Problem):
    """A step of the demo was stopped by a refusal."""

    slug = "stage-stopped"
    status = 500
    title_zh = "演示流程中断"
    title_en = "A step of the demo was stopped"
    remedy_zh = "请按所附原因处理后重新运行 make demo"
    remedy_en = "Mend what the reason names and run make demo again"


async def run_city(city: City, clock: SetClock, folder: Path, story: Story) -> None:
    """Run the whole chain on the demo city whose files lie in `folder`; StageStopped when a step cannot go on."""
    clock.at = at(REGISTER_DAY, 20)
    await found_city(city, folder, story)
    await run_steps(city, ("status-list",))
    townspeople = await Townspeople.read(city, folder / "behaviour.csv")
    days = read_calendar(folder / "lists")
    rows = sum(listed.rows for _, lists in days for listed in lists)
    with story.part("从申请到开通", "apply to open", rows) as progress:
        for day, lists in days:
            await _live_through(city, clock, day, lists, townspeople, progress)
    await _finish(city, clock, townspeople, story)


async def found_city(city: City, folder: Path, story: Story) -> None:
    """Take in the institutions and the register; this function will tell the story how far it is."""
    with story.part("导入机构", "institutions"):
        async with city.database.work(SYSTEM) as work:
            await import_institutions(work, folder / "institutions")
            await import_outlets(work, folder / "institutions")
            await take_over(work, "虚构城市 · an invented city")
    with story.part("卡片密钥", "card keys"):
        await hold_ceremonies(city)
    extract = folder / "register" / "extract.csv"
    with story.part("导入人口参保信息", "the register", extract.read_bytes().count(b"\n") - 1) as progress:
        await take_in(
            city.database, SYSTEM, ListOf.REGISTER, extract.name, extract.read_bytes(), invented_allowed=True,
            progress=progress,
        )  # fmt: skip


async def _live_through(
    city: City,
    clock: SetClock,
    day: date,
    lists: list[HandedIn],
    townspeople: Townspeople,
    progress: Progress,
) -> None:
    """One day's lists go the whole way: in the week after, their cards are made, posted, fetched and opened."""
    clock.at = at(day, 9)
    for listed in lists:
        await hand_in(city, listed)
        progress(listed.rows)
    await run_steps(city, INTAKE[:3])
    await townspeople.answer_questions(city)
    await run_steps(city, INTAKE[2:])
    clock.at = at(day + timedelta(days=3), 9)
    await _await_bureau(city)
    await run_steps(city, ("dispatch",))
    clock.at = at(day + timedelta(days=6), 18)
    await run_steps(city, ("redirects", "events"))
    await townspeople.collect(city)
    await townspeople.open(city)
    await townspeople.bring_back(city)
    await run_steps(city, AFTERWARDS)


async def hand_in(city: City, listed: HandedIn) -> None:
    """Hand in one list, for its sender where the sender is an institution, else as the programme itself."""
    async with city.database.work(SYSTEM) as work:
        sender = await institutions.by_code(work, listed.sender.upper()) or (
            (await institutions.by_usccs(work, [listed.sender])).get(listed.sender)
        )
    actor = Actor(f"system:{sender.code}", sender.institution_id, "system") if sender else SYSTEM
    try:
        await _take_in(city, actor, listed)
    except PayrollBankNeeded:
        await _choose_payroll_bank(city, actor)
        await _take_in(city, actor, listed)


async def _take_in(city: City, actor: Actor, listed: HandedIn) -> None:
    data = listed.path.read_bytes()
    await take_in(city.database, actor, listed.kind, listed.path.name, data, invented_allowed=True)


async def _choose_payroll_bank(city: City, actor: Actor) -> None:
    """The employer was asked to choose: it takes the first service bank that pays its wages, else the first of all."""
    employer_id = actor.organisation_id
    async with city.database.work(actor) as work:
        payroll = (await institutions.payroll_banks(work, [employer_id])).get(employer_id, [])
        paying = [row.bank_id for row in payroll if row.bank_id is not None]
        banks = paying or [bank.institution_id for bank in await institutions.of_kind(work, BANK)]
        await choose_payroll_bank(work, employer_id, banks[0])


async def run_steps(city: City, names: tuple[str, ...]) -> None:
    """Run steps in their order; StageStopped when one is stopped by a refusal."""
    for name in names:
        report = await run_stage(city, STAGE[name])
        if report.problem:
            raise StageStopped(f"{name}: {report.problem['title']} {report.problem.get('detail', '')}")


async def _await_bureau(city: City) -> None:
    """Take the bureau's answers as they come; what it failed to make is ordered again, until all is answered."""
    until = time.monotonic() + BUREAU_SECONDS_MAX
    while await outstanding(city):
        while not production.arrived(city.settings.bureau_path):
            if time.monotonic() > until:
                raise StageStopped(f"the card bureau did not answer within {BUREAU_SECONDS_MAX} s")
            await asyncio.sleep(0.02)
        await run_steps(city, ("returns", "write"))


async def outstanding(city: City) -> bool:
    """Tell whether the bureau has been told of cards that it has not answered."""
    async with city.database.work(SYSTEM) as work:
        return bool(await production.outstanding(work, 1))


async def _finish(city: City, clock: SetClock, townspeople: Townspeople, story: Story) -> None:
    """What is still on its way arrives in the weeks after the last list; meanwhile people go to the doctor's."""
    await run_steps(city, ("insurance",))
    async with city.database.work(SYSTEM) as work:
        patients = await Patients.begin(city, await programmes.load(work), townspeople.everybody)
    with story.part("看病结算", "visits settled", WEEKS * DAYS) as progress:
        for _ in range(WEEKS):
            for _ in range(DAYS):
                clock.at += timedelta(days=1)
                await patients.one_day(city)
                progress(1)
            await run_steps(city, ("dispatch", "redirects", "events"))
            await townspeople.collect(city)
            await townspeople.open(city)
            await run_steps(city, (*AFTERWARDS, "status-list"))
    async with city.database.work(SYSTEM) as work:
        known = list((await chosen(work)).values())
    await patients.one_day(city, known)
    await patients.one_day(city, known)
    await leave_something_to_work_off(city, patients)
    await run_steps(city, ("figures",))
