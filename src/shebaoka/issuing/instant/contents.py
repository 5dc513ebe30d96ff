"""What a card that is made at a counter says, on its chip and on its face: gathered from the rooms below, by what holds now."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from shebaoka.banking import views as banking
from shebaoka.chip.errors import ChipValueRefused
from shebaoka.chip.personalising import Order, digest, laid_out
from shebaoka.chip.versions import of_number
from shebaoka.issuing.instant.model import Session
from shebaoka.issuing.photos import views as photos
from shebaoka.issuing.photos.on_chip import on_chip
from shebaoka.kit.work import Work
from shebaoka.printing.face import Face
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import CARD_CENTRE
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.programme import Programme

SEX: Final = {"male": "1", "female": "2"}
"""GB/T 2261.1, as the chip has it."""
NOT_KNOWN: Final = ""
"""The register's extract does not tell ethnic groups; the chip's field stays empty."""
ISSUER_ENDS: Final = "000000"
"""The number of the issuer is the division's, filled up (inferred)."""


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
    person_id, application_id = session.key
    assert issue.card_number, "a blank that is taken has its number"
    assert issue.issued_on, "and its day"
    rule = programme.card_making(issue.issued_on)
    photo = await _photo(work, session)
    small = await asyncio.to_thread(on_chip, photo, rule) if photo else b""
    if small is None:
        raise ChipValueRefused(
            "相片不能缩小到芯片所容 · the photo cannot be made small enough for the chip", element="photo"
        )
    known = (await people.by_ids(work, [person_id]))[person_id]
    identity = (await people.identities(work, [person_id]))[person_id]
    order = Order(
        version=of_number(rule.version), identification_code=b"", issuer=division + ISSUER_ENDS, issued_on=issue.issued_on,
        expires_on=issue.expires_on, card_number=issue.card_number, id_number=identity.id_number, name=identity.name,
        sex=SEX[known.sex], ethnicity=NOT_KNOWN, birth_date=known.birth_date, keys={}, photo=small, pin=rule.first_pin,
    )  # fmt: skip
    bank_id = session.application.bank_id
    account = await banking.account_numbers(work, [(person_id, application_id, bank_id)])
    issuers = await institutions.of_kind(work, CARD_CENTRE)
    face = Face(
        name=identity.name, id_number=identity.id_number, card_number=issue.card_number, issued_on=issue.issued_on,
        valid_until=issue.expires_on, issuer=issuers[0].name_zh if issuers else "",
        bank=(await institutions.by_ids(work, [bank_id]))[bank_id].name_zh, account_number=account[application_id], photo=photo,
    )  # fmt: skip
    return Wanted(order, face)


async def _photo(work: Work, session: Session) -> bytes:
    number = session.application.photo_id
    if number is None:
        return b""
    return (await photos.pictures(work, [(session.issue.person_id, number)]))[number]
