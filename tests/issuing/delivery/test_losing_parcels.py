"""The courier loses a parcel: the operator gives it up, and the card is made and sent once more, by real partners."""

from __future__ import annotations

import asyncio

import pytest
from tests.issuing.seeding import (
    BANK,
    answered,
    bureau_at,
    courier_at,
    read,
    sandbox_for,
    seed,
    someone,
    statuses,
)

from shebaoka.cards import commands as cards
from shebaoka.cards import views as card_views
from shebaoka.cards.model import Opening, Outlet
from shebaoka.issuing.applications.commands import complete, end_entitlement
from shebaoka.issuing.delivery import commands, views
from shebaoka.issuing.production import commands as production
from shebaoka.issuing.production import views as production_views
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.outbox import Event
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.records import s10
from shebaoka.registry.programme import views as programmes

OPENING = (frozenset({"social"}), Outlet("bank", bank_id=BANK))


@pytest.fixture
def sandbox(tmp_path):
    with sandbox_for(tmp_path, [someone(n) for n in range(3)]) as running:
        yield running


@pytest.fixture
async def courier(sandbox):
    async with courier_at(sandbox.url) as partner:
        yield partner


async def made_and_sent(database, sandbox, courier, files):
    await production.order_due(database)
    await production.write_due(database, bureau_at(sandbox.exchange))
    answered(sandbox.exchange, files)
    await production.take_returns(database, bureau_at(sandbox.exchange))
    await commands.dispatch_due(database, courier)


async def waybill_of(database, person_id):
    asked = "SELECT waybill FROM parcel WHERE person_id = %s ORDER BY parcel_id DESC LIMIT 1"
    return (await read(database, asked, (person_id,)))[0][0]


async def lose(database, waybill):
    async with database.work(SYSTEM) as work:
        return await commands.declare_lost(work, waybill)


async def open_card(database, person_id, card_id):
    async with database.work(SYSTEM) as work:
        opening = Opening(person_id, card_id, *OPENING)
        return await cards.open_functions(work, await programmes.load(work), opening)


async def told_of_loss(database):
    async with database.work(SYSTEM) as work:
        return [row[0] for row in await work.rows("SELECT person_id FROM outbox WHERE topic = 'parcel.lost'")]


async def held(database, person_id):
    async with database.work(SYSTEM) as work:
        found = (await card_views.of_people(work, [person_id]))[person_id]
    return [(card.card_id, card.social, card.void_reason) for card in found]


async def test_a_lost_parcel_s_card_is_made_and_sent_again(database, sandbox, courier):
    holders = await seed(database, 3)
    await made_and_sent(database, sandbox, courier, 1)
    lost, *others = holders
    first = await waybill_of(database, lost.person_id)
    given_up = await lose(database, first)
    assert (given_up.parcel.status, given_up.made_again) == ("lost", True)
    ((_, social, why),) = await held(database, lost.person_id)
    assert (social, why) == ("void", "lost_in_post")
    assert (await statuses(database))[lost.application_id] == "account_opened"
    assert await told_of_loss(database) == [lost.person_id]
    # Whatever the courier still tells of it changes nothing: its feed says it was delivered.
    await commands.take_events(database, courier)
    assert (await statuses(database)) == {
        lost.application_id: "account_opened", **{one.application_id: "received" for one in others},
    }  # fmt: skip
    await made_and_sent(database, sandbox, courier, 2)
    second = await waybill_of(database, lost.person_id)
    assert second != first
    await commands.take_events(database, courier)
    assert (await statuses(database))[lost.application_id] == "received"
    _, (card_id, social, _) = await held(database, lost.person_id)
    assert social == "unopened"
    await open_card(database, lost.person_id, card_id)
    async with database.work(SYSTEM) as work:
        await complete(work, [Event(lost.person_id, 1, "card.social_opened", {"card_id": card_id})])
        assert (await views.by_waybill(work, first)).parcel.status == "lost"
    assert (await statuses(database))[lost.application_id] == "completed"
    with pytest.raises(TransitionRefused):
        await lose(database, second)


async def test_what_has_arrived_is_not_lost(database, sandbox, courier):
    holders = await seed(database, 3)
    await made_and_sent(database, sandbox, courier, 1)
    one = holders[0]
    ((card_id, _, _),) = await held(database, one.person_id)
    await open_card(database, one.person_id, card_id)
    with pytest.raises(TransitionRefused):
        await lose(database, await waybill_of(database, one.person_id))
    assert (await read(database, "SELECT DISTINCT status FROM parcel")) == [("dispatched",)]
    await commands.take_events(database, courier)
    with pytest.raises(TransitionRefused):
        await lose(database, await waybill_of(database, holders[1].person_id))
    with pytest.raises(NotFound):
        await lose(database, s10.make("EM", 99_999_999))


async def test_a_parcel_is_given_up_once_by_two_operators(database, sandbox, courier):
    holders = await seed(database, 3)
    await made_and_sent(database, sandbox, courier, 1)
    waybill = await waybill_of(database, holders[0].person_id)
    answers = await asyncio.gather(*(lose(database, waybill) for _ in range(4)), return_exceptions=True)
    assert sorted(isinstance(answer, TransitionRefused) for answer in answers) == [False, True, True, True]


async def test_where_the_application_has_ended_no_card_is_made_again(database, sandbox, courier):
    holders = await seed(database, 3)
    await made_and_sent(database, sandbox, courier, 1)
    one = holders[0]
    async with database.work(SYSTEM) as work:
        programme = await programmes.load(work)
        await end_entitlement(work, programme, one.person_id, "moved_away", Outlet("card_centre"))
    given_up = await lose(database, await waybill_of(database, one.person_id))
    assert (given_up.parcel.status, given_up.made_again) == ("lost", False)
    assert (await statuses(database))[one.application_id] == "rejected"
    assert await told_of_loss(database) == [], "who is entitled no more waits for nothing"


async def test_entitlement_that_ends_while_the_card_is_made_sends_nothing(database, sandbox, courier):
    holders = await seed(database, 3)
    await production.order_due(database)
    one = holders[0]
    async with database.work(SYSTEM) as work:
        programme = await programmes.load(work)
        ended = await end_entitlement(work, programme, one.person_id, "moved_away", Outlet("card_centre"))
    assert (ended.applications, (await statuses(database))[one.application_id]) == (1, "in_production")
    await made_and_sent(database, sandbox, courier, 1)
    assert (await statuses(database))[one.application_id] == "rejected"
    assert await read(database, "SELECT count(*) FROM parcel WHERE person_id = %s", (one.person_id,)) == [
        (0,)
    ]
    ((_, social, why),) = await held(database, one.person_id)
    assert (social, why) == ("void", "entitlement_ended")


async def test_a_card_that_cannot_be_made_again_stands_on_the_exception_list(database, sandbox, courier):
    """The tries count anew; those of the card that was lost do not hide them."""
    holders = await seed(database, 3)
    await made_and_sent(database, sandbox, courier, 1)
    one = holders[0]
    await lose(database, await waybill_of(database, one.person_id))
    await production.order_due(database)
    await read(
        database, "UPDATE production_order SET status = 'failed', attempt = 1 WHERE status = 'ordered'"
    )
    await read(database, "UPDATE production_order SET attempt = 3 WHERE status = 'made'")
    async with database.work(SYSTEM) as work:
        (failed,) = await production_views.exceptions(work)
        again = await production.order_again(work, failed.order_id)
    assert (failed.application_id, again.attempt) == (one.application_id, 2)
