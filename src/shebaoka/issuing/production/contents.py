"""What goes into a production file: gathered from the rooms below, opened from their seals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

from shebaoka.banking import views as banking
from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.model import Application, Kind
from shebaoka.issuing.photos import views as photos
from shebaoka.issuing.production.model import BatchOrder
from shebaoka.kit.work import Work
from shebaoka.printing.face import Face
from shebaoka.records.bureau import Production, ProductionRecord
from shebaoka.records.id_number import mask
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import CARD_CENTRE
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import masked_name

SEX: Final[dict[str, Literal["男", "女"]]] = {"male": "男", "female": "女"}
LAST: Final = 4
KIND: Final[dict[Kind, Literal["换发", "首发", "补换"]]] = {
    Kind.EXCHANGE: "换发",
    Kind.FIRST_ISSUE: "首发",
    Kind.REPLACEMENT: "补换",
}


async def production_of(work: Work, orders: Sequence[BatchOrder]) -> Production:
    """Give what the bureau needs to make these cards, in the order given."""
    keys = [(order.person_id, order.application_id) for order in orders]
    asked_for = await applications.by_keys(work, keys)
    records = await _records(work, orders, asked_for)
    wanted = [(one.person_id, one.photo_id) for one in asked_for.values() if one.photo_id is not None]
    pictures = await photos.pictures(work, wanted)
    named = ((order, asked_for[order.application_id].photo_id) for order in orders)
    return Production(
        records, {_photo_name(order): pictures[photo] for order, photo in named if photo is not None}
    )


async def face_of(work: Work, order: BatchOrder) -> Face:
    """Give what is to stand on the face of an order's card, as the rooms below know it now."""
    made = await production_of(work, [order])
    (record,) = made.records
    issuers = await institutions.of_kind(work, CARD_CENTRE)
    return Face(
        name=record.name, id_number=record.social_security_number, card_number=record.card_number,
        issued_on=record.issued_on, valid_until=record.valid_until,
        issuer=issuers[0].name_zh if issuers else "", bank=record.bank, account_number=record.account_number,
        photo=made.photos.get(record.photo, b""),
    )  # fmt: skip


def masked(face: Face) -> Face:
    """Give a face that tells nobody who it is: without its photo, and of name and numbers the ends."""
    return replace(
        face, name=masked_name(face.name), id_number=mask(face.id_number), photo=b"",
        account_number=face.account_number[-LAST:].rjust(len(face.account_number), "*"),
    )  # fmt: skip


async def _records(
    work: Work, orders: Sequence[BatchOrder], asked_for: dict[int, Application]
) -> list[ProductionRecord]:
    holders = [order.person_id for order in orders]
    identities = await people.identities(work, holders)
    known = await people.by_ids(work, holders)
    banks = await institutions.by_ids(work, {order.bank_id for order in orders})
    accounts = await banking.account_numbers(
        work, [(order.person_id, order.application_id, order.bank_id) for order in orders]
    )
    return [
        ProductionRecord(
            sequence=sequence,
            card_number=order.card_number,
            social_security_number=identities[order.person_id].id_number,
            name=identities[order.person_id].name,
            sex=SEX[known[order.person_id].sex],
            born_on=known[order.person_id].birth_date,
            application_kind=KIND[Kind(asked_for[order.application_id].kind)],
            bank=banks[order.bank_id].name_zh,
            account_number=accounts[order.application_id],
            issued_on=order.issued_on,
            valid_until=order.expires_on,
            photo=_photo_name(order) if asked_for[order.application_id].photo_id is not None else "",
        )
        for sequence, order in enumerate(orders, start=1)
    ]


def _photo_name(order: BatchOrder) -> str:
    return f"{order.card_number}.jpg"
