"""A terminal proves itself to a card with a ticket: for one card, by one key, so often, for so long, in the name of who asked."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.faces.api_town import COMMUNITY_A, COMMUNITY_B
from tests.service.credential.in_use import ELSEWHERE, issued, keys_of, made_chip, ring_of, talk_to

from shebaoka.chip.files.ssse_ef06 import EF06
from shebaoka.chip.numbers import make_reset
from shebaoka.chip.proofs import CARD_KEY, READ_KEY, TRANSPORT_KEY, UNBLOCK_KEY, WRITE_KEY
from shebaoka.chip.versions import DES, SM4
from shebaoka.issuing.instant.errors import ChipNotOrdered
from shebaoka.keys.errors import CardKeysClosed, CardOfAnotherCity
from shebaoka.keys.hierarchy import CODE_KEY
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.problems import NotFound
from shebaoka.registry.programme.views import load
from shebaoka.registry.staff.gatekeeper import digest_of
from shebaoka.service.credential import views
from shebaoka.service.credential.commands import issue, prove
from shebaoka.service.credential.errors import (
    BlankNotWaiting,
    CardProofRefused,
    CardTicketRefused,
    PinNotReset,
)
from shebaoka.service.credential.model import ProofWanted

CLERK = Actor("staff:5", COMMUNITY_A, "community_clerk")
RESET, OTHER = make_reset("3100", b"\0\0\0\1"), make_reset("3100", b"\0\0\0\2")
WANTED = ProofWanted(SM4, READ_KEY, RESET.factor, bytes(range(16)))


async def session_of(town, token="clerk of the tickets"):
    """Give what is kept of a session that somebody begins now."""
    await town.town.token("community_clerk")
    session = {"d": digest_of(f"{token} {town.database.ids.one()}")}
    async with town.database.work(SYSTEM) as work:
        await work.run(
            "INSERT INTO staff_session (token_digest, staff_id, started_at, seen_at)"
            " SELECT %(d)s, staff_id, %(now)s, %(now)s FROM staff WHERE role = 'community_clerk' LIMIT 1", session | {"now": work.now},
        )  # fmt: skip
    return session["d"]


async def given(town, purpose="read", application=None, actor=CLERK, session=None, card=None):
    session = session or await session_of(town)
    async with town.database.work(actor) as work:
        return (await issue(work, await load(work), session, purpose, application, card)).text


async def proven(town, text, wanted=WANTED, keys=None):
    async with town.database.work(SYSTEM) as work:
        held, programme = await views.ticket(work, text), await load(work)
    async with town.database.work(held.asker) as work:
        return await prove(work, programme, keys or keys_of(), held, wanted)


async def test_a_reader_proves_itself_before_it_reads_the_holder(town):
    async with town.database.work(SYSTEM) as work:
        card = await issued(work, town.somebody())
    text, talk = await given(town), talk_to(card.chip)
    loop = asyncio.get_running_loop()

    def over_there(algorithm, key, factor, challenge):
        wanted = ProofWanted(algorithm, key, factor, challenge)
        return asyncio.run_coroutine_threadsafe(proven(town, text, wanted), loop).result().proof

    def read():
        talk.prove(READ_KEY, over_there)
        return talk.records(EF06)

    assert (await asyncio.to_thread(read))["id_number"].startswith("100101")
    (fact,) = await town.facts("card.proof_given")
    assert fact[1:3] == (CLERK.name, COMMUNITY_A), (
        "all that is done with a ticket is done by who asked for it"
    )
    assert fact[4] == {"purpose": "read", "key": "0A"}
    (used,) = await town.facts("keys.used")
    assert (used[1], used[4]["purpose"]) == (CLERK.name, "read")


async def test_a_ticket_is_for_one_card_one_key_so_often_and_so_long(town, clock):
    text, keys = await given(town), keys_of()
    for key in (WRITE_KEY, CARD_KEY, TRANSPORT_KEY, CODE_KEY):
        with pytest.raises(CardProofRefused, match="not_this_key"):
            await proven(town, text, replace(WANTED, key=key))
    strange = made_chip(1, "A00000017", city=ELSEWHERE)[0].reset.factor
    with pytest.raises(CardOfAnotherCity):
        await proven(town, text, replace(WANTED, factor=strange))
    keys.store.closed = CardKeysClosed()
    with pytest.raises(CardKeysClosed):
        await proven(town, text, keys=keys)
    # None of these has used it, nor bound it to a card.
    made = await proven(town, text)
    assert made == (ring_of(SM4).prove(SM4, READ_KEY, RESET.factor, WANTED.challenge), 1)
    former = ring_of(SM4, version=1).prove(SM4, READ_KEY, RESET.factor, WANTED.challenge)
    assert await proven(town, text, replace(WANTED, version=made.older)) == (former, None), (
        "of a card that has the keys before, and before these there were none"
    )
    with pytest.raises(CardProofRefused, match="another_card"):
        await proven(town, text, replace(WANTED, factor=OTHER.factor))
    for _ in range(6):
        await proven(town, text)
    with pytest.raises(CardProofRefused, match="used_up"):
        await proven(town, text)
    assert len(await town.facts("card.proof_given")) == 8
    used = await town.facts("keys.used")
    assert [fact[4]["cards"] for fact in used] == [1, *[0] * 7], "one card, whatever it asked for"
    late = await given(town)
    clock.at += timedelta(seconds=120)
    for wrong in (late, text, "sbt_guessed", ""):
        with pytest.raises(CardTicketRefused):
            await proven(town, wrong)


async def test_of_two_cards_at_the_same_instant_a_ticket_is_for_one(town):
    for _ in range(10):
        text, barrier = await given(town), asyncio.Barrier(2)
        async with town.database.work(SYSTEM) as work:
            held, programme = await views.ticket(work, text), await load(work)

        async def one(factor, held=held, programme=programme, barrier=barrier):
            async with town.database.work(held.asker) as work:
                await work.value("SELECT 1")
                await barrier.wait()
                return await prove(work, programme, keys_of(), held, replace(WANTED, factor=factor))

        came = await asyncio.gather(*(one(reset.factor) for reset in (RESET, OTHER)), return_exceptions=True)
        assert sorted(type(one).__name__ for one in came) == ["CardProofRefused", "Proof"]


async def made_today(town):
    """Count the cards that keys were used for to make them."""
    async with town.database.work(SYSTEM) as work:
        return await work.value(
            "SELECT coalesce(sum(cards), 0) FROM card_key_use WHERE purpose = 'personalise'"
        )


async def test_a_ticket_to_make_a_card_is_for_the_blank_that_waits_at_ones_own_counter(town):
    await town.town.counter()
    begun = int(await town.town.at_the_counter(31, application="account_opened"))
    with pytest.raises(BlankNotWaiting):
        await given(town, "personalise", begun)
    waiting = int(await town.town.at_the_counter(32, "blank_taken", "account_opened"))
    with pytest.raises(NotFound):
        await given(town, "personalise", waiting, replace(CLERK, organisation_id=COMMUNITY_B))
    with pytest.raises(ChipNotOrdered):
        await given(town, "personalise", waiting)
    before = await made_today(town)
    there = {"historical": RESET.historical.hex()}
    ordered = await town.town.post(
        f"/api/instant-issues/{waiting}/chip", "community_clerk", key=None, json=there
    )
    assert ordered.status_code == 200, ordered.text
    text = await given(town, "personalise", waiting)
    with pytest.raises(CardProofRefused, match="another_card"):
        await proven(town, text, replace(WANTED, key=TRANSPORT_KEY, factor=OTHER.factor))
    for key in (TRANSPORT_KEY, READ_KEY):
        assert await proven(town, text, replace(WANTED, key=key))
    assert await made_today(town) == before + 1, "a card that is made counts once, whoever proves what to it"
    for key in (WRITE_KEY, CARD_KEY, CODE_KEY):
        with pytest.raises(CardProofRefused):
            await proven(town, text, replace(WANTED, key=key))
    made = int(await town.town.at_the_counter(33, "made", "account_opened"))
    with pytest.raises(BlankNotWaiting):
        await given(town, "personalise", made)


@pytest.mark.parametrize("keys", [None, 1])
async def test_a_ticket_to_reset_a_pin_is_for_the_chip_of_the_card_that_was_named(town, keys):
    async with town.database.work(SYSTEM) as work:
        card = await issued(work, town.somebody(), keys=keys)
    text = await given(town, "unblock", card=card.card_number)
    wanted = replace(WANTED, factor=card.reset.factor)
    for key in (WRITE_KEY, CARD_KEY, TRANSPORT_KEY, CODE_KEY):
        with pytest.raises(CardProofRefused, match="not_this_key"):
            await proven(town, text, replace(wanted, key=key))
    with pytest.raises(CardProofRefused, match="another_card"):
        await proven(town, text, WANTED)
    made = await proven(town, text, wanted)
    assert made.older == 1
    ring = ring_of(SM4, version=keys)
    made = await proven(town, text, replace(wanted, key=UNBLOCK_KEY, version=keys))
    assert made.proof == ring.prove(SM4, UNBLOCK_KEY, card.reset.factor, WANTED.challenge)
    with pytest.raises(CardProofRefused, match="not_this_key"):
        await proven(town, await given(town), replace(wanted, key=UNBLOCK_KEY))
    (fact,) = [one for one in await town.facts("card.ticket_given") if one[4]["purpose"] == "unblock"]
    assert fact[:3] == (card.person_id, CLERK.name, COMMUNITY_A), "of the holder, who sees it later"
    used = [fact[4] for fact in await town.facts("keys.used")]
    assert {(one["purpose"], one["cards"]) for one in used} == {("unblock", 1), ("unblock", 0)}


async def test_the_pin_of_an_old_card_is_reset_by_the_chip_that_comes_first(town):
    async with town.database.work(SYSTEM) as work:
        card = await issued(work, town.somebody(), 2)
    text = await given(town, "unblock", card=card.card_number)
    wanted = ProofWanted(DES, READ_KEY, card.reset.factor, bytes(range(8)))
    assert await proven(town, text, wanted)
    with pytest.raises(CardProofRefused, match="another_card"):
        await proven(town, text, replace(wanted, factor=OTHER.factor))


async def test_a_card_that_is_not_good_gets_no_new_pin(town):
    async with town.database.work(SYSTEM) as work:
        card = await issued(work, town.somebody(), open_it=False)
    with pytest.raises(PinNotReset) as refused:
        await given(town, "unblock", card=card.card_number)
    assert " · " in refused.value.detail
    with pytest.raises(NotFound):
        await given(town, "unblock", card="Z99999999")
    assert not await town.facts("card.ticket_given")
