"""Is this card good now? Over HTTP, authenticated and audited, against an empty route and pgbench on the same cluster."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import subprocess
import tempfile
from collections import defaultdict
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import httpx
import psycopg
from litestar import Litestar, get

from bench import load
from bench.machine import cpu_seconds
from bench.report import Figure, Section, say, show
from bench.served import serve, served
from bench.town import Town, town
from shebaoka.cards import commands as cards
from shebaoka.cards.model import OldCardRow
from shebaoka.faces.api.app import create_app
from shebaoka.faces.api.watching import Watch
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.audit import seal_due
from shebaoka.kit.city import City
from shebaoka.records.card_number import from_serial
from shebaoka.registry.staff import commands as staff
from shebaoka.wiring import city

CARDS = 100_000
CONCURRENCY = 32
FIRST_SERIAL = 1_000_000
HOSPITAL = 9
OF_EMPTY, OF_PGBENCH = 0.50, 0.07
WARMING, PGBENCH_SECONDS = 2_000, 5


@get("/empty", opt={"public": "the measure of the framework itself"}, sync_to_thread=False)
def empty() -> dict[str, str]:
    """Answer nothing."""
    return {}


async def furnish_city(here: City) -> str:
    """Make a hospital, its system and so many cards, all of it sealed; give the system's secret."""
    async with here.database.work(SYSTEM) as work:
        await work.run(
            "INSERT INTO institution (institution_id, code, kind, name_zh, name_en, live_from, readiness)"
            " VALUES (%(id)s, 'H1', 'hospital', '示例医院', 'Example hospital', '2018-01-01', 'live')", {"id": HOSPITAL},
        )  # fmt: skip
        secret = await staff.create_client(
            work, client_id="hospital-1", institution_id=HOSPITAL, role="hospital_system"
        )
    for start in range(0, CARDS, 5_000):
        rows = [
            OldCardRow(n + 1, from_serial(FIRST_SERIAL + n), date(2015, 1, 1))
            for n in range(start, start + 5_000)
        ]
        async with here.database.work(SYSTEM) as work:
            await cards.take_old_cards(work, rows)
    await seal_due(here.database, here.settings.checkpoints_path)
    return secret


def with_an_empty_route(here: City, watch: Watch) -> Litestar:
    """Give the interface with a route beside its own that does nothing."""
    made = create_app(here, watch)
    made.register(empty)
    return made


def question(host: str, token: str, _number: int) -> bytes:
    """Give the request for a random card."""
    number = from_serial(FIRST_SERIAL + random.randrange(CARDS))
    body = json.dumps({"card_number": number}).encode()
    return load.request(
        "POST", "/api/cards/standing", host, body=body, headers=f"Authorization: Bearer {token}\r\n"
    )


def pgbench(program: Path, url: str, seconds: int) -> float:
    """Give pgbench's primary-key reads per second on the same cluster, prepared, 32 clients on two threads."""
    script = f"\\set n random(1, {CARDS})\nSELECT social FROM card WHERE person_id = :n;\n"
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        done = subprocess.run(
            [program, "-n", "-M", "prepared", "-c", str(CONCURRENCY), "-j", "2",
             "-T", str(seconds), "-f", file.name, url],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])


def measure(place: Town, secret: str, count: int, rounds: int) -> dict[str, float]:
    """Load the service in turns with empty and real requests, and pgbench its cluster; give the median of each."""
    program = place.server.bin("pgbench")
    found: dict[str, list[float]] = defaultdict(list)
    bad, slow = 0, 0.0
    with served(place, "bench.standing") as (url, pid):
        host = urlsplit(url).netloc
        token = _token(url, secret)
        nothing = load.request("GET", "/empty", host)
        load.run(url, partial(question, host, token), WARMING, CONCURRENCY)
        for number in range(1, rounds + 1):
            before = cpu_seconds(pid)
            found["empty"].append(load.run(url, lambda _n: nothing, count, CONCURRENCY).per_second)
            between = cpu_seconds(pid)
            run = load.run(url, partial(question, host, token), count, CONCURRENCY)
            found["standing"].append(run.per_second)
            found["empty_cpu_us"].append((between - before) / count * 1e6)
            found["standing_cpu_us"].append((cpu_seconds(pid) - between) / count * 1e6)
            bad, slow = bad + run.not_2xx, max(slow, run.percentile_ms(0.99))
            found["pgbench"].append(pgbench(program, place.url, PGBENCH_SECONDS))
            said = ", ".join(f"{name} {found[name][-1]:,.0f}/s" for name in ("standing", "empty", "pgbench"))
            say(f"standing: round {number}: {said}")
    medians = {name: median(runs) for name, runs in found.items()}
    for other in ("empty", "pgbench"):
        # Each round's own ratio: from one round to the next the machine may be another.
        medians[f"of_{other}"] = median(
            mine / its for mine, its in zip(found["standing"], found[other], strict=True)
        )
    return {**medians, "not_2xx": bad, "p99_ms": slow, "unaudited": WARMING + rounds * count - _looks(place)}


def _looks(place: Town) -> int:
    """Give how many looks the audit log knows of."""
    with psycopg.connect(place.url) as connection:
        row = connection.execute("SELECT count(*) FROM audit_fact WHERE action = 'card.looked_at'").fetchone()
    assert row
    return int(row[0])


def _token(url: str, secret: str) -> str:
    data = {"grant_type": "client_credentials", "client_id": "hospital-1", "client_secret": secret}
    return str(httpx.post(f"{url}/oauth/token", data=data).raise_for_status().json()["access_token"])


def run(count: int = 20_000, rounds: int = 7) -> Section:
    """Measure, and give the section of the page."""
    with town() as place:
        say(f"standing: {CARDS:,} cards are taken in")
        secret = asyncio.run(_furnished(place))
        found = measure(place, secret, count, rounds)
    of_empty, of_pgbench = found["of_empty"], found["of_pgbench"]
    cpu = f"{found['standing_cpu_us']:.0f} µs, {found['empty_cpu_us']:.0f} µs"
    return Section(
        "standing",
        "核验卡片 · Is this card good now?",
        f"`POST /api/cards/standing` for a random one of {CARDS:,} cards, authenticated as a hospital's system, every look written to the "
        f"audit log before it is answered; one server process, {CONCURRENCY} connections, {count:,} requests a run, {rounds} rounds in "
        "turns with an empty route of the same server and with pgbench (`-M prepared -c 32 -j 2`, a read by primary key) on the same "
        "cluster; medians, of the ratios too, each within its round. The load comes from the same machine.",
        [
            Figure("standing ÷ empty route", f"{of_empty:.2f}", f"≥ {OF_EMPTY:.2f}", of_empty >= OF_EMPTY),
            Figure("standing ÷ pgbench", f"{of_pgbench:.3f}", f"≥ {OF_PGBENCH:.2f}", of_pgbench >= OF_PGBENCH),
            Figure("answers that were not 2xx", f"{found['not_2xx']:.0f}", "0", found["not_2xx"] == 0),
            Figure("looks missing from the audit log", f"{found['unaudited']:.0f}", "0", found["unaudited"] == 0),
            Figure("standing, requests a second", f"{found['standing']:,.0f}"),
            Figure("empty route, requests a second", f"{found['empty']:,.0f}"),
            Figure("pgbench, reads a second", f"{found['pgbench']:,.0f}"),
            Figure("CPU of the server process a request: standing, empty", cpu),
            Figure("99 % answered within, slowest round", f"{found['p99_ms']:.0f} ms"),
        ],
    )  # fmt: skip


async def _furnished(place: Town) -> str:
    async with city(place.settings, place.url) as here:
        return await furnish_city(here)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(make_app=with_an_empty_route)
    else:
        show(run(arguments.count, arguments.rounds))
