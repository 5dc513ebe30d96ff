"""A town that pays benefits: two officers, people with cards, and eleven banks that answer over the agreed interface."""

from __future__ import annotations

import asyncio
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from litestar import Litestar
from tests.issuing.town import DISTRICTS, id_number, name, person

from shebaoka.banking.commands import take_answers
from shebaoka.banking.connector import BankCores
from shebaoka.banking.mirroring import mirror_due
from shebaoka.banking.model import AccountAnswer, AccountRequest
from shebaoka.benefits.payouts import commands, views
from shebaoka.benefits.payouts.errors import NothingToPay
from shebaoka.benefits.payouts.model import Drawn, PaidOut, Run, Taken
from shebaoka.benefits.payouts.running import pay_due
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.partners import Partner
from shebaoka.ledger import views as books
from shebaoka.registry.institutions.commands import import_institutions
from shebaoka.registry.people.commands import upsert_many
from shebaoka.registry.people.views import find_many
from shebaoka.registry.programme.commands import load_rules
from shebaoka.registry.programme.views import load
from shebaoka_sandbox.bank import Banks
from shebaoka_sandbox.bank_books import Part
from shebaoka_sandbox.bank_desk import handlers
from shebaoka_sandbox.desk import Declined, Desks
from shebaoka_sandbox.faults import Faults, Switches
from shebaoka_sandbox.http import declined
from shebaoka_sandbox.store import Store

DRAWS = Actor("staff:1", 1, "payout_officer")
APPROVES = Actor("staff:2", 1, "payout_officer")
BANKS = {"BOSC": "上海银行", "ICBC": "中国工商银行上海分行"}
PLACES = "code,kind,name_zh,name_en,parent,district,uscc,live_from\n" + "".join(
    f"{code},bank,{zh},{code},,,,2018-01-01\n" for code, zh in BANKS.items()
)
PAYERS = {code: f"90010000000000000{n}" for n, code in enumerate(BANKS, 10)}
PAYER_NAME = "示例市社会保险事业管理中心"
ITEMS = "benefit,id_number,name,period,amount,reference,scheme\n"


def line(
    n: int, amount: str = "3000.00", *, benefit: str = "pension", period: str = "2019-01", more: str = ""
) -> str:
    """Give a line of a list."""
    scheme = "employee" if benefit == "medical" else ""
    return f"{benefit},{id_number(n)},{name(n)},{period},{amount},{benefit}-{period}-{n}{more},{scheme}\n"


class Banking:
    """The sandbox's banks, in this process, behind their interface."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        self.desks = Desks(Store(folder / "sandbox.sqlite3"), Faults(seed))
        self.banks = Banks(self.desks)
        app: Any = Litestar(
            handlers(self.banks), exception_handlers={Declined: declined}, openapi_config=None
        )
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app))
        self.partner = Partner("banks", "http://sandbox/banks", self.client)

    def switch(self, partner: str = "bank", **faults: Any) -> None:
        self.desks.faults.put(Switches(partner, **faults))

    def move(self, bank: str, account: str, action: str) -> None:
        with self.banks.transaction():
            self.banks.books.move(bank, account, action)

    def money(self, bank: str, account: str) -> int:
        return self.banks.books.balance(bank, account)

    async def close(self) -> None:
        await self.client.aclose()
        self.desks.store.close()


class Town:
    def __init__(self, database: Any, clock: Any, folder: Path, seed: int = 1) -> None:
        self.database, self.clock = database, clock
        self.banking = Banking(folder, seed)
        self.ids: dict[int, int] = {}
        self.bank_ids: dict[str, int] = {}
        self.accounts: dict[int, str] = {}
        self.applications = self.funded = 0

    async def act(self, command: Any, *given: Any, actor: Actor = SYSTEM, **more: Any) -> Any:
        async with self.database.work(actor) as work:
            return await command(work, *given, **more)

    async def begin(self, people: int = 3) -> None:
        folder = Path(self.banking.desks.store.run("pragma database_list")[0][2]).parent
        (folder / "districts.csv").write_text(DISTRICTS, "utf-8")
        (folder / "institutions.csv").write_text(PLACES, "utf-8")
        (folder / "payroll_banks.csv").write_text("employer,rank,bank_code,bank_name\n", "utf-8")
        await self.act(import_institutions, folder)
        await self.act(load_rules)
        async with self.database.work(SYSTEM) as work:
            await work.run("INSERT INTO city_fact (name, value) VALUES ('invented_people', 'true')")
        await self.act(upsert_many, [person(n) for n in range(people)])
        found = await self.act(find_many, [id_number(n) for n in range(people)])
        self.ids = {n: found[id_number(n)].person_id for n in range(people)}
        async with self.database.work(SYSTEM) as work:
            self.bank_ids = dict(
                await work.rows("SELECT code, institution_id FROM institution WHERE kind = 'bank'")
            )
        for code, account in PAYERS.items():
            with self.banking.banks.transaction():
                self.banking.banks.books.open(code, account, PAYER_NAME, "agency", status="active")
            await self.fund(code, 10**9)
            await self.act(commands.note_payer, code, account, PAYER_NAME, actor=DRAWS)

    async def fund(self, code: str, fen: int) -> None:
        with self.banking.banks.transaction():
            self.funded += 1
            parts = Part("outside", -fen), Part(PAYERS[code], fen)
            self.banking.banks.books.entry(code, f"fund-{self.funded}", "funding", *parts)

    async def card(self, n: int, bank: str = "BOSC", *, active: bool = True) -> int:
        """Let a bank open the account of somebody's next card, and its holder activate it."""
        self.applications += 1
        application_id = self.applications
        asked = AccountRequest(
            self.ids[n], application_id, self.bank_ids[bank], bank, id_number(n), name(n), "15400000000"
        )
        answered = await BankCores(self.banking.partner).open_accounts([asked])
        await self.act(take_answers, answered.answers)
        (answer,) = answered.answers
        assert isinstance(answer, AccountAnswer)
        self.accounts[application_id] = answer.account_number or ""
        if active:
            self.banking.move(bank, f"account-{application_id}", "activate")
        return application_id

    async def on_file(self, n: int, number: str, bank: str = "ICBC", since: str = "2018-01-01") -> Taken:
        rows = [{"id_number": id_number(n), "name": name(n), "bank": bank, "account": number, "since": since}]
        done: Taken = await self.act(
            commands.take_accounts, "原账户.json", json.dumps(rows).encode(), actor=DRAWS
        )
        return done

    async def mirror(self) -> Any:
        return await mirror_due(self.database, self.banking.partner)

    async def owe(self, *lines: str) -> Taken:
        taken: Taken = await self.act(
            commands.take_items, "名单.csv", (ITEMS + "".join(lines)).encode(), actor=DRAWS
        )
        return taken

    async def draw(self, benefit: str = "pension", actor: Actor = DRAWS) -> Drawn:
        async with self.database.work(actor) as work:
            return await commands.draw(work, await load(work), benefit, date(2019, 1, 15))  # type: ignore[arg-type]

    async def approve(self, run: Run, actor: Actor = APPROVES) -> Run:
        async with self.database.work(actor) as work:
            return await commands.approve(work, await load(work), run.run_id)

    async def run(self, benefit: str = "pension") -> Run:
        return await self.approve((await self.draw(benefit)).run)

    async def run_all(self, benefit: str = "pension") -> None:
        try:
            await self.run(benefit)
        except NothingToPay:
            return

    async def cancel(self, run: Run) -> Run:
        async with self.database.work(APPROVES) as work:
            return await commands.cancel(work, run.run_id)

    async def pay(self) -> PaidOut:
        return await pay_due(self.database, self.banking.partner)

    async def later(self, hours: int = 2) -> None:
        self.clock.at += timedelta(hours=hours)

    async def items(self, n: int) -> list[Any]:
        found: list[Any] = await self.act(views.of_person, self.ids[n])
        return found

    async def statuses(self, n: int) -> list[tuple[str, list[str]]]:
        return [(item.status, [one.status for one in paid]) for item, paid in await self.items(n)]

    async def adds_up(self) -> None:
        """The ledger, the payments and the banks say the same, and nobody was paid twice."""
        check = await self.act(views.check)
        assert check.good, check
        assert (await self.act(books.check)).good
        for code in BANKS:
            assert self.banking.banks.books.trial(code) == {"sum_fen": 0, "below_zero": 0}


def noon(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), SHANGHAI).replace(hour=12)


async def together(*acts: Any) -> list[Any]:
    """Do things at once; give what each gave or raised."""
    return await asyncio.gather(*acts, return_exceptions=True)
