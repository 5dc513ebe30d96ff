"""What devices bring: applied once, in order, by the rules of its day; conflicts with both sides; nothing lost."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timedelta

import pytest
from tests.issuing.outreach.field import LEFT, NOON, OLD, OTHERS, applying
from tests.issuing.town import id_number, person, request

from shebaoka.cards import commands as cards
from shebaoka.cards import views as card_views
from shebaoka.cards.model import LossReport, Opening, Outlet
from shebaoka.issuing.applications.commands import apply
from shebaoka.issuing.applications.errors import ApplicationExists
from shebaoka.issuing.outreach import commands, states, views
from shebaoka.issuing.outreach.errors import DeviceRefused
from shebaoka.issuing.outreach.model import NewSite
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.database import DatabaseBusy
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.registry.people.commands import upsert_many


def said(results):
    return [(str(one.status) if one.status else None, one.again, one.reason) for one in results]


async def kept(f):
    async with f.database.work(f.clerk) as work:
        return await views.waiting(work, states.WAITING)


async def test_a_visit_s_work_comes_in_and_a_repeated_batch_is_answered_the_same(outside_work):
    f = outside_work
    card = await f.card(1)
    await f.settle(2)
    await f.places()
    visit = await f.a_visit(1, tasks=("apply", "open"))
    items = [
        f.opening(1, card, visit_id=visit.visit_id), f.application(2), f.outcome(visit),
    ]  # fmt: skip
    first = await f.sync(*items)
    assert said(first) == [("applied", False, None)] * 3
    assert first[0].answer["social"] == "open"
    assert first[2].answer == {"visit_id": str(visit.visit_id), "status": "done", "attempt": 1}
    again = await f.sync(*items)
    assert said(again) == [("applied", True, None)] * 3
    assert [one.answer for one in again] == [one.answer for one in first]
    assert await f.value("SELECT count(*) FROM application") == 1
    assert await f.value("SELECT count(*) FROM capture WHERE sealed IS NULL") == 3, (
        "what is applied is kept no longer"
    )
    assert await f.value("SELECT count(*) FROM card WHERE social = 'void'") == 1
    facts = await f.town.rows_of(
        "SELECT actor, detail FROM audit_fact WHERE action = 'capture.applied' ORDER BY fact_id"
    )
    assert [(actor, detail["captured_by"]) for actor, detail in facts] == [("staff:11", 11)] * 3


async def test_one_bad_item_stops_nobody_else(outside_work):
    f = outside_work
    await f.settle(1, 2, 3)
    broken = f.item("application", {"id_number": id_number(2, OLD), "surplus\x00": 1})
    stranger, noname = f.application(77), f.item("application", applying(2, name="别人"))
    results = await f.sync(f.application(1), broken, stranger, noname, f.application(3))
    assert said(results) == [
        ("applied", False, None), ("refused", False, "request-malformed"), ("refused", False, "person-unknown"),
        ("refused", False, "name-differs"), ("applied", False, None),
    ]  # fmt: skip
    assert results[1].problem["errors"][0]["field"]
    assert [one.reason for one in await kept(f)] == ["request-malformed", "person-unknown", "name-differs"]
    assert await f.value("SELECT count(*) FROM audit_fact WHERE action = 'capture.refused'") == 3


async def test_a_bug_in_one_item_stops_nobody_else_and_the_item_stays_on_its_device(
    outside_work, monkeypatch
):
    f = outside_work
    await f.settle(1, 2)
    bad, good = f.application(1), f.application(2)
    synchronising = commands.synchronising
    whole = synchronising.holder_of

    async def breaking(work, item):
        if item is bad:
            raise ZeroDivisionError
        return await whole(work, item)

    monkeypatch.setattr(synchronising, "holder_of", breaking)
    results = await f.sync(bad, good)
    assert said(results) == [(None, False, None), ("applied", False, None)]
    assert results[0].problem["type"] == "/problems/capture-failed"
    monkeypatch.undo()
    assert said(await f.sync(bad, good)) == [("applied", False, None), ("applied", True, None)]


async def test_the_same_key_with_another_content_is_refused(outside_work):
    f = outside_work
    await f.settle(1, 2)
    first = f.application(1)
    second = f.application(2, request_key=first.request_key)
    assert said(await f.sync(first, second)) == [
        ("applied", False, None),
        ("refused", False, "request-key-reused"),
    ]
    assert await f.value("SELECT count(*) FROM application") == 1
    other = await f.device("平板二号")
    assert said(await f.sync(second, device=other)) == [("applied", False, None)], (
        "another device's keys are its own"
    )


async def test_work_is_done_in_the_order_in_which_it_was_captured(outside_work):
    f = outside_work
    card = await f.card(1)
    social, financial = f.opening(1, card, ["social"]), f.opening(1, card)
    results = await f.sync(financial, social)
    assert said(results) == [("conflict", False, "card_opened_elsewhere"), ("applied", False, None)]


async def test_conflicts_are_kept_with_both_sides(outside_work):
    f = outside_work
    opened, lost = await f.card(1), await f.card(2)
    await f.settle(3, 4)
    async with f.database.work(f.town.actor("C310101002")) as work:
        await apply(work, request(person(3, born=OLD), bank="CCB"), f.programme)
        held = {card.card_number: card for card in await cards_of(work, f, 1, 2)}
        card = held[opened]
        social = Opening(card.person_id, card.card_id, frozenset({"social"}), Outlet("community_centre"))
        await cards.open_functions(work, f.programme, social)
        card = held[lost]
        await cards.report_loss(
            work, f.programme, LossReport(card.person_id, card.card_id, "formal", Outlet("community_centre"))
        )
        await upsert_many(work, [person(4, born=OLD, died_on=NOON.date())])
    results = await f.sync(f.opening(1, opened), f.opening(2, lost), f.application(3), f.application(4))
    assert [one.reason for one in results] == [
        "card_opened_elsewhere", "card_lost", "applied_elsewhere", "person_died",
    ]  # fmt: skip
    found = await kept(f)
    assert [one.status for one in found] == ["conflict"] * 4
    assert found[0].theirs["card"]["social"] == "open"
    assert found[0].theirs["card"]["social_opened_at"]
    assert found[1].theirs["card"]["loss"] == "formal"
    assert found[2].theirs["application"] | {"application_id": ""} == {
        "application_id": "", "channel": "community_centre", "status": "submitted", "applied_on": "2019-01-02",
    }  # fmt: skip
    assert found[2].answer["channel"] == "community_centre"
    assert found[3].theirs["died_on"] == "2019-01-02"
    async with f.database.work(f.clerk) as work:
        assert (await views.content(work, found[2]))["address"] == "黄浦区虚构路3号"
    assert [one.reason for one in await f.sync(*(f.application(3) for _ in range(2)))] == [
        "applied_elsewhere"
    ] * 2


async def cards_of(work, f, *serials):
    held = await card_views.of_people(work, [f.people[n] for n in serials])
    return [card for some in held.values() for card in some]


async def test_a_replaced_card_that_turns_up_on_a_visit_is_a_conflict(outside_work):
    f = outside_work
    card = await f.card(1)
    async with f.database.work(SYSTEM) as work:
        await work.run(
            "UPDATE card SET social = 'void', void_at = %(now)s, void_reason = 'replaced' WHERE card_number = %(c)s",
            {"now": work.now, "c": card},
        )
    (result,) = await f.sync(f.opening(1, card))
    assert result.reason == "card_replaced"
    assert result.theirs["card"]["void_reason"] == "replaced"


async def test_a_visit_synchronised_from_two_devices_is_settled_once_and_the_other_shown(outside_work):
    f = outside_work
    await f.settle(1)
    await f.places()
    visit = await f.a_visit(1)
    second = await f.device("平板二号")
    done, not_met = f.outcome(visit), f.outcome(visit, "not_met")
    barrier = asyncio.Barrier(2)

    async def bring(item, device):
        await barrier.wait()
        return (await f.sync(item, device=device))[0]

    results = await asyncio.gather(bring(done, None), bring(not_met, second))
    assert sorted(str(one.status) for one in results) == ["applied", "conflict"]
    (shown,) = await kept(f)
    assert shown.reason == "visit_settled"
    winner = done if results[0].status == "applied" else not_met
    assert shown.theirs["visit"]["outcome"]["request_key"] == winner.request_key
    assert shown.theirs["visit"]["outcome"]["staff_id"] == 11
    first_there = f.device_id if winner is done else second[0]
    assert shown.theirs["visit"]["outcome"]["device_id"] == first_there, (
        "the outlet is told whose word counted"
    )
    assert shown.device_id == (second[0] if winner is done else f.device_id)
    assert shown.holder_id == f.people[1]
    assert (
        await f.value("SELECT count(*) FROM audit_fact WHERE action IN ('visit.done', 'visit.not_met')") == 1
    )
    for item, device in ((done, None), (not_met, second)):
        assert (await f.sync(item, device=device))[0].again


async def test_a_person_accepts_that_it_was_done_after_all(outside_work):
    f = outside_work
    await f.settle(1)
    await f.places()
    visit = await f.a_visit(1)
    await f.sync(f.outcome(visit, "not_met"))
    (late,) = await f.sync(f.outcome(visit), device=await f.device("平板二号"))
    assert late.reason == "visit_settled"
    await f.planned(visit.visit_id)
    accepted = await f.accept(late.capture_id)
    assert (accepted.status, accepted.settled_by) == ("applied", "staff:11")
    assert accepted.answer["status"] == "done"
    with pytest.raises(TransitionRefused):
        await f.accept(late.capture_id)


async def test_what_was_noted_of_an_earlier_attempt_does_not_count_for_the_next(outside_work):
    f = outside_work
    await f.settle(1)
    await f.places()
    visit = await f.a_visit(1)
    await f.sync(f.outcome(visit, "not_met"))
    await f.planned(visit.visit_id)
    (late,) = await f.sync(f.outcome(visit, "not_met"), device=await f.device("平板二号"))
    assert (late.reason, late.theirs["visit"]["attempt"]) == ("visit_planned_anew", 2)


async def test_a_conflict_is_accepted_once_nothing_stands_against_it_or_laid_aside_with_a_reason(
    outside_work,
):
    f = outside_work
    await f.settle(1, 2)
    async with f.database.work(f.town.actor("C310101002")) as work:
        other = await apply(work, request(person(1, born=OLD), bank="CCB"), f.programme)
    first, second = await f.sync(f.application(1), f.application(1))
    with pytest.raises(ApplicationExists):
        await f.accept(first.capture_id)
    assert [one.status for one in await kept(f)] == ["conflict", "conflict"]
    async with f.database.work(SYSTEM) as work:
        await work.run(
            "UPDATE application SET status = 'withdrawn' WHERE application_id = %(a)s",
            {"a": other.application_id},
        )
    # Someone of the card centre works it off: it counts as the outlet's all the same.
    accepted = await f.accept(first.capture_id, f.town.clerk)
    assert accepted.status == "applied"
    outlet = f.town.places["ICBC0001"].institution_id
    assert await f.town.rows_of(
        "SELECT channel, organisation_id FROM application WHERE status = 'submitted'"
    ) == [("bank_outlet", outlet)]
    async with f.database.work(f.clerk) as work:
        aside = await commands.discard(work, second.capture_id, "与另一份相同")
    assert (aside.status, aside.settled_why) == ("discarded", "与另一份相同")
    assert await kept(f) == []
    assert await f.value("SELECT count(*) FROM capture WHERE sealed IS NOT NULL") == 0
    async with f.database.work(
        Actor("staff:21", f.town.places["CCB00001"].institution_id, "bank_clerk")
    ) as work:
        with pytest.raises(NotFound):
            await commands.discard(work, second.capture_id, "别家的")


async def test_rules_are_those_of_the_day_and_things_as_they_are_now(outside_work):
    """A child is fifteen when the stall takes the application in, and sixteen when the device is back."""
    f = outside_work
    born, day = date(2003, 1, 4), datetime(2019, 1, 3, 10, tzinfo=SHANGHAI)
    await f.settle(1, 2, born=born)
    f.database.clock.at = datetime(2019, 1, 5, 9, tzinfo=SHANGHAI)
    young = f.application(1, born, captured_at=day)
    older = f.application(2, born, captured_at=day + timedelta(days=1, hours=1))
    results = await f.sync(young, older)
    assert [one.reason for one in results] == ["guardian-needed", None]
    applied = await f.value("SELECT applied_at FROM application")
    assert applied.astimezone(SHANGHAI).date() == date(2019, 1, 4)
    facts = await f.town.rows_of("SELECT at FROM audit_fact WHERE action = 'application.submitted'")
    assert facts == [(f.database.clock.now(),)], "what is written says when it was written"


async def test_too_old_or_of_tomorrow_or_of_strange_staff_is_held_for_a_person(outside_work):
    f = outside_work
    await f.settle(*range(1, 7))
    now = f.database.clock.now()
    results = await f.sync(
        f.application(1, captured_at=now - timedelta(days=8)),
        f.application(2, captured_at=now + timedelta(hours=30)),
        f.application(3, staff_id=LEFT),
        f.application(4, staff_id=OTHERS),
        f.application(5, site_id=999),
        f.application(6, visit_id=999),
    )
    assert said(results) == [("held", False, reason) for reason in (
        "captured_too_long_ago", "captured_in_future", "staff_unknown", "staff_unknown", "site_unknown", "visit_unknown",
    )]  # fmt: skip
    assert await f.value("SELECT count(*) FROM application") == 0
    for one in results:
        assert (await f.accept(one.capture_id)).status == "applied"
    days = await f.town.rows_of(
        "SELECT (applied_at AT TIME ZONE 'Asia/Shanghai')::date FROM application ORDER BY application_id"
    )
    assert [day for (day,) in days][:2] == [date(2018, 12, 25), date(2019, 1, 2)], (
        "nobody has applied tomorrow"
    )


async def test_a_lost_device_is_heard_and_not_believed(outside_work):
    f = outside_work
    await f.settle(1, 2)
    before, after = f.application(1), f.application(2)
    assert said(await f.sync(before)) == [("applied", False, None)]
    async with f.database.work(f.clerk) as work:
        await commands.block_device(work, f.device_id)
    assert said(await f.sync(before, after)) == [("applied", True, None), ("held", False, "device_blocked")]
    async with f.database.work(f.clerk) as work:
        with pytest.raises(TransitionRefused):
            await commands.block_device(work, f.device_id)
        _, secret = await commands.release_device(work, f.device_id)
    with pytest.raises(DeviceRefused):
        await f.sync(after)
    f.secret = secret
    assert said(await f.sync(after)) == [("held", True, "device_blocked")], "what is held waits for a person"


async def test_nothing_is_applied_once_somebody_was_told_that_the_device_is_blocked(outside_work):
    """Whoever blocks it waits for the item that is being applied: there is no moment between."""
    f = outside_work
    await f.settle(1, 2)

    async def block(wait_ms=0):
        async with f.database.work(f.clerk, lock_wait_ms=wait_ms) as work:
            await commands.block_device(work, f.device_id)

    async def amid(_work, _item, _here, _device):
        with pytest.raises(DatabaseBusy):
            await block(wait_ms=50)
        return {}

    bring = commands.synchronise
    first = await bring(f.database, f.clerk, f.programme, f.device_id, f.secret, [f.application(1)], amid)
    assert said(first) == [("applied", False, None)]
    await block()
    assert said(await f.sync(f.application(2))) == [("held", False, "device_blocked")]


async def test_a_device_is_admitted_with_its_secret_by_its_own_outlet(outside_work):
    f = outside_work
    await f.settle(1)
    item = f.application(1)
    strangers = Actor("staff:21", f.town.places["CCB00001"].institution_id, "bank_clerk")
    for device, actor in (((f.device_id, "guessed"), None), ((1, f.secret), None), (None, strangers)):
        with pytest.raises(DeviceRefused):
            await f.sync(item, device=device, actor=actor)
    assert await f.value("SELECT count(*) FROM audit_fact WHERE action = 'device.refused'") == 3
    assert (
        await f.value(
            "SELECT count(*) FROM outreach_device WHERE secret_hash LIKE '%%' || %(s)s || '%%'", s=f.secret
        )
        == 0
    )
    whole_bank = Actor("staff:12", f.town.places["ICBC"].institution_id, "bank_clerk")
    assert said(await f.sync(item, actor=whole_bank)) == [("applied", False, None)]
    assert await f.value("SELECT organisation_id FROM application") == f.clerk.organisation_id


async def test_two_witnesses_at_home_are_the_bank_s_way_for_an_agent(outside_work):
    f = outside_work
    card = await f.card(1)
    await f.settle(2, born=date(1960, 1, 1))
    agent = {"role": "agent", "id_number": id_number(2, date(1960, 1, 1)), "name": "某"}
    content = {"card_number": card, "id_number": id_number(1, OLD), "functions": ["social", "financial"]}
    one_witness = agent | {"authorisation": "home_witness", "witnesses": ["0011"]}
    both = agent | {"authorisation": "home_witness", "witnesses": ["0011", "0012"]}
    results = await f.sync(
        f.item("opening", content | {"acts_for": agent | {"authorisation": "written"}}),
        f.item("opening", content | {"acts_for": one_witness}),
        f.item("opening", content | {"acts_for": both}),
    )
    assert [one.reason for one in results] == ["authorisation-missing", "authorisation-missing", None]
    assert await f.town.rows_of("SELECT act, acted_as, authorisation, organisation_id FROM proxy_act") == [
        ("open", "agent", "home_witness", f.clerk.organisation_id)
    ]


async def test_work_is_ascribed_to_the_station_where_it_was_done(outside_work):
    f = outside_work
    await f.settle(1, 2)
    async with f.database.work(f.clerk) as work:
        site = await commands.set_up_site(work, NewSite(
            "station", "ICBC0001", "310101", "甲公司驻点", "Firm's station", "虚构路1号", NOON.date(), None,
            time(9), time(17), 40, (11,), (f.device_id,), "FIRM",
        ))  # fmt: skip
    await f.sync(f.application(1, site_id=site.site_id), f.application(2))
    async with f.database.work(f.clerk) as work:
        found = await views.figures(work, NOON - timedelta(days=1))
    assert {(one.site_id, one.kind, one.status, one.items) for one in found} == {
        (site.site_id, "application", "applied", 1), (None, "application", "applied", 1),
    }  # fmt: skip
    async with f.database.work(f.clerk) as work:
        await commands.close_site(work, site.site_id)
    same_day = await f.sync(f.application(2, site_id=site.site_id))
    assert [one.reason for one in same_day] == ["applied_elsewhere"], "it was there until today"
    f.database.clock.at += timedelta(days=1)
    assert [one.reason for one in await f.sync(f.application(2, site_id=site.site_id))] == ["site_unknown"]
