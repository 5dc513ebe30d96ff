"""Manifests to look at again, and parcels that add up, whatever became of them; waybills that were misread."""

from __future__ import annotations

from datetime import timedelta

import pytest
from post_office import CENTRE, CLERK, acts, arrive, dispatched, post_office, programme_of
from tests.issuing.seeding import pickup, read, seed

from shebaoka.issuing.applications.states import Status as ApplicationStatus
from shebaoka.issuing.delivery import commands, views
from shebaoka.issuing.delivery.commands import preparing
from shebaoka.kit.problems import NotFound
from shebaoka.records import s10


@pytest.fixture
async def office():
    async with post_office() as running:
        yield running


def misread(waybill: str) -> str:
    """Give a waybill with a check digit that does not fit."""
    return f"{waybill[:10]}{(int(waybill[10]) + 1) % 10}{waybill[11:]}"


async def test_a_manifest_is_shown_as_it_was_handed_over(database, office, clock):
    holders = await seed(database, 4, status=ApplicationStatus.MADE)
    await preparing.prepare_due(database, lambda _: None)
    (unsent,) = await acts(database, CENTRE, views.manifests)
    assert (unsent.sent_at, unsent.parcels, unsent.accepted) == (None, 4, 0)
    sent = await dispatched(database, office)
    (first,) = await acts(database, CENTRE, views.manifests)
    assert (first.sent_at, first.parcels, first.accepted, first.refused) == (clock.at, 4, 4, 0)
    whole, lines = await acts(database, CENTRE, views.manifest, first.manifest_id)
    assert whole == first
    assert [line.waybill for line in lines] == sorted(sent.values())
    assert {(line.label.recipient, line.label.address) for line in lines} == {
        (one.name, f"{one.name}家") for one in holders
    }
    # One goes out again: it keeps its place on the first manifest and has one of its own besides.
    gone = sent[holders[0].application_id]
    await acts(database, CENTRE, commands.note_arrival, gone)
    again = await acts(database, CENTRE, commands.send_again, gone)
    second, first = await acts(database, CENTRE, views.manifests)
    assert (second.parcels, first.parcels) == (1, 4)
    _, lines = await acts(database, CENTRE, views.manifest, first.manifest_id)
    assert {line.waybill: line.label is None for line in lines} == {
        waybill: waybill == gone for waybill in sent.values()
    }
    _, (line,) = await acts(database, CENTRE, views.manifest, second.manifest_id)
    assert (line.waybill, line.parcel.status) == (again.waybill, "prepared")
    assert await acts(database, CENTRE, views.manifests, second.manifest_id) == [first]
    with pytest.raises(NotFound):
        await acts(database, CENTRE, views.manifest, 1)


async def test_what_was_handed_over_is_delivered_or_somewhere(database, office, clock):
    holders = await seed(database, 9, status=ApplicationStatus.MADE)
    office.refuses = True
    refused = await dispatched(database, office)
    office.refuses = False
    for waybill in refused.values():
        await acts(database, CENTRE, commands.send_again, waybill)
    sent = await dispatched(database, office)
    by_place = [sent[one.application_id] for one in holders]
    await arrive(database, office, clock, by_place[2:6])
    for waybill, kind in ((by_place[0], "delivered"), (by_place[1], "returned"), (by_place[8], "in_transit")):
        office.tell(waybill, kind, clock.at)
    await commands.take_events(database, office.partner)
    await acts(
        database, CLERK, commands.collect, await programme_of(database), pickup(by_place[2], holders[2])
    )
    clock.at += timedelta(days=60)
    await commands.look_due(database)
    await acts(database, CLERK, commands.send_back, by_place[3])
    for waybill in (by_place[1], by_place[4]):
        await acts(database, CENTRE, commands.note_arrival, waybill)
    await acts(database, CENTRE, commands.send_again, by_place[1])
    await acts(database, CENTRE, commands.declare_lost, by_place[7])
    await dispatched(database, office)
    found = await acts(database, CENTRE, views.reconcile)
    assert (found.handed_over, found.sent_again, found.difference) == (10, 1, 0)
    assert found.by_status == {
        "delivered": 1, "collected": 1, "sent_back": 1, "at_centre": 1, "recalled": 1, "lost": 1, "dispatched": 2,
        "in_transit": 1,
    }  # fmt: skip
    await read(
        database,
        "UPDATE manifest SET accepted = 0 WHERE manifest_id = (SELECT max(manifest_id) FROM manifest)",
    )
    assert (await acts(database, CENTRE, views.reconcile)).difference == -1


async def test_a_message_about_a_misread_waybill_is_kept_and_listed_and_moves_nothing(
    database, office, clock
):
    holders = await seed(database, 2, status=ApplicationStatus.MADE)
    sent = await dispatched(database, office)
    good = sent[holders[0].application_id]
    office.tell(misread(good), "delivered", clock.at, "本人签收")
    office.tell("not a waybill", "delivered", clock.at)
    office.tell(s10.make("EM", 99_999_998), "delivered", clock.at)
    counts = await commands.take_events(database, office.partner)
    assert (counts.unknown, counts.applied) == (3, 0)
    listed = await acts(database, CENTRE, views.exceptions)
    assert sorted((one.why, one.word) for one in listed) == [
        ("bad_waybill", ""), ("bad_waybill", "本人签收"), ("unknown_waybill", ""),
    ]  # fmt: skip
    assert {status for (status,) in await read(database, "SELECT status FROM parcel")} == {"dispatched"}


async def test_every_command_refuses_a_misread_waybill_and_does_not_tell_the_digit(database, office):
    (holder,) = await seed(database, 1, status=ApplicationStatus.MADE)
    (good,) = (await dispatched(database, office)).values()
    wrong, programme = misread(good), await programme_of(database)
    for actor, command, arguments in (
        (CLERK, commands.collect, (programme, pickup(wrong, holder))), (CLERK, commands.note_arrival, (wrong,)),
        (CLERK, commands.send_back, (wrong,)), (CENTRE, commands.send_again, (wrong,)),
        (CENTRE, commands.declare_lost, (wrong,)), (CENTRE, views.by_waybill, (wrong,)),
    ):  # fmt: skip
        with pytest.raises(s10.WaybillRefused) as refusal:
            await acts(database, actor, command, *arguments)
        assert refusal.value.members == {"why": "check_digit"}
        assert good[10] not in refusal.value.sentence().replace("13", "")
