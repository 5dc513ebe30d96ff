"""Visits: asked for, judged, planned within an outlet's places, held or not, given up, cancelled."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from tests.issuing.outreach.field import LEFT, ONE, OTHERS, TODAY, TOMORROW, TWO
from tests.issuing.town import person

from shebaoka.cards.errors import OtherBanksCard
from shebaoka.issuing.applications.errors import BankNotServing, PersonDeceased
from shebaoka.issuing.outreach import commands, views
from shebaoka.issuing.outreach.errors import (
    SlotNotFree,
    SlotOverbooked,
    VisitExists,
    VisitOutletUnfit,
    VisitPlannedAnew,
    VisitStaffUnfit,
)
from shebaoka.issuing.outreach.model import Contact, Told
from shebaoka.kit.actor import Actor
from shebaoka.kit.outbox import Event, deliver_due
from shebaoka.kit.problems import NotFound, Problem, TransitionRefused
from shebaoka.registry.people.commands import upsert_many
from shebaoka.wiring import SUBSCRIPTIONS


async def settle(f, visit, outcome="done", attempt=None, **more):
    told = Told(attempt or visit.attempt, outcome, f.database.clock.now())
    async with f.database.work(f.clerk) as work:
        return await commands.settle(work, f.programme, visit.visit_id, told, **more)


async def taken(f) -> dict[str, int]:
    rows = await f.town.rows_of("SELECT day, slot, taken FROM visit_slot WHERE taken > 0 ORDER BY 1, 2")
    return {f"{day} {slot}": number for day, slot, number in rows}


async def test_from_the_request_to_the_visit(outside_work):
    f = outside_work
    await f.settle(1)
    await f.places()
    asked = await f.asked(1, bank="ICBC")
    assert (asked.status, asked.ground, asked.rule_id) == ("requested", "very_old", "very_old")
    planned = await f.planned(asked.visit_id)
    assert (planned.status, planned.attempt, planned.staff) == ("planned", 1, (ONE,))
    assert await taken(f) == {f"{TOMORROW} morning": 1}
    f.database.clock.at += timedelta(days=1)
    assert (await settle(f, planned)).status == "done"
    assert await f.value("SELECT sealed IS NULL FROM visit"), "the address goes with the visit"
    assert await taken(f) == {f"{TOMORROW} morning": 1}, "the place was used"
    facts = await f.town.rows_of(
        "SELECT action FROM audit_fact WHERE action LIKE 'visit.%%' ORDER BY fact_id"
    )
    assert [one for (one,) in facts] == [
        "visit.places_opened",
        "visit.requested",
        "visit.planned",
        "visit.done",
    ]


async def test_a_refused_request_is_kept_with_its_rule(outside_work):
    f = outside_work
    await f.settle(1, born=date(1980, 1, 1))
    for more, rule in (({}, "others"), ({"limited": True}, "mobility_without_a_document")):
        refused = await f.asked(1, **more)
        assert (refused.status, refused.rule_id, refused.reason) == ("refused", rule, rule)
        with pytest.raises(TransitionRefused):
            await f.planned(refused.visit_id)
    documented = await f.asked(1, limited=True, document="medical_certificate")
    assert (documented.status, documented.ground) == ("requested", "mobility")
    assert await f.value("SELECT count(*) FROM visit WHERE status = 'refused' AND sealed IS NOT NULL") == 0


async def test_the_bank_is_the_card_s_the_application_s_or_the_one_asked_for(outside_work):
    f = outside_work
    icbc, ccb = (f.town.places[code].institution_id for code in ("ICBC", "CCB"))
    await f.card(1)
    with pytest.raises(OtherBanksCard):
        await f.asked(1, bank="CCB", tasks=("open",))
    assert (await f.asked(1, tasks=("open",))).bank_id == icbc
    await f.settle(2, 3, 4)
    await f.sync(f.application(2))
    assert (await f.asked(2)).bank_id == icbc
    assert (await f.asked(3, bank="CCB")).bank_id == ccb
    with pytest.raises(BankNotServing):
        await f.asked(4, bank="LATE")
    unknown = await f.asked(4)
    assert unknown.bank_id is None


async def test_one_visit_at_a_time_however_many_ask_at_once(outside_work):
    f = outside_work
    await f.settle(1)
    barrier = asyncio.Barrier(4)

    async def ask():
        await barrier.wait()
        return await f.asked(1, bank="ICBC")

    answers = await asyncio.gather(*(ask() for _ in range(4)), return_exceptions=True)
    refused = [one for one in answers if isinstance(one, Exception)]
    assert [type(one) for one in refused] == [VisitExists] * 3
    assert refused[0].members == {"visit_status": "requested", "requested_on": "2019-01-02"}


async def test_a_place_is_given_once_however_many_plan_at_once(outside_work):
    f = outside_work
    await f.settle(*range(1, 7))
    await f.places(2)
    asked = [await f.asked(n, bank="ICBC") for n in range(1, 7)]
    barrier = asyncio.Barrier(6)

    async def plan(one):
        await barrier.wait()
        return await f.planned(one.visit_id)

    answers = await asyncio.gather(*(plan(one) for one in asked), return_exceptions=True)
    full = [one for one in answers if isinstance(one, Problem)]
    assert [type(one) for one in full] == [SlotNotFree] * 4
    assert {"day": "2019-01-04", "slot": "morning", "places": 2} in full[0].members["free"]
    assert await taken(f) == {f"{TOMORROW} morning": 2}
    assert await f.value("SELECT count(*) FROM visit WHERE status = 'planned'") == 2


async def test_two_visits_swap_their_times(outside_work):
    """Each leaves what the other takes: neither waits for the other, and no place is lost."""
    f = outside_work
    await f.settle(1, 2)
    await f.places(2)
    first, second = await f.a_visit(1), await f.a_visit(2)
    days = [TOMORROW, TOMORROW + timedelta(days=1)]
    await f.planned(second.visit_id, day=days[1])
    for turn in range(6):
        barrier = asyncio.Barrier(2)

        async def move(one, day, barrier=barrier):
            await barrier.wait()
            await f.planned(one.visit_id, day=day)

        await asyncio.gather(move(first, days[(turn + 1) % 2]), move(second, days[turn % 2]))
        assert await taken(f) == {f"{day} morning": 1 for day in days}


async def test_moved_told_and_not_told_twice(outside_work):
    f = outside_work
    await f.settle(1)
    await f.places()
    visit = await f.a_visit(1)
    await f.planned(visit.visit_id, staff=(TWO,))
    later = await f.planned(visit.visit_id, day=TOMORROW + timedelta(days=2))
    assert later.attempt == 1, "a visit that is moved is still the first try"
    await deliver_due(f.database, SUBSCRIPTIONS)
    told = await f.town.rows_of(
        "SELECT kind, parameters FROM message WHERE channel = 'app' ORDER BY message_id"
    )
    assert sorted(kind for kind, _ in told) == ["visit_moved", "visit_planned"]
    assert dict(told)["visit_moved"] == {"day": "2019-01-05", "slot": "morning", "outlet_id": later.outlet_id}


async def test_nobody_met_planned_again_and_given_up(outside_work):
    f = outside_work
    await f.settle(1)
    await f.places()
    visit = await f.a_visit(1)
    for attempt in (1, 2, 3):
        assert visit.attempt == attempt
        with pytest.raises(VisitPlannedAnew):
            await settle(f, visit, "not_met", attempt + 1)
        ended = await settle(f, visit, "not_met")
        if attempt < 3:
            assert ended.status == "not_met"
            visit = await f.planned(visit.visit_id)
    assert ended.status == "given_up"
    with pytest.raises(TransitionRefused):
        await f.planned(visit.visit_id)
    assert (await f.asked(1, bank="ICBC")).status == "requested", "whoever asks anew is heard"
    assert await f.value("SELECT count(*) FROM outbox WHERE topic = 'visit.not_met'") == 3


async def test_who_goes_from_where_and_when_is_checked(outside_work):
    f = outside_work
    await f.settle(1, 2)
    await f.places()
    visit = await f.asked(1, bank="ICBC")
    witnessed = await f.asked(2, bank="ICBC", represented=True)
    for staff in ((LEFT,), (OTHERS,), (ONE, 999)):
        with pytest.raises(VisitStaffUnfit):
            await f.planned(visit.visit_id, staff=staff)
    for staff in ((ONE,), (ONE, ONE)):
        with pytest.raises(VisitStaffUnfit) as refused:
            await f.planned(witnessed.visit_id, staff=staff)
        assert refused.value.members == {"needed": 2, "unfit": []}
    assert (await f.planned(witnessed.visit_id, staff=(TWO, ONE))).staff == (ONE, TWO)
    for day, slot in (
        (TODAY - timedelta(days=1), "morning"),
        (TOMORROW, "afternoon"),
        (date(2020, 1, 1), "morning"),
    ):
        with pytest.raises(SlotNotFree):
            await f.planned(visit.visit_id, day=day, slot=slot)
    with pytest.raises(NotFound):
        await f.planned(visit.visit_id, outlet="CCB00001")
    centre = f.town.actor("CENTRE")
    for outlet in ("CCB00001", "ICBC"):
        with pytest.raises(VisitOutletUnfit):
            async with f.database.work(centre) as work:
                await commands.plan(
                    work,
                    f.programme,
                    visit.visit_id,
                    commands.planning.Planning(outlet, TOMORROW, "morning", (ONE,)),
                )
    with pytest.raises(SlotOverbooked):
        await f.places(0)


async def test_another_bank_s_outlet_sees_nothing_of_it(outside_work):
    f = outside_work
    await f.settle(1, 2)
    await f.places()
    visit, other = await f.a_visit(1), await f.asked(2, bank="CCB")
    ccb = Actor("staff:21", f.town.places["CCB00001"].institution_id, "bank_clerk")
    whole = Actor("staff:12", f.town.places["ICBC"].institution_id, "bank_clerk")
    async with f.database.work(ccb) as work:
        with pytest.raises(NotFound):
            await views.visit(work, visit.visit_id)
        assert (await views.visit(work, other.visit_id)).status == "requested"
        assert [one.visit_id for one in (await views.page(work, None, None, 50)).items] == [other.visit_id]
    async with f.database.work(whole) as work:
        assert (await views.visit(work, visit.visit_id)).status == "planned"
    resident = Actor("resident:1", f.town.places["ONLINE01"].institution_id, "resident", f.people[2])
    async with f.database.work(resident) as work:
        assert [one.visit_id for one in (await views.page(work, None, None, 50)).items] == [other.visit_id]


async def test_a_death_cancels_the_visit_and_frees_the_place(outside_work):
    f = outside_work
    await f.settle(1, 2, 3)
    await f.places()
    planned, asked, living = await f.a_visit(1), await f.asked(2, bank="ICBC"), await f.a_visit(3)
    async with f.database.work(f.town.clerk) as work:
        await upsert_many(work, [person(n, born=date(1930, 5, 1), died_on=TODAY) for n in (1, 2)])
    await deliver_due(f.database, SUBSCRIPTIONS)
    rows = await f.town.rows_of("SELECT visit_id, status, reason FROM visit ORDER BY visit_id")
    assert rows == [
        (planned.visit_id, "cancelled", "died"), (asked.visit_id, "cancelled", "died"), (living.visit_id, "planned", None),
    ]  # fmt: skip
    assert await taken(f) == {f"{TOMORROW} morning": 1}
    async with f.database.work(f.town.clerk) as work:
        await commands.cancel_for_death(work, [Event(f.people[1], 1, "person.died", {})])
    assert await taken(f) == {f"{TOMORROW} morning": 1}
    with pytest.raises(PersonDeceased):
        await f.asked(1)


async def test_cancelled_and_told_otherwise_by_a_device(outside_work):
    f = outside_work
    await f.settle(1)
    await f.places()
    visit = await f.a_visit(1)
    async with f.database.work(f.clerk) as work:
        cancelled = await commands.cancel(work, visit.visit_id, "done_elsewhere")
    assert (cancelled.status, cancelled.reason, await taken(f)) == ("cancelled", "done_elsewhere", {})
    with pytest.raises(TransitionRefused):
        await settle(f, visit)
    assert (await settle(f, visit, correcting=True)).status == "done"
    assert await taken(f) == {}


async def test_a_correction_frees_the_place_that_was_planned_anew(outside_work):
    f = outside_work
    await f.settle(1)
    await f.places()
    visit = await f.a_visit(1)
    await settle(f, visit, "not_met")
    await f.planned(visit.visit_id, day=TOMORROW + timedelta(days=3))
    assert (await settle(f, visit, correcting=True)).status == "done"
    assert f"{TOMORROW + timedelta(days=3)} morning" not in await taken(f)


async def test_the_route_and_who_was_forgotten(outside_work):
    f = outside_work
    await f.settle(1, 2, 3)
    await f.places()
    for n, address in ((1, "黄浦区虚构路20号"), (2, "黄浦区虚构路3号"), (3, "静安区别处路1号")):
        await f.a_visit(n, contact=Contact("15400000000", address))
    async with f.database.work(f.clerk) as work:
        (route,) = await views.day_s_routes(work, f.clerk.organisation_id, TOMORROW)
    assert [stop.contact.address for stop in route.stops] == [
        "静安区别处路1号",
        "黄浦区虚构路3号",
        "黄浦区虚构路20号",
    ]
    assert await f.value("SELECT count(*) FROM audit_fact WHERE action = 'visit.route_seen'") == 3
    f.database.clock.at += timedelta(days=2)
    async with f.database.work(f.clerk) as work:
        forgotten = await views.page(work, None, None, 50, work.today)
    assert len(forgotten.items) == 3
