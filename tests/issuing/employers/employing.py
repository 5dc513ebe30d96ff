"""Shorthand for what tests of employers do: staff on a roster, a bank's clerk, a collection."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from town import OUTLET, Town, id_number, name, person, workbook

from shebaoka.issuing.employers import commands, views
from shebaoka.issuing.employers.model import Called, Collection, Note, Noted, SeatOf, Slot
from shebaoka.issuing.employers.states import Noting
from shebaoka.issuing.lists.commands import take_in
from shebaoka.issuing.lists.model import ListAnswer, ListOf
from shebaoka.kit.actor import Actor
from shebaoka.kit.clock import SHANGHAI
from shebaoka.registry.programme.views import load

BEGINS = datetime(2019, 1, 7, 9, 30, tzinfo=SHANGHAI)
ALL = ("identity", "consent", "signature")
HEAD = ["姓名", "证件号码", "手机号码", "邮寄地址", "备用网点代码", "银行代码"]


def slot(capacity: int = 10, starts_at: datetime = BEGINS, hours: int = 2, **more: Any) -> Slot:
    given: dict[str, Any] = {"place": "一楼会议室", "staff": 2} | more
    return Slot(starts_at, starts_at + timedelta(hours=hours), capacity=capacity, **given)


async def roster(town: Town, employer: str, *serials: int, bank: str = "ICBC") -> ListAnswer:
    """Hand in a roster of an employer's people."""
    await town.settle(*(person(n, employer_id=town.places[employer].institution_id) for n in serials))
    rows = [[name(n), id_number(n), f"154{n:08d}", f"黄浦区虚构路{n}号", OUTLET, bank] for n in serials]
    return await take_in(
        town.database,
        town.actor(employer),
        ListOf.EMPLOYER,
        "a.xlsx",
        workbook(HEAD, rows),
        invented_allowed=True,
    )


async def planned(town: Town, capacity: int = 10, employer: str = "FIRM", **more: Any) -> Collection:
    """Set a collection of ICBC's."""
    async with town.database.work(town.actor("ICBC")) as work:
        return await commands.set_up(work, await load(work), town.places[employer], slot(capacity, **more))


async def called(town: Town, collection: Collection, who: str = "ICBC", **more: Any) -> Called:
    async with town.database.work(town.actor(who)) as work:
        return await commands.call(work, collection.collection_id, **more)


async def seats(town: Town, collection: Collection, who: str = "ICBC", **more: Any) -> list[SeatOf]:
    async with town.database.work(town.actor(who)) as work:
        return await views.seats(work, collection.collection_id, **more)


async def noted(town: Town, collection: Collection, *notes: Note, by: Actor | None = None) -> list[Noted]:
    async with town.database.work(by or town.actor("ICBC0001")) as work:
        return await commands.note(work, await load(work), collection.collection_id, notes)


def done(seat: int, *taken: Any) -> Note:
    return Note(seat, Noting.TAKE, taken or ALL)


def missed(seat: int, outlet: str = "") -> Note:
    return Note(seat, Noting.MISS, (), outlet)


async def told(town: Town, topic: str) -> list[tuple[int, dict[str, Any]]]:
    """Give who was told of it and what, oldest first."""
    return await town.rows_of(
        "SELECT person_id, payload FROM outbox WHERE topic = %(topic)s ORDER BY event_id", topic=topic
    )


async def standing(town: Town) -> dict[int, str]:
    return dict(await town.rows_of("SELECT seat_no, status FROM collection_seat"))
