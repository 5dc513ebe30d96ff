"""Pictures that are photos of nobody."""

from __future__ import annotations

import io
import random

from PIL import Image


def jpeg(seed: int = 1, size: tuple[int, int] = (358, 441), quality: int = 60, mode: str = "RGB") -> bytes:
    """Draw coloured blocks; about 8 to 20 kB."""
    chance = random.Random(seed)
    small = Image.new("RGB", (32, 40))
    small.putdata([tuple(chance.randrange(256) for _ in range(3)) for _ in range(32 * 40)])
    target = io.BytesIO()
    small.resize(size).convert(mode).save(target, "JPEG", quality=quality)
    return target.getvalue()
