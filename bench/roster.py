"""An employer's roster of 100,000 rows against a register of 100,000 people: parsed, checked, answered, stored."""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import msgspec

from bench.report import Figure, Section, say
from bench.town import NOON, ShiftedClock, Town, take_places, town
from shebaoka import wiring
from shebaoka.issuing.lists.commands import take_in
from shebaoka.issuing.lists.model import ListOf
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.city import City
from shebaoka.kit.settings import Settings
from shebaoka.kit.work import Work
from shebaoka.records.id_number import with_check_character
from shebaoka.records.lists import EMPLOYER_ROSTER
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.commands import choose_payroll_bank
from shebaoka.registry.people.commands import upsert_many
from shebaoka.registry.people.model import PersonRow
from shebaoka.simulation.city import build_city, dirt, papers

PEOPLE: Final = 100_000
PEOPLE_AT_ONCE: Final = 5_000
RUNS: Final = 3
DIRTY_SHARE: Final = 0.02
GOAL_SECONDS, GOAL_BYTES = 30, 10**9
FIRST_BIRTH: Final = date(1960, 1, 1)
LETTERS: Final = "甲乙丙丁戊己庚辛壬癸"
ROSTER: Final = "roster.xlsx"


def person(serial: int, employer_id: int) -> PersonRow:
    """Give an invented adult; no place has a code that begins with 10."""
    born, order = FIRST_BIRTH + timedelta(days=serial // 20), serial % 20 * 2 + 1
    return PersonRow(
        id_number=with_check_character(f"100101{born:%Y%m%d}{order:03d}"),
        name="虚" + "".join(LETTERS[int(digit)] for digit in f"{serial:06d}"[-3:]),
        mobile=f"154{serial:08d}", address=f"黄浦区虚构路{serial}弄{serial % 99}号", sex="male", birth_date=born, hukou=True,
        district_code="310101", insured="employee", insured_status="active", employer_id=employer_id,
    )  # fmt: skip


def write_roster(folder: Path, rows: list[PersonRow], outlet: str) -> Path:
    """Write the workbook; one row in fifty is dirty: half of these can be mended, half must be refused."""
    chance = Random(1)
    kinds = [kind for kind in dirt.MENDED if kind not in ("zeros_lost", "slashed_day")]
    given: list[dict[str, Any]] = []
    for row in rows:
        fields = {name: getattr(row, name) for name in ("name", "id_number", "mobile", "address")}
        fields["fallback_outlet"] = outlet
        if chance.random() >= DIRTY_SHARE:
            given.append(fields)
            continue
        kind = chance.choice(kinds if chance.random() < 1 / 2 else list(dirt.REFUSED))
        given += dirt.soiled(fields, kind, typed=True)[0]
    return papers.write(
        folder / ROSTER, EMPLOYER_ROSTER, given, papers.Manner(papers.WORKBOOK, frozenset({"title"}))
    )


async def furnish(place: Town) -> int:
    """Make institutions, an employer's people and its roster; give the employer."""
    files = place.folder / "city"
    build_city(files, 1_000, 1)
    await take_places(place, files)
    async with wiring.city(place.settings, place.url, ShiftedClock.at(NOON)) as city:
        async with city.database.work(SYSTEM) as work:
            employer = await _employer(work)
            outlet = (await institutions.of_kind(work, "community_centre"))[0].code
        rows = [person(serial, employer) for serial in range(PEOPLE)]
        await _register(city, rows)
    write_roster(place.folder, rows, outlet)
    return employer


async def _employer(work: Work) -> int:
    """Give an employer whose wages a service bank pays, that bank chosen."""
    employers = [one.institution_id for one in await institutions.of_kind(work, "employer")]
    paid = await institutions.payroll_banks(work, employers)
    employer, bank = next((one, row.bank_id) for one in employers for row in paid.get(one, []) if row.bank_id)
    await choose_payroll_bank(work, employer, bank)
    return employer


async def _register(city: City, rows: list[PersonRow]) -> None:
    for start in range(0, len(rows), PEOPLE_AT_ONCE):
        async with city.database.work(SYSTEM) as work:
            await upsert_many(work, rows[start : start + PEOPLE_AT_ONCE])


async def take(settings: Settings, roster: Path, employer: int) -> dict[str, float]:
    """Take the roster in, in a process that does nothing else; give seconds, bytes and rows."""
    started = time.perf_counter()
    data = roster.read_bytes()  # noqa: ASYNC240 - nobody else waits in this process
    async with wiring.city(settings, settings.database_url, ShiftedClock.at(NOON)) as city:
        answer = await take_in(
            city.database, Actor("staff:1", employer, "employer_hr"), ListOf.EMPLOYER, roster.name,
            data, invented_allowed=True,
        )  # fmt: skip
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {
        "seconds": seconds, "peak": peak, "rows": answer.total_rows or 0, "accepted": answer.accepted_rows or 0,
        "rejected": answer.rejected_rows or 0, "repeated": answer.repeated_rows or 0,
    }  # fmt: skip


def _taken(place: Town, roster: Path, employer: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.roster", str(roster), str(employer)]
    told = msgspec.json.encode(place.settings)
    done = subprocess.run(command, input=told, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(done.stdout))


def run() -> Section:
    """Measure, and give the section of the page."""
    found: list[dict[str, float]] = []
    with town() as place:
        say(f"roster: {PEOPLE:,} people are registered, their roster is written")
        employer = asyncio.run(furnish(place))
        roster = place.folder / ROSTER
        for number in range(1, RUNS + 1):
            with place.copied(f"run_{number}") as copy:
                found.append(_taken(copy, roster, employer))
            say(f"roster: run {number}: {found[-1]['seconds']:.1f} s, {found[-1]['peak'] / 1e6:,.0f} MB")
        size = roster.stat().st_size
    return _section(sorted(found, key=lambda one: one["seconds"]), size)


def _section(found: list[dict[str, float]], size: int) -> Section:
    middle, peak = found[len(found) // 2], max(one["peak"] for one in found)
    seconds = middle["seconds"]
    return Section(
        "roster",
        "十万行名册 · A roster of 100,000 rows",
        f"An .xlsx of {middle['rows']:,.0f} rows ({size / 1e6:.1f} MB), {DIRTY_SHARE:.0%} of them dirty, from one employer, against a register of "
        f"{PEOPLE:,} people, by the importer behind `shebaoka roster` in a process of its own: read, checked, every row answered, applications "
        f"and the sealed file stored. {len(found)} runs, each on a fresh copy: the median time, the highest memory.",
        [
            Figure("seconds", f"{seconds:.1f}", f"≤ {GOAL_SECONDS}", seconds <= GOAL_SECONDS),
            Figure("measured ÷ goal", f"{seconds / GOAL_SECONDS:.2f}", "≤ 1.00", seconds <= GOAL_SECONDS),
            Figure("peak memory of the process", f"{peak / 1e6:,.0f} MB", "≤ 1,000 MB", peak <= GOAL_BYTES),
            Figure("fastest and slowest run, seconds", f"{found[0]['seconds']:.1f}, {found[-1]['seconds']:.1f}"),
            Figure("rows a second", f"{middle['rows'] / seconds:,.0f}"),
            Figure("accepted; to be mended; repeated",
                   f"{middle['accepted']:,.0f}; {middle['rejected']:,.0f}; {middle['repeated']:,.0f}"),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    given = msgspec.json.decode(sys.stdin.buffer.read(), type=Settings)
    print(json.dumps(asyncio.run(take(given, Path(sys.argv[1]), int(sys.argv[2])))))
