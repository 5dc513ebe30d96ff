"""What a settlement costs when ten million are stored, compared with a hundred thousand: the same patients, the same bills."""

from __future__ import annotations

import argparse
import asyncio
import time
from dataclasses import dataclass
from statistics import mean
from typing import Final

import psycopg

from bench.clinic import (
    BALANCE_FEN,
    HOSPITAL,
    Model,
    bill,
    card_number,
    fill_patients,
    like,
    model_patient,
    open_hospital,
    tidy,
)
from bench.machine import cpu_seconds
from bench.report import Figure, Section, say, show
from bench.town import NOON, ShiftedClock, Town, town
from shebaoka.benefits.settlement import commands
from shebaoka.benefits.settlement.model import Confirming
from shebaoka.kit.actor import SYSTEM
from shebaoka.ledger import views as books
from shebaoka.registry.programme.programme import Programme
from shebaoka.wiring import city

PATIENTS: Final = 200_000
FEW, MANY = 100_000, 10_000_000
GOAL: Final = 1.3
BILLS, AT_ONCE, ROUNDS = 4_000, 8, 3
MEMORY: Final = "4GB"
"""What PostgreSQL is given (`shared_buffers`) on a machine that keeps so many; with 256 MB a bill costs 1.31 times as much."""
FAR: Final = 10**12
"""Identifiers of what is filled in lie below all that are made."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a bill cost: milliseconds of CPU of this process and of PostgreSQL, and by the wall."""

    ours_ms: float
    database_ms: float
    wall_ms: float

    @property
    def cpu_ms(self) -> float:
        """All CPU."""
        return self.ours_ms + self.database_ms


def fill_settled(url: str, model: Model, count: int, before: int) -> None:
    """Fill in so many settlements like the model's, spread over the patients, with visit, lines, quote, entry, message and audit fact."""
    whose = f"person_id = {model.person_id}"
    n = f"({FAR}::bigint + {before} + n)"
    people, each = min(count, PATIENTS), -(-count // PATIENTS)
    visit = {"person_id": "person", "visit_id": n, "number": f"'F' || {n}"}
    numbered = f"visit_id = (SELECT visit_id FROM settlement WHERE {whose})"
    for table, found, others in (
        ("medical_visit", f"{whose} AND model.{numbered}", visit),
        ("medical_visit_line", f"{whose} AND model.{numbered}", {"person_id": "person", "visit_id": n}),
        ("settlement_quote", f"{whose} AND model.{numbered}", {"person_id": "person", "quote_id": n, "visit_id": n}),
        ("settlement", whose, {"person_id": "person", "settlement_id": n, "quote_id": n, "visit_id": n,
                               "number": f"'F' || {n}", "entry_id": n}),
        ("settlement_message_directory", whose, {"person_id": "person", "settlement_id": n, "number": f"'F' || {n}"}),
        ("posting", f"{whose} AND model.kind = 'settlement'", {"person_id": "person", "entry_id": n, "reference": n}),
        ("audit_fact", f"{whose} AND model.action = 'settlement.confirmed'",
         {"person_id": "person", "fact_id": n}),
    ):  # fmt: skip
        started = time.monotonic()
        like(url, table, found, others, people, each)
        say(f"settled: {table}: {time.monotonic() - started:.0f} s")


async def settle(place: Town, programme: Programme, round_: int) -> Cost:
    """Let so many patients come, be quoted and settle, some at once; give what one cost."""
    async with city(place.settings, place.url, ShiftedClock.at(NOON)) as here:
        bills = iter(range(round_ * BILLS, (round_ + 1) * BILLS))

        async def desk() -> None:
            for number in bills:
                # Patients from all over the table, and nobody twice.
                card = card_number(1 + number * 7_919 % PATIENTS)
                quoted = await bill(here, programme, card, f"B{number}")
                async with here.database.work(SYSTEM) as work:
                    await commands.confirm(work, programme, Confirming(
                        institution_id=HOSPITAL, number=f"B{number}", person_id=quoted.person_id, quote_id=quoted.quote_id,
                        card_number=card,
                    ))  # fmt: skip

        server = place.server.postmaster_pid
        before = time.process_time(), cpu_seconds(server), time.monotonic()
        await asyncio.gather(*(desk() for _ in range(AT_ONCE)))
        after = time.process_time(), cpu_seconds(server), time.monotonic()
    ours, theirs, wall = ((then - was) / BILLS * 1e3 for was, then in zip(before, after, strict=True))
    return Cost(ours, theirs, wall)


async def _opened(place: Town) -> tuple[Programme, Model]:
    async with city(place.settings, place.url, ShiftedClock.at(NOON)) as here:
        programme = await open_hospital(here)
        return programme, await model_patient(here, programme)


async def _agrees(place: Town) -> bool:
    """Tell whether the ledger balances. That of the patients' accounts was not kept while it was filled in."""
    async with (
        city(place.settings, place.url, ShiftedClock.at(NOON)) as here,
        here.database.work(SYSTEM) as work,
    ):
        drawn = await books.trial_balance(work, work.today)
        return drawn.debit_fen == drawn.credit_fen


def _stored(place: Town) -> int:
    with psycopg.connect(place.url) as connection:
        row = connection.execute("SELECT count(*) FROM settlement").fetchone()
    assert row
    return int(row[0])


def measure(many: int, rounds: int) -> tuple[dict[str, list[Cost]], int, float]:
    """Fill few, measure; fill up to many, measure again; give the costs, how many are stored, and their gigabytes."""
    found: dict[str, list[Cost]] = {"few": [], "many": []}
    with town(MEMORY) as place:
        programme, model = asyncio.run(_opened(place))
        fill_patients(place.url, model, PATIENTS, BALANCE_FEN)
        fill_settled(place.url, model, FEW, 0)
        numbers = iter(range(2 * rounds))
        for name, costs in found.items():
            tidy(place.url)
            for _ in range(rounds):
                cost = asyncio.run(settle(place, programme, next(numbers)))
                costs.append(cost)
                say(
                    f"settled: {_stored(place):,} stored: {cost.cpu_ms:.2f} ms CPU, {cost.wall_ms:.2f} ms by the wall"
                )
            if name == "few":
                fill_settled(place.url, model, many - FEW, FEW)
        assert asyncio.run(_agrees(place)), "the ledger does not balance"
        return found, _stored(place), place.sized() / 1e9


def run(many: int = MANY, rounds: int = ROUNDS) -> Section:
    """Measure, and give the section of the page."""
    found, stored, size = measure(many, rounds)
    cpu = {name: mean(cost.cpu_ms for cost in costs) for name, costs in found.items()}
    wall = {name: mean(cost.wall_ms for cost in costs) for name, costs in found.items()}
    database = {name: mean(cost.database_ms for cost in costs) for name, costs in found.items()}
    by_cpu, by_wall = cpu["many"] / cpu["few"], wall["many"] / wall["few"]
    return Section(
        "settled",
        "一千万笔与十万笔 · Ten million settlements and a hundred thousand",
        f"Patients come to a hospital, {AT_ONCE} at once: registered with their card, three lines, quoted, settled: four transactions by the commands that all faces "
        f"call, {BILLS:,} bills a round, {rounds} rounds; first with {FEW:,} settlements stored, then with {stored:,} ({size:.0f} GB with their visits, lines, quotes, "
        f"entries and audit facts; {PATIENTS:,} patients, the same for both), which are filled in by SQL, vacuumed and analysed; PostgreSQL has {MEMORY} of its own (`shared_buffers`). Then the ledger's trial balance is drawn.",
        [
            Figure("CPU a bill, many ÷ few", f"{by_cpu:.2f}", f"≤ {GOAL}", by_cpu <= GOAL),
            Figure("wall time, many ÷ few", f"{by_wall:.2f}", f"≤ {GOAL}", by_wall <= GOAL),
            Figure("CPU of PostgreSQL, many ÷ few", f"{database['many'] / database['few']:.2f}"),
            Figure("CPU a bill, few and many, all four steps", f"{cpu['few']:.2f} and {cpu['many']:.2f} ms"),
            Figure("bills a second, few and many", f"{1e3 / wall['few']:,.0f} and {1e3 / wall['many']:,.0f}"),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--many", type=int, default=MANY)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    show(run(given.many, given.rounds))
