"""Cards that nobody fetches: reminded of, recalled, sent back, kept at the card centre, sent again or handed over there."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import ValidationError, convert
from post_office import (
    CENTRE,
    CLERK,
    OTHER_CLERK,
    acts,
    arrive,
    day_after_day,
    day_in_shanghai,
    dispatched,
    post_office,
    programme_of,
    standing,
    told,
)
from psycopg.errors import CheckViolation
from tests.issuing.seeding import OTHER_OUTLET, OUTLET, pickup, read, said_by_audit, seed

from shebaoka.issuing.applications.states import Status as ApplicationStatus
from shebaoka.issuing.delivery import commands, views
from shebaoka.issuing.delivery.commands import waiting as waiting_step
from shebaoka.issuing.delivery.errors import NoCounterForParcels, NotToBeSentAgain, ParcelElsewhere
from shebaoka.issuing.delivery.waiting import look
from shebaoka.kit.actor import Actor
from shebaoka.kit.problems import TransitionRefused
from shebaoka.records.s10 import WaybillRefused
from shebaoka.registry.programme.sets import DecidesWaiting

RULE = DecidesWaiting(recall_after=60, remind=(7, 21, 45))
ARRIVED = date(2019, 1, 10)


@pytest.fixture
async def office():
    async with post_office() as running:
        yield running


@pytest.fixture
async def holders(database):
    return await seed(database, 3, status=ApplicationStatus.MADE)


@pytest.fixture
async def waybills(database, office, holders, clock):
    """All three lie at the outlet since the clock's day."""
    sent = await dispatched(database, office)
    await arrive(database, office, clock, sent.values())
    return sent


def days_of(rule, every_day):
    """What is done on which day since arrival when the step runs on these days."""
    done, reminded, next_day = [], None, ARRIVED
    for day in every_day:
        today = ARRIVED + timedelta(days=day)
        if next_day is None or today < next_day:
            continue
        found = look(rule, ARRIVED, reminded, today)
        next_day = found.again_on
        if found.remind:
            reminded = today
            done.append((day, "remind"))
        if found.recall:
            done.append((day, "recall"))
    return done


def test_a_card_is_reminded_of_on_its_days_and_then_recalled():
    assert days_of(RULE, range(100)) == [(7, "remind"), (21, "remind"), (45, "remind"), (60, "recall")]


def test_reminders_that_were_missed_come_to_one_and_none_after_the_recall():
    assert days_of(RULE, [0, 50, 61]) == [(50, "remind"), (61, "recall")]
    assert days_of(RULE, [0, 61, 70]) == [(61, "recall")]


@given(st.sets(st.integers(0, 200), min_size=1), st.sets(st.integers(1, 59)))
def test_however_seldom_it_runs_nothing_is_done_twice_and_the_recall_is_last(runs, reminders):
    rule = DecidesWaiting(recall_after=60, remind=tuple(sorted(reminders)))
    done = days_of(rule, sorted({0, *runs, 201}))
    assert done[-1][1] == "recall"
    assert [what for _, what in done].count("recall") == 1
    assert len(done) - 1 <= len(reminders)


@pytest.mark.parametrize("wrong", [
    {"remind": [7, 7], "recall_after": 60}, {"remind": [21, 7], "recall_after": 60}, {"remind": [60], "recall_after": 60},
    {"remind": [0], "recall_after": 60}, {"remind": []}, {"recall_after": 0},
])  # fmt: skip
def test_a_rule_that_cannot_be_meant_is_refused(wrong):
    with pytest.raises(ValidationError):
        convert(wrong, DecidesWaiting)


async def test_from_arrival_to_the_card_centre(database, office, holders, waybills, clock):
    fetched, *rest = holders
    arrived = clock.at
    first = await day_after_day(database, clock, 10)
    assert first == [(7, 3, 0)]
    await acts(database, CLERK, commands.collect, await programme_of(database),
               pickup(waybills[fetched.application_id], fetched))  # fmt: skip
    clock.at = arrived
    assert await day_after_day(database, clock, 90) == [(21, 2, 0), (45, 2, 0), (60, 0, 2)]
    reminders = await told(database, "parcel.waiting")
    assert len(reminders) == 3 + 2 + 2
    assert {(one["outlet_id"], one["collect_by"]) for _, one in reminders} == {
        (OUTLET, day_in_shanghai(arrived + timedelta(days=60)))
    }
    assert {person for person, _ in await told(database, "parcel.recalled")} == {
        one.person_id for one in rest
    }
    for one in rest:
        assert (await standing(database))[one.application_id] == ("at_outlet", "recalled")
        assert (
            await acts(database, CLERK, commands.send_back, waybills[one.application_id])
        ).status == "sent_back"
        kept = await acts(database, CENTRE, commands.note_arrival, waybills[one.application_id])
        assert (kept.status, kept.centre_id) == ("at_centre", CENTRE.organisation_id)
        assert (await standing(database))[one.application_id] == ("at_centre", "at_centre")
    assert [one["outlet_id"] for _, one in await told(database, "parcel.at_centre")] == [1, 1]
    # Kept there for as long as it takes: nothing is due any more, and the card is as good as it was.
    clock.at += timedelta(days=1000)
    assert (await commands.look_due(database)).looked_at == 0


async def test_an_idle_step_asks_one_question(database, office, waybills, clock):
    await commands.look_due(database)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(waiting_step, "load", None)
        assert (await commands.look_due(database)).looked_at == 0
    async with database.work(CENTRE) as work:
        await work.run("SET LOCAL enable_seqscan = off")
        plan = await work.rows(
            "EXPLAIN SELECT person_id FROM parcel WHERE look_on <= '2019-01-01' ORDER BY look_on"
        )
    assert "parcel_look" in str(plan)


async def test_a_step_that_is_killed_reminds_nobody_twice(database, office, waybills, clock):
    clock.at += timedelta(days=7)
    with pytest.MonkeyPatch.context() as patch:

        async def killed(*_):
            raise KeyboardInterrupt

        patch.setattr("shebaoka.kit.work.Work.flush", killed)
        with pytest.raises(KeyboardInterrupt):
            await commands.look_due(database)
    both = await asyncio.gather(commands.look_due(database), commands.look_due(database))
    assert sum(one.reminded for one in both) == 3
    assert len(await told(database, "parcel.waiting")) == 3


async def test_a_recalled_card_can_be_fetched_until_it_is_sent_back(
    database, office, holders, waybills, clock
):
    """Holder and outlet at the same moment: one of the two happens."""
    clock.at += timedelta(days=60)
    await commands.look_due(database)
    programme = await programme_of(database)
    for one in holders:
        waybill, barrier = waybills[one.application_id], asyncio.Barrier(2)

        async def fetch(holder=one, waybill=waybill, barrier=barrier):
            async with database.work(CLERK) as work:
                await barrier.wait()
                return await commands.collect(work, programme, pickup(waybill, holder))

        async def give_away(waybill=waybill, barrier=barrier):
            async with database.work(CLERK) as work:
                await barrier.wait()
                return await commands.send_back(work, waybill)

        ends = await asyncio.gather(fetch(), give_away(), return_exceptions=True)
        assert {getattr(end, "slug", "done") for end in ends} in (
            {"done", "parcels-moved"}, {"done", "transition-refused"},
        )  # fmt: skip
    handed = await said_by_audit(database, "parcel.collected")
    assert handed + await said_by_audit(database, "parcel.sent_back") == len(holders)
    assert await read(database, "SELECT count(*) FROM hand_over") == [(handed,)]


async def test_a_card_at_the_centre_is_sent_again_or_handed_over_there(
    database, office, holders, waybills, clock
):
    asked, comes, waits = holders
    clock.at += timedelta(days=60)
    await commands.look_due(database)
    first = waybills[asked.application_id]
    with pytest.raises(NotToBeSentAgain):
        await acts(database, CENTRE, commands.ask_again, asked.application_id)
    for waybill in waybills.values():
        await acts(database, CLERK, commands.send_back, waybill)
        with pytest.raises(TransitionRefused):
            await acts(database, CLERK, commands.send_back, waybill)
        await acts(database, CENTRE, commands.note_arrival, waybill)
    programme = await programme_of(database)
    with pytest.raises(ParcelElsewhere):
        await acts(
            database, CLERK, commands.collect, programme, pickup(waybills[comes.application_id], comes)
        )
    await acts(database, CENTRE, commands.collect, programme, pickup(waybills[comes.application_id], comes))
    again = await acts(database, CENTRE, commands.ask_again, asked.application_id)
    assert (again.status, again.arrived_on, again.centre_id) == ("prepared", None, None)
    assert again.waybill != first
    second = await dispatched(database, office)
    assert (await standing(database)) == {
        asked.application_id: ("dispatched", "dispatched"), comes.application_id: ("received", "collected"),
        waits.application_id: ("at_centre", "at_centre"),
    }  # fmt: skip
    # The courier still tells of the first journey; only the second one counts, and it waits its own sixty days.
    office.tell(first, "delivered", clock.at)
    await arrive(database, office, clock, [second[asked.application_id]])
    assert (await standing(database))[asked.application_id] == ("at_outlet", "at_outlet")
    assert await day_after_day(database, clock, 70) == [(7, 1, 0), (21, 1, 0), (45, 1, 0), (60, 0, 1)]


async def test_what_lies_on_a_counter_is_there_whatever_the_courier_told(database, office, holders, clock):
    """No message came, or the parcel came to another outlet than was named."""
    sent = list((await dispatched(database, office)).values())
    here = await acts(database, CLERK, commands.note_arrival, sent[0])
    assert (here.status, here.arrived_on) == ("at_outlet", clock.at.date())
    again = await acts(database, CLERK, commands.note_arrival, sent[0].lower())
    assert again == here
    astray = await acts(database, OTHER_CLERK, commands.note_arrival, sent[1])
    assert (astray.status, astray.outlet_id) == ("at_outlet", OTHER_OUTLET)
    back = await acts(database, CENTRE, commands.note_arrival, sent[2])
    assert back.status == "at_centre"
    assert [one["outlet_id"] for _, one in await told(database, "parcel.at_outlet")] == [OUTLET, OTHER_OUTLET]
    for waybill in sent:
        for kind in ("in_transit", "failed", "at_outlet"):
            office.tell(waybill, kind, clock.at)
    await commands.take_events(database, office.partner)
    assert dict(await read(database, "SELECT waybill, status FROM parcel")) == {
        sent[0]: "at_outlet", sent[1]: "at_outlet", sent[2]: "at_centre",
    }  # fmt: skip
    outlets = dict(await read(database, "SELECT application_id, fallback_outlet_id FROM application"))
    assert sorted(outlets.values()) == [OUTLET, OUTLET, OTHER_OUTLET]
    bank = Actor("staff:9", 21, "bank_clerk")
    with pytest.raises(NoCounterForParcels):
        await acts(database, bank, commands.note_arrival, sent[0])
    with pytest.raises(WaybillRefused):
        await acts(database, CLERK, commands.note_arrival, "EM123456789CN")


async def test_an_outlet_and_the_operator_see_what_is_due(database, office, holders, waybills, clock):
    clock.at += timedelta(days=60)
    programme = await programme_of(database)
    listed = await acts(database, CLERK, views.at_counter, programme, OUTLET)
    assert {(one.standing, one.age_days, one.recall_on) for one in listed} == {
        ("overdue", 60, clock.at.date())
    }
    ((outlet),) = await acts(database, CENTRE, views.outlet_counts, programme)
    assert (outlet.outlet_id, outlet.waiting, outlet.overdue, outlet.recalled) == (OUTLET, 3, 3, 0)
    await commands.look_due(database)
    listed = await acts(database, CLERK, views.at_counter, programme, OUTLET)
    assert {one.standing for one in listed} == {"recalled"}
    ((outlet),) = await acts(database, CENTRE, views.outlet_counts, programme)
    assert (outlet.waiting, outlet.overdue, outlet.recalled) == (0, 0, 3)
    clock.at += timedelta(days=11)
    assert {one.why for one in await acts(database, CENTRE, views.exceptions)} == {"not_sent_back"}
    for waybill in waybills.values():
        await acts(database, CLERK, commands.send_back, waybill)
    assert await acts(database, CENTRE, views.exceptions) == []
    clock.at += timedelta(days=11)
    assert {one.why for one in await acts(database, CENTRE, views.exceptions)} == {"not_arrived"}
    lost = await acts(database, CENTRE, commands.declare_lost, waybills[holders[0].application_id])
    assert (lost.parcel.status, lost.made_again) == ("lost", True)


async def test_no_card_waits_at_an_outlet_without_a_day_to_look_at_it(database, office, waybills):
    for wrong in ("UPDATE parcel SET look_on = NULL", "UPDATE parcel SET status = 'delivered'"):
        with pytest.raises(CheckViolation):
            await read(database, wrong)


async def test_a_courier_s_day_to_come_does_not_put_the_recall_off(database, office, holders, clock):
    sent = await dispatched(database, office)
    for waybill in sent.values():
        office.tell(waybill, "at_outlet", clock.at + timedelta(days=400))
    await commands.take_events(database, office.partner)
    assert {day for (day,) in await read(database, "SELECT arrived_on FROM parcel")} == {clock.at.date()}
