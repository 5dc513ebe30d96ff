"""A town whose bank goes to people: staff, a device, and people with and without cards to open."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from tests.issuing.town import OUTLET, Town, id_number, person

from shebaoka.cards.commands import allocate_numbers, take_made_cards, take_old_cards
from shebaoka.cards.model import MadeCard, OldCardRow
from shebaoka.faces.api.captured import as_at_a_counter
from shebaoka.issuing.outreach import commands
from shebaoka.issuing.outreach.model import Asked, Contact, Item, Planning, Result, Visit
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.clock import SHANGHAI
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import load
from shebaoka.simulation.demo.resetting import mark_demo

NOON = datetime(2019, 1, 2, 12, tzinfo=SHANGHAI)
TODAY, TOMORROW = NOON.date(), NOON.date() + timedelta(days=1)
OLD = date(1930, 5, 1)
ONE, TWO, LEFT, OTHERS = 11, 12, 13, 21
"""Staff of the outlet; one who has left; one of another bank."""
STAFF = [(ONE, "ICBC0001", True), (TWO, "ICBC", True), (LEFT, "ICBC0001", False), (OTHERS, "CCB00001", True)]


@dataclass
class Field:
    """The town, its outlet's clerk, and a device whose secret is known."""

    town: Town
    programme: Programme
    clerk: Actor
    device_id: int = 0
    secret: str = ""
    people: dict[int, int] = field(default_factory=dict)
    keys: Any = field(default_factory=count)

    @property
    def database(self):
        return self.town.database

    async def settle(self, *serials: int, born: date = OLD, **more: Any) -> None:
        rows = {n: person(n, born=born, **more) for n in serials}
        found = await self.town.settle(*rows.values())
        self.people |= {n: found[row.id_number] for n, row in rows.items()}

    async def card(self, n: int, born: date = OLD) -> str:
        """Give somebody an old card that is good and a new one of the outlet's bank; give the number of the new one."""
        await self.settle(n, born=born)
        async with self.database.work(SYSTEM) as work:
            old, new = await allocate_numbers(work, 2)
            await take_old_cards(work, [OldCardRow(self.people[n], old, date(2012, 1, 1))])
            bank = self.town.places["ICBC"].institution_id
            await take_made_cards(
                work, [MadeCard(self.people[n], work.ids.one(), new, bank, TODAY, None, "AB", "CD")]
            )
        return new

    async def device(self, name: str = "平板一号") -> tuple[int, str]:
        async with self.database.work(self.clerk) as work:
            device, secret = await commands.register_device(work, None, name)
        return device.device_id, secret

    async def places(self, capacity: int = 5, slot="morning", days: int = 10) -> None:
        async with self.database.work(self.clerk) as work:
            await commands.open_slots(
                work, None, [TODAY + timedelta(days=n) for n in range(days)], slot, capacity
            )

    async def asked(self, n: int, **more: Any) -> Visit:
        given: dict[str, Any] = {
            "person_id": self.people[n], "asked_as": "holder", "tasks": ("apply",),
            "contact": Contact(f"154{n:08d}", f"黄浦区虚构路{n}号"),
        }  # fmt: skip
        async with self.database.work(self.clerk) as work:
            return (await commands.request(work, self.programme, Asked(**given | more))).visit

    async def planned(
        self, visit_id: int, day: date = TOMORROW, slot="morning", staff=(ONE,), outlet="ICBC0001"
    ) -> Visit:
        async with self.database.work(self.clerk) as work:
            return await commands.plan(work, self.programme, visit_id, Planning(outlet, day, slot, staff))

    async def a_visit(self, n: int, **more: Any) -> Visit:
        """A visit to somebody who is settled here, planned for tomorrow."""
        return await self.planned((await self.asked(n, bank="ICBC", **more)).visit_id)

    def item(self, kind, content: dict[str, Any], **more: Any) -> Item:
        n = next(self.keys)
        given: dict[str, Any] = {
            "request_key": f"01J-key-{n:05}", "sequence": n, "kind": kind, "captured_at": self.database.clock.now(),
            "staff_id": ONE, "content": content,
        }  # fmt: skip
        return Item(**given | more)

    def application(self, n: int, born: date = OLD, **more: Any) -> Item:
        return self.item("application", applying(n, born), **more)

    def opening(self, n: int, card: str, functions=("social", "financial"), **more: Any) -> Item:
        content = {"card_number": card, "id_number": id_number(n, OLD), "functions": list(functions)}
        return self.item("opening", content, **more)

    def outcome(self, visit: Visit, outcome="done", attempt: int | None = None, **more: Any) -> Item:
        content = {"attempt": attempt or visit.attempt, "outcome": outcome}
        return self.item("visit_outcome", content, visit_id=visit.visit_id, **more)

    async def sync(self, *items: Item, device=None, actor=None) -> list[Result]:
        device_id, secret = device or (self.device_id, self.secret)
        return await commands.synchronise(
            self.database,
            actor or self.clerk,
            self.programme,
            device_id,
            secret,
            items,
            as_at_a_counter(self.programme),
        )

    async def accept(self, capture_id: int | None, actor=None):
        async with self.database.work(actor or self.clerk) as work:
            return await commands.accept(
                work, capture_id or 0, as_at_a_counter(self.programme, correcting=True)
            )

    async def value(self, query: str, **parameters: Any) -> Any:
        return (await self.town.rows_of(query, **parameters))[0][0]


def applying(n: int, born: date = OLD, **more: Any) -> dict[str, Any]:
    """What a counter is told by somebody who applies."""
    return {
        "id_number": id_number(n, born), "name": person(n, born=born).name, "mobile": "15400000000",
        "address": f"黄浦区虚构路{n}号", "fallback_outlet": OUTLET, "bank": "ICBC",
    } | more  # fmt: skip


async def furnished(town: Town) -> Field:
    """Let the outlet have staff and a device."""
    mark_demo(str(town.database.pool.conninfo))
    async with town.database.work(SYSTEM) as work:
        for number, code, active in STAFF:
            await work.run(
                "INSERT INTO staff (staff_id, institution_id, login, name, role, password_hash, active)"
                " VALUES (%(n)s, %(i)s, %(l)s, %(l)s, 'bank_clerk', '-', %(a)s)",
                {"n": number, "i": town.places[code].institution_id, "l": f"staff{number}", "a": active},
            )
        programme = await load(work)
    found = Field(town, programme, Actor("staff:11", town.places["ICBC0001"].institution_id, "bank_clerk"))
    found.device_id, found.secret = await found.device()
    return found
