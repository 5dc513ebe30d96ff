"""Parcels with the real courier of the sandbox, over real HTTP."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from psycopg.errors import InsufficientPrivilege
from tests.issuing.seeding import (
    OTHER_OUTLET,
    OUTLET,
    courier_at,
    pickup,
    read,
    said_by_audit,
    sandbox_for,
    seed,
    someone,
    statuses,
)

from shebaoka.issuing.applications.commands import correct_contact
from shebaoka.issuing.applications.errors import PersonDeceased
from shebaoka.issuing.applications.model import Contact
from shebaoka.issuing.applications.states import Status as ApplicationStatus
from shebaoka.issuing.delivery import commands, views
from shebaoka.issuing.delivery.commands import collecting, dispatching, preparing
from shebaoka.issuing.delivery.commands.applying import parcels_of
from shebaoka.issuing.delivery.errors import (
    IdentityNotChecked,
    NotToBeSentAgain,
    ParcelElsewhere,
    SignatureMissing,
    WrongCollector,
)
from shebaoka.issuing.delivery.labels import unsealed
from shebaoka.issuing.delivery.model import Signature
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.partners import Partner, PartnerUnavailable
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.records import s10
from shebaoka.registry.acting.errors import AuthorisationMissing, GuardianIsWard, GuardianNotTied
from shebaoka.registry.acting.model import Claim
from shebaoka.registry.programme.views import load

PEOPLE = 20
AT_HOME = [n % 4 != 0 for n in range(PEOPLE)]
CLERK = Actor("staff:7", OUTLET, "outlet_clerk")
OTHER_CLERK = Actor("staff:8", OTHER_OUTLET, "outlet_clerk")


@pytest.fixture
def sandbox(tmp_path):
    people = [someone(n, home=at_home) for n, at_home in enumerate(AT_HOME)]
    with sandbox_for(tmp_path, people) as running:
        yield running


@pytest.fixture
async def courier(sandbox, monkeypatch):
    monkeypatch.setattr("shebaoka.kit.partners.FIRST_WAIT_SECONDS", 0.001)
    async with courier_at(sandbox.url) as partner:
        yield partner


@pytest.fixture
async def holders(database):
    return await seed(database, PEOPLE, status=ApplicationStatus.MADE)


async def test_a_feed_that_moves_on_without_news_has_an_end(database):
    asked = []

    def feed(request):
        asked.append(request.url.params["after"])
        return httpx.Response(200, json={"events": [], "next": str(len(asked))})

    async with httpx.AsyncClient(transport=httpx.MockTransport(feed)) as client:
        courier = Partner("courier", "http://courier.invalid", client)
        for _ in range(2):
            await commands.take_events(database, courier)
    assert asked == ["", "1"]


async def parcels(database):
    return dict(await read(database, "SELECT application_id, status FROM parcel"))


def ends(holders):
    """How it must end: at home and received, or at the outlet."""
    return {
        one.application_id: ("received", "delivered") if at_home else ("at_outlet", "at_outlet")
        for one, at_home in zip(holders, AT_HOME, strict=True)
    }


async def as_it_stands(database):
    parcel = await parcels(database)
    return {
        application: (status, parcel.get(application))
        for application, status in (await statuses(database)).items()
    }


async def test_cards_travel_home_or_to_the_outlet(database, courier, holders):
    dispatched = await commands.dispatch_due(database, courier)
    assert (dispatched.prepared, dispatched.dispatched, dispatched.refused) == (PEOPLE, PEOPLE, 0)
    assert set((await statuses(database)).values()) == {"dispatched"}
    waybills = [waybill for (waybill,) in await read(database, "SELECT waybill FROM parcel")]
    assert all(s10.is_valid(waybill) and waybill.startswith("EM") for waybill in waybills)
    taken = await commands.take_events(database, courier)
    assert taken.applied
    assert not (taken.waiting)
    assert not (taken.unknown)
    assert not (taken.known)
    assert await as_it_stands(database) == ends(holders)
    assert await said_by_audit(database, "application.received") == sum(AT_HOME)


async def test_nothing_is_done_twice(database, courier, holders, sandbox):
    await commands.dispatch_due(database, courier)
    await commands.take_events(database, courier)
    before = await read(database, "SELECT count(*) FROM audit_fact"), sandbox.stats("courier")["calls"]
    again = await commands.dispatch_due(database, courier)
    assert (again.prepared, again.dispatched) == (0, 0)
    assert (await commands.take_events(database, courier)).applied == 0
    assert (
        await read(database, "SELECT count(*) FROM audit_fact"),
        sandbox.stats("courier")["calls"],
    ) == before


@pytest.mark.parametrize("switches", [
    {"duplicate": 1.0}, {"reorder": 0.5}, {"duplicate": 0.7, "reorder": 0.7}, {"delivery_before_dispatch": True},
])  # fmt: skip
async def test_the_courier_s_disorder_changes_nothing(database, courier, holders, sandbox, switches):
    sandbox.faults("courier", **switches)
    await commands.dispatch_due(database, courier)
    taken = await commands.take_events(database, courier)
    assert await as_it_stands(database) == ends(holders)
    events = (await read(database, "SELECT count(*) FROM courier_event"))[0][0]
    assert taken.applied + taken.already == events


async def test_events_told_once_more_under_other_names_change_nothing(database, courier, holders):
    await commands.dispatch_due(database, courier)
    await commands.take_events(database, courier)
    await read(database, "UPDATE partner_cursor SET position = ''")
    again = await commands.take_events(database, courier)
    assert again.applied == 0
    assert again.known > 0
    await read(database, "UPDATE partner_cursor SET position = ''")
    await read(database, "UPDATE courier_event SET event_id = 'x' || event_id")
    renamed = await commands.take_events(database, courier)
    assert renamed.applied == 0
    assert renamed.already == again.known
    assert await as_it_stands(database) == ends(holders)


async def test_two_readers_of_the_feed_act_once(database, courier, holders):
    await commands.dispatch_due(database, courier)
    first, second = await asyncio.gather(
        commands.take_events(database, courier), commands.take_events(database, courier)
    )
    assert min((first.applied, second.applied)) == 0
    assert await as_it_stands(database) == ends(holders)


async def test_delivery_told_before_the_dispatch_is_known_waits_for_it(database, courier, holders, sandbox):
    # The manifest arrives, and we are killed before the answer is noted.
    await preparing.prepare_due(database, lambda _: None)
    (manifest,) = await dispatching._manifests(database)

    async def killed(*_):
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dispatching, "_settle", killed)
        with pytest.raises(KeyboardInterrupt):
            await dispatching._send(database, courier, manifest)
    told = await commands.take_events(database, courier)
    assert told.waiting > 0
    assert told.applied == 0
    assert set((await statuses(database)).values()) == {"made"}
    dispatched = await commands.dispatch_due(database, courier)
    assert (dispatched.prepared, dispatched.dispatched) == (0, PEOPLE)
    assert await as_it_stands(database) == ends(holders)
    assert sandbox.stats("courier")["people"] == PEOPLE
    assert await read(database, "SELECT count(*) FROM courier_event WHERE outcome = 'waiting'") == [(0,)]


async def test_a_courier_that_is_down_loses_nothing(database, courier, holders, sandbox):
    sandbox.faults("courier", down=True)
    with pytest.raises(PartnerUnavailable):
        await commands.dispatch_due(database, courier)
    with pytest.raises(PartnerUnavailable):
        await commands.take_events(database, courier)
    assert set((await parcels(database)).values()) == {"prepared"}
    assert set((await statuses(database)).values()) == {"made"}
    sandbox.faults("courier")
    await commands.dispatch_due(database, courier)
    await commands.take_events(database, courier)
    assert await as_it_stands(database) == ends(holders)


async def test_a_refused_parcel_stands_on_the_list_and_can_be_sent_again(database, courier, holders, sandbox):
    sandbox.faults("courier", refuse=1.0)
    done = await commands.dispatch_due(database, courier)
    assert (done.dispatched, done.refused) == (0, PEOPLE)
    assert set((await statuses(database)).values()) == {"made"}
    calls = sandbox.stats("courier")["calls"]
    assert (await commands.dispatch_due(database, courier)).refused == 0
    assert sandbox.stats("courier")["calls"] == calls
    async with database.work(SYSTEM) as work:
        listed = await views.exceptions(work)
        assert len(listed) == PEOPLE
        assert {one.why for one in listed} == {"refused"}
        assert listed[0].word
        parcel = listed[0].parcel
        await correct_contact(work, parcel.application_id, Contact("13911111111", "新址1号"))
        sent = await commands.send_again(work, parcel.waybill)
        (sealed,) = await work.rows("SELECT label FROM parcel WHERE waybill = %s", (sent.waybill,))
        assert unsealed(work.vault, parcel.parcel_id, sealed[0]).address == "新址1号"
        with pytest.raises(NotToBeSentAgain):
            await commands.send_again(work, sent.waybill)
        for unknown in (parcel.waybill, s10.make("EM", 99_999_998)):
            with pytest.raises(NotFound):
                await commands.send_again(work, unknown)
    assert (sent.parcel_id, sent.status) == (parcel.parcel_id, "prepared")
    assert sent.waybill != parcel.waybill
    sandbox.faults("courier")
    assert (await commands.dispatch_due(database, courier)).dispatched == 1


async def test_lost_events_leave_silent_parcels_on_the_list(database, courier, holders, sandbox, clock):
    sandbox.faults("courier", lose=1.0)
    # The courier's first answers are lost as well: the parcels stay prepared until it is asked again.
    assert (await commands.dispatch_due(database, courier)).unanswered == PEOPLE
    assert (await commands.dispatch_due(database, courier)).dispatched == PEOPLE
    assert (await commands.take_events(database, courier)).applied == 0
    clock.at += timedelta(days=11)
    async with database.work(SYSTEM) as work:
        listed = await views.exceptions(work)
    assert len(listed) == PEOPLE
    assert {(one.why, one.age_days) for one in listed} == {("silent", 11)}


async def test_events_nobody_understands_are_kept_and_listed(database, courier, holders, sandbox):
    await commands.dispatch_due(database, courier)
    stray = {
        "reference": s10.make("EM", 99_999_998),
        "recipient": "无此人",
        "mobile": "1",
        "address": "1",
        "fallback_outlet": "1",
    }
    sandbox.ask("/courier/v1/manifests", [stray], manifest="X", dispatched_on="2019-01-02")
    taken = await commands.take_events(database, courier)
    assert taken.unknown >= 3
    async with database.work(SYSTEM) as work:
        assert {(one.why, one.waybill) for one in await views.exceptions(work)} == {
            ("unknown_waybill", stray["reference"])
        }
    assert await as_it_stands(database) == ends(holders)


async def test_who_opened_the_card_early_keeps_a_completed_application(database, courier, holders):
    first, second = holders[0], holders[1]
    completed = "UPDATE application SET status = 'completed' WHERE application_id = %s"
    await preparing.prepare_due(database, lambda _: None)
    await read(database, completed, (first.application_id,))
    await commands.dispatch_due(database, courier)
    await read(database, completed, (second.application_id,))
    await commands.take_events(database, courier)
    found = await as_it_stands(database)
    assert found[first.application_id] == ("completed", "at_outlet")
    assert found[second.application_id] == ("completed", "delivered")


@pytest.fixture
async def waiting(database, courier, holders):
    await commands.dispatch_due(database, courier)
    await commands.take_events(database, courier)
    async with database.work(CLERK) as work:
        return [one.parcel for one in await views.at_counter(work, await load(work), OUTLET)]


async def collect(database, holders, waybill, actor=CLERK, **other):
    async with database.work(actor) as work:
        parcel = (await parcels_of(work, [waybill])).get(waybill.upper())
        holder = next((one for one in holders if parcel and one.person_id == parcel.person_id), holders[0])
        return await commands.collect(work, await load(work), replace(pickup(waybill, holder), **other))


async def test_the_outlet_hands_cards_over(database, waiting, holders):
    assert len(waiting) == AT_HOME.count(False)
    one = waiting[0]
    parcel = await collect(database, holders, one.waybill)
    assert (parcel.status, parcel.received_at is not None) == ("collected", True)
    assert (await statuses(database))[one.application_id] == "received"
    with pytest.raises(TransitionRefused):
        await collect(database, holders, one.waybill)


SOMEBODY_ELSE = someone(1).id_number


@pytest.mark.parametrize(("actor", "other", "problem"), [
    (OTHER_CLERK, {}, ParcelElsewhere),
    (SYSTEM, {}, ParcelElsewhere),
    (CLERK, {"id_number": ""}, IdentityNotChecked),
    (CLERK, {"id_number": SOMEBODY_ELSE}, WrongCollector),
    (CLERK, {"signature": None}, SignatureMissing),
    (CLERK, {"signature": Signature("pad", " ")}, SignatureMissing),
    (CLERK, {"claim": Claim("agent", someone(2).id_number, authorisation="written")}, WrongCollector),
    (CLERK, {"id_number": SOMEBODY_ELSE, "claim": Claim("agent", SOMEBODY_ELSE)}, AuthorisationMissing),
    (CLERK, {"id_number": SOMEBODY_ELSE, "claim": Claim("guardian", SOMEBODY_ELSE)}, GuardianNotTied),
    (CLERK, {"claim": Claim("agent", someone(0).id_number, authorisation="written")}, GuardianIsWard),
])  # fmt: skip
async def test_no_card_is_handed_over_without_all_that_it_takes(
    database, waiting, holders, actor, other, problem
):
    first = next(one for one in waiting if one.person_id == holders[0].person_id)
    with pytest.raises(problem) as refusal:
        await collect(database, holders, first.waybill, actor, **other)
    if problem is ParcelElsewhere:
        assert "静安寺街道中心" in refusal.value.detail
        assert refusal.value.members["outlet"] == "JA01"
    assert (await statuses(database))[first.application_id] == "at_outlet"
    assert await read(database, "SELECT count(*) FROM hand_over") == [(0,)]


async def test_the_card_of_somebody_who_has_died_goes_to_nobody(database, waiting, holders):
    await read(database, "UPDATE person SET died_on = '2019-01-01'")
    with pytest.raises(PersonDeceased):
        await collect(database, holders, waiting[0].waybill)


async def test_who_fetched_a_card_and_where_they_signed_is_kept_for_good(database, waiting, holders):
    one = waiting[0]
    agent = {"claim": Claim("agent", SOMEBODY_ELSE, authorisation="written"), "id_number": SOMEBODY_ELSE}
    await collect(database, holders, one.waybill, **agent)
    kept = "SELECT person_id, collected_as, collector_id, signature_kind, signature_reference, organisation_id, handed_by, sealed::text FROM hand_over"
    ((person, by, collector, kind, reference, where, clerk, sealed),) = await read(database, kept)
    assert (person, by, collector) == (one.person_id, "agent", holders[1].person_id)
    assert (kind, reference, where, clerk) == ("paper", "2019-0001", OUTLET, "staff:7")
    assert SOMEBODY_ELSE.encode().hex() not in sealed
    assert await read(database, "SELECT act, subject FROM proxy_act") == [("collect", str(one.parcel_id))]
    for change in ("UPDATE hand_over SET collected_as = 'holder'", "DELETE FROM hand_over"):
        with pytest.raises(InsufficientPrivilege):
            await read(database, change)


async def test_a_list_is_handed_over_as_far_as_it_may_be(database, waiting, holders):
    (delivered,) = await read(database, "SELECT min(waybill) FROM parcel WHERE status = 'delivered'")
    unknown = s10.make("EM", 99_999_999)
    by_person = {one.person_id: one for one in holders}
    asked = [pickup(one.waybill, by_person[one.person_id]) for one in waiting]
    asked += [pickup(waybill, holders[0]) for waybill in (delivered[0], unknown, "EM1")]
    async with database.work(CLERK) as work:
        result = await commands.collect_many(work, await load(work), asked)
    assert set(result.collected) == {one.waybill for one in waiting}
    slugs = {waybill: problem.slug for waybill, problem in result.refused.items()}
    assert slugs == {delivered[0]: "transition-refused", unknown: "not-found", "EM1": "waybill-refused"}
    assert set((await statuses(database)).values()) == {"received"}
    async with database.work(CLERK) as work:
        assert await views.at_counter(work, await load(work), OUTLET) == []


async def test_two_clerks_hand_one_card_over_once(database, waiting, holders):
    """All of them have looked, and seen the card on the shelf, before the first hands it over."""
    barrier = asyncio.Barrier(8)
    with pytest.MonkeyPatch.context() as patch:
        handing = collecting._hand_over

        async def together(work, handed):
            await barrier.wait()
            return await handing(work, handed)

        patch.setattr(collecting, "_hand_over", together)
        done = await asyncio.gather(
            *(collect(database, holders, waiting[0].waybill) for _ in range(8)), return_exceptions=True
        )
    assert (
        sorted(getattr(one, "slug", "handed over") for one in done) == ["handed over"] + ["parcels-moved"] * 7
    )
    assert await said_by_audit(database, "parcel.collected") == 1
    assert await read(database, "SELECT count(*) FROM hand_over") == [(1,)]


async def test_a_late_message_takes_nothing_from_a_collected_card(database, courier, waiting, holders):
    await collect(database, holders, waiting[0].waybill)
    await read(database, "UPDATE partner_cursor SET position = ''")
    await read(database, "DELETE FROM courier_event")
    await commands.take_events(database, courier)
    assert (await parcels(database))[waiting[0].application_id] == "collected"


async def test_a_parcel_is_shown_with_everything_told(database, waiting):
    async with database.work(CLERK) as work:
        tracked = await views.by_waybill(work, waiting[0].waybill)
        with pytest.raises(NotFound):
            await views.by_waybill(work, s10.make("EM", 99_999_999))
        assert (await views.counts(work))["at_outlet"] == len(waiting)
    assert [one.kind for one in tracked.events] == ["accepted", "in_transit", "failed", "at_outlet"]
    assert tracked.word == "已转至 静安寺街道中心"


async def test_what_the_courier_is_told_and_tells_is_sealed(database, waiting):
    for table in ("parcel", "courier_event"):
        rows = await read(database, f"SELECT {table}::text FROM {table}")
        text = " ".join(row[0] for row in rows)
        assert "李" not in text
        assert "签收" not in text
        assert "李".encode().hex() not in text
        assert "签收".encode().hex() not in text


async def test_a_returned_parcel_goes_out_again_under_a_new_waybill(database, courier, holders, sandbox):
    await commands.dispatch_due(database, courier)
    await read(database, "UPDATE parcel SET status = 'returned'")
    async with database.work(SYSTEM) as work:
        listed = await views.exceptions(work)
        assert {one.why for one in listed} == {"returned"}
        for one in listed:
            await commands.send_again(work, one.parcel.waybill)
    # The first journey's messages arrive only now: they are about waybills that are no longer theirs.
    assert (await commands.take_events(database, courier)).applied == 0
    await commands.dispatch_due(database, courier)
    await commands.take_events(database, courier)
    assert await as_it_stands(database) == ends(holders)
