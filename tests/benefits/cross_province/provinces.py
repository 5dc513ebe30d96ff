"""A town between two provinces: its clinics, guests from the sandbox's second province, and the hub as the sandbox has it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import msgspec
from tests.benefits.insurance.bills import PROGRAMME
from tests.benefits.settlement.clinic_town import THIRD, Clinics, D, number, old_number, row

from shebaoka.benefits.cross_province import commands, views
from shebaoka.benefits.cross_province.hub import Hub
from shebaoka.benefits.cross_province.model import (
    Admitting,
    Bill,
    Claiming,
    Day,
    Hospital,
    Presented,
    Registering,
    Stay,
)
from shebaoka.benefits.settlement import commands as settlement
from shebaoka.benefits.settlement.model import Reversing
from shebaoka.kit.outbox import deliver_due
from shebaoka.kit.partners import Partner
from shebaoka.ledger import views as books
from shebaoka.ledger.model import Account
from shebaoka.registry.programme.commands import load_rules
from shebaoka.wiring import SUBSCRIPTIONS
from shebaoka_sandbox import neighbour
from shebaoka_sandbox.desk import Declined, Desks
from shebaoka_sandbox.faults import Faults, Switches
from shebaoka_sandbox.hub import Hub as Sandbox
from shebaoka_sandbox.hub import Presented as SentStay
from shebaoka_sandbox.hub import Reversals, Stays
from shebaoka_sandbox.store import Between, Store

HOME, JIANGSU, NANJING = "310000", 320_000, "320100"
RETIRED = row(2, "1950-01-01", insured_status="retired", insured_since=D("2012-03-01"))


class Provinces(Clinics):
    """1: active; 2: retired, registered for all of Jiangsu. Guests are the sandbox's people."""

    def __init__(self, database, clock, hub: Hub, desks: Desks) -> None:
        super().__init__(database, clock)
        self.hub, self.desks = hub, desks

    async def settle_in(self) -> None:
        self.noon("2019-01-02")
        await self.act(load_rules)
        await self.begin({1: row(1), 2: RETIRED})
        await self.act(commands.register, PROGRAMME, HOME, Registering(
            person_id=self.ids[2], kind="resettled", place="320000", registrar="centre", number="1",
            from_on=D("2018-06-01"), documents=("residence_proof",),
        ))  # fmt: skip

    def faults(self, **switches) -> None:
        self.desks.faults.put(Switches("hub", **switches))

    async def guest(self, n: int, name: str, *amounts: int, days: int = 3) -> Claiming:
        """Let one of the second province's people stay here and go home; give the message that will settle it."""
        one = neighbour.person(n)
        visit = await self.act(commands.admit, PROGRAMME, HOME, Admitting(
            institution_id=THIRD, number=name, place=NANJING, id_number=one.id_number, name=one.name,
            card_number=f"J{n:08}", began_on=self.today - timedelta(days=days),
        ))  # fmt: skip
        await self.lines(visit, *amounts, on=visit.began_on)
        await self.act(settlement.discharge, THIRD, visit.person_id, visit.visit_id, self.today)
        return Claiming(
            institution_id=THIRD, number=f"M-{name}", person_id=visit.person_id, visit_id=visit.visit_id
        )

    async def claim(self, message: Claiming) -> Bill:
        return await self.act(commands.claim, message)

    async def bill(self, one: Bill) -> Bill:
        return await self.act(views.bill, one.person_id, one.bill_id)

    async def run(self):
        """Do what `jobs run` does of it: events up, then the hub."""
        await deliver_due(self.database, SUBSCRIPTIONS)
        return await commands.exchange_due(self.database, self.hub)

    async def undo(self, message: Claiming):
        return await self.act(settlement.reverse, self.reversing(message.number))

    def reversing(self, names: str) -> Reversing:
        return Reversing(institution_id=THIRD, number=f"U-{names}", names=names)

    def away(self, name: str, n: int = 2, *amounts: int, level: int = 3, **more) -> Presented:
        """Give the hub's message of a stay of one of ours in Nanjing that ends today."""
        first = self.today - timedelta(days=3)
        days = tuple(
            Day(
                on=first + timedelta(days=k),
                in_scope_fen=fen,
                own_expense_fen=fen // 10,
                prepay_fen=fen // 20,
            )
            for k, fen in enumerate(amounts or (2_000_000, 500_000))
        )
        stay = Stay(stay=name, hospital=Hospital("N1", "南京虚构医院", level), admitted_on=first,
                    discharged_on=self.today, days=days)  # fmt: skip
        born = "1950-01-01" if n == 2 else "1980-05-06"
        given = {"id_number": number(n, born), "card_number": old_number(n), "stay": stay} | more
        return Presented(number=f"H-{name}", place=NANJING, **given)

    async def settle_away(self, one: Presented):
        return await self.act(commands.settle_away, PROGRAMME, HOME, one)

    async def undo_away(self, names: str, name: str):
        return await self.act(commands.take_back_away, HOME, NANJING, name, names)

    def tell(self, number: str, *amounts: int) -> None:
        """Let the hub know of a message about one of ours: total, funds, account, cash."""
        self.desks.store.put_between(Between(number, "settled", str(self.today), "320000", HOME, *amounts))

    async def owed_by(self, province: int = JIANGSU) -> int:
        """What another province owes us, less what we owe it."""
        days = D("2018-01-01"), D("2030-01-01")
        told = await self.act(books.statement_of_institution, province, *days, Account.CROSS_PROVINCE)
        return -told.closing_fen


@asynccontextmanager
async def between(database, clock, folder):
    """Give the town with the sandbox's hub behind its own addresses, in this process."""
    desks = Desks(Store(folder / "sandbox.sqlite3"), Faults(7))
    async with httpx.AsyncClient(transport=httpx.MockTransport(Line(Sandbox(desks)).answer)) as client:
        town = Provinces(database, clock, Hub(Partner("national hub", "http://hub", client), HOME), desks)
        await town.settle_in()
        yield town
    desks.store.close()


class Line:
    """What the sandbox's process does of HTTP."""

    def __init__(self, hub: Sandbox) -> None:
        self.hub = hub

    async def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        try:
            if path.startswith("/v1/days/"):
                found = {"messages": self.hub.day(path.rpartition("/")[2], request.url.params["place"])}
                return httpx.Response(200, json=found)
            if path == "/v1/quotes":
                quoted = await self.hub.quote(msgspec.json.decode(request.content, type=SentStay))
                return httpx.Response(200, content=msgspec.json.encode(quoted))
            if path == "/v1/settlements":
                items = await self.hub.settle(msgspec.json.decode(request.content, type=Stays))
            else:
                items = await self.hub.reverse(msgspec.json.decode(request.content, type=Reversals))
        except Declined as declined:
            return httpx.Response(declined.status)
        return httpx.Response(200, content=b'{"items":[' + b",".join(items) + b"]}")


__all__ = ["HOME", "JIANGSU", "NANJING", "THIRD", "Provinces", "between", "neighbour"]
