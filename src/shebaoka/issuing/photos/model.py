"""Values of the photos room, and what a photo must be. No I/O but the decoder."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from PIL import Image, UnidentifiedImageError


class Source(StrEnum):
    """Where a photo was taken from."""

    COUNTER = "counter"
    ID_CARD = "id_card"
    STUDENT_CARD = "student_card"


@dataclass(frozen=True, slots=True)
class Standard:
    """What a photo must be: JPEG, 24 bit, so many pixels, so many bytes.

    Source: programme.md, “An application”: 358×441 px; 14–40 kB “in the most precise source”. The lower limit is wider
    here (inferred): a plain background compresses well, and a small file harms nobody.
    """

    width_px: int = 358
    height_px: int = 441
    bytes_min: int = 4_000
    bytes_max: int = 40_960


STANDARD: Final = Standard()
_END_OF_IMAGE: Final = b"\xff\xd9"
_PREVIEW: Final = (45, 56)
"""An eighth of the size: every compressed byte is read all the same, at two thirds of the time."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo without its picture."""

    person_id: int
    photo_id: int
    source: Source
    taken_on: date | None
    received_at: datetime
    digest: bytes


def place(photo_id: int) -> str:
    """Name the place that a sealed photo is bound to."""
    return f"photo:{photo_id}"


def fault(jpeg: bytes, standard: Standard = STANDARD) -> str | None:
    """Give the code of the first rule of the standard that a photo breaks, None when it keeps all.

    This function will read the whole picture, so that a cut or damaged one is found here and not by the card bureau.
    """
    if not standard.bytes_min <= len(jpeg) <= standard.bytes_max:
        return "photo-bytes"
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
            if image.size != (standard.width_px, standard.height_px):
                return "photo-pixels"
            if image.mode != "RGB":
                return "photo-colours"
            image.draft("RGB", _PREVIEW)
            image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return "photo-unreadable"
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return "photo-pixels"
    return None if jpeg.rstrip(b"\x00").endswith(_END_OF_IMAGE) else "photo-unreadable"
