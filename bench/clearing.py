"""A month between provinces is cleared: a million settlements both ways, with thirty provinces, and the file of one of them."""

from __future__ import annotations

import argparse
import asyncio
import csv
import time
from datetime import date, datetime
from io import StringIO
from typing import Final

import psycopg

from bench.report import Figure, Section, say, show
from bench.town import ShiftedClock, Town, town
from shebaoka.benefits.cross_province import commands, views
from shebaoka.benefits.cross_province.places import NAMES
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.clock import SHANGHAI
from shebaoka.wiring import city

SETTLEMENTS: Final = 1_000_000
SECONDS_MAX: Final = 60
MONTH: Final = date(2019, 3, 1)
AFTER: Final = datetime(2019, 4, 2, 12, tzinfo=SHANGHAI)
REVERSED_OF: Final = 100
"""Every hundredth was taken back in the same month."""
HOME: Final = "31"
PROVINCES: Final = [int(code) * 10_000 for code in NAMES if code != HOME]
FILL: Final = """
INSERT INTO cross_province_bill (
    person_id, bill_id, role, status, province_id, visit_id, institution_id, number, says, asked_at, settlement_id, total_fen,
    fund_fen, account_fen, settled_on, reversed_on, reversal)
SELECT 1000000 + n, n, CASE WHEN mod(n, 2) = 0 THEN 'care' ELSE 'insured' END,
       CASE WHEN mod(n, %(reversed)s) = 0 THEN 'reversed' ELSE 'settled' END,
       (%(provinces)s::bigint[])[1 + mod(n, cardinality(%(provinces)s::bigint[]))], n, 1, 'N' || n,
       '{"stay": "N", "hospital": {"code": "H", "name": "H", "level": 3}, "admitted_on": "2019-03-01", "discharged_on": "2019-03-02"}',
       %(first)s, n, 100000 + mod(n, 1000), 60000 + mod(n, 700), 1000, %(first)s::date + mod(n, 31)::integer,
       CASE WHEN mod(n, %(reversed)s) = 0 THEN date '2019-03-31' END, CASE WHEN mod(n, %(reversed)s) = 0 THEN 'R' || n END
FROM generate_series(1, %(count)s::bigint) AS n
"""


def fill(url: str, count: int) -> None:
    """Fill in so many bills of a month."""
    named = {"count": count, "provinces": PROVINCES, "first": MONTH, "reversed": REVERSED_OF}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(FILL, named)
        connection.execute("VACUUM (FREEZE, ANALYZE) cross_province_bill")


async def clear(place: Town, count: int) -> tuple[float, float, int, bool]:
    """Draw the month up: seconds, seconds of the largest province's file, its rows, and whether everything was counted once."""
    async with city(place.settings, place.url, ShiftedClock.at(AFTER)) as here:
        started = time.monotonic()
        async with here.database.work(SYSTEM) as work:
            drawn = await commands.draw_clearings(work, MONTH)
        seconds = time.monotonic() - started
        started, rows, file = time.monotonic(), 0, StringIO()
        async with here.database.work(SYSTEM) as work:
            async for some in views.cleared(work, drawn[0].province_id, MONTH):
                csv.writer(file).writerows(some)
                rows += len(some)
        filed = time.monotonic() - started
        async with here.database.work(SYSTEM) as work:
            again = await commands.draw_clearings(work, MONTH)
    counted = sum(one.owed_to_us + one.owed_by_us for one in drawn)
    good = again == drawn and counted == count + count // REVERSED_OF and _money(place.url) == sum(
        one.owed_to_us_fen + one.owed_by_us_fen for one in drawn
    )  # fmt: skip
    return seconds, filed, rows, good


def _money(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT sum(fund_fen + account_fen) FILTER (WHERE reversed_on IS NULL) FROM cross_province_bill"
        ).fetchone()
    assert row
    return int(row[0])


def measure(count: int) -> tuple[float, float, int, bool]:
    """Fill a town of its own and clear its month."""
    with town() as place:
        say(f"clearing: {count:,} settlements between {len(PROVINCES)} provinces and us")
        fill(place.url, count)
        return asyncio.run(clear(place, count))


def run(count: int = SETTLEMENTS) -> Section:
    """Measure."""
    seconds, filed, rows, good = measure(count)
    assert good, "each settlement and reversal is counted once, and the money adds up"
    return Section(
        "clearing",
        "A month between provinces cleared",
        f"{count:,} stays that other provinces and we have settled in one month, half of them guests of ours, every "
        f"{REVERSED_OF}th taken back; {len(PROVINCES)} provinces. `shebaoka benefits clear`: each is marked with the month in which it "
        "counts, summed both ways by province, in one durable transaction; drawn again nothing changes; the sums are held against the bills. "
        "The file: one province's settlements read and written as CSV.",
        [
            Figure(f"seconds for {count:,} settlements", f"{seconds:.1f} s", f"≤ {SECONDS_MAX} s", seconds <= SECONDS_MAX),
            Figure("measured ÷ goal", f"{seconds / SECONDS_MAX:.2f}", "≤ 1.00", seconds <= SECONDS_MAX),
            Figure("settlements and reversals a second", f"{(count + count // REVERSED_OF) / seconds:,.0f}"),
            Figure(f"a province's file of {rows:,} rows", f"{filed:.1f} s"),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settlements", type=int, default=SETTLEMENTS)
    show(run(parser.parse_args().settlements))
