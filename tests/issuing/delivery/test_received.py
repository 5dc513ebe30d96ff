"""When a card came into its holder's hand, and what higher rooms are told on the way, with the sandbox's real courier."""

from __future__ import annotations

from datetime import date

import pytest
from tests.issuing.seeding import BANK, OUTLET, courier_at, pickup, read, sandbox_for, seed, someone

from shebaoka.issuing.applications.states import Status
from shebaoka.issuing.delivery import commands
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.registry.programme.views import load

PEOPLE = 8
AT_HOME = [n % 2 == 0 for n in range(PEOPLE)]


@pytest.fixture
async def holders(database):
    """Applications whose cards were made."""
    found = await seed(database, PEOPLE, status=Status.MADE)
    async with database.work(SYSTEM) as work:
        for n, one in enumerate(found):
            named = {"p": one.person_id, "c": one.application_id, "n": f"A{n:08}", "b": BANK}
            await work.run(
                "INSERT INTO card (person_id, card_id, card_number, generation, social, financial, bank_id, issued_on)"
                " VALUES (%(p)s, %(c)s, %(n)s, 'new', 'unopened', 'unopened', %(b)s, '2019-01-02')", named,
            )  # fmt: skip
            await work.run("UPDATE application SET card_id = %(c)s WHERE person_id = %(p)s", named)
    return found


async def test_a_card_is_held_from_the_courier_s_day_or_the_outlet_s(database, holders, tmp_path, clock):
    with sandbox_for(tmp_path, [someone(n, home=home) for n, home in enumerate(AT_HOME)]) as sandbox:
        async with courier_at(sandbox.url) as courier:
            await commands.dispatch_due(database, courier)
            clock.at = clock.at.replace(day=20)
            await commands.take_events(database, courier)
            await commands.take_events(database, courier)
    received = dict(await read(database, "SELECT person_id, received_on FROM card"))
    home = {one.person_id for one, at_home in zip(holders, AT_HOME, strict=True) if at_home}
    assert {person for person, on in received.items() if on == date(2019, 1, 5)} == home, (
        "not the day we heard of it"
    )
    assert {person for person, on in received.items() if on is None} == received.keys() - home
    lying = await read(database, "SELECT waybill, person_id FROM parcel WHERE status = 'at_outlet'")
    by_person = {one.person_id: one for one in holders}
    async with database.work(Actor("staff:7", OUTLET, "outlet_clerk")) as work:
        pickups = [pickup(waybill, by_person[person]) for waybill, person in lying]
        await commands.collect_many(work, await load(work), pickups)
    assert await read(database, "SELECT count(*) FROM card WHERE received_on = '2019-01-20'") == [
        (PEOPLE - len(home),)
    ]
    assert await read(database, "SELECT count(*) FROM card WHERE remind_on = received_on") == [(PEOPLE,)]


async def test_each_dispatch_is_told_once_with_its_waybill(database, holders, tmp_path):
    with sandbox_for(tmp_path, [someone(n) for n in range(PEOPLE)]) as sandbox:
        async with courier_at(sandbox.url) as courier:
            for _ in range(2):
                await commands.dispatch_due(database, courier)
    told = await read(
        database, "SELECT person_id, payload->>'waybill' FROM outbox WHERE topic = 'parcel.dispatched'"
    )
    assert sorted(told) == sorted(await read(database, "SELECT person_id, waybill FROM parcel"))
