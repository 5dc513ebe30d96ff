"""The holder wants the card elsewhere: on the label while it is ours, by the courier's leave while it is not, or told why not."""

from __future__ import annotations

import asyncio

import pytest
from post_office import CENTRE, CLERK, acts, arrive, dispatched, post_office, standing, told
from tests.issuing.seeding import OTHER_OUTLET, OUTLET, read, said_by_audit, seed

from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.commands import correct_contact
from shebaoka.issuing.applications.errors import ContactMissing, OutletNotServing
from shebaoka.issuing.applications.model import Contact
from shebaoka.issuing.applications.states import Status as ApplicationStatus
from shebaoka.issuing.delivery import commands, views
from shebaoka.issuing.delivery.commands import preparing
from shebaoka.issuing.delivery.errors import RedirectPending, TooLateToRedirect
from shebaoka.issuing.delivery.labels import unsealed
from shebaoka.issuing.delivery.model import RedirectCounts, Wish
from shebaoka.kit.partners import PartnerAnswerRefused, PartnerUnavailable
from shebaoka.kit.problems import TransitionRefused
from shebaoka.registry.programme.views import load

NEW = Wish(address="新址1号")
MOVED = Wish(mobile="13911111111", address="新址1号", fallback_outlet="PT01")


@pytest.fixture
async def office(monkeypatch):
    monkeypatch.setattr("shebaoka.kit.partners.FIRST_WAIT_SECONDS", 0.001)
    async with post_office() as running:
        yield running


@pytest.fixture
async def one(database):
    return (await seed(database, 1, status=ApplicationStatus.MADE))[0]


async def change(database, one, wish=NEW):
    return await acts(database, CENTRE, commands.change_destination, one.application_id, wish)


async def label_of(database, one):
    """Give address, outlet's name and outlet of the parcel."""
    async with database.work(CENTRE) as work:
        rows = await work.rows(
            "SELECT parcel_id, label, outlet_id FROM parcel WHERE application_id = %s", (one.application_id,)
        )
        ((parcel_id, sealed, outlet),) = rows
        label = unsealed(work.vault, parcel_id, sealed)
    return label.address, label.fallback_outlet, outlet


async def redirects(database):
    return [status for (status,) in await read(database, "SELECT status FROM redirect ORDER BY redirect_id")]


HOME, HERE, THERE = "李0家", "静安寺街道中心", "长寿路街道中心"


async def test_before_the_card_is_made_and_before_it_is_sent_the_label_says_so(database, office, one):
    assert (await change(database, one, NEW)).effect == "this_card"
    await preparing.prepare_due(database, lambda _: None)
    assert await label_of(database, one) == ("新址1号", HERE, OUTLET)
    changed = await change(database, one, MOVED)
    assert (changed.effect, changed.application.fallback_outlet_id) == ("this_card", OTHER_OUTLET)
    assert await label_of(database, one) == ("新址1号", THERE, OTHER_OUTLET)
    await dispatched(database, office)
    assert [(item["address"], item["mobile"], item["fallback_outlet"]) for item in office.sent] == [
        ("新址1号", "13911111111", THERE)
    ]
    assert len(await told(database, "parcel.destination_changed")) == 2
    assert await said_by_audit(database, "parcel.relabelled") == 1


async def test_what_is_the_same_changes_nothing_and_nothing_is_no_wish(database, one):
    for same in (Wish(address=HOME, fallback_outlet="JA01"), Wish()):
        assert (await change(database, one, same)).effect == "nothing"
    assert await told(database, "parcel.destination_changed") == []
    for wish, problem in (
        (Wish(address="  "), ContactMissing), (Wish(fallback_outlet="ICBC"), OutletNotServing),
        (Wish(fallback_outlet="NOWHERE"), OutletNotServing),
    ):  # fmt: skip
        with pytest.raises(problem):
            await change(database, one, wish)


async def test_correcting_the_contact_reaches_a_label_that_is_still_ours(database, office, one):
    await preparing.prepare_due(database, lambda _: None)
    async with database.work(CENTRE) as work:
        await commands.relabel(
            work, await correct_contact(work, one.application_id, Contact("139", "新址2号"))
        )
    assert (await label_of(database, one))[0] == "新址2号"
    await dispatched(database, office)
    async with database.work(CENTRE) as work:
        await commands.relabel(
            work, await correct_contact(work, one.application_id, Contact("139", "新址3号"))
        )
    assert (await label_of(database, one))[0] == "新址2号"


async def test_the_courier_is_asked_once_it_may_have_the_label(database, office, one):
    """The manifest was sent and no answer came: nobody knows which label the courier has."""
    office.down = True
    with pytest.raises(PartnerUnavailable):
        await commands.dispatch_due(database, office.partner)
    assert (await change(database, one)).effect == "asked"
    office.down = False
    assert await commands.redirect_due(database, office.partner) == RedirectCounts()
    await dispatched(database, office)
    assert office.sent[0]["address"] == HOME
    assert (await commands.redirect_due(database, office.partner)).accepted == 1
    assert [(item["waybill"], item["address"]) for item in office.wished] == [
        (office.sent[0]["reference"], "新址1号")
    ]
    assert (await label_of(database, one))[0] == "新址1号"


async def test_a_label_is_changed_before_it_is_sent_or_the_courier_is_asked(
    database, office, one, monkeypatch
):
    """While the manifest is under way to the courier; the two hold the same turn."""
    changed = []
    batch = office.partner.batch

    async def slowly(path, items, **more):
        if "manifest" in more:
            changed.append((await change(database, one)).effect)
        return await batch(path, items, **more)

    monkeypatch.setattr(office.partner, "batch", slowly)
    await commands.dispatch_due(database, office.partner)
    assert changed == ["asked"]
    assert (office.sent[0]["address"], await redirects(database)) == (HOME, ["asked"])


@pytest.mark.parametrize(("answer", "ends", "outlet", "topic"), [
    ("accepted", "accepted", OTHER_OUTLET, "parcel.destination_changed"),
    ("refused", "refused", OUTLET, "parcel.redirect_refused"),
    ("too_late", "too_late", OUTLET, "parcel.redirect_refused"),
])  # fmt: skip
async def test_in_the_courier_s_hands_the_courier_decides(database, office, one, answer, ends, outlet, topic):
    await dispatched(database, office)
    assert (await change(database, one, MOVED)).effect == "asked"
    with pytest.raises(RedirectPending):
        await change(database, one, Wish(address="新址9号"))
    office.answer = None
    assert (await commands.redirect_due(database, office.partner)).unanswered == 1
    office.answer = answer
    counts = await commands.redirect_due(database, office.partner)
    assert getattr(counts, ends) == 1
    assert office.wished[0] == office.wished[1], "the same wish again, word for word"
    assert await redirects(database) == [ends]
    address, name, at = await label_of(database, one)
    assert (address, at) == (("新址1号", outlet) if answer == "accepted" else (HOME, outlet))
    assert name == (THERE if answer == "accepted" else HERE)
    ((where,),) = await read(database, "SELECT fallback_outlet_id FROM application")
    assert where == outlet
    ((_, payload),) = await told(database, topic)
    assert payload.get("outlet_id", OUTLET) == OUTLET
    assert (await commands.redirect_due(database, office.partner)) == RedirectCounts()
    # A further wish is a new one; what was refused holds for the next sending.
    assert (await change(database, one, Wish(address="新址9号"))).effect == "asked"


async def test_an_answer_that_nobody_agreed_on_is_refused_and_the_wish_stays(database, office, one):
    await dispatched(database, office)
    await change(database, one)
    office.answer = "perhaps"
    with pytest.raises(PartnerAnswerRefused):
        await commands.redirect_due(database, office.partner)
    assert await redirects(database) == ["asked"]


async def test_two_runs_settle_a_wish_once(database, office, one):
    await dispatched(database, office)
    await change(database, one)
    both = await asyncio.gather(*(commands.redirect_due(database, office.partner) for _ in range(2)))
    assert sum(counts.accepted for counts in both) == 1
    assert len(await told(database, "parcel.destination_changed")) == 1


async def test_what_has_arrived_meanwhile_is_not_asked_about(database, office, one, clock):
    sent = await dispatched(database, office)
    await change(database, one)
    await arrive(database, office, clock, sent.values())
    assert (await commands.redirect_due(database, office.partner)).dropped == 1
    assert office.wished == []


async def test_a_parcel_that_the_courier_refuses_is_ours_again_with_what_was_wished(database, office, one):
    office.down = True
    with pytest.raises(PartnerUnavailable):
        await commands.dispatch_due(database, office.partner)
    await change(database, one, MOVED)
    office.down, office.refuses = False, True
    await commands.dispatch_due(database, office.partner)
    assert (await commands.redirect_due(database, office.partner)).dropped == 1
    assert await label_of(database, one) == ("新址1号", THERE, OTHER_OUTLET)
    assert (await change(database, one, NEW)).effect == "nothing"
    assert (await change(database, one, Wish(fallback_outlet="JA01"))).effect == "this_card"
    assert await label_of(database, one) == ("新址1号", HERE, OUTLET)


async def test_at_the_outlet_it_is_too_late_and_back_at_the_centre_it_is_not(database, office, one, clock):
    sent = await dispatched(database, office)
    await arrive(database, office, clock, sent.values())
    for wish in (NEW, Wish(fallback_outlet="PT01")):
        with pytest.raises(TooLateToRedirect) as refusal:
            await change(database, one, wish)
        assert refusal.value.members["outlet"] == "JA01"
    assert (await change(database, one, Wish(mobile="13922222222"))).effect == "next_sending"
    await acts(database, CENTRE, commands.note_arrival, sent[one.application_id])
    assert (await change(database, one, MOVED)).effect == "next_sending"
    await acts(database, CENTRE, commands.ask_again, one.application_id)
    assert await label_of(database, one) == ("新址1号", THERE, OTHER_OUTLET)
    await dispatched(database, office)
    office.tell(office.sent[-1]["reference"], "delivered", clock.at)
    await commands.take_events(database, office.partner)
    assert (await standing(database))[one.application_id] == ("received", "delivered")
    with pytest.raises(TransitionRefused):
        await change(database, one, NEW)


async def test_what_was_wished_is_sealed_and_every_wish_is_on_record(database, office, one):
    await dispatched(database, office)
    await change(database, one, MOVED)
    office.answer = "refused"
    await commands.redirect_due(database, office.partner)
    ((text,),) = await read(database, "SELECT redirect::text FROM redirect")
    for secret in ("新址", "13911111111", "超出投递范围"):
        assert secret not in text
        assert secret.encode().hex() not in text
    for action in ("parcel.destination_wished", "parcel.redirect_asked", "parcel.redirect_refused"):
        assert await said_by_audit(database, action) == 1


async def test_where_the_card_is_can_be_asked_at_any_time(database, office, one, clock):
    async def journey():
        async with database.work(CLERK) as work:
            found = await applications.by_id(work, one.application_id)
            return await views.journey(work, await load(work), found)

    assert await journey() is None
    sent = await dispatched(database, office)
    await change(database, one)
    assert (await journey()).redirect == "asked"
    await arrive(database, office, clock, sent.values())
    found = await journey()
    assert (found.kept.standing, (found.kept.recall_on - clock.at.date()).days, found.hand_over) == (
        "waiting",
        60,
        None,
    )
