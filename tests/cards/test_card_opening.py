"""Opening: the right outlet, the right function, and the death of the old card in the same moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from holders import (
    BANK,
    BOTH,
    CENTRE,
    FINANCIAL,
    OTHER_OUTLET,
    OUTLET_ELSEWHERE,
    OWN_OUTLET,
    SOCIAL,
    asks,
    enter,
    made,
    old,
    rows,
    value,
)

from shebaoka.cards import commands, views
from shebaoka.cards.errors import HolderDeceased, OtherBanksCard, OutletMayNotOpen, SecondLiveCard
from shebaoka.cards.model import Opening, Outlet
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.registry.institutions.model import Institution


@pytest.fixture
async def city(database):
    """Persons 1 to 6 with an old card and a new one."""
    await enter(database, range(1, 7))
    async with database.work(SYSTEM) as work:
        await commands.take_old_cards(work, [old(person) for person in range(1, 7)])
        await commands.take_made_cards(work, [made(person) for person in range(1, 7)])
    return database


async def do_open(database, programme, opening):
    async with database.work(SYSTEM) as work:
        return await commands.open_functions(work, programme, opening)


async def statuses(database, person_id):
    return await rows(
        database,
        "SELECT generation, social, financial FROM card WHERE person_id = %(p)s ORDER BY generation",
        p=person_id,
    )


async def test_a_community_centre_opens_the_social_function_and_the_old_card_dies(city, programme):
    opened = await do_open(city, programme, asks(made(1)))
    assert (opened.outcome, opened.functions, len(opened.voided)) == ("opened", SOCIAL, 1)
    assert await statuses(city, 1) == [("new", "open", "unopened"), ("old", "void", "none")]
    assert await rows(
        city, "SELECT topic, payload->>'card_number', (payload->>'card_id')::bigint FROM outbox"
    ) == [("card.social_opened", made(1).card_number, made(1).card_id)]
    actions = await rows(
        city, "SELECT action FROM audit_fact WHERE person_id = 1 AND action IN ('card.opened', 'card.voided')"
    )
    assert sorted(actions) == [("card.opened",), ("card.voided",)]


async def test_the_financial_function_voids_nothing(city, programme):
    opened = await do_open(city, programme, asks(made(1), FINANCIAL, OWN_OUTLET))
    assert (opened.functions, opened.voided) == (FINANCIAL, ())
    assert await statuses(city, 1) == [("new", "unopened", "open"), ("old", "open", "none")]
    assert await rows(city, "SELECT topic FROM outbox") == [("card.financial_opened",)]
    opened = await do_open(city, programme, asks(made(1), SOCIAL, CENTRE))
    assert await statuses(city, 1) == [("new", "open", "open"), ("old", "void", "none")]


async def test_a_bank_opens_both_together(city, programme):
    await do_open(city, programme, asks(made(1), BOTH, OWN_OUTLET))
    assert await statuses(city, 1) == [("new", "open", "open"), ("old", "void", "none")]


@pytest.mark.parametrize(
    ("functions", "outlet", "refusal"),
    [
        (BOTH, CENTRE, OutletMayNotOpen),
        (FINANCIAL, Outlet("kiosk"), OutletMayNotOpen),
        (SOCIAL, Outlet("pharmacy"), OutletMayNotOpen),
        (frozenset(), CENTRE, OutletMayNotOpen),
        (SOCIAL, OTHER_OUTLET, OtherBanksCard),
        (FINANCIAL, OTHER_OUTLET, OtherBanksCard),
        (SOCIAL, Outlet("bank_outlet"), OutletMayNotOpen),
    ],
)
async def test_the_wrong_outlet_opens_nothing(city, programme, functions, outlet, refusal):
    with pytest.raises(refusal):
        await do_open(city, programme, asks(made(1), functions, outlet))
    assert await statuses(city, 1) == [("new", "unopened", "unopened"), ("old", "open", "none")]


@pytest.mark.parametrize(
    ("first", "second"), [(SOCIAL, SOCIAL), (FINANCIAL, BOTH), (SOCIAL, BOTH), (FINANCIAL, FINANCIAL)]
)
async def test_a_second_opening_is_refused_and_changes_nothing(city, programme, first, second):
    await do_open(city, programme, asks(made(1), first, OWN_OUTLET))
    before = await statuses(city, 1)
    with pytest.raises(TransitionRefused) as refusal:
        await do_open(city, programme, asks(made(1), second, OWN_OUTLET))
    assert "已开通" in refusal.value.detail
    assert await statuses(city, 1) == before


async def test_the_dead_the_unknown_and_the_expired_are_refused(city, programme, clock):
    async with city.work(SYSTEM) as work:
        await work.run("UPDATE person SET died_on = '2019-01-01' WHERE person_id = 1")
        await work.run("UPDATE card SET expires_on = '2019-01-01' WHERE person_id = 2 AND generation = 'new'")
    with pytest.raises(HolderDeceased):
        await do_open(city, programme, asks(made(1)))
    with pytest.raises(TransitionRefused, match="expired"):
        await do_open(city, programme, asks(made(2)))
    with pytest.raises(NotFound):
        await do_open(city, programme, Opening(3, made(4).card_id, SOCIAL, CENTRE))
    async with city.work(SYSTEM) as work:
        [card] = [card for card in (await views.of_people(work, [3]))[3] if card.generation == "old"]
    with pytest.raises(TransitionRefused):
        await do_open(city, programme, Opening(3, card.card_id, SOCIAL, CENTRE))


async def test_opening_a_replacement_voids_open_and_unopened_alike(city, programme):
    second = made(1, card_id=55_000_001)
    third = made(1, card_id=55_000_002)
    await do_open(city, programme, asks(made(1), BOTH, OWN_OUTLET))
    async with city.work(SYSTEM) as work:
        await commands.take_made_cards(work, [second, third])
        await work.run(
            "UPDATE card SET social = 'suspended', loss = 'formal', lost_at = now() WHERE card_id = %(c)s",
            {"c": made(1).card_id},
        )
    opened = await do_open(city, programme, asks(third))
    assert len(opened.voided) == 2
    assert await rows(city, "SELECT card_id, social FROM card WHERE person_id = 1 AND generation = 'new' ORDER BY card_id") == [
        (made(1).card_id, "void"), (second.card_id, "void"), (third.card_id, "open"),
    ]  # fmt: skip
    with pytest.raises(TransitionRefused):
        await do_open(city, programme, asks(second))


async def test_an_outlet_elsewhere_opens_the_social_function_the_next_day(city, programme, clock):
    opened = await do_open(city, programme, asks(made(1), BOTH, OUTLET_ELSEWHERE))
    assert (opened.functions, opened.voided, opened.social_on) == (FINANCIAL, (), date(2019, 1, 3))
    assert await statuses(city, 1) == [("new", "unopened", "open"), ("old", "open", "none")]
    assert (await commands.open_promised_due(city)).opened == 0
    with pytest.raises(TransitionRefused, match="promised"):
        await do_open(city, programme, asks(made(1), SOCIAL, OUTLET_ELSEWHERE))
    clock.at += timedelta(days=1)
    seen: list[int] = []
    result = await commands.open_promised_due(city, seen.append)
    assert ((result.opened, result.dropped), seen) == ((1, 0), [1])
    assert await statuses(city, 1) == [("new", "open", "open"), ("old", "void", "none")]
    assert await value(city, "SELECT count(*) FROM outbox WHERE topic = 'card.social_opened'") == 1
    assert (await commands.open_promised_due(city)).opened == 0


async def test_a_promise_is_overtaken_by_a_counter_or_dropped_with_the_holder(city, programme, clock):
    for person in (1, 2):
        await do_open(city, programme, asks(made(person), SOCIAL, OUTLET_ELSEWHERE))
    await do_open(city, programme, asks(made(1), SOCIAL, CENTRE))
    async with city.work(SYSTEM) as work:
        await work.run("UPDATE person SET died_on = '2019-01-02' WHERE person_id = 2")
    clock.at += timedelta(days=2)
    result = await commands.open_promised_due(city)
    assert (result.opened, result.dropped) == (0, 1)
    assert (await commands.open_promised_due(city)).dropped == 0
    assert await statuses(city, 2) == [("new", "unopened", "unopened"), ("old", "open", "none")]


async def test_a_list_is_answered_row_by_row(city, programme):
    night = Outlet("bank", bank_id=BANK)
    asked = [
        asks(made(5), BOTH, night),
        asks(made(1), BOTH, night),
        asks(made(1), BOTH, night),
        asks(made(2), BOTH, CENTRE),
        asks(made(3), BOTH, Outlet("bank", bank_id=999)),
        Opening(4, 4, BOTH, night),
        asks(made(2), SOCIAL, CENTRE),
    ]
    async with city.work(SYSTEM) as work:
        answers = await commands.open_many(work, programme, asked)
    assert [answer.outcome for answer in answers] == [
        "opened", "opened", "social_refused", "outlet_may_not", "other_bank", "no_card", "opened",
    ]  # fmt: skip
    assert [(answer.person_id, answer.card_id) for answer in answers] == [
        (a.person_id, a.card_id) for a in asked
    ]
    told = await rows(city, "SELECT topic, count(*) FROM outbox GROUP BY topic ORDER BY topic")
    assert told == [("card.financial_opened", 2), ("card.social_opened", 3)]
    assert await value(city, "SELECT count(*) FROM card WHERE social = 'void'") == 3
    async with city.work(SYSTEM) as work:
        assert await commands.open_many(work, programme, []) == []


def institution(number, kind, parent, *, elsewhere):
    return Institution(number, f"X{number}", kind, "机构", "institution", parent, None, None, elsewhere, None)


def test_an_outlet_is_known_by_its_bank():
    outlet = institution(7, "bank_outlet", BANK, elsewhere=True)
    bank = institution(BANK, "bank", None, elsewhere=False)
    centre = institution(8, "community_centre", 3, elsewhere=False)
    assert Outlet.of(outlet) == OUTLET_ELSEWHERE
    assert Outlet.of(bank) == Outlet("bank", bank_id=BANK)
    assert Outlet.of(centre) == CENTRE


async def test_a_second_live_card_is_refused_by_the_database_with_a_clear_answer(city, programme):
    """The constraint holds even where the function's own voiding is taken away: prove that it is what we map."""
    async with city.work(SYSTEM) as work:
        source = await work.value("SELECT pg_get_functiondef('card_open'::regproc)")
        broken = source.replace("c.card_id <> p_card_id", "false")
        assert broken != source
        await work.connection.execute(broken)
    with pytest.raises(SecondLiveCard):
        await do_open(city, programme, asks(made(1)))
    assert await statuses(city, 1) == [("new", "unopened", "unopened"), ("old", "open", "none")]


async def test_void_is_dated_with_the_opening(city, programme, clock):
    clock.at = datetime(2019, 5, 6, 9, 30, tzinfo=SHANGHAI)
    await do_open(city, programme, asks(made(1)))
    assert await rows(city, "SELECT DISTINCT coalesce(void_at, social_opened_at), void_reason IS NULL FROM card WHERE person_id = 1 ORDER BY 2") == [
        (clock.at, False), (clock.at, True),
    ]  # fmt: skip
