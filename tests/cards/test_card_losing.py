"""Lost, found, lost for five days, lost for good; and what a bank tells of its own function."""

from __future__ import annotations

from datetime import timedelta

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
    id_number,
    made,
    old,
    rows,
    value,
)

from shebaoka.cards import commands, views
from shebaoka.cards.commands import losing
from shebaoka.cards.errors import (
    CancellingNotHere,
    CardVoid,
    LossMayNotBeLifted,
    LossMayNotBeReported,
    LossNotUndone,
    LossReported,
    OtherBanksCard,
)
from shebaoka.cards.model import LossReport, Outlet
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.problems import NotFound, TransitionRefused

HOTLINE, ONLINE, KIOSK = Outlet("hotline"), Outlet("online_platform"), Outlet("kiosk")
FIVE_DAYS, MOMENT = timedelta(days=5), timedelta(microseconds=1)


@pytest.fixture
async def city(database):
    """Persons 1 to 4 with an old card and a new one that is not open."""
    await enter(database, range(1, 5))
    async with database.work(SYSTEM) as work:
        await commands.take_old_cards(work, [old(person) for person in range(1, 5)])
        await commands.take_made_cards(work, [made(person) for person in range(1, 5)])
    return database


async def card_of(database, number):
    async with database.work(SYSTEM) as work:
        return await views.find(work, number)


async def report(database, programme, card, loss="temporary", outlet=HOTLINE):
    async with database.work(SYSTEM) as work:
        return await commands.report_loss(
            work, programme, LossReport(card.person_id, card.card_id, loss, outlet)
        )


async def lift(database, programme, card, outlet=CENTRE):
    async with database.work(SYSTEM) as work:
        return await commands.lift_loss(work, programme, card.person_id, card.card_id, outlet)


async def tell(database, card, what, outlet=OWN_OUTLET):
    async with database.work(SYSTEM) as work:
        return await commands.note_financial(work, card.person_id, card.card_id, what, outlet)


async def do_open(database, programme, opening):
    async with database.work(SYSTEM) as work:
        return await commands.open_functions(work, programme, opening)


async def ask(database, programme, **which):
    async with database.work(SYSTEM) as work:
        return await views.standing(work, programme, **which)


async def test_a_temporary_report_says_why_and_until_when(city, programme, clock):
    card = await card_of(city, old(1).card_number)
    lost = await report(city, programme, card)
    assert (lost.social, lost.loss, lost.loss_until) == ("suspended", "temporary", clock.at + FIVE_DAYS)
    standing = await ask(city, programme, id_number=id_number(1))
    assert (standing.good, standing.reason, standing.lost_until) == (False, "suspended", lost.loss_until)
    assert "2019-01-07 12:00自动解挂" in standing.zh
    assert "ends by itself at 2019-01-07 12:00" in standing.en
    assert (
        await value(city, "SELECT detail->>'loss' FROM audit_fact WHERE action = 'card.loss_reported'")
        == "temporary"
    )


@pytest.mark.parametrize("opened", [True, False], ids=["open", "unopened"])
async def test_the_end_is_told_at_its_very_instant_before_any_step_has_run(city, programme, clock, opened):
    if opened:
        await do_open(city, programme, asks(made(1)))
    card = await card_of(city, made(1).card_number)
    await report(city, programme, card)
    clock.at += FIVE_DAYS - MOMENT
    assert (await ask(city, programme, card_number=made(1).card_number)).reason == "suspended"
    assert (await losing.lift_lapsed_due(city)).lifted == 0
    clock.at += MOMENT
    for _ in range(2):  # before the step has run, and after
        standing = await ask(city, programme, card_number=made(1).card_number)
        assert (standing.good, standing.reason) == (opened, "good" if opened else "unopened")
        assert standing.lost_until is None
        seen = await card_of(city, made(1).card_number)
        assert (seen.social, seen.loss, seen.loss_until) == (card.social, None, None)
        await losing.lift_lapsed_due(city)
    assert await rows(city, "SELECT social, loss FROM card WHERE card_id = %(c)s", c=card.card_id) == [
        (card.social, None)
    ]
    assert await value(city, "SELECT count(*) FROM audit_fact WHERE action = 'card.loss_lapsed'") == 1


async def test_a_card_whose_report_has_ended_opens_before_the_step_has_run(city, programme, clock):
    card = await card_of(city, made(1).card_number)
    await report(city, programme, card)
    with pytest.raises(TransitionRefused, match="lost_unopened"):
        await do_open(city, programme, asks(made(1)))
    clock.at += FIVE_DAYS
    assert (await do_open(city, programme, asks(made(1)))).voided
    assert (await losing.lift_lapsed_due(city)).lifted == 0
    assert (await ask(city, programme, card_number=made(1).card_number)).good


async def test_the_financial_function_of_a_lost_card_opens_and_the_report_stays(city, programme, clock):
    card = await card_of(city, made(1).card_number)
    await report(city, programme, card)
    await do_open(city, programme, asks(made(1), FINANCIAL, OWN_OUTLET))
    seen = await card_of(city, made(1).card_number)
    assert (seen.social, seen.financial, seen.loss_until) == ("lost_unopened", "open", clock.at + FIVE_DAYS)


async def test_the_step_lifts_many_in_chunks_and_again_nothing(city, programme, clock, monkeypatch):
    monkeypatch.setattr(losing, "PEOPLE_MAX", 2)
    for person in (1, 2, 3):
        await report(city, programme, await card_of(city, old(person).card_number))
        await report(city, programme, await card_of(city, made(person).card_number))
    await report(city, programme, await card_of(city, old(4).card_number), "formal", CENTRE)
    clock.at += FIVE_DAYS
    seen: list[int] = []
    assert (await losing.lift_lapsed_due(city, seen.append)).lifted == 6
    assert seen == [4, 2]
    assert (await losing.lift_lapsed_due(city)).lifted == 0
    assert await value(city, "SELECT count(*) FROM card WHERE loss = 'formal' AND social = 'suspended'") == 1


async def test_the_holder_is_told_of_a_report_of_its_lifting_and_of_its_end(city, programme, clock):
    first, second, third = [await card_of(city, made(person).card_number) for person in (1, 2, 3)]
    for card in (first, second):
        await report(city, programme, card)
    await lift(city, programme, first)
    clock.at += FIVE_DAYS
    await commands.lift_lapsed_due(city)
    with pytest.raises(TransitionRefused):
        await lift(city, programme, third)
    told = await rows(city, "SELECT person_id, topic, payload FROM outbox ORDER BY event_id")
    assert told == [
        (first.person_id, "card.loss_reported", {"card_id": first.card_id}),
        (second.person_id, "card.loss_reported", {"card_id": second.card_id}),
        (first.person_id, "card.loss_lifted", {"card_id": first.card_id}),
        (second.person_id, "card.loss_lifted", {"card_id": second.card_id}),
    ]


async def test_a_temporary_report_becomes_formal_and_has_no_end(city, programme, clock):
    card = await card_of(city, old(1).card_number)
    first = await report(city, programme, card)
    clock.at += timedelta(days=1)
    formal = await report(city, programme, card, "formal", CENTRE)
    assert (formal.loss, formal.lost_at, formal.loss_until) == ("formal", first.lost_at, None)
    clock.at += timedelta(days=400)
    standing = await ask(city, programme, card_number=old(1).card_number)
    assert (standing.reason, standing.lost_until) == ("suspended", None)
    assert "解挂或申请补换" in standing.zh
    found = await lift(city, programme, card)
    assert (found.social, found.loss) == ("open", None)


async def test_a_report_is_made_once_and_says_until_when(city, programme, clock):
    card = await card_of(city, old(1).card_number)
    await report(city, programme, card)
    with pytest.raises(LossReported) as refused:
        await report(city, programme, card, outlet=ONLINE)
    assert refused.value.members == {"loss": "temporary", "until": "2019-01-07T12:00:00+08:00"}
    await report(city, programme, card, "formal", CENTRE)
    for loss, outlet in (("temporary", HOTLINE), ("formal", CENTRE)):
        with pytest.raises(LossReported, match="without end"):
            await report(city, programme, card, loss, outlet)


@pytest.mark.parametrize(
    ("kind", "may"),
    [
        ("hotline", {"temporary"}), ("online_platform", {"temporary"}),
        ("community_centre", {"temporary", "formal", "lift", "cancel"}),
        ("card_centre", {"temporary", "formal", "lift", "cancel"}),
        ("kiosk", set()), ("bank_outlet", set()), ("bank", set()), ("hospital", set()), ("employer", set()),
    ],
)  # fmt: skip
async def test_who_may_report_lift_and_cancel_is_a_rule(city, programme, kind, may):
    card, outlet = await card_of(city, old(1).card_number), Outlet(kind, bank_id=BANK)
    did = set()
    for loss in ("temporary", "formal"):
        try:
            await report(city, programme, card, loss, outlet)
            did.add(loss)
        except LossMayNotBeReported:
            pass
    if not did:
        await report(city, programme, card, "formal", CENTRE)
    try:
        await lift(city, programme, card, outlet)
        did.add("lift")
    except LossMayNotBeLifted:
        pass
    try:
        async with city.work(SYSTEM) as work:
            await commands.cancel(work, programme, 1, "moved_away", outlet)
        did.add("cancel")
    except CancellingNotHere:
        pass
    assert did == may


async def test_a_replaced_card_that_turns_up_is_told_which_card_took_its_place(city, programme, clock):
    await report(city, programme, await card_of(city, old(1).card_number))
    await do_open(city, programme, asks(made(1)))
    gone = await card_of(city, old(1).card_number)
    assert (gone.social, gone.loss, gone.replaced_by) == ("void", None, made(1).card_number)
    tail = made(1).card_number[-4:]
    for act in (
        report(city, programme, gone),
        lift(city, programme, gone),
        tell(city, await void_new(city, programme), "suspend"),
    ):
        with pytest.raises(CardVoid) as refused:
            await act
        assert refused.value.members["void_on"] == "2019-01-02"
    with pytest.raises(CardVoid, match=f"尾号{tail}.*销毁.*ending in {tail} on 2019-01-02"):
        await report(city, programme, gone)


async def void_new(database, programme):
    """Give a new card that another one has replaced."""
    second = made(2, card_id=20_000_002)
    async with database.work(SYSTEM) as work:
        await commands.take_made_cards(work, [second])
    await do_open(database, programme, asks(second))
    return await card_of(database, made(2).card_number)


async def test_nothing_to_lift_is_refused_and_a_strange_card_is_not_found(city, programme):
    card = await card_of(city, old(1).card_number)
    with pytest.raises(TransitionRefused, match="open"):
        await lift(city, programme, card)
    async with city.work(SYSTEM) as work:
        with pytest.raises(NotFound):
            await commands.lift_loss(work, programme, 2, card.card_id, CENTRE)


async def test_what_was_promised_for_tomorrow_is_dropped_with_the_loss(city, programme, clock):
    await do_open(city, programme, asks(made(1), SOCIAL, OUTLET_ELSEWHERE))
    await report(city, programme, await card_of(city, made(1).card_number))
    clock.at += timedelta(days=1)
    assert (await commands.open_promised_due(city)).opened == 0
    assert await value(city, "SELECT count(*) FROM audit_fact WHERE action = 'card.promise_dropped'") == 1


async def test_the_two_functions_know_nothing_of_each_others_loss(city, programme):
    await do_open(city, programme, asks(made(1), BOTH, OWN_OUTLET))
    card = await card_of(city, made(1).card_number)
    assert (await tell(city, card, "suspend")).social == "open"
    assert (await ask(city, programme, card_number=made(1).card_number)).good
    lost = await report(city, programme, card)
    assert (lost.social, lost.financial) == ("suspended", "suspended")
    restored = await tell(city, card, "lift", Outlet("bank", bank_id=BANK))
    assert (restored.social, restored.loss, restored.financial) == ("suspended", "temporary", "open")
    assert (await lift(city, programme, card)).financial == "open"


async def test_a_bank_tells_of_its_own_cards_only(city, programme):
    card = await card_of(city, made(1).card_number)
    for outlet in (OTHER_OUTLET, CENTRE, HOTLINE):
        with pytest.raises(OtherBanksCard):
            await tell(city, card, "suspend", outlet)
    with pytest.raises(OtherBanksCard):
        await tell(city, await card_of(city, old(1).card_number), "suspend")
    assert (await tell(city, card, "suspend")).financial == "lost_unopened"
    with pytest.raises(TransitionRefused):
        await do_open(city, programme, asks(made(1), FINANCIAL, OWN_OUTLET))
    assert (await tell(city, card, "lift")).financial == "unopened"


async def test_an_account_may_be_closed_on_a_void_card_and_nothing_else(city, programme):
    await do_open(city, programme, asks(made(2), FINANCIAL, OWN_OUTLET))
    gone = await void_new(city, programme)
    with pytest.raises(CardVoid):
        await tell(city, gone, "suspend")
    assert (await tell(city, gone, "close")).financial == "closed"


async def test_cancelling_voids_every_card_and_tells_of_the_account(city, programme):
    await do_open(city, programme, asks(made(1), FINANCIAL, OWN_OUTLET))
    async with city.work(SYSTEM) as work:
        done = await commands.cancel(work, programme, 1, "settled_abroad", CENTRE)
        again = await commands.cancel(work, programme, 1, "settled_abroad", CENTRE)
    assert (len(done.voided), len(again.voided)) == (2, 0)
    assert "开户银行" in done.account_zh
    assert "heirs" in done.account_en
    standing = await ask(city, programme, card_number=made(1).card_number)
    assert standing.reason == "void"
    assert "不再享有领卡资格" in standing.zh
    assert done.account_zh in standing.zh
    assert (await card_of(city, made(1).card_number)).financial == "open"
    # An old card has no account of which there were anything to tell.
    assert done.account_zh not in (await ask(city, programme, card_number=old(1).card_number)).zh


async def test_the_heirs_are_told_what_becomes_of_the_account(city, programme):
    async with city.work(SYSTEM) as work:
        await work.run("UPDATE person SET died_on = '2019-01-02' WHERE person_id = 1")
    standing = await ask(city, programme, card_number=made(1).card_number)
    assert standing.reason == "holder_dead"
    assert "继承人" in standing.zh


async def test_a_replacement_keeps_the_lost_card_suspended(city, programme, clock):
    card = await card_of(city, made(1).card_number)
    await report(city, programme, card)
    async with city.work(SYSTEM) as work:
        assert (await commands.keep_lost(work, 1, card.card_id)).loss_until is None
        assert (await commands.keep_lost(work, 1, card.card_id)).loss == "formal"
    clock.at += timedelta(days=30)
    assert (await losing.lift_lapsed_due(city)).lifted == 0
    assert (await ask(city, programme, card_number=made(1).card_number)).reason == "suspended"
    await lift(city, programme, card)
    async with city.work(SYSTEM) as work:
        with pytest.raises(TransitionRefused):
            await commands.keep_lost(work, 1, card.card_id)


async def test_a_card_lost_in_the_post_is_void_unless_it_has_arrived(city, programme):
    for person, before in ((1, None), (2, report)):
        card = await card_of(city, made(person).card_number)
        if before:
            await before(city, programme, card)
        for _ in range(2):
            async with city.work(SYSTEM) as work:
                gone = await commands.void_lost_in_post(work, person, card.card_id)
            assert (gone.social, gone.void_reason) == ("void", "lost_in_post")
        assert "因邮寄遗失" in (await ask(city, programme, card_number=made(person).card_number)).zh
        assert (await ask(city, programme, card_number=old(person).card_number)).good
    await do_open(city, programme, asks(made(3)))
    async with city.work(SYSTEM) as work:
        with pytest.raises(TransitionRefused):
            await commands.void_lost_in_post(work, 3, made(3).card_id)


async def test_which_card_somebody_means_who_has_two(city, programme):
    async with city.work(SYSTEM) as work:
        held = (await views.of_people(work, [1]))[1]
    assert views.meant(held).generation == "old"
    assert views.meant(held, "new").card_number == made(1).card_number
    assert views.meant([]) is None
    await do_open(city, programme, asks(made(1)))
    async with city.work(SYSTEM) as work:
        held = (await views.of_people(work, [1]))[1]
        assert (await views.counts(work)).lost == 0
    assert views.meant(held).generation == "new"
    assert views.meant(held, "old").social == "void"


async def test_when_opening_fails_the_card_waits_to_be_opened(city, programme):
    """Whatever goes wrong after the making: refused, or broken off in the middle."""
    with pytest.raises(OtherBanksCard):
        await do_open(city, programme, asks(made(1), SOCIAL, OTHER_OUTLET))
    with pytest.raises(RuntimeError, match="power"):
        async with city.work(SYSTEM) as work:
            await commands.open_functions(work, programme, asks(made(1)))
            raise RuntimeError("the power failed")
    assert (await ask(city, programme, card_number=made(1).card_number)).reason == "unopened"
    assert (await ask(city, programme, card_number=old(1).card_number)).good
    assert (await do_open(city, programme, asks(made(1)))).outcome == "opened"


async def undo(database, programme, card, actor=SYSTEM, outlet=ONLINE):
    async with database.work(actor) as work:
        return await commands.undo_loss(work, programme, card.person_id, card.card_id, outlet)


async def test_a_report_is_taken_back_to_the_instant_of_the_rule(city, programme, clock):
    card = await card_of(city, made(1).card_number)
    lost = await report(city, programme, card, outlet=ONLINE)
    clock.at = lost.lost_at + timedelta(minutes=10) - MOMENT
    found = await undo(city, programme, lost)
    assert (found.social, found.loss, found.lost_at) == (card.social, None, None)
    lost = await report(city, programme, found, outlet=ONLINE)
    clock.at = lost.lost_at + timedelta(minutes=10)
    with pytest.raises(LossNotUndone):
        await undo(city, programme, lost)


async def test_only_whoever_reported_a_card_takes_the_report_back(city, programme):
    lost = await report(city, programme, await card_of(city, made(1).card_number), outlet=ONLINE)
    with pytest.raises(LossNotUndone):
        await undo(city, programme, lost, Actor("resident:1", 71, "resident", 1))
    with pytest.raises(LossNotUndone):
        await undo(city, programme, lost, outlet=HOTLINE)
    formal = await report(city, programme, lost, "formal", CENTRE)
    with pytest.raises(LossNotUndone):
        await undo(city, programme, formal)
