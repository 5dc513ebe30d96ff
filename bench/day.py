"""A day of the whole city's hospitals, a hundredth of it: every message of every visit over the national interface."""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import httpx
import uvloop
from msgspec.structs import replace
from stdnum.cn.ric import calc_check_digit

from bench import load
from bench.clinic import HOSPITAL, HOSPITAL_CODE, card_number, open_hospital, tidy
from bench.report import Figure, Section, say, show
from bench.served import serve, served
from bench.town import Town, town
from shebaoka.benefits.insurance import commands as insurance
from shebaoka.benefits.insurance.catalogue import Listed
from shebaoka.benefits.insurance.commands import note_items
from shebaoka.cards import commands as cards
from shebaoka.cards.model import MadeCard
from shebaoka.faces.terminals.conformance import contents
from shebaoka.faces.terminals.conformance.calling import Caller, Writer
from shebaoka.faces.terminals.conformance.model import Given, System
from shebaoka.faces.terminals.conformance.model import Patient as Card
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.city import City
from shebaoka.kit.clock import SHANGHAI
from shebaoka.ledger import views as books
from shebaoka.registry.people import commands as people
from shebaoka.registry.people import views as register
from shebaoka.registry.people.model import PersonRow
from shebaoka.registry.senders import commands as senders
from shebaoka.wiring import city

VISITS_A_DAY, MESSAGES, PART, PEAK = 930_000, 7, 100, 0.15
"""Of all Shanghai: visits a day, messages of each, and the part of a day's messages that comes in its busiest hour."""
CONCURRENCY = 32
TAKEN_BACK_EACH = 50
ADAY, AT_ONCE = 900, 2_000
"""Patients born on a day; and entered together."""
ITEM, AMOUNT, UNLISTED = "X1", "100.00", "18.00"
TOTAL = "118.00"
Values = dict[str, Any]


def person(n: int) -> PersonRow:
    """Give patient n: nobody, for no province has the number 10."""
    born = date(1960, 1, 1) + timedelta(n // ADAY)
    body = f"100101{born:%Y%m%d}{n % ADAY + 1:03}"
    return PersonRow(
        id_number=body + calc_check_digit(f"{body}0"), name="测试", mobile="", address="", sex="male", birth_date=born, hukou=True,
        insured="employee", insured_status="active", insured_since=date(2003, 7, 1),
    )  # fmt: skip


async def furnish(place: Town, patients: int) -> Given:
    """Open the hospital with its system's key and a catalogue of one item; let patients be insured, each with an open card."""
    async with city(place.settings, place.url) as here:
        await open_hospital(here)
        async with here.database.work(SYSTEM) as work:
            secret = await senders.make_key(work, HOSPITAL, "hospital-1")
            await note_items(work, [Listed(
                code=ITEM, since=date(2018, 1, 1), name="示例药品", catalogue_class="full", charge_type="09", price_limit=None,
                prepay_percent=None,
            )])  # fmt: skip
        for start in range(1, patients + 1, AT_ONCE):
            await _enter(here, range(start, min(start + AT_ONCE, patients + 1)))
        await insurance.follow_register(here.database)
        await insurance.open_year(here.database)
    tidy(place.url)
    system = System("hospital-1", secret, HOSPITAL_CODE, "示例医院")
    return Given(hospital=system, patient=Card("", ""), item=ITEM, division=place.settings.division_code)


async def _enter(here: City, some: range) -> None:
    async with here.database.work(SYSTEM) as work:
        rows = [person(n) for n in some]
        await people.upsert_many(work, rows)
        found = await register.find_many(work, [row.id_number for row in rows])
        await cards.take_made_cards(work, [
            MadeCard(found[row.id_number].person_id, n, card_number(n), 1, date(2019, 1, 2), None, f"{n:032}", f"{n:016}")
            for n, row in zip(some, rows, strict=True)
        ])  # fmt: skip
        # Only filled in: the opening of a card is measured elsewhere.
        await work.run("UPDATE card SET social = 'open', social_opened_at = now() WHERE social = 'unopened'")


@dataclass(slots=True)
class Found:
    """What came back: latencies by transaction, in milliseconds; refusals with their sentences."""

    latencies: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    refused: list[str] = field(default_factory=list)
    settled: list[Values] = field(default_factory=list)
    taken_back: list[Values] = field(default_factory=list)


class Desk:
    """One connection of the hospital's system, from which patients are served one after the other."""

    def __init__(self, given: Given, sign_no: str, found: Found) -> None:
        self._given, self._sign_no, self._found = given, sign_no, found

    async def serve(self, port: int, host: str, patients: Iterator[int]) -> None:
        """Serve patients until none is left."""
        self._host = host
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", port)
        for n in patients:
            await self._visit(n)
        self._writer.close()
        await self._writer.wait_closed()

    async def _visit(self, n: int) -> None:
        """Let a patient come: seven messages, and for some an eighth that takes it all back."""
        call = Patient(self._given, self._sign_no, n)
        told = await self._done(call, "1101", contents.reading(call))
        who = {**told["baseinfo"], "insutype": told["insuinfo"][0]["insutype"]}
        visit = str(
            (await self._done(call, "2201", contents.registering(call, who, f"V{n}")))["data"]["mdtrt_id"]
        )
        await self._done(call, "2203A", contents.telling(who, visit))
        lines = (contents.line(call, "1", AMOUNT), contents.line(call, "2", UNLISTED, contents.UNLISTED))
        await self._done(call, "2204", contents.fees(who, visit, *lines))
        quoted = (await self._done(call, "2206", contents.quoting(call, who, visit, TOTAL)))["setlinfo"]
        info = (await self._done(call, "2207", contents.settling(call, who, visit, quoted)))["setlinfo"]
        self._found.settled.append(info)
        await self._done(call, "5203", contents.of_visit(who, visit, setl_id=info["setl_id"]))
        if n % TAKEN_BACK_EACH == 0:
            back = await self._done(call, "2208", contents.of_visit(who, visit, setl_id=info["setl_id"]))
            self._found.taken_back.append(back["setlinfo"])

    async def _done(self, call: Patient, infno: str, content: Values) -> Values:
        body = json.dumps(call.message(infno, content), ensure_ascii=False).encode()
        headers = "".join(f"{name}: {value}\r\n" for name, value in call.headers().items())
        started = time.perf_counter()
        self._writer.write(load.request("POST", call.path, self._host, body=body, headers=headers))
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        answer = await self._reader.readexactly(length)
        self._found.latencies[infno].append((time.perf_counter() - started) * 1000)
        document = json.loads(answer, parse_float=Decimal)
        if document.get("infcode") != 0:
            self._found.refused.append(
                f"{infno}: {head[9:12].decode()} {document.get('err_msg') or document}"
            )
            raise RuntimeError(self._found.refused[-1])
        output: Values = document["output"]
        return output


class Patient(Writer):
    """Writes the messages of one patient's visit, with numbers of its own."""

    def __init__(self, given: Given, sign_no: str, n: int) -> None:
        card = Card(card_number(n), f"{n:032}")
        super().__init__(replace(given, patient=card), given.hospital)
        self.sign_no = sign_no
        self._numbers = iter(range(n * 10, n * 10 + 10))

    def msgid(self) -> str:
        """Give the next number."""
        return f"{self.system.code:0<12.12}{datetime.now(SHANGHAI):%Y%m%d}{next(self._numbers):010}"


async def replay(url: str, given: Given, visits: int) -> tuple[Found, float]:
    """Let so many patients come, as many at once as there are desks; give what came back and the seconds."""
    address, found = urlsplit(url), Found()
    assert address.hostname == "127.0.0.1", "load goes to this machine only"
    patients = iter(range(1, visits + 1))
    with httpx.Client(base_url=url, trust_env=False, timeout=60) as http:
        first = Caller(http, given, given.hospital, [])
        with first.check("day", "9001", "签到", "sign-in"):
            signed = first.done("9001", {"signIn": {"opter_no": "0001", "ip": "127.0.0.1"}})
    sign_no = signed["signinoutb"]["sign_no"]
    started = time.monotonic()
    desks = [Desk(given, sign_no, found) for _ in range(CONCURRENCY)]
    await asyncio.gather(*(desk.serve(address.port or 80, address.netloc, patients) for desk in desks))
    return found, time.monotonic() - started


def agrees(url: str, given: Given, found: Found) -> bool:
    """Send the day's sums by 3201 and tell whether they are ours, to the fen."""
    bills = found.settled + found.taken_back

    def total(name: str) -> str:
        return str(sum(Decimal(str(bill[name])) for bill in bills))

    today = f"{datetime.now(SHANGHAI):%Y-%m-%d}"
    with httpx.Client(base_url=url, trust_env=False, timeout=60) as http:
        call = Caller(http, given, given.hospital, [])
        with call.check("day", "3201", "对总账", "the day's sums"):
            call.sign_no = call.done("9001", {"signIn": {"opter_no": "0001", "ip": "127.0.0.1"}})["signinoutb"]["sign_no"]  # fmt: skip
            told = call.done("3201", {"data": {
                "insutype": "310", "clr_type": "11", "setl_optins": given.division, "stmt_begndate": today, "stmt_enddate": today,
                "medfee_sumamt": total("medfee_sumamt"), "fund_pay_sumamt": total("fund_pay_sumamt"), "acct_pay": total("acct_pay"),
                "fixmedins_setl_cnt": len(bills),
            }})["stmtinfo"]  # fmt: skip
    say(f"day: 3201 answers {told['stmt_rslt_dscr']}")
    return bool(told["stmt_rslt"] == "0")


async def balanced(place: Town) -> bool:
    """Tell whether debits and credits are the same."""
    async with city(place.settings, place.url) as here, here.database.work(SYSTEM) as work:
        drawn = await books.trial_balance(work, work.today)
        return drawn.debit_fen == drawn.credit_fen


def measure(visits: int) -> tuple[Found, float, bool]:
    """Build the hospital, serve it, replay the day; give what was found, the seconds, and whether the day agrees."""
    with town() as place:
        given = asyncio.run(furnish(place, visits))
        with served(place, "bench.day") as (url, _):
            found, seconds = uvloop.run(replay(url, given, visits))
            same = agrees(url, given, found)
        return found, seconds, same and asyncio.run(balanced(place))


def run(visits: int = VISITS_A_DAY // PART) -> Section:
    """Measure, and give the section of the page."""
    found, seconds, same = measure(visits)
    messages = sum(map(len, found.latencies.values()))
    peak = VISITS_A_DAY * MESSAGES * PEAK / 3600
    slowest = max(found.latencies, key=lambda infno: _percentile(found.latencies[infno], 0.5))
    return Section(
        "day",
        "一天的百分之一 · A hundredth of a day",
        f"{visits:,} visits to a hospital over the national interface, {MESSAGES} messages each (1101, 2201, 2203A, 2204 with two lines, 2206, 2207, 5203), every "
        f"{TAKEN_BACK_EACH}th taken back (2208): signed, every look and change audited, {CONCURRENCY} desks at once, each as quick as it is answered; one server process, the "
        "load comes from the same machine. Then the day's sums are sent by 3201, and the ledger's trial balance is drawn. All Shanghai's busiest hour: 15 % of 0.93 million "
        "visits' messages.",
        [
            Figure("messages refused or failed", str(len(found.refused)), "0", not found.refused),
            Figure("the day's sums agree, and the ledger balances", "yes" if same else "no", "yes", same),
            Figure("messages; seconds", f"{messages:,}; {seconds:.0f}"),
            Figure("messages a second (all Shanghai's busiest hour brings " + f"{peak:.0f})", f"{messages / seconds:,.0f}"),
            Figure("2207 answered within, ms: half, 99 %", _within(found.latencies["2207"])),
            Figure(f"the slowest, {slowest}: half, 99 %", _within(found.latencies[slowest])),
        ],
    )  # fmt: skip


def _percentile(latencies: list[float], share: float) -> float:
    return sorted(latencies)[min(int(share * len(latencies)), len(latencies) - 1)]


def _within(latencies: list[float]) -> str:
    return f"{_percentile(latencies, 0.5):.0f}, {_percentile(latencies, 0.99):.0f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", action="store_true", help="(the server of the measurement)")
    parser.add_argument("--visits", type=int, default=VISITS_A_DAY // PART)
    given_ = parser.parse_args()
    if given_.serve:
        serve()
    else:
        show(run(given_.visits))
