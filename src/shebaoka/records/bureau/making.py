"""What a line of a production file means for the chip and for the face: the bureau makes it, the city expects it, by the same words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from shebaoka.chip import versions
from shebaoka.chip.personalising import Order
from shebaoka.printing.face import Face
from shebaoka.records.bureau.production import Batch, ProductionRecord

SEX: Final = {"男": "1", "女": "2"}
"""GB/T 2261.1, as the chip has it."""
version_of: Final = lru_cache(versions.of_number)


def order_of(
    batch: Batch,
    record: ProductionRecord,
    chip_photo: bytes,
    identification_code: bytes = b"",
    keys: Mapping[int, bytes] | None = None,
) -> Order:
    """Give what is to stand on the chip of a line's card; code and keys are the blank's, where there is one already.

    Raises ChipUnreadable for a version that nobody knows.
    """
    return Order(
        version=version_of(batch.version), identification_code=identification_code, issuer=batch.issuer,
        issued_on=record.issued_on, expires_on=record.valid_until, card_number=record.card_number,
        id_number=record.social_security_number, name=record.name, sex=SEX[record.sex], ethnicity=record.ethnicity,
        birth_date=record.born_on, keys=keys or {}, photo=chip_photo, pin=batch.pin,
    )  # fmt: skip


def face_of(batch: Batch, record: ProductionRecord, photo: bytes) -> Face:
    """Give what is to stand on the face of a line's card."""
    return Face(
        name=record.name, id_number=record.social_security_number, card_number=record.card_number,
        issued_on=record.issued_on, valid_until=record.valid_until, issuer=batch.issuer_name, bank=record.bank,
        account_number=record.account_number, photo=photo,
    )  # fmt: skip
