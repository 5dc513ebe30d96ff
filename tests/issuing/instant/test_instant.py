"""A card replaced while its holder waits: every step, every reason, every refusal, and what each leaves behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from instant_counter import (
    BANK_OUTLET,
    CENTRE,
    OTHER_BANKS_OUTLET,
    asked,
    begins,
    cards_of,
    comes_to,
    does,
    has,
    holds,
    open_counters,
    other,
    report,
    says_no,
    says_yes,
    settle,
    status,
)
from msgspec import structs
from tests.faces.api_town import jpeg
from tests.issuing.instant.blanks import blank, make, makes, order, writes
from town import Town, person

from shebaoka.banking.model import Answered
from shebaoka.cards import views as card_views
from shebaoka.cards.commands import open_functions
from shebaoka.cards.model import Opening, Outlet
from shebaoka.issuing.accounts.commands import open_due
from shebaoka.issuing.applications import views as application_views
from shebaoka.issuing.applications.commands import choose_bank, end_entitlement, withdraw
from shebaoka.issuing.applications.model import ReplacementReason as R
from shebaoka.issuing.delivery.commands.preparing import prepare_due
from shebaoka.issuing.instant import commands, views
from shebaoka.issuing.instant.model import GivenUpBecause, ReadBack
from shebaoka.issuing.photos.commands import Brought
from shebaoka.issuing.production.commands import order_due
from shebaoka.issuing.stock import commands as stock
from shebaoka.issuing.stock.model import SpoiledBecause
from shebaoka.kit.outbox import deliver_due
from shebaoka.kit.partners import PartnerUnavailable
from shebaoka.kit.problems import NotFound, Problem
from shebaoka.registry.acting.model import Claim
from shebaoka.registry.people.commands import upsert_many
from shebaoka.registry.programme import files
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import load
from shebaoka.wiring import SUBSCRIPTIONS

PROGRAMME = Programme(rule for rule, _ in files.read(files.PACKAGED))


@pytest.fixture
async def counters(town: Town) -> Town:
    return await open_counters(town)


async def refused(town: Town, act: Any, *given: Any, **more: Any) -> Problem:
    with pytest.raises(Problem) as problem:
        await does(town, act, *given, **more)
    assert problem.value.remedy_zh
    await holds(town)
    return problem.value


async def dies(town: Town, someone: Any) -> None:
    async with town.database.work(town.clerk) as work:
        await upsert_many(work, [structs.replace(someone, died_on=work.today)])


async def told(town: Town) -> None:
    await deliver_due(town.database, SUBSCRIPTIONS)
    await holds(town)


async def test_a_card_is_replaced_from_the_drawer_to_the_open_card(counters: Town, clock: Any) -> None:
    someone, person_id, former = await settle(counters, 1)
    session = await comes_to(counters, someone, "handed_over")
    number = session.issue.application_id
    application = session.application
    assert (application.instant, application.channel, application.kind, application.replacement_reason) == (
        True, "community_centre", "replacement", "damaged",
    )  # fmt: skip
    assert application.bank_id == counters.places["ICBC"].institution_id, "the bank of the former card"
    assert application.photo_id is not None, "the photo that is held"
    assert await has(counters) == (9, 0)
    assert await cards_of(counters, person_id) == {former: "open", session.issue.card_id: "unopened"}
    opened = await does(counters, commands.open_card, number)
    assert (opened.functions, opened.voided) == (frozenset({"social"}), (former,))
    assert await cards_of(counters, person_id) == {former: "void", session.issue.card_id: "open"}
    await told(counters)
    assert await status(counters, session) == ("handed_over", "completed")
    assert (await refused(counters, commands.open_card, number)).slug == "transition-refused"
    async with counters.database.work(counters.actor(CENTRE)) as work:
        assert await views.listed(work, await load(work)) == []


async def test_a_bank_outlet_opens_both_functions_of_its_own_card(counters: Town) -> None:
    someone, _, _ = await settle(counters, 1)
    session = await comes_to(counters, someone, "handed_over", BANK_OUTLET)
    opened = await does(counters, commands.open_card, session.issue.application_id, at=BANK_OUTLET)
    assert opened.functions == {"social", "financial"}
    assert await has(counters, BANK_OUTLET) == (9, 0)
    assert await has(counters) == (10, 0)


@pytest.mark.parametrize("reason", [R.WORN, R.UNREADABLE, R.DAMAGED, R.DATA_CHANGED])
async def test_the_former_card_works_until_the_new_one_opens(counters: Town, reason: R) -> None:
    someone, person_id, former = await settle(counters, 1)
    await comes_to(counters, someone, "handed_over", reason=reason)
    assert (await cards_of(counters, person_id))[former] == "open"


async def test_a_lost_card_is_reported_first_and_stays_suspended(counters: Town) -> None:
    someone, person_id, former = await settle(counters, 1)
    assert (await refused(counters, commands.begin, asked(someone, R.LOST))).slug == "loss-not-reported"
    await report(counters, person_id, former)
    assert (await refused(counters, commands.begin, asked(someone, R.WORN))).slug == "card-reported-lost"
    session = await comes_to(counters, someone, "handed_over", reason=R.LOST)
    assert (await cards_of(counters, person_id))[former] == "suspended"
    await does(counters, commands.open_card, session.issue.application_id)
    assert (await cards_of(counters, person_id))[former] == "void"


@pytest.mark.parametrize(("days", "may"), [(60, True), (61, False)])
async def test_renewal_begins_sixty_days_before_the_end(counters: Town, days: int, may: bool) -> None:
    someone, person_id, _ = await settle(counters, 1)
    await counters.rows_of(
        "UPDATE card SET expires_on = %(e)s WHERE person_id = %(p)s RETURNING 1",
        e=date(2019, 1, 2) + timedelta(days=days), p=person_id,
    )  # fmt: skip
    if may:
        assert (
            await begins(counters, someone, reason=R.EXPIRING)
        ).application.replacement_reason == "expiring"
    else:
        assert (
            await refused(counters, commands.begin, asked(someone, R.EXPIRING))
        ).slug == "not-yet-renewable"


async def test_who_and_where(counters: Town) -> None:
    """Only such an outlet, only with an ID, only where there is a card to replace, only somebody who may act."""
    someone, _, _ = await settle(counters, 1)
    assert (
        await refused(counters, commands.begin, asked(someone), at=OTHER_BANKS_OUTLET)
    ).slug == "instant-not-here"
    assert (
        await refused(counters, commands.begin, asked(someone, id_checked=False))
    ).slug == "identity-not-checked"
    assert (await refused(counters, commands.begin, asked(someone, name="别人"))).slug == "name-differs"
    nobody = person(2)
    await counters.settle(nobody)
    assert (await refused(counters, commands.begin, asked(nobody, bank="ICBC"))).slug == "nothing-to-replace"
    child, _, _ = await settle(counters, 3, born=date(2008, 1, 1))
    assert (await refused(counters, commands.begin, asked(child))).slug == "guardian-needed"
    alone = Claim("agent", person(2).id_number, name=person(2).name)
    assert (
        await refused(counters, commands.begin, asked(someone, acting=alone))
    ).slug == "authorisation-missing"
    agent = replace(alone, authorisation="written")
    session = await begins(counters, someone, acting=agent)
    acts = await counters.rows_of("SELECT act, acted_as, subject FROM proxy_act")
    assert acts == [("apply", "agent", str(session.issue.application_id))]
    with pytest.raises(NotFound):
        await does(counters, commands.take_blank, session.issue.application_id, at=BANK_OUTLET)
    async with counters.database.work(counters.clerk) as work:
        await work.run("UPDATE institution SET live_from = '2030-01-01' WHERE code = %(c)s", {"c": CENTRE})
    assert (await refused(counters, commands.begin, asked(nobody))).slug == "instant-not-here"


async def test_a_bank_outlet_issues_its_own_banks_cards(counters: Town) -> None:
    someone, _, _ = await settle(counters, 1, bank="CCB")
    more = {"fallback_outlet": CENTRE}
    problem = await refused(counters, commands.begin, asked(someone, **more), at=BANK_OUTLET)
    assert problem.slug == "instant-other-bank"
    session = await begins(counters, someone, BANK_OUTLET, bank="ICBC")
    assert session.application.bank_id == counters.places["ICBC"].institution_id


async def test_without_a_photo_one_is_taken_at_the_counter(counters: Town) -> None:
    someone, _, _ = await settle(counters, 1)
    await counters.rows_of("DELETE FROM photo RETURNING 1")
    session = await begins(counters, someone)
    assert (session.application.status, session.application.reason) == ("needs_photo", "photo-none")
    topics = await counters.rows_of("SELECT topic FROM outbox WHERE topic LIKE 'application.%%'")
    assert topics == [], "whoever stands there is told there"
    brought = await does(
        counters, commands.bring_photo, PROGRAMME, session.issue.application_id, Brought(jpeg())
    )
    assert (brought.application.status, brought.application.photo_id is not None) == ("photo_ready", True)
    again = await refused(
        counters, commands.bring_photo, PROGRAMME, session.issue.application_id, Brought(jpeg())
    )
    assert again.slug == "transition-refused"
    small, _, _ = await settle(counters, 2, born=date(2014, 1, 1))
    guardian = person(3)
    await counters.settle(guardian)
    async with counters.database.work(counters.clerk) as work:
        ids = await work.rows("SELECT person_id, id_digest FROM person")
        known = {bytes(digest): number for number, digest in ids}
        ward, tied = (known[work.vault.digest("id_number", one.id_number)] for one in (small, guardian))
        await work.run("INSERT INTO guardian_tie VALUES (%(w)s, %(g)s, 'parent')", {"w": ward, "g": tied})
        await work.run("DELETE FROM photo", None)
    claim = Claim("guardian", guardian.id_number, name=guardian.name)
    assert (await begins(counters, small, acting=claim)).application.status == "photo_ready", (
        "under seven none is needed"
    )


async def test_no_card_before_the_bank_has_answered(counters: Town) -> None:
    someone, person_id, former = await settle(counters, 1)
    session = await begins(counters, someone)
    number = session.issue.application_id
    question = await does(counters, commands.account_question, number)
    assert (question.application_id, question.bank_code, question.id_number) == (
        number,
        "ICBC",
        someone.id_number,
    )
    assert (await refused(counters, commands.take_blank, number)).slug == "transition-refused"
    silent = Answered((), {"ICBC": PartnerUnavailable("ICBC 未答复")}, (), ())
    for answer in (silent, Answered((), {}, (number,), ()), Answered((), {}, (), (number,))):
        problem = await refused(counters, commands.take_account, number, answer)
        assert (problem.slug, problem.status) == ("account-pending", 503)
    assert await status(counters, session) == ("begun", "photo_ready")
    assert (await has(counters), await cards_of(counters, person_id)) == ((10, 0), {former: "open"})
    assert (await refused(counters, commands.take_account, number, None)).slug == "account-pending"
    await does(counters, commands.take_account, number, says_yes(session))
    assert await does(counters, commands.account_question, number) is None
    await does(counters, commands.take_account, number, None)
    assert (await does(counters, commands.take_blank, number)).issue.status == "blank_taken"


async def test_after_a_refusal_another_bank_is_chosen(counters: Town) -> None:
    someone, _, _ = await settle(counters, 1)
    session = await begins(counters, someone)
    number = session.issue.application_id
    said = await does(counters, commands.take_account, number, says_no(session))
    assert (said.application.status, said.application.reason) == ("bank_refused", "B01")
    async with counters.database.work(counters.actor(CENTRE)) as work:
        await choose_bank(work, number, "CCB")
    session = await does(counters, views.session, number)
    await does(counters, commands.take_account, number, says_yes(session))
    assert (await does(counters, commands.take_blank, number)).application.bank_id == counters.places[
        "CCB"
    ].institution_id


async def test_the_chain_never_takes_what_is_made_at_a_counter(counters: Town) -> None:
    someone, _, _ = await settle(counters, 1)
    session = await begins(counters, someone)
    number = session.issue.application_id

    class Banks:
        async def batch(self, *_: Any) -> Any:
            raise AssertionError("nobody is to be asked")

    await open_due(counters.database, Banks())  # type: ignore[arg-type]
    await does(counters, commands.take_account, number, says_yes(session))
    assert (await order_due(counters.database)).ordered == 0
    await does(counters, commands.take_blank, number)
    async with counters.database.work(counters.actor(CENTRE)) as work:
        await makes(work, number)
    assert await prepare_due(counters.database, lambda _: None) == 0
    assert await status(counters, session) == ("made", "made")


@pytest.mark.parametrize("field", ["identification_code", "reset_code", "digest"])
async def test_what_is_read_back_is_what_was_ordered(counters: Town, field: str) -> None:
    someone, person_id, former = await settle(counters, 1)
    session = await comes_to(counters, someone, "blank_taken")
    number, chip = session.issue.application_id, blank()
    nothing = ReadBack("00" * 16, "00" * 13, bytes(32), b"")
    assert (await refused(counters, make, number, nothing)).slug == "chip-not-ordered"
    right, _ = writes(chip, (await does(counters, order, number, chip)).order)
    problem = await refused(counters, make, number, replace(right, **{field: getattr(nothing, field)}))
    assert (problem.slug, problem.members) == ("read-back-differs", {"differs": [field]})
    assert (await status(counters, session))[0] == "blank_taken"
    assert await cards_of(counters, person_id) == {former: "open"}
    spoiled = await does(counters, commands.spoil, number, SpoiledBecause.MISPRINTED)
    assert (spoiled.issue.status, spoiled.application.status, await has(counters)) == (
        "begun",
        "account_opened",
        (9, 0),
    )
    await holds(counters)
    second = await does(counters, commands.take_blank, number)
    assert (second.issue.attempt, await has(counters)) == (2, (8, 1))
    assert second.issue.card_number != session.issue.card_number, "a number is on one blank only"
    assert (await refused(counters, make, number, right)).slug == "chip-not-ordered"
    await does(counters, makes, number, blank())
    await holds(counters)


async def test_the_last_blank_is_gone_when_it_is_wanted(counters: Town) -> None:
    someone, _, _ = await settle(counters, 1)
    later, _, _ = await settle(counters, 2)
    session = await comes_to(counters, someone, "account")
    await does(counters, stock.give_back, counters.places[CENTRE], 10, "R1")
    assert (
        await refused(counters, commands.take_blank, session.issue.application_id)
    ).slug == "stock-exhausted"
    assert await status(counters, session) == ("begun", "account_opened")
    assert (await refused(counters, commands.begin, asked(later))).slug == "stock-exhausted"
    sent = await does(counters, commands.send_on, session.issue.application_id)
    assert (sent.issue.status, sent.application.instant) == ("by_post", False)
    assert (await order_due(counters.database)).ordered == 1, "production goes on from where it stood"
    assert (
        await refused(counters, commands.take_blank, session.issue.application_id)
    ).slug == "transition-refused"


async def test_handing_over_takes_an_id_and_a_signature(counters: Town) -> None:
    someone, person_id, _ = await settle(counters, 1)
    session = await comes_to(counters, someone, "made")
    number = session.issue.application_id
    for checked, signed, slug in ((False, True, "identity-not-checked"), (True, False, "signature-missing")):
        assert (
            await refused(counters, commands.hand_over, number, id_checked=checked, signed=signed)
        ).slug == slug
    assert (await refused(counters, commands.open_card, number)).slug == "transition-refused"
    await does(counters, commands.hand_over, number, id_checked=True, signed=True)
    held = await counters.rows_of(
        "SELECT received_on FROM card WHERE card_id = %(c)s", c=session.issue.card_id
    )
    assert held == [(date(2019, 1, 2),)], "reminded like any other"
    assert person_id


async def test_making_succeeds_and_opening_fails_and_the_card_waits_to_be_opened(
    counters: Town, clock: Any
) -> None:
    """A bank's outlet that may not open it any more: the card is with its holder, the former one works, the rest comes later."""
    someone, person_id, former = await settle(counters, 1)
    session = await comes_to(counters, someone, "handed_over", BANK_OUTLET)
    number = session.issue.application_id
    await counters.rows_of(
        "UPDATE institution SET parent_id = %(b)s WHERE code = %(c)s RETURNING 1",
        b=counters.places["CCB"].institution_id, c=BANK_OUTLET,
    )  # fmt: skip
    problem = await refused(counters, commands.open_card, number, at=BANK_OUTLET)
    assert problem.slug in {"other-banks-card", "outlet-may-not-open", "transition-refused"}
    assert await status(counters, session) == ("handed_over", "received")
    assert await cards_of(counters, person_id) == {former: "open", session.issue.card_id: "unopened"}
    async with counters.database.work(counters.actor(BANK_OUTLET)) as work:
        (waiting,) = await views.listed(work, await load(work))
    assert (waiting.to_open, waiting.abandoned, waiting.session.issue.application_id) == (True, False, number)
    await counters.rows_of(
        "UPDATE institution SET parent_id = %(b)s WHERE code = %(c)s RETURNING 1",
        b=counters.places["ICBC"].institution_id, c=BANK_OUTLET,
    )  # fmt: skip
    clock.at += timedelta(days=1)
    await does(counters, commands.open_card, number, at=BANK_OUTLET)
    assert await cards_of(counters, person_id) == {former: "void", session.issue.card_id: "open"}


@pytest.mark.parametrize(
    ("step", "unused", "left"),
    [("begun", False, (10, 0)), ("account", False, (10, 0)), ("blank_taken", True, (10, 0)),
     ("blank_taken", False, (9, 0)), ("made", False, (9, 0))],
)  # fmt: skip
async def test_a_session_is_given_up_and_the_person_comes_again(counters: Town, step, unused, left) -> None:
    someone, person_id, former = await settle(counters, 1)
    session = await comes_to(counters, someone, step)
    number = session.issue.application_id
    ended = await does(
        counters, commands.give_up, number, GivenUpBecause.HOLDER_LEFT, blank_unused=unused, who=8
    )
    assert (ended.issue.status, ended.issue.reason, ended.application.status) == (
        "ended",
        "holder_left",
        "withdrawn",
    )
    await holds(counters)
    assert await has(counters) == left
    held = await cards_of(counters, person_id)
    assert held.pop(former) == "open"
    assert set(held.values()) <= {"void"}
    assert (
        await refused(counters, commands.give_up, number, GivenUpBecause.MISTAKE)
    ).slug == "transition-refused"
    again = await comes_to(counters, someone, "handed_over")
    await does(counters, commands.open_card, again.issue.application_id)
    async with counters.database.work(counters.clerk) as work:
        (live,) = [
            one for one in (await card_views.of_people(work, [person_id]))[person_id] if one.social == "open"
        ]
    assert live.card_id == again.issue.card_id


async def test_a_card_in_the_holders_hand_is_not_given_up(counters: Town) -> None:
    someone, _, _ = await settle(counters, 1)
    session = await comes_to(counters, someone, "handed_over")
    problem = await refused(counters, commands.give_up, session.issue.application_id, GivenUpBecause.MISTAKE)
    assert problem.slug == "transition-refused"


async def test_an_abandoned_session_is_shown_and_another_clerk_goes_on(counters: Town, clock: Any) -> None:
    someone, _, _ = await settle(counters, 1)
    session = await comes_to(counters, someone, "blank_taken")
    async with counters.database.work(other(counters)) as work:
        (listed,) = await views.listed(work, await load(work))
    assert not listed.abandoned
    assert (await commands.settle_due(counters.database)).abandoned == 0
    clock.at += timedelta(minutes=61)
    async with counters.database.work(other(counters)) as work:
        (listed,) = await views.listed(work, await load(work))
        assert (listed.abandoned, listed.session.issue.status) == (True, "blank_taken")
        settled = await commands.settle_due(counters.database)
        assert (settled.ended, settled.abandoned) == (0, 1)
        await makes(work, session.issue.application_id)
    async with counters.database.work(counters.actor(BANK_OUTLET)) as work:
        assert await views.listed(work, await load(work)) == [], "another outlet's are not shown"
    await holds(counters)


@pytest.mark.parametrize("step", ["begun", "account", "blank_taken", "made", "handed_over"])
async def test_a_death_in_the_middle(counters: Town, step: str) -> None:
    """The blank is accounted for, whatever card there is is void, and the application has ended."""
    someone, person_id, _ = await settle(counters, 1)
    session = await comes_to(counters, someone, step)
    await dies(counters, someone)
    if step == "blank_taken":
        assert (await refused(counters, commands.begin, asked(someone))).slug == "person-deceased"
    await told(counters)
    await told(counters)
    where = await status(counters, session)
    assert where == ("handed_over" if step == "handed_over" else "ended", "rejected")
    assert set((await cards_of(counters, person_id)).values()) == {"void"}
    assert await has(counters) == ((10, 0) if step in ("begun", "account") else (9, 0))
    reasons = await counters.rows_of("SELECT reason FROM blank_movement WHERE kind = 'spoiled'")
    assert reasons == ([("holder_died",)] if step == "blank_taken" else [])


@pytest.mark.parametrize("step", ["account", "blank_taken", "made"])
async def test_a_death_that_no_event_has_told_yet_stops_the_next_step(counters: Town, step: str) -> None:
    someone, person_id, former = await settle(counters, 1)
    session = await comes_to(counters, someone, step)
    number = session.issue.application_id
    if step == "blank_taken":
        chip = blank()
        read, _ = writes(chip, (await does(counters, order, number, chip)).order)
    await dies(counters, someone)
    if step == "account":
        assert (await refused(counters, commands.take_blank, number)).slug == "person-deceased"
    elif step == "made":
        problem = await refused(counters, commands.hand_over, number, id_checked=True, signed=True)
        assert problem.slug == "person-deceased"
    else:
        async with counters.database.work(counters.actor(CENTRE)) as work:
            assert (await refused(counters, order, number, chip)).slug == "person-deceased"
            made = await make(work, number, read)
        assert (made.issue.status, made.issue.reason, made.application.status) == (
            "ended",
            "register-deceased",
            "rejected",
        )
    await commands.settle_due(counters.database)
    await holds(counters)
    assert await status(counters, session) == ("ended", "rejected")
    assert set((await cards_of(counters, person_id)).values()) <= {"void", "open"}
    await told(counters)
    assert set((await cards_of(counters, person_id)).values()) == {"void"}
    assert former


@pytest.mark.parametrize("step", ["begun", "account", "blank_taken", "made", "handed_over"])
async def test_the_end_of_the_entitlement_in_the_middle(counters: Town, step: str) -> None:
    someone, person_id, _ = await settle(counters, 1)
    session = await comes_to(counters, someone, step)
    async with counters.database.work(counters.clerk) as work:
        await end_entitlement(work, await load(work), person_id, "moved_away", Outlet("community_centre"))
    if step == "blank_taken":
        async with counters.database.work(counters.actor(CENTRE)) as work:
            made = await makes(work, session.issue.application_id)
        assert made.issue.status == "ended"
    settled = await commands.settle_due(counters.database)
    assert settled.ended == (1 if step in ("begun", "account", "made") else 0)
    await holds(counters)
    assert await status(counters, session) == (
        "handed_over" if step == "handed_over" else "ended",
        "rejected",
    )
    assert set((await cards_of(counters, person_id)).values()) == {"void"}


async def test_the_entitlement_ends_while_the_blank_is_out_and_nobody_goes_on(counters: Town) -> None:
    for serial, act in ((1, "settle"), (2, "spoil")):
        someone, person_id, _ = await settle(counters, serial)
        session = await comes_to(counters, someone, "blank_taken")
        async with counters.database.work(counters.clerk) as work:
            await end_entitlement(work, await load(work), person_id, "moved_away", Outlet("community_centre"))
        if act == "settle":
            assert (await commands.settle_due(counters.database)).ended == 1
        else:
            spoiled = await does(
                counters, commands.spoil, session.issue.application_id, SpoiledBecause.CHIP_DEAD
            )
            assert spoiled.issue.status == "ended"
        await holds(counters)
        assert await status(counters, session) == ("ended", "rejected")
    assert await has(counters) == (8, 0)


async def test_a_withdrawal_through_another_door_ends_the_session_too(counters: Town) -> None:
    someone, _, _ = await settle(counters, 1)
    session = await begins(counters, someone)
    async with counters.database.work(counters.actor(CENTRE)) as work:
        await withdraw(work, session.issue.application_id)
    again = await begins(counters, someone)
    await holds(counters)
    assert await status(counters, session) == ("ended", "withdrawn")
    async with counters.database.work(counters.actor(CENTRE)) as work:
        await withdraw(work, again.issue.application_id)
    assert (await commands.settle_due(counters.database)).ended == 1
    assert (await commands.settle_due(counters.database)).ended == 0


async def test_a_card_opened_before_the_hand_over_was_noted_is_in_its_holders_hand(counters: Town) -> None:
    someone, person_id, former = await settle(counters, 1)
    session = await comes_to(counters, someone, "made")
    async with counters.database.work(counters.clerk) as work:
        opening = Opening(person_id, session.issue.card_id, frozenset({"social"}), Outlet("hotline"))
        await open_functions(work, await load(work), opening)
    problem = await refused(counters, commands.give_up, session.issue.application_id, GivenUpBecause.MISTAKE)
    assert problem.slug == "transition-refused"
    await told(counters)
    assert (await commands.settle_due(counters.database)).ended == 1
    assert await status(counters, session) == ("handed_over", "completed")
    assert await cards_of(counters, person_id) == {former: "void", session.issue.card_id: "open"}


async def test_a_replaced_card_turns_up_and_a_loss_report_on_a_void_card(counters: Town) -> None:
    someone, person_id, former = await settle(counters, 1)
    session = await comes_to(counters, someone, "handed_over")
    await does(counters, commands.open_card, session.issue.application_id)
    async with counters.database.work(counters.clerk) as work:
        held = {one.card_id: one for one in (await card_views.of_people(work, [person_id]))[person_id]}
        standing = await card_views.standing(work, await load(work), card_number=held[former].card_number)
    tail = (session.issue.card_number or "")[-4:]
    assert (standing.good, standing.reason, tail in standing.zh) == (False, "void", True)
    with pytest.raises(Problem) as problem:
        await report(counters, person_id, former)
    assert problem.value.slug == "card-void"


async def test_a_card_that_nobody_took_says_why_it_is_void(counters: Town) -> None:
    someone, _, _ = await settle(counters, 1)
    session = await comes_to(counters, someone, "made")
    await does(counters, commands.give_up, session.issue.application_id, GivenUpBecause.HOLDER_LEFT)
    async with counters.database.work(counters.clerk) as work:
        standing = await card_views.standing(work, await load(work), card_number=session.issue.card_number)
    assert "现场制卡后未领取" in standing.zh


async def test_the_audit_tells_every_step(counters: Town) -> None:
    someone, person_id, _ = await settle(counters, 1)
    session = await comes_to(counters, someone, "handed_over")
    facts = await counters.rows_of(
        "SELECT action FROM audit_fact WHERE person_id = %(p)s AND action LIKE 'instant.%%' ORDER BY fact_id",
        p=person_id,
    )
    assert [action for (action,) in facts] == [
        "instant.begun", "instant.blank_taken", "instant.chip_ordered", "instant.made", "instant.handed_over", "instant.signed_for",
    ]  # fmt: skip
    async with counters.database.work(counters.actor(CENTRE)) as work:
        told_of = [step.action for step in await application_views.timeline(work, person_id)]
    assert told_of == [
        "application.submitted", "application.replaces", "application.verified", "application.photo_ready",
        "application.account_opened", "application.in_production", "application.made", "application.received",
    ]  # fmt: skip
    assert session.issue.handed_over_at
