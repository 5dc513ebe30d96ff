"""The photo as a chip holds it: much smaller than the one that is printed. Pure."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image

from shebaoka.registry.programme.sets import DecidesCardMaking

QUALITIES: Final = (75, 60, 45, 30, 15)


def on_chip(jpeg: bytes, rule: DecidesCardMaking) -> bytes | None:
    """Give the JPEG that goes on the chip, of at most the bytes that the rule allows; None for what is no JPEG, or never so small.

    Half a thousandth of a second: the picture is read at the size it will have, where that divides its own.
    """
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as picture:
            size = (rule.photo_width_px, rule.photo_height_px)
            # A picture is decoded at an eighth, a quarter or a half of its size, rounded up.
            picture.draft("RGB", (size[0] - 1, size[1] - 1))
            small = picture.convert("RGB")
            if small.size != size:
                small = small.resize(size, Image.Resampling.BOX)
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    for quality in QUALITIES:
        target = io.BytesIO()
        small.save(target, "JPEG", quality=quality)
        if target.tell() <= rule.photo_bytes_max:
            return target.getvalue()
    return None
