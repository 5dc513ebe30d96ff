"""The status list of a whole city: how long it takes to build, how large it is, and how long a terminal takes to look a card up."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta

import psycopg
from psycopg import sql

from bench.report import Figure, Section, say, show
from bench.town import NOON, Town, town
from shebaoka.cards.status_list.commands import publish_due
from shebaoka.kit.clock import SetClock
from shebaoka.kit.settings import Settings, read_settings
from shebaoka.kit.sm2_files import make_secret
from shebaoka.records.status_list import Presented, StatusList
from shebaoka.wiring import city

CARDS, OLD_CARDS = 16_800_000, 1_400_000
"""A whole city's new cards; and a tenth of its old ones, whose part grows with them: all take `--old 14000000`, and as much more time."""
VOID_PART, SUSPENDED_PART = 100, 5_000
VOID_OF_OLD = 7
"""Of ten old cards."""
CHANGES = {"void": 500, "suspended": 1_000, "open": 500}
"""In a day: what so many cards become. Of 168,000 void ones a year makes 460 a day."""
HOURS, AT_ONCE, LOOKS, CORES = 24, 400_000, 100_000, 2
SECONDS_MAX, BYTES_MAX, DAY_BYTES_MAX, LOOK_US_MAX = 60, 4_000_000, 50_000, 20
NEW = """
INSERT INTO card (person_id, card_id, card_number, generation, social, financial, issued_on, void_at, loss, lost_at, identification_code)
SELECT n, 2 * n, lpad(n::text, 8, '0') || 'N', 'new', social, 'open', '2019-01-02',
       CASE social WHEN 'void' THEN timestamptz '2020-01-01' END, CASE social WHEN 'suspended' THEN 'formal' END,
       CASE social WHEN 'suspended' THEN timestamptz '2020-01-01' END,
       '310000D156000005' || upper(lpad(to_hex(n), 8, '0') || left(md5(n::text), 8))
FROM (SELECT n, CASE WHEN n %% %(void)s = 0 THEN 'void' WHEN n %% %(suspended)s = 1 THEN 'suspended'
                     WHEN n %% 10 >= %(of_old)s THEN 'unopened' ELSE 'open' END AS social
      FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n) AS new
"""
# Void ones were told long ago, one by one as the new cards opened.
OLD = """
INSERT INTO card (person_id, card_id, card_number, generation, social, financial, issued_on, void_at, void_reason, listed)
SELECT n, 2 * n + 1, lpad(n::text, 8, '0') || 'O', 'old', social, 'none', '2010-05-06',
       CASE social WHEN 'void' THEN timestamptz '2020-01-01' END, CASE social WHEN 'void' THEN 'replaced' END,
       CASE social WHEN 'void' THEN 'void' ELSE 'not_listed' END
FROM (SELECT n, CASE WHEN n %% 10 < %(of_old)s OR n %% %(suspended)s = 1 THEN 'void' ELSE 'open' END AS social
      FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n) AS old
"""
DAY = """
UPDATE card SET social = %(social)s, version = version + 1, void_at = CASE %(social)s WHEN 'void' THEN timestamptz '2020-12-01' END,
    loss = CASE %(social)s WHEN 'suspended' THEN 'formal' END, lost_at = CASE %(social)s WHEN 'suspended' THEN timestamptz '2020-12-01' END
WHERE generation = 'new' AND social = %(was)s AND person_id = ANY (%(people)s)
"""


@contextmanager
def without_indexes(url: str) -> Iterator[None]:
    """Leave the cards' indexes away while they are made, and build them as they were: sorting once is cheaper than looking up each."""
    with psycopg.connect(url, autocommit=True) as connection:
        found: list[tuple[str, str]] = connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'card'"
        ).fetchall()
        connection.execute("ALTER TABLE card DROP CONSTRAINT card_pkey")
        for name, _ in found:
            connection.execute(sql.SQL("DROP INDEX IF EXISTS {}").format(sql.Identifier(name)))
        yield
        with ThreadPoolExecutor(CORES) as pool:
            list(pool.map(lambda one: _index(url, one[1]), found))
        connection.execute("ALTER TABLE card ADD PRIMARY KEY USING INDEX card_pkey")
        connection.execute("VACUUM ANALYZE card")
        # What was loaded is written out before anything is measured: a city's cards were there yesterday.
        connection.execute("CHECKPOINT")


def _index(url: str, definition: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute(definition.encode())


def fill(url: str, text: str, count: int) -> None:
    """Make cards by SQL, in as many connections as there are cores: it is not what is measured."""

    def some(first: int) -> None:
        named = {"first": first, "last": min(first + AT_ONCE - 1, count), "void": VOID_PART,
                 "suspended": SUSPENDED_PART, "of_old": VOID_OF_OLD}  # fmt: skip
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SET synchronous_commit = off")
            connection.execute(text.encode(), named)

    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(some, range(1, count + 1, AT_ONCE)))


def change(url: str, cards: int, part: int) -> int:
    """Let a part of a day's cards become something else; give how many did."""
    done = 0
    with psycopg.connect(url, autocommit=True) as connection:
        for social, count in CHANGES.items():
            was = "suspended" if social == "open" else "open"
            step = SUSPENDED_PART if social == "open" else 10
            start = {"void": 4, "suspended": 6, "open": 1}[social]
            people = [start + step * random.randrange(cards // step) for _ in range(round(count / part))]
            done += connection.execute(
                DAY.encode(), {"social": social, "was": was, "people": people}
            ).rowcount
    return done


async def publish(settings: Settings, moment: datetime, *, base: bool) -> dict[str, float]:
    """Publish at a moment, and give how long it took."""
    async with city(settings, settings.database_url, SetClock(moment)) as here:
        key = make_secret(settings.status_list_key_path)
        published: list[float] = []
        started = time.perf_counter()
        done = await publish_due(
            here.database, key, settings.city_digits, at_once=True, base=base,
            progress=lambda _: published.append(time.perf_counter() - started),
        )  # fmt: skip
        noted = time.perf_counter() - started
    used = [
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return {
        "seconds": published[0],
        "noted": noted,
        "bytes": done.size_bytes,
        "void": done.void,
        "mb": used[0],
        "mb_children": used[1],
    }


def build(place: Town) -> dict[str, float]:
    """Publish a base by a process of its own."""
    settings = place.settings
    environment = os.environ | {
        "SHEBAOKA_DATABASE_URL": settings.database_url, "SHEBAOKA_DATA_DIR": settings.data_dir,
        "SHEBAOKA_MASTER_KEY_FILE": settings.master_key_file,
    }  # fmt: skip
    command = [sys.executable, "-m", "bench.status_list", "--publish"]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def held(place: Town, now: datetime) -> StatusList:
    """Give what a terminal holds that has fetched everything."""
    with psycopg.connect(place.url) as connection:
        rows = connection.execute(
            "SELECT content FROM status_list_file WHERE epoch = (SELECT max(epoch) FROM status_list_file) ORDER BY sequence"
        ).fetchall()
    base, *deltas = (bytes(row[0]) for row in rows)
    key = make_secret(place.settings.status_list_key_path).public
    return StatusList.load(base, deltas, key, now, city=place.settings.city_digits)


def looked_up(terminal: StatusList, cards: list[Presented], now: datetime) -> tuple[float, int]:
    """Give microseconds of CPU a card, and how many of them the list speaks against."""
    started = time.process_time()
    hits = sum(terminal.standing(card, now).hit for card in cards)
    return (time.process_time() - started) / len(cards) * 1e6, hits


def some(cards: int, letter: str, *, void: bool) -> list[Presented]:
    """Draw cards that are void, or good."""
    version = "3.00" if letter == "N" else "1.00"
    found: list[Presented] = []
    while len(found) < LOOKS:
        n = random.randrange(1, cards + 1)
        if letter == "N":
            is_void, is_good = n % VOID_PART == 0, n % 10 == 2
        else:
            is_void = n % 10 < VOID_OF_OLD or n % SUSPENDED_PART == 1
            is_good = not is_void
        if is_void if void else is_good:
            found.append(Presented(f"{n:08}{letter}", version, "3100"))
    return found


def run(cards: int = CARDS, old: int = OLD_CARDS) -> Section:
    """Measure, and give the section of the page."""
    with town() as place:
        say(f"status_list: {cards:,} cards are made")
        with without_indexes(place.url):
            fill(place.url, NEW, cards)
        say(f"status_list: {place.sized() / 1e9:.1f} GB; a base is built and published")
        first = build(place)
        say(f"status_list: built in {first['seconds']:.0f} s, {first['bytes']:,.0f} bytes")
        day, changes, delta_ms = 0.0, 0, []
        for hour in range(1, HOURS + 1):
            changes += change(place.url, cards, HOURS)
            done = asyncio.run(publish(place.settings, NOON + timedelta(hours=hour), base=False))
            day += done["bytes"]
            delta_ms.append(done["seconds"] * 1000)
        now = NOON + timedelta(hours=HOURS)
        terminal = held(place, now)
        good_us, wrong = looked_up(terminal, some(cards, "N", void=False), now)
        void_us, hits = looked_up(terminal, some(cards, "N", void=True), now)
        say(f"status_list: {old:,} old cards are made")
        fill(place.url, OLD, old)
        with_old = build(place)
        terminal = held(place, now)
        old_us, old_hits = looked_up(terminal, some(old, "O", void=True), now)
        _, old_wrong = looked_up(terminal, some(old, "O", void=False), now)
    return Section(
        "status_list",
        "离线终端的状态名单 · The status list for terminals that lose the network",
        f"{cards:,} cards in the table `card`, 1 % of them void; the base is built, signed and published by a process of its own (from the "
        f"first question to the tables until its commit; the first one of all then notes with each card what it told, as no later one has to). A day: {changes:,} cards become void, suspended or good again, "
        f"published in {HOURS} deltas. Look-ups by the Python library, {LOOKS:,} random cards of each kind, base and a day's deltas loaded. Then "
        f"{old:,} old cards beside them, {VOID_OF_OLD} of ten void, and another base.",
        [
            Figure("base built and published, seconds", f"{first['seconds']:.1f}", f"≤ {SECONDS_MAX}", first["seconds"] <= SECONDS_MAX),
            Figure("the first one: until it is noted with each card what was told, seconds", f"{first['noted']:.1f}"),
            Figure("its size, bytes", f"{first['bytes']:,.0f}", f"≤ {BYTES_MAX:,}", first["bytes"] <= BYTES_MAX),
            Figure("a day's deltas, bytes", f"{day:,.0f}", f"≤ {DAY_BYTES_MAX:,}", day <= DAY_BYTES_MAX),
            Figure("a good card looked up, µs", f"{good_us:.1f}", f"≤ {LOOK_US_MAX}", good_us <= LOOK_US_MAX),
            Figure("a void card looked up, µs", f"{void_us:.1f}", f"≤ {LOOK_US_MAX}", void_us <= LOOK_US_MAX),
            Figure("void cards missed; good ones told void", f"{LOOKS - hits}; {wrong}", "0; 0", (hits, wrong) == (LOOKS, 0)),
            Figure("with the old cards: seconds", f"{with_old['seconds']:.1f}"),
            Figure("with the old cards: bytes", f"{with_old['bytes']:,.0f}", f"≤ {BYTES_MAX:,}", with_old["bytes"] <= BYTES_MAX),
            Figure("old void cards missed; old good ones told void", f"{LOOKS - old_hits}; {old_wrong}", "0; 0",
                   (old_hits, old_wrong) == (LOOKS, 0)),
            Figure("an old card looked up, µs", f"{old_us:.1f}", f"≤ {LOOK_US_MAX}", old_us <= LOOK_US_MAX),
            Figure("memory of the process, without and with old cards; the largest of those that help it",
                   f"{first['mb']:,.0f}, {with_old['mb']:,.0f}; {with_old['mb_children']:,.0f} MB"),
            Figure("a delta published, ms, median", f"{sorted(delta_ms)[HOURS // 2]:.0f}"),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--publish", action="store_true")
    parser.add_argument("--cards", type=int, default=CARDS)
    parser.add_argument("--old", type=int, default=OLD_CARDS)
    arguments = parser.parse_args()
    if arguments.publish:
        print(json.dumps(asyncio.run(publish(read_settings(), NOON, base=True))))
    else:
        show(run(arguments.cards, arguments.old))
