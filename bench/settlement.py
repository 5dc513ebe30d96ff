"""A settlement confirmed over HTTP, against pgbench running the same function on the same cluster."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import subprocess
import tempfile
from collections import defaultdict
from functools import partial
from itertools import count
from statistics import median
from urllib.parse import urlsplit

import httpx
import psycopg

from bench import load
from bench.clinic import (
    HOSPITAL,
    Model,
    card_number,
    card_number_in,
    fill_patients,
    like,
    model_patient,
    open_hospital,
    tidy,
)
from bench.machine import cpu_seconds
from bench.report import Figure, Section, say, show
from bench.served import serve, served
from bench.town import NOON, ShiftedClock, Town, town
from shebaoka.kit.actor import SYSTEM
from shebaoka.ledger import views as books
from shebaoka.registry.staff import commands as staff
from shebaoka.wiring import city

CONCURRENCY, MESSAGES, PAIRS, WARMING = 32, 4_000, 5, 400
OF_PGBENCH, TAIL = 0.40, 10
NOW, TODAY = "20201201T120000+08", "2020-12-01"
"""The day on which the town lives; pgbench would take a colon for a name of its own."""


async def furnish(place: Town) -> tuple[Model, str]:
    """Open the hospital and make its system; give the one patient and the system's secret."""
    async with city(place.settings, place.url, ShiftedClock.at(NOON)) as here:
        model = await model_patient(here, await open_hospital(here))
        async with here.database.work(SYSTEM) as work:
            secret = await staff.create_client(
                work, client_id="hospital-1", institution_id=HOSPITAL, role="hospital_system"
            )
    return model, secret


def fill_quoted(url: str, model: Model, people: int) -> None:
    """Let so many patients wait at the till, each with a visit and its quote, numbered as they are."""
    fill_patients(url, model, people)
    of = f"person_id = {model.person_id} AND model.visit_id = {model.quoted.visit_id}"
    like(url, "medical_visit", of, {"person_id": "person", "visit_id": "person"}, people)
    others = {
        "person_id": "person",
        "visit_id": "person",
        "quote_id": "person",
        "expires_at": "'2020-12-31'::timestamptz",
    }
    like(url, "settlement_quote", of, others, people)
    tidy(url)


def question(host: str, token: str, first: int, n: int) -> bytes:
    """Give the request that settles what patient `first + n` was quoted."""
    who = first + n
    body = json.dumps({"quote_id": str(who), "card": card_number(who), "number": f"M{who}"}).encode()
    headers = f"Authorization: Bearer {token}\r\nIdempotency-Key: request-{who}\r\n"
    return load.request("POST", f"/api/settling/visits/{who}/{who}/settlements", host, body=body, headers=headers)  # fmt: skip


def pgbench(place: Town, first: int, messages: int) -> float:
    """Give how many of the same function's calls pgbench makes a second, each a patient's own, 32 clients on two threads."""
    script = f"""SELECT nextval('bench') AS k \\gset
SELECT * FROM settlement_confirm(:k, {HOSPITAL}, 'P' || :k, 'it', :k, {card_number_in(":k")}, :k, :k, :k, 'pgbench', {HOSPITAL},
    '{NOW}', '{TODAY}');
"""
    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute(
            f"CREATE SEQUENCE IF NOT EXISTS bench; ALTER SEQUENCE bench RESTART {first}".encode()
        )
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        done = subprocess.run(
            [place.server.bin("pgbench"), "-n", "-M", "prepared", "-c", str(CONCURRENCY), "-j", "2",
             "-t", str(messages // CONCURRENCY), "-f", file.name, place.url],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    assert not done.returncode, done.stderr
    return float(found[1])


def measure(place: Town, secret: str, messages: int, pairs: int) -> dict[str, float]:
    """Load the service and pgbench its cluster, in turns; give the medians, each ratio within its pair."""
    found: dict[str, list[float]] = defaultdict(list)
    bad, first = 0, count(1, messages)
    with served(place, "bench.settlement") as (url, pid):
        host, token = urlsplit(url).netloc, _token(url, secret)
        bad += load.run(url, partial(question, host, token, next(first)), WARMING, CONCURRENCY).not_2xx
        for number in range(1, pairs + 1):
            before = cpu_seconds(pid)
            run = load.run(url, partial(question, host, token, next(first)), messages, CONCURRENCY)
            found["cpu_us"].append((cpu_seconds(pid) - before) / messages * 1e6)
            found["http"].append(run.per_second)
            found["p50"].append(run.percentile_ms(0.50))
            found["p99"].append(run.percentile_ms(0.99))
            found["tail"].append(found["p99"][-1] / found["p50"][-1])
            bad += run.not_2xx
            found["pgbench"].append(pgbench(place, next(first), messages))
            found["ratio"].append(found["http"][-1] / found["pgbench"][-1])
            say(f"settlement: pair {number}: over HTTP {found['http'][-1]:,.0f}/s, pgbench {found['pgbench'][-1]:,.0f}/s: {found['ratio'][-1]:.2f}")  # fmt: skip
    return {name: median(runs) for name, runs in found.items()} | {"not_2xx": bad}


def _token(url: str, secret: str) -> str:
    data = {"grant_type": "client_credentials", "client_id": "hospital-1", "client_secret": secret}
    return str(
        httpx.post(f"{url}/oauth/token", data=data, timeout=60).raise_for_status().json()["access_token"]
    )


async def wrong(place: Town, settled: int) -> list[str]:
    """Give what is wrong afterwards: nothing, where every patient is settled once, booked, counted, and told to the audit log."""
    async with (
        city(place.settings, place.url, ShiftedClock.at(NOON)) as here,
        here.database.work(SYSTEM) as work,
    ):
        drawn = await books.trial_balance(work, work.today)
        count_of = {
            "settled": "SELECT count(*) FROM settlement",
            "patients": "SELECT count(DISTINCT person_id) FROM settlement",
            "booked": "SELECT count(DISTINCT (person_id, entry_id)) FROM posting WHERE kind = 'settlement'",
            "told": "SELECT count(*) FROM audit_fact WHERE action = 'settlement.confirmed'",
        }
        counted = {name: int(await work.value(query)) for name, query in count_of.items()}
    # One more: the bill that the model patient settled.
    found = [f"{name}: {number}" for name, number in counted.items() if number != settled + 1]
    return found if drawn.debit_fen == drawn.credit_fen else [*found, "debits and credits differ"]


def run(messages: int = MESSAGES, pairs: int = PAIRS) -> Section:
    """Measure, and give the section of the page."""
    with town() as place:
        model, secret = asyncio.run(furnish(place))
        fill_quoted(place.url, model, messages * (2 * pairs + 1))
        found = measure(place, secret, messages, pairs)
        faults = asyncio.run(wrong(place, WARMING + 2 * pairs * (messages - messages % CONCURRENCY)))
    ratio, tail = found["ratio"], found["tail"]
    return Section(
        "settlement",
        "结算确认 · A settlement is confirmed",
        f"`POST /api/settling/visits/…/settlements` by a hospital's system: token, request key with its stored answer, card judged, quote held against where the "
        f"patient stands, ledger, sums of the year, audit. One server process, {CONCURRENCY} connections, {messages:,} patients a run, each once; {pairs} pairs in turns "
        "with pgbench (`-M prepared -c 32 -j 2`) calling the same function, `settlement_confirm`, on the same cluster, for as many other patients; medians, of the ratios "
        "too, each within its pair. The load comes from the same machine. Afterwards every patient is settled, booked and audited once, and the ledger balances.",
        [
            Figure("over HTTP ÷ pgbench", f"{ratio:.2f}", f"≥ {OF_PGBENCH:.2f}", ratio >= OF_PGBENCH),
            Figure("p99 ÷ p50", f"{tail:.1f}", f"≤ {TAIL}", tail <= TAIL),
            Figure("answers that were not 2xx", f"{found['not_2xx']:.0f}", "0", found["not_2xx"] == 0),
            Figure("what is wrong afterwards", "; ".join(faults) or "nothing", "nothing", not faults),
            Figure("settlements a second, over HTTP and by pgbench", f"{found['http']:,.0f} and {found['pgbench']:,.0f}"),
            Figure("p50 and p99, ms", f"{found['p50']:.0f} and {found['p99']:.0f}"),
            Figure("CPU of the server process a settlement", f"{found['cpu_us']:.0f} µs"),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", action="store_true", help="(the server of the measurement)")
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    given = parser.parse_args()
    if given.serve:
        serve(ShiftedClock.at(NOON))
    else:
        show(run(given.messages, given.pairs))
