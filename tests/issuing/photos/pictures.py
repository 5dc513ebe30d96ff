"""Pictures that are photos of nobody."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw, ImageFilter


def jpeg(
    seed: int = 1,
    size: tuple[int, int] = (358, 441),
    quality: int = 60,
    mode: str = "RGB",
    *,
    dpi: int = 350,
    wall: str = "white",
    light: float = 1.0,
    blur: float = 0.0,
) -> bytes:
    """Draw a grainy figure before a wall; about 8 to 20 kB. `light` makes the figure darker or lighter."""
    picture = Image.new("RGB", (358, 441), wall)
    figure = Image.new("L", (358, 441), 0)
    pen = ImageDraw.Draw(figure)
    pen.ellipse((104, 90, 254, 290), fill=255)
    pen.ellipse((40, 320, 318, 600), fill=255)
    chance = random.Random(seed)
    skin = Image.frombytes("RGB", (358, 441), chance.randbytes(358 * 441 * 3))
    skin = Image.blend(skin, Image.new("RGB", skin.size, (200, 170, 140)), 0.88)
    eyes = ImageDraw.Draw(skin)
    for left in (140, 196):
        eyes.ellipse((left, 175, left + 24, 191), fill="white", outline="black", width=2)
        eyes.ellipse((left + 8, 178, left + 18, 188), fill="black")
    eyes.rectangle((0, 300, 357, 440), fill=(50, 70, 110))
    lit = skin.point(lambda level: min(255, int(level * light)))
    picture.paste(lit, mask=figure)
    if blur:
        picture = picture.filter(ImageFilter.GaussianBlur(blur))
    target = io.BytesIO()
    more = {"dpi": (dpi, dpi)} if dpi else {}
    (picture if size == (358, 441) else picture.resize(size)).convert(mode).save(
        target, "JPEG", quality=quality, **more
    )
    return target.getvalue()
