"""The whole chain, as production runs it: lists are handed in while two processes run the steps, until nothing is left."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import msgspec
import psycopg

from bench import machine
from bench.report import Figure, Section, say
from bench.town import NOON, ShiftedClock, Town, settle, town
from bench.worker import Orders
from shebaoka import wiring
from shebaoka.cards import views as cards
from shebaoka.issuing.applications.states import Status
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.audit import verify
from shebaoka.simulation.city import build_city
from shebaoka.simulation.outside import outside_world

PEOPLE, SEED, RUNS = 20_000, 1, 3
GOAL_PER_SECOND: Final = 300
POLL_SECONDS: Final = 0.5
STUCK_SECONDS: Final = 240
AT_REST: Final = {Status.COMPLETED, Status.REJECTED, Status.WITHDRAWN, Status.RECEIVED, Status.AT_OUTLET}
MOVING: Final = [status.value for status in Status if status not in AT_REST]
ON_THEIR_WAY: Final = """
SELECT EXISTS (SELECT 1 FROM application WHERE status = ANY (%s))
    OR EXISTS (SELECT 1 FROM outbox WHERE delivered_at IS NULL)
    OR EXISTS (SELECT 1 FROM audit_fact WHERE batch_no IS NULL)
"""
COUNTS: Final = """
SELECT (SELECT count(*) FROM application),
       (SELECT count(*) FROM card WHERE generation = 'new' AND social = 'open')
"""
FILLED: Final = " claim batch -"
"""So verification speaks of the facts that a large city was filled with (`bench.scale`): they are in no chain."""
OURS: Final = ("intake", "front", "back", "postgresql")


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the chain. CPU in seconds, by whom it was used; `grown`: bytes by which the database grew."""

    seconds: float
    applications: int
    opened: int
    cpu: dict[str, float]
    grown: int

    @property
    def per_second(self) -> float:
        """People a second whose chain came to its end: their card is open, or with them for as long as they like."""
        return self.applications / self.seconds

    @property
    def cpu_ms(self) -> float:
        """CPU of our own programs and the database, without the sandbox, in milliseconds a person."""
        return sum(self.cpu[name] for name in OURS) / self.applications * 1000


def live(place: Town, files: Path) -> Run:
    """Let the people of `files`, who stand in the register already, change their cards."""
    size, before = place.sized(), _counts(place)
    with (
        outside_world(place.settings, files, place.folder / "outside", SEED) as outside,
        ExitStack() as stack,
    ):
        orders = place.folder / "orders.json"
        shift = ShiftedClock.at(NOON).shift.total_seconds()
        orders.write_bytes(msgspec.json.encode(Orders(outside.settings, str(files), shift)))
        orders.chmod(0o600)
        intake, *workers = [stack.enter_context(_process(role, orders)) for role in OURS[:3]]
        pids = [intake.pid, *(worker.pid for worker in workers), place.server.postmaster_pid]
        watched = dict(zip(OURS, pids, strict=True))
        watched["sandbox"] = machine.children("shebaoka_sandbox")[0]
        idle = {name: machine.cpu_seconds(pid) for name, pid in watched.items()}
        started = time.perf_counter()
        used = _until_done(place, intake, workers, watched)
        seconds = time.perf_counter() - started
    asyncio.run(_check(place))
    applications, opened = (after - was for after, was in zip(_counts(place), before, strict=True))
    cpu = {name: used[name] - idle[name] for name in watched}
    return Run(seconds, applications, opened, cpu, place.sized() - size)


def _process(role: str, orders: Path) -> subprocess.Popen[str]:
    """Start a process and wait until it is ready."""
    command = [sys.executable, "-m", "bench.worker", role, str(orders)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "ready\n", f"{role} did not start"
    return process


def _until_done(
    place: Town, intake: subprocess.Popen[str], workers: list[subprocess.Popen[str]], watched: dict[str, int]
) -> dict[str, float]:
    """Give the word to hand in; when nobody is on the way any more, let the workers go round once more and end.

    This function will give the CPU seconds that everybody has used.
    """
    assert intake.stdin
    intake.stdin.write("go\n")
    intake.stdin.flush()
    used: dict[str, float] = {}
    until = time.monotonic() + STUCK_SECONDS
    with psycopg.connect(place.url, autocommit=True) as watcher:
        while intake.poll() is None or watcher.execute(ON_THEIR_WAY, (MOVING,)).fetchone() != (False,):
            time.sleep(POLL_SECONDS)
            used |= {name: seconds for name, pid in watched.items() if (seconds := machine.cpu_seconds(pid))}
            assert all(worker.poll() is None for worker in workers), "a worker has ended"
            assert time.monotonic() < until, "the chain stands still"
    assert intake.returncode == 0, "the lists were not handed in"
    for worker in workers:
        assert worker.stdin
        worker.stdin.close()
    for worker in workers:
        assert worker.wait(60) == 0, "a worker failed"
    return used | {name: machine.cpu_seconds(watched[name]) for name in ("postgresql", "sandbox")}


def _counts(place: Town) -> tuple[int, int]:
    """Give how many applications there are, and how many new cards that are open."""
    with psycopg.connect(place.url) as connection:
        row = connection.execute(COUNTS).fetchone()
    assert row
    return row


async def _check(place: Town) -> None:
    """See that all is as it must be."""
    async with wiring.city(place.settings, place.url) as city:
        verdict = await verify(city.database, city.settings.checkpoints_path)
        async with city.database.work(SYSTEM) as work:
            counted = await cards.counts(work)
    wrong = [finding for finding in verdict.findings if FILLED not in finding]
    assert (wrong, verdict.unsealed) == ([], 0), "the audit chain does not verify"
    assert counted.two_live == 0, "somebody has two live cards"


def prepare(place: Town, people: int = PEOPLE) -> Path:
    """Build a city's files and take in its institutions and register."""
    files = place.folder / "city"
    build_city(files, people, SEED)
    asyncio.run(settle(place, files))
    return files


def run() -> Section:
    """Measure, and give the section of the page."""
    found: list[Run] = []
    with town() as place:
        say(f"chain: a city of {PEOPLE:,} people is built and registered")
        files = prepare(place)
        for number in range(1, RUNS + 1):
            with place.copied(f"run_{number}") as copy:
                found.append(live(copy, files))
            say(f"chain: run {number}: {found[-1].per_second:,.0f} people/s, {found[-1].cpu}")
    return _section(found)


def _section(found: list[Run]) -> Section:
    first, rate = found[0], median(one.per_second for one in found)
    shares = ", ".join(
        f"{name} {median(one.cpu[name] for one in found) / first.applications * 1000:.2f}"
        for name in first.cpu
    )
    return Section(
        "chain",
        "整条链路 · The whole chain",
        f"A city of {PEOPLE:,} people; those of them who apply do so through rosters, school and intake lists, all handed in at once by one process while two "
        "processes run the steps of `shebaoka jobs run` in a loop and the outside world answers from its sandbox over HTTP and files. "
        "Commits are durable. Counted from the first list handed in until the last card is open, every event is delivered and every "
        "audit fact sealed; the register was imported before. People a second: applications that came to their end (card open and old "
        f"card void, or card with a holder who leaves it unopened) by wall time. {len(found)} runs, each on a fresh copy; medians.",
        [
            Figure("people a second, all processes and the sandbox on this machine", f"{rate:,.0f}", f"≥ {GOAL_PER_SECOND}",
                   rate >= GOAL_PER_SECOND),
            Figure("measured ÷ goal", f"{rate / GOAL_PER_SECOND:.2f}", "≥ 1.00", rate >= GOAL_PER_SECOND),
            Figure("slowest and fastest run, people/s",
                   f"{min(one.per_second for one in found):,.0f}, {max(one.per_second for one in found):,.0f}"),
            Figure("applications; cards opened; seconds",
                   f"{first.applications:,}; {first.opened:,}; {median(one.seconds for one in found):.1f}"),
            Figure("CPU a person without the sandbox", f"{median(one.cpu_ms for one in found):.2f} ms"),
            Figure("of it, in ms", shares),
            Figure("disk a person: all tables and indexes, photo included", f"{first.grown / first.applications / 1000:.1f} kB"),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    print(run())
