"""A town with people, cards, two hospitals and a pharmacy, where visits are settled."""

from __future__ import annotations

import asyncio
from datetime import date, datetime

from tests.benefits.insurance.bills import PROGRAMME
from tests.benefits.insurance.test_insured_people import Town, number, row

from shebaoka.benefits.insurance.catalogue import Item
from shebaoka.benefits.settlement import commands, views
from shebaoka.benefits.settlement.model import (
    Confirming,
    Designation,
    Line,
    Quoted,
    Registering,
    Reversed,
    Reversing,
    Settled,
    Told,
    Visit,
)
from shebaoka.cards import commands as cards
from shebaoka.cards import views as held
from shebaoka.cards.model import LossReport, MadeCard, OldCardRow, Opening, Outlet
from shebaoka.kit.clock import SHANGHAI
from shebaoka.ledger import views as books

D = date.fromisoformat
THIRD, FIRST, PHARMACY = 901, 902, 903
"""A hospital of level three, one of level one, a pharmacy."""
INSTITUTIONS = (
    (THIRD, "H3", "hospital", 3),
    (FIRST, "H1", "hospital", 1),
    (PHARMACY, "P1", "pharmacy", None),
)


def old_number(n: int) -> str:
    return f"A{n:08}"


def new_number(n: int) -> str:
    return f"B{n:08}"


class Clinics(Town):
    """People 1 … are insured; each has an old card, and who was given a new one may open it."""

    async def begin(self, rows) -> None:
        async with self.database.connection() as connection:
            for institution_id, code, kind, _ in INSTITUTIONS:
                await connection.execute(
                    "INSERT INTO institution (institution_id, code, kind, name_zh, name_en) VALUES (%s, %s, %s, %s, %s)",
                    (institution_id, code, kind, f"机构{code}", f"Institution {code}"),
                )
        for institution_id, _, _, level in INSTITUTIONS:
            await self.act(commands.designate, Designation(institution_id, D("2018-01-01"), None, level))
        await self.join(rows)

    async def join(self, rows) -> None:
        """Let people come into the city, insured and with an old card each."""
        await self.enter(rows)
        await self.follow()
        old = [OldCardRow(self.ids[n], old_number(n), D("2015-01-01")) for n in rows]
        assert (await self.act(cards.take_old_cards, old)).taken == len(rows)

    async def make_new(self, n: int) -> int:
        card_id = 10_000 + n
        await self.act(cards.take_made_cards, [MadeCard(
            self.ids[n], card_id, new_number(n), 55, D("2019-01-01"), None, f"{n:032X}", f"{n:016X}"
        )])  # fmt: skip
        return card_id

    async def open_new(self, n: int, card_id: int):
        opening = Opening(self.ids[n], card_id, frozenset({"social"}), Outlet("community_centre"))
        return await self.act(cards.open_functions, PROGRAMME, opening)

    async def lose(self, n: int, loss: str) -> int:
        """Report somebody's old card lost and give its identifier."""
        card = await self.act(held.find, old_number(n))
        outlet = Outlet("community_centre")
        await self.act(cards.report_loss, PROGRAMME, LossReport(self.ids[n], card.card_id, loss, outlet))
        return card.card_id

    async def visit(self, n: int, name: str, at: int = THIRD, kind: str = "outpatient", **more) -> Visit:
        given = {"card_number": old_number(n)} | more
        one = Registering(institution_id=at, kind=kind, number=name, **given)
        return await self.act(commands.register, PROGRAMME, one)

    async def lines(self, visit: Visit, *amounts, batch: str = "1", on: date | None = None):
        """Add lines: amounts in scope, or items with all that they say."""
        lines = [
            Line(line=f"{batch}-{visit.version}-{k}", item=f"X{k}", served_on=on or self.today,
                 counts=one if isinstance(one, Item) else Item(amount_fen=one, catalogue_class="full"))
            for k, one in enumerate(amounts)
        ]  # fmt: skip
        return await self.add(visit, *lines, batch=batch)

    async def add(self, visit: Visit, *lines: Line, batch: str = "1"):
        return await self.act(
            commands.add_lines, PROGRAMME, visit.institution_id, visit.person_id, visit.visit_id, batch, lines
        )

    @property
    def today(self) -> date:
        return self.clock.now().astimezone(SHANGHAI).date()

    def noon(self, day: str) -> None:
        self.clock.at = datetime.combine(D(day), datetime.min.time(), SHANGHAI).replace(hour=12)

    async def quote(self, visit: Visit, batch: str = "1") -> Quoted:
        return await self.act(
            commands.quote, PROGRAMME, visit.institution_id, visit.person_id, visit.visit_id, batch
        )

    async def billed(self, n: int, name: str, *amounts, at: int = THIRD, kind: str = "outpatient") -> Quoted:
        """Register a visit, send its lines and quote them."""
        visit = await self.visit(n, name, at, kind)
        await self.lines(visit, *amounts)
        return await self.quote(visit)

    def message(self, quoted: Quoted, name: str, at: int = THIRD, card: str | None = None) -> Confirming:
        n = next(n for n, person_id in self.ids.items() if person_id == quoted.person_id)
        return Confirming(
            institution_id=at, number=name, person_id=quoted.person_id, quote_id=quoted.quote_id,
            card_number=card or old_number(n),
        )  # fmt: skip

    async def send(self, message: Confirming) -> Settled:
        return await self.act(commands.confirm, PROGRAMME, message)

    async def confirm(self, quoted: Quoted, name: str, at: int = THIRD, card: str | None = None) -> Settled:
        return await self.send(self.message(quoted, name, at, card))

    async def reverse(self, names: str, name: str, at: int = THIRD) -> Reversed:
        return await self.act(commands.reverse, Reversing(institution_id=at, number=name, names=names))

    async def told(self, name: str, at: int = THIRD) -> Told:
        return await self.act(views.message, at, name)

    async def owed(self, at: int) -> int:
        days = D("2018-01-01"), D("2030-01-01")
        return (await self.act(books.statement_of_institution, at, *days)).closing_fen


async def outcomes(*acts) -> list:
    """Run acts at once and give what each answers or refuses with."""
    return await asyncio.gather(*acts, return_exceptions=True)


__all__ = ["FIRST", "PHARMACY", "THIRD", "Clinics", "D", "number", "outcomes", "row"]
