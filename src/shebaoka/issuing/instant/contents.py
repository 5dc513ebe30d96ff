"""What a card that is made at a counter says, on its chip and on its face: what production's card would say, by what holds now."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from shebaoka.chip.errors import ChipValueRefused
from shebaoka.chip.personalising import Order, digest, laid_out
from shebaoka.issuing.instant.model import Session
from shebaoka.issuing.photos.on_chip import on_chip
from shebaoka.issuing.production.contents import UNWRITABLE_PHOTO, batch_of, lines_of
from shebaoka.issuing.production.model import BatchOrder
from shebaoka.kit.work import Work
from shebaoka.printing.face import Face
from shebaoka.records.bureau import face_of, order_of
from shebaoka.registry.programme.programme import Programme

NO_BATCH = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A card as it is to be. `order`: without the code and the keys, which are the chip's own."""

    order: Order
    face: Face

    @property
    def digest(self) -> bytes:
        """Give the digest of all that is to stand on the chip; ChipValueRefused where it cannot."""
        return digest(laid_out(self.order))


async def wanted(work: Work, programme: Programme, division: str, session: Session) -> Wanted:
    """Give what the card of the blank that is out is to say. Raises ChipValueRefused for a photo that no chip can hold."""
    issue = session.issue
    assert issue.card_number, "a blank that is taken has its number"
    assert issue.issued_on, "and its day"
    rule = programme.card_making(issue.issued_on)
    common = await batch_of(work, NO_BATCH, division, rule)
    asked = BatchOrder(
        issue.person_id, NO_BATCH, issue.application_id, issue.card_number, session.application.bank_id, issue.issued_on,
        issue.expires_on,
    )  # fmt: skip
    (line,) = await lines_of(work, [asked])
    small = await asyncio.to_thread(on_chip, line.photo, rule) if line.photo else b""
    if small is None:
        raise ChipValueRefused(UNWRITABLE_PHOTO, element="photo")
    return Wanted(order_of(common, line.record, small), face_of(common, line.record, line.photo))
