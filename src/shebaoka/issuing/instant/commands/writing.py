"""A blank's chip is given its order: which chip it is, and all that is to stand on it."""

from __future__ import annotations

import hmac
from dataclasses import replace

from shebaoka.cards import views as cards
from shebaoka.chip.numbers import ATR_HEAD, MAC_BYTES, Reset, identification_code, reset_of
from shebaoka.chip.proofs import CARD_KEY, CHALLENGE_BYTES
from shebaoka.issuing.instant.commands.stepping import living, locked, step
from shebaoka.issuing.instant.contents import Wanted, wanted
from shebaoka.issuing.instant.errors import ChipAnother, ChipNotProved, ChipOrderOutdated, ChipUsed
from shebaoka.issuing.instant.model import ChipOrder, Issue, Session
from shebaoka.issuing.instant.states import Action
from shebaoka.issuing.instant.store import SQL
from shebaoka.issuing.stock.custody import check_chip
from shebaoka.keys.errors import CardOfAnotherCity
from shebaoka.keys.model import Purpose
from shebaoka.keys.using import Keys
from shebaoka.kit.work import Work
from shebaoka.printing import face
from shebaoka.registry.programme.programme import Programme

PLACE = "chip"
CHALLENGE = "chip_challenge"


async def order_chip(
    work: Work, programme: Programme, keys: Keys, division: str, application_id: int, historical: bytes
) -> ChipOrder:
    """Give the chip with these historical bytes the order of the blank that was taken; the same chip gets the same one again.

    What is given is kept nowhere, only its keyed digest. With it comes the challenge that the card is to answer when it is made. Raises NotFound, TransitionRefused, PersonDeceased; of the chip
    ChipUnreadable, CardOfAnotherCity, ChipUsed, ChipAnother, ChipNotOfStock, BlankKeysDiffer; of what is to stand on it ChipValueRefused, CardFaceRefused, ChipOrderOutdated; of the
    keys NoCardKeys, CardKeyLimit, CardKeysClosed.
    """
    found = await step(work, application_id, Action.MAKE)
    await living(work, found)
    reset = reset_of(ATR_HEAD + historical)
    if reset.city != keys.city:
        raise CardOfAnotherCity(f"{reset.city} ≠ {keys.city}")
    again = _given_before(found.issue, reset)
    card = await wanted(work, programme, division, found)
    face.check(card.face.name, card.face.issuer, card.face.bank)
    algorithm = card.order.version.algorithm
    ring = await keys.using(
        work, Purpose.PERSONALISE, cards=int(not again), algorithm=algorithm, version=found.issue.chip_keys
    )
    code = identification_code(division, reset, bytes(MAC_BYTES))[:-MAC_BYTES]
    code += ring.code_mac(algorithm, reset.factor, code)
    if again:
        check_unchanged(work, found.issue, card)
    else:
        serial = int.from_bytes(reset.serial, "big")
        await check_chip(work, programme, found.issue.outlet_id, serial, ring.version)
        await _give(work, found, reset, code.hex().upper(), digest_of(work, card.digest), ring.version)
    work.record(
        found.issue.person_id, "instant.chip_ordered", application_id, attempt=found.issue.attempt,
        serial=reset.serial.hex().upper(), again=again,
    )  # fmt: skip
    order = replace(card.order, identification_code=code, keys=ring.card_keys(algorithm, reset.factor))
    ordered = await locked(work, found.key)
    return ChipOrder(ordered, order, challenge_of(work, ordered.issue))


def challenge_of(work: Work, issue: Issue) -> bytes:
    """Give what the chip of an issue is to answer: its own, unknown to all before it has the order, and the same whenever it is asked again."""
    return work.vault.digest(CHALLENGE, f"{issue.application_id}/{issue.attempt}/{issue.chip_reset}")


async def check_proof(work: Work, keys: Keys, issue: Issue, algorithm: int, proof: bytes) -> None:
    """Refuse with ChipNotProved an answer that only somebody without the card's own key gives.

    Raises as `keys.using` does.
    """
    assert issue.chip, "a chip that was given an order"
    ring = await keys.using(work, Purpose.CHECK, algorithm=algorithm, version=issue.chip_keys)
    asked = challenge_of(work, issue)[: CHALLENGE_BYTES[algorithm]]
    if not hmac.compare_digest(ring.prove(algorithm, CARD_KEY, issue.chip.factor, asked), proof):
        raise ChipNotProved


def check_unchanged(work: Work, issue: Issue, card: Wanted) -> None:
    """Refuse with ChipOrderOutdated what would be ordered otherwise by now."""
    if digest_of(work, card.digest) != issue.chip_digest:
        raise ChipOrderOutdated


def digest_of(work: Work, digest: bytes) -> bytes:
    """Give what is kept of the digest of a chip: keyed, for what stands on it could be guessed."""
    return work.vault.digest(PLACE, digest.hex().upper())


def _given_before(issue: Issue, reset: Reset) -> bool:
    if issue.chip_reset is None:
        return False
    if issue.chip_reset != reset.historical.hex().upper():
        raise ChipAnother(f"序列号 serial {issue.chip_serial}", serial=issue.chip_serial)
    return True


async def _give(work: Work, session: Session, reset: Reset, code: str, digest: bytes, version: int) -> None:
    issue = session.issue
    which = {"person_id": issue.person_id, "application_id": issue.application_id, "now": work.now}
    given = await work.value(SQL["give_chip"], which | {
        "factor": reset.factor, "attempt": issue.attempt, "given_by": work.actor.name,
    })  # fmt: skip
    if not given or await cards.known_codes(work, [code]):
        raise ChipUsed(reset.serial.hex().upper())
    await work.run(SQL["note_chip"], which | {
        "chip_reset": reset.historical.hex().upper(), "chip_code": code, "chip_digest": digest, "chip_keys": version,
    })  # fmt: skip
