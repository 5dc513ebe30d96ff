"""A device comes home at the instant at which counters, the hotline and the online platform serve the same people."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.issuing.outreach.field import OLD
from tests.issuing.town import person, request

from shebaoka.cards import commands as cards
from shebaoka.cards import views as card_views
from shebaoka.cards.model import LossReport, Opening, Outlet
from shebaoka.faces.api.captured import as_at_a_counter
from shebaoka.issuing.applications.commands import apply
from shebaoka.issuing.applications.model import Channel
from shebaoka.issuing.outreach import commands
from shebaoka.issuing.outreach.model import Result
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.problems import Problem

PEOPLE = 24
STANDING = """
SELECT count(*) FILTER (WHERE social IN ('open', 'suspended')),
       count(*) FILTER (WHERE generation = 'old' AND social = 'void'),
       count(*) FILTER (WHERE generation = 'new' AND social_opened_at IS NOT NULL)
FROM card WHERE person_id = %(p)s
"""


async def meeting(f, item, act, late: int) -> tuple[Result, Any]:
    """Let a device's item be carried out and somebody act at one instant; give what each came to, a refusal by its slug.

    `late`: how many questions the counter asks first, so that now the one and now the other is faster.
    """
    barrier = asyncio.Barrier(2)
    at_a_counter = as_at_a_counter(f.programme)

    async def carry_out(work, brought, here, device_id):
        await barrier.wait()
        return await at_a_counter(work, brought, here, device_id)

    async def counter():
        try:
            async with f.database.work(SYSTEM) as work:
                await work.value("SELECT 1")
                await barrier.wait()
                for _ in range(late):
                    await work.value("SELECT 1")
                return await act(work)
        except Problem as refused:
            return refused.slug

    bring = commands.synchronise
    device = bring(f.database, f.clerk, f.programme, f.device_id, f.secret, [item], carry_out)
    (first,), other = await asyncio.gather(device, counter())
    if first.status is not None:
        return first, other
    # Whatever met somebody at that very instant stays on its device, and comes again.
    (second,) = await f.sync(item)
    return second, other


async def test_one_card_is_live_whoever_comes_first(outside_work):
    f = outside_work
    for n in range(1, PEOPLE + 1):
        new = await f.card(n)
        held = (await _held(f, n))[new]
        centre, hotline = Outlet("community_centre"), Outlet("hotline")

        async def opened(work, card=held, where=centre):
            social = Opening(card.person_id, card.card_id, frozenset({"social"}), where)
            return await cards.open_functions(work, f.programme, social)

        async def lost(work, card=held, where=hotline):
            report = LossReport(card.person_id, card.card_id, "temporary", where)
            return await cards.report_loss(work, f.programme, report)

        item = f.opening(n, new)
        found, other = await meeting(f, item, (opened, lost)[n % 2], n // 2)
        live, old_void, new_opened = (await f.town.rows_of(STANDING, p=f.people[n]))[0]
        assert live <= 1, "never two live cards"
        assert old_void == new_opened, "the old card dies when the new one opens, and not before"
        assert (found.status, found.reason) in (
            ("applied", None), ("conflict", "card_opened_elsewhere"), ("conflict", "card_lost"),
        ), other  # fmt: skip
        assert found.status == "applied" or found.theirs["card"]["social"] in ("open", "lost_unopened")
        (again,) = await f.sync(item)
        assert (again.again, again.status, again.reason) == (True, found.status, found.reason)
    assert await f.value("SELECT count(*) FROM capture") == PEOPLE, "nothing is lost"


async def test_one_application_whoever_comes_first(outside_work):
    f = outside_work
    await f.settle(*range(1, PEOPLE + 1))
    for n in range(1, PEOPLE + 1):

        async def online(work, n=n):
            asked = request(person(n, born=OLD), channel=Channel.ONLINE, bank="CCB")
            return await apply(work, asked, f.programme)

        found, other = await meeting(f, f.application(n), online, n // 2)
        if found.status == "applied":
            assert other == "application-exists"
        else:
            assert (found.status, found.reason, found.theirs["application"]["channel"]) == (
                "conflict", "applied_elsewhere", "online",
            )  # fmt: skip
            assert other.channel == Channel.ONLINE
    assert await f.town.rows_of("SELECT count(*), count(DISTINCT person_id) FROM application") == [
        (PEOPLE, PEOPLE)
    ]
    kept = "SELECT count(*) FROM capture WHERE (status = 'conflict') = (sealed IS NOT NULL)"
    assert await f.value(kept) == PEOPLE, "what clashed is kept whole, what was applied no longer"


async def _held(f, n: int) -> dict[str, Any]:
    async with f.database.work(SYSTEM) as work:
        found = await card_views.of_people(work, [f.people[n]])
    return {card.card_number: card for card in found[f.people[n]]}
