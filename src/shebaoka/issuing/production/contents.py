"""What goes into a production file: gathered from the rooms below, opened from their seals, and looked at before it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from shebaoka.banking import views as banking
from shebaoka.chip.errors import ChipValueRefused
from shebaoka.chip.personalising import digest, laid_out
from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.model import Application, Kind
from shebaoka.issuing.photos import views as photos
from shebaoka.issuing.photos.on_chip import on_chip
from shebaoka.issuing.production.model import BatchOrder
from shebaoka.kit.work import Work
from shebaoka.printing import face
from shebaoka.printing.errors import CardFaceRefused
from shebaoka.printing.face import Face
from shebaoka.records.bureau import Batch, Production, ProductionRecord, order_of
from shebaoka.records.id_number import mask
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import CARD_CENTRE
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import masked_name
from shebaoka.registry.programme.sets import DecidesCardMaking

SEX: Final[dict[str, Literal["男", "女"]]] = {"male": "男", "female": "女"}
LAST: Final = 4
KIND: Final[dict[Kind, Literal["换发", "首发", "补换"]]] = {
    Kind.EXCHANGE: "换发",
    Kind.FIRST_ISSUE: "首发",
    Kind.REPLACEMENT: "补换",
}
UNWRITABLE_PHOTO: Final = "相片不能缩小到芯片所容 · the photo cannot be made small enough for the chip"
NOT_KNOWN: Final = ""
"""The register's extract does not tell ethnic groups; the chip's field stays empty."""


@dataclass(frozen=True, slots=True)
class Line:
    """One card that is ordered: its line of the file, and the photo that is printed (empty: none)."""

    order: BatchOrder
    record: ProductionRecord
    photo: bytes


@dataclass(frozen=True, slots=True)
class Fit:
    """A card that can be made. `digest`: of all that is to stand on its chip (`chip.personalising.digest`)."""

    line: Line
    chip_photo: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class Unfit:
    """A card that can be neither printed nor written as it is, and why; the reason names nobody."""

    line: Line
    reason: str


async def batch_of(work: Work, batch_id: int, division: str, rule: DecidesCardMaking) -> Batch:
    """Give what all cards of a batch have in common. The number of the issuer is the division's, filled up (inferred)."""
    issuers = await institutions.of_kind(work, CARD_CENTRE)
    name = issuers[0].name_zh if issuers else "市民卡中心"
    return Batch(batch_id, 0, name, division, f"{division}000000", rule.version, rule.first_pin)


async def lines_of(work: Work, orders: Sequence[BatchOrder]) -> list[Line]:
    """Give what the bureau needs to make these cards, in the order given."""
    keys = [(order.person_id, order.application_id) for order in orders]
    asked_for = await applications.by_keys(work, keys)
    records = await _records(work, orders, asked_for)
    named = [asked_for[order.application_id].photo_id for order in orders]
    wanted = [
        (order.person_id, photo) for order, photo in zip(orders, named, strict=True) if photo is not None
    ]
    pictures = await photos.pictures(work, wanted)
    return [
        Line(order, record, b"" if photo is None else pictures[photo])
        for order, record, photo in zip(orders, records, named, strict=True)
    ]


def looked_at(batch: Batch, lines: Sequence[Line], rule: DecidesCardMaking) -> tuple[list[Fit], list[Unfit]]:
    """Tell the cards that can be made from those that cannot: nobody's long name holds up two thousand others.

    About a thousandth of a second a card; call it off the loop.
    """
    fit: list[Fit] = []
    unfit: list[Unfit] = []
    for line in lines:
        found = _looked_at(batch, line, rule)
        (fit if isinstance(found, Fit) else unfit).append(found)  # type: ignore[arg-type]
    return fit, unfit


def production(batch: Batch, fit: Sequence[Fit], keys: bytes) -> Production:
    """Give the content of the production file of these cards, numbered from 1."""
    records, prints, chips = [], {}, {}
    for sequence, one in enumerate(fit, start=1):
        name = f"{one.line.order.card_number}.jpg"
        records.append(replace(
            one.line.record, sequence=sequence, photo=name if one.line.photo else "",
            chip_photo=name if one.chip_photo else "",
        ))  # fmt: skip
        if one.line.photo:
            prints[name], chips[name] = one.line.photo, one.chip_photo
    return Production(replace(batch, cards=len(records)), records, prints, chips, keys)


def masked(whole: Face) -> Face:
    """Give a face that tells nobody who it is: without its photo, and of name and numbers the ends."""
    return replace(
        whole, name=masked_name(whole.name), id_number=mask(whole.id_number), photo=b"",
        account_number=whole.account_number[-LAST:].rjust(len(whole.account_number), "*"),
    )  # fmt: skip


def _looked_at(batch: Batch, line: Line, rule: DecidesCardMaking) -> Fit | Unfit:
    chip_photo = on_chip(line.photo, rule) if line.photo else b""
    if chip_photo is None:
        return Unfit(line, UNWRITABLE_PHOTO)
    try:
        face.check(line.record.name, batch.issuer_name, line.record.bank)
        ordered = digest(laid_out(order_of(batch, line.record, chip_photo)))
    except (CardFaceRefused, ChipValueRefused) as refused:
        return Unfit(line, refused.detail)
    return Fit(line, chip_photo, ordered)


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
            ethnicity=NOT_KNOWN,
            born_on=known[order.person_id].birth_date,
            application_kind=KIND[Kind(asked_for[order.application_id].kind)],
            bank=banks[order.bank_id].name_zh,
            account_number=accounts[order.application_id],
            issued_on=order.issued_on,
            valid_until=order.expires_on,
            photo="",
            chip_photo="",
        )
        for sequence, order in enumerate(orders, start=1)
    ]
