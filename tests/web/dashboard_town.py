"""A town whose programme has gone some way, counted: what the dashboard's pages show."""

from __future__ import annotations

from datetime import date

from tests.faces.api_town import HOSPITAL, OUTLET_B, person
from tests.faces.medical_town import DESK, at_the_doctors
from tests.web.browsing import Web

from shebaoka.benefits.settlement import commands as settling
from shebaoka.benefits.settlement.model import Reversing
from shebaoka.cards.commands import note_received
from shebaoka.kit.actor import SYSTEM
from shebaoka.service.dashboard import commands

HUANGPU = "310101"


async def counted(web: Web) -> str:
    """Applications of two banks, cards opened and not, an old card, a backlog that is overdue; counted."""
    town = web.town
    async with town.database.work(SYSTEM) as work:
        await work.run("INSERT INTO district VALUES ('310101', '黄浦区', 'Huangpu') ON CONFLICT DO NOTHING")
    await town.applied(1)
    await town.applied(2, at=OUTLET_B, bank="ICBC", status="submitted")
    await town.cards(3, district_code=HUANGPU)
    await town.opened(4)
    await town.people(person(5, date(1950, 1, 1), district_code=HUANGPU))
    async with town.database.work(SYSTEM) as work:
        await work.run(
            "UPDATE application SET applied_at = applied_at - interval '40 days', due_on = %(d)s WHERE bank_id = 22",
            {"d": date(2018, 1, 1)},
        )
        await commands.count(work)
    return "/staff/dashboard"


async def district(web: Web) -> str:
    """One district's own page."""
    await counted(web)
    return f"/staff/dashboard/part?by=district&value={HUANGPU}"


async def by_district(web: Web) -> str:
    """All districts."""
    await counted(web)
    return "/staff/dashboard/by/district"


async def report(web: Web) -> str:
    """What goes on paper."""
    await counted(web)
    return "/staff/dashboard/report"


async def unopened(web: Web) -> str:
    """A card that its holder has had for six weeks without opening it."""
    await web.town.cards(1, district_code=HUANGPU)
    async with web.town.database.work(SYSTEM) as work:
        cards = await work.rows(
            "SELECT person_id, card_id, DATE '2018-11-20' FROM card WHERE generation = 'new'"
        )
        await note_received(work, cards)
    return "/staff/dashboard/unopened"


async def hotlines(web: Web) -> str:
    """Two calls, one of them handed over."""
    await web.town.called(1)
    call = await web.town.called(2, topic="social_use")
    await web.town.handed_over(call["case"]["case_id"])
    return "/staff/dashboard/hotlines"


async def settled(web: Web) -> str:
    """Somebody was at the doctor's; one bill was taken back, one never came, one is disputed; counted."""
    await at_the_doctors(web.town, 1)
    async with web.town.database.work(DESK) as work:
        await settling.reverse(work, Reversing(institution_id=HOSPITAL, number="late", names="never"))
        await settling.compare_details(work, HOSPITAL, work.today, [])
        await commands.count(work)
    return "/staff/dashboard/settlements"
