"""The electronic card: its holder shows it, and terminals ask what it is worth. It is good while its card is open."""

from __future__ import annotations

from typing import Final

from shebaoka.cards import views as cards
from shebaoka.cards.model import LookUp
from shebaoka.kit.sm2 import PublicKey, SecretKey
from shebaoka.kit.work import Work
from shebaoka.records import ecard
from shebaoka.records.ecard import Ecard
from shebaoka.registry.programme.programme import Programme
from shebaoka.service.credential.errors import NoOpenCard
from shebaoka.service.credential.model import EcardChecked, ShownEcard
from shebaoka.service.credential.store import SQL

OPEN: Final = "open"


async def show_ecard(
    work: Work, programme: Programme, key: SecretKey, city: str, holder_id: int
) -> ShownEcard:
    """Give the electronic card of a holder's open new card, for the actor: the holder, or who acts for the holder.

    Raises NoOpenCard, which says how the newest card stands.
    """
    held = (await cards.of_people(work, [holder_id])).get(holder_id, [])
    card = cards.meant(held, "new")
    if card is None or card.social != OPEN or (card.expires_on is not None and card.expires_on < work.today):
        raise NoOpenCard(None if card is None else "expired" if card.social == OPEN else card.social)
    rule = programme.ecard(work.today)
    made = Ecard(
        city, card.card_number, work.ids.one(), work.now.replace(microsecond=0), rule.seconds, rule.clock_seconds
    )  # fmt: skip
    work.record(holder_id, "ecard.shown", card.card_id, token=str(made.token_id))
    return ShownEcard(ecard.write(key, made), made.expires_at)


async def check_ecard(work: Work, programme: Programme, key: PublicKey, city: str, text: str) -> EcardChecked:
    """Tell what an electronic card is worth now: it was signed by the city, is in time, was shown to no other organisation, and how its card stands."""
    seen = ecard.check(text, key, city, work.now, online=True)
    if seen.ecard is None or seen.verdict != "good":
        work.record(0, "ecard.refused", "-", verdict=seen.verdict)
        return EcardChecked(seen.verdict)
    number = seen.ecard.card_number
    card = await cards.find(work, number)
    if card is None:
        work.record(0, "ecard.refused", seen.ecard.token_id, verdict="unknown_number")
        return EcardChecked("unknown_number")
    first = await work.value(SQL["see_ecard"], {
        "token_id": seen.ecard.token_id, "organisation_id": work.actor.organisation_id, "now": work.now,
        "expires_at": seen.ecard.expires_at,
    })  # fmt: skip
    verdict = "good" if first == work.actor.organisation_id else "used"
    work.record(card.person_id, "ecard.seen", seen.ecard.token_id, verdict=verdict)
    if verdict == "used":
        return EcardChecked("used")
    (standing,) = await cards.standing_many(work, programme, [LookUp(work.actor, number)])
    return EcardChecked("good", number, standing)
