"""A picture as a telephone takes it, cut to what a card's photo must be: nobody at home has a tool for that."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Final

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS: Final = ("JPEG", "PNG", "WEBP")
PIXELS_MAX: Final = 60_000_000
"""Of a telephone's camera; whatever claims more is not decoded."""
QUALITIES: Final = (92, 85, 75, 65, 50, 35)


def fitted(content: bytes, standard: Mapping[str, Any]) -> bytes:
    """Give a picture in the size that a standard wants, cut at the middle and turned upright.

    This function will give what came as it came where it fits already, or is no picture: whoever checks it says why.
    """
    size = int(standard["width_px"]), int(standard["height_px"])
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            if _fits(picture, content, size, standard) or picture.width * picture.height > PIXELS_MAX:
                return content
            picture.draft("RGB", (size[0] * 2, size[1] * 2))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):
        return content
    return _small_enough(ImageOps.fit(upright, size), standard)


def _fits(picture: Image.Image, content: bytes, size: tuple[int, int], standard: Mapping[str, Any]) -> bool:
    return picture.format == "JPEG" and picture.size == size and len(content) <= standard["bytes_max"]


def _small_enough(picture: Image.Image, standard: Mapping[str, Any]) -> bytes:
    written = b""
    for quality in QUALITIES:
        target = io.BytesIO()
        picture.save(target, "JPEG", quality=quality, dpi=(standard["dpi"], standard["dpi"]))
        written = target.getvalue()
        if len(written) <= standard["bytes_max"]:
            break
    return written
