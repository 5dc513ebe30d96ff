"""A card proves itself: only the chip that a number was given to is its card, each challenge counts once, all is recorded."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.faces.api_town import COMMUNITY_A, HOSPITAL
from tests.service.credential.in_use import (
    CITY,
    ELSEWHERE,
    Issued,
    issued,
    keys_of,
    lets_answer,
    made_chip,
    ring_of,
)

from shebaoka.cards.commands import report_loss
from shebaoka.cards.model import LossReport, Outlet
from shebaoka.chip.versions import DES
from shebaoka.keys.errors import CardKeysClosed
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.problems import NotFound
from shebaoka.registry.programme.views import load
from shebaoka.service.credential.commands import challenge, check
from shebaoka.service.credential.judging import WORDS, before_proof, of_proof
from shebaoka.service.credential.model import Answered

TERMINAL = Actor("client:hospital-7", HOSPITAL, "hospital_system")
CLERK = Actor("staff:5", COMMUNITY_A, "community_clerk")
NUMBER = "A00000017"


async def asked(town, actor=TERMINAL):
    async with town.database.work(actor) as work:
        return await challenge(work, await load(work))


async def answered(town, shown: Answered, actor=TERMINAL, keys=None):
    async with town.database.work(actor) as work:
        return await check(work, await load(work), keys or keys_of(), shown)


async def shown_by(town, card: Issued, actor=TERMINAL, **other):
    made = await asked(town, actor)
    return lets_answer(card, made.challenge_id, made.challenge, **other)


async def card_of(town, generation: int = 3, **more) -> Issued:
    async with town.database.work(SYSTEM) as work:
        return await issued(work, town.somebody(), generation, **more)


async def test_a_card_of_each_generation_proves_itself_and_says_how_it_stands(town):
    new, old, older = await card_of(town), await card_of(town, 2), await card_of(town, 1)
    former = await card_of(town, keys=1)
    unopened = await card_of(town, open_it=False)
    for card, verdict in (
        (new, "genuine"),
        (old, "unbound"),
        (older, "unbound"),
        (unopened, "genuine"),
        (former, "genuine"),
    ):
        found = await answered(town, await shown_by(town, card))
        assert (found.verdict, found.holder_id) == (verdict, card.person_id)
        assert found.good == (card is not unopened), found.standing
    async with town.database.work(SYSTEM) as work:
        report = LossReport(new.person_id, new.card_id, "formal", Outlet("community_centre"))
        await report_loss(work, await load(work), report)
    lost = await answered(town, await shown_by(town, new))
    assert (lost.verdict, lost.good, lost.standing.reason) == ("genuine", False, "suspended")
    seen = await town.facts("card.chip_seen")
    assert [fact[0] for fact in seen] == [card.person_id for card in (new, old, older, unopened, former, new)]
    assert {fact[1] for fact in seen} == {TERMINAL.name}


async def test_what_is_no_card_of_its_number_is_told_as_what_it_is(town):
    """A copy on another chip, a relayed chip, a forged code, a strange city, a number that is nobody's, an old chip for a new card."""
    mine, others, old = await card_of(town), await card_of(town), await card_of(town, 2)
    strange, code = made_chip(9, NUMBER, city=ELSEWHERE)
    nobodys, own_code = made_chip(8, NUMBER)
    forged = others.code[:-1] + bytes((others.code[-1] ^ 1,))
    cases = [
        ({"card": others, "identification_code": mine.code}, "another_chip"),
        ({"card": mine, "proof": bytes(16)}, "proof_wrong"),
        ({"card": mine, "proof": b""}, "proof_wrong"),
        ({"card": mine, "proof": None}, "cannot_prove"),
        ({"card": mine, "algorithm": 2}, "cannot_prove"),
        ({"card": others, "identification_code": forged}, "code_refused"),
        ({"card": others, "identification_code": bytes(16)}, "code_refused"),
        ({"card": others, "historical": bytes(13)}, "code_refused"),
        # A real chip with somebody else's number: its own proof is good, and it is not that card.
        ({"card": others, "card_number": mine.card_number}, "another_card"),
        ({"card": old, "card_number": mine.card_number}, "another_card"),
        ({"card": Issued(strange, NUMBER, code, 0)}, "other_city"),
        ({"card": Issued(nobodys, NUMBER, own_code, 0)}, "unknown_number"),
    ]
    for other, verdict in cases:
        card = other.pop("card")
        found = await answered(town, await shown_by(town, card, **other))
        assert (found.verdict, found.good, found.standing) == (verdict, False, None), other
        assert found.holder_id is None
    facts = await town.facts("card.chip_seen")
    assert [fact[4]["verdict"] for fact in facts] == [verdict for _, verdict in cases]
    assert sum(fact[0] == mine.person_id for fact in facts) == 6, "whose number was shown sees it"


async def test_a_challenge_is_answered_once_in_time_by_whoever_asked(town, clock):
    card = await card_of(town)
    shown = await shown_by(town, card)
    for stranger in (CLERK, replace(TERMINAL, name="client:hospital-8")):
        with pytest.raises(NotFound):
            await answered(town, shown, stranger)
    assert (await answered(town, shown)).verdict == "genuine", "strangers have not used it up"
    assert (await answered(town, shown)).verdict == "challenge_used"
    with pytest.raises(NotFound):
        await answered(town, replace(shown, challenge_id=1))
    late = await shown_by(town, card)
    clock.at += timedelta(seconds=60)
    assert (await answered(town, late)).verdict == "challenge_expired"
    assert (await answered(town, late)).verdict == "challenge_used"
    other = await asked(town)
    replayed = replace(shown, challenge_id=other.challenge_id)
    assert (await answered(town, replayed)).verdict == "proof_wrong"
    verdicts = [fact[4]["verdict"] for fact in await town.facts("card.chip_seen")]
    assert verdicts == ["genuine", "challenge_used", "challenge_expired", "challenge_used", "proof_wrong"]


async def test_of_answers_to_one_challenge_at_the_same_instant_one_counts(town):
    card = await card_of(town)
    keys = keys_of()
    for _ in range(10):
        shown, barrier = await shown_by(town, card), asyncio.Barrier(4)

        async def answer(shown=shown, barrier=barrier):
            async with town.database.work(TERMINAL) as work:
                programme = await load(work)
                await barrier.wait()
                return (await check(work, programme, keys, shown)).verdict

        came = await asyncio.gather(*(answer() for _ in range(4)))
        assert sorted(came) == ["challenge_used"] * 3 + ["genuine"]


async def test_the_pin_is_kept_as_told_and_without_keys_nothing_is_believed(town):
    card, old, keys = await card_of(town), await card_of(town, 1), keys_of()
    for pin in ("verified", "wrong", "blocked", "not_asked"):
        found = await answered(town, await shown_by(town, card, pin=pin))
        assert found.verdict == "genuine", "a word of the terminal changes nothing"
    seen = await town.facts("card.chip_seen")
    assert [fact[4]["pin_told"] for fact in seen] == ["verified", "wrong", "blocked", "not_asked"]
    # Old cards' keys, which not every city has: the answer says what to do instead.
    shown = await shown_by(town, old)
    with pytest.raises(Undone):
        async with town.database.work(TERMINAL) as work:
            await work.run("UPDATE card_key_set SET status = 'destroyed' WHERE algorithm = %(a)s", {"a": DES})
            found = await check(work, await load(work), keys, shown)
            assert (found.verdict, found.good) == ("cannot_prove", False)
            raise Undone
    assert "身份证件" in WORDS["cannot_prove"][0]
    shown = await shown_by(town, card)
    keys.store.closed = CardKeysClosed()
    with pytest.raises(CardKeysClosed):
        await answered(town, shown, keys=keys)
    keys.store.closed = None
    assert (await answered(town, shown, keys=keys)).verdict == "genuine", (
        "a store that was closed used no challenge up"
    )


class Undone(Exception):  # noqa: N818 - the transaction is rolled back
    pass


CHALLENGE = bytes(range(16))
CHIP, CODE = made_chip(1, NUMBER)
RIGHT = lets_answer(Issued(CHIP, NUMBER, CODE, 0), 1, CHALLENGE)


def judged(shown: Answered, challenge: bytes = CHALLENGE) -> str | None:
    return before_proof(shown, CITY) or of_proof(shown, challenge, ring_of(shown.algorithm))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(("historical", "identification_code", "proof")), st.integers(0, 15), st.integers(1, 255)
)
def test_not_one_byte_may_differ(what, place, flipped):
    """Of the factor, the code and the proof; what the chip's maker puts before its factor is no part of it."""
    raw = bytearray(getattr(RIGHT, what))
    place %= len(raw)
    raw[place] ^= flipped
    wrong = judged(replace(RIGHT, **{what: bytes(raw)}))
    assert (wrong is None) == (what == "historical" and place < 5)


def test_the_right_answer_is_right_and_only_to_its_challenge():
    assert judged(RIGHT) is None
    assert judged(RIGHT, bytes(16)) == "proof_wrong"
    assert judged(replace(RIGHT, algorithm=DES)) == "proof_wrong"
