"""A card proves itself to us: a challenge, the card's answer to it, and what that shows. A copied number is not a card."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

from shebaoka.cards import views as cards
from shebaoka.cards.model import Card, LookUp
from shebaoka.keys.model import Purpose
from shebaoka.keys.using import Keys
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.programme.programme import Programme
from shebaoka.service.credential.judging import before_proof, of_card, of_proof
from shebaoka.service.credential.model import PROVEN, Answered, Challenge, Checked, Verdict
from shebaoka.service.credential.store import SQL

CHALLENGE_BYTES: Final = 16


async def challenge(work: Work, programme: Programme) -> Challenge:
    """Give a challenge that the actor lets one card answer, once and soon."""
    made = Challenge(
        work.ids.one(), secrets.token_bytes(CHALLENGE_BYTES),
        work.now + timedelta(seconds=programme.challenge_seconds(work.today)),
    )  # fmt: skip
    await work.run(SQL["add_challenge"], {
        "challenge_id": made.challenge_id, "challenge": made.challenge, "expires_at": made.expires_at,
        "actor": work.actor.name, "organisation_id": work.actor.organisation_id,
    })  # fmt: skip
    return made


async def check(work: Work, programme: Programme, keys: Keys, shown: Answered) -> Checked:
    """Tell what a card's answer shows: whether the chip is ours, whether it is the one of its number, how the card stands.

    This function will use the challenge up, whatever the answer, and record what was shown about the holder of the number.
    Raises NotFound for a challenge that the actor did not ask for, CardKeysClosed.
    """
    asked = {
        "challenge_id": shown.challenge_id, "actor": work.actor.name,
        "organisation_id": work.actor.organisation_id, "now": work.now,
    }  # fmt: skip
    taken = await work.row(SQL["take_challenge"], asked)
    if taken is None and await work.value(SQL["challenge_known"], asked) is None:
        raise NotFound(str(shown.challenge_id))
    card = await cards.find(work, shown.card_number)
    if taken is None:
        return _note(work, shown, Checked("challenge_used"), card)
    asked_for, expires_at = taken
    verdict = await _verdict(work, keys, shown, bytes(asked_for), card, in_time=work.now < expires_at)
    checked = Checked(verdict)
    if card and verdict in PROVEN:
        (standing,) = await cards.standing_many(work, programme, [LookUp(work.actor, shown.card_number)])
        checked = Checked(verdict, card.person_id, card.card_id, standing)
    _note(work, shown, checked, card)
    await work.run(SQL["note_verdict"], {
        "challenge_id": shown.challenge_id, "verdict": verdict, "holder_id": checked.holder_id, "card_id": checked.card_id,
        "good": checked.good, "pin": shown.pin,
    })  # fmt: skip
    return checked


async def _verdict(
    work: Work, keys: Keys, shown: Answered, asked_for: bytes, card: Card | None, *, in_time: bool
) -> Verdict:
    if not in_time:
        return "challenge_expired"
    wrong = before_proof(shown, keys.city)
    if wrong:
        return wrong
    found: Verdict | None = "cannot_prove"  # An old card's keys, which not every city has.
    for version in await keys.usable(work, shown.algorithm):
        ring = await keys.using(work, Purpose.CHECK, algorithm=shown.algorithm, version=version)
        found = of_proof(shown, asked_for, ring)
        if found != "proof_wrong":
            break
    return found or of_card(shown, card)


def _note(work: Work, shown: Answered, checked: Checked, card: Card | None) -> Checked:
    """Record what was shown, of whoever the number belongs to: that it is shown with another chip concerns them most."""
    whose = card.person_id if card else 0
    work.record(whose, "card.chip_seen", shown.challenge_id, verdict=checked.verdict, pin_told=shown.pin)
    return checked
