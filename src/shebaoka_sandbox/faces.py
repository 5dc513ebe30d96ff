"""Faces of people who do not exist: drawn figures, plainly so, in the format the card asks of a photo."""

from __future__ import annotations

import io
import random
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

SIZE: Final = (358, 441)
DPI: Final = 350
BYTES_MIN, BYTES_MAX = 14_000, 40_000
BYTES_AIM: Final = 18_000
POOL: Final = 64
SKIN: Final = ("#f6d7b8", "#eec39a", "#e0ac7e", "#c98f62")
HAIR: Final = ("#1c1a19", "#3b2a20", "#6b6b6b", "#d8d8d8")
SHIRT: Final = ("#2d5d8b", "#7a2e39", "#38654a", "#44405c", "#8a6d2f")


def pool(folder: Path) -> list[bytes]:
    """Give the pool of JPEGs: from the folder, drawing there what is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_kept(folder / f"{number:02}.jpg", number) for number in range(POOL)]


def _kept(path: Path, number: int) -> bytes:
    if not path.exists():
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(draw(number))
        unfinished.rename(path)
    return path.read_bytes()


def spoiled() -> list[bytes]:
    """Give pictures that keep the format and not the standard: before a grey wall, under no light, with nobody in it."""
    face = _figure(random.Random(0))  # noqa: S311 - a face, not a key
    wall = face.convert("L").point(lambda level: 255 if level > 250 else 0)  # noqa: PLR2004 - all but white
    grey = face.copy()
    grey.paste("#8c9096", mask=wall)
    dark = face.point(lambda level: level // 5)
    dark.paste("white", mask=wall)
    nobody = Image.merge("RGB", [Image.effect_noise(SIZE, 12).point(lambda level: min(255, level + 120))] * 3)
    return [_encoded(picture) for picture in (grey, dark, nobody)]


def draw(number: int) -> bytes:
    """Draw face `number`: 358×441 pixels, 24 bit, 350 dpi, white background, JPEG of 14 to 40 kB."""
    dice = random.Random(number)  # noqa: S311 - a face, not a key
    face = _figure(dice)
    grain = Image.frombytes("L", SIZE, dice.randbytes(SIZE[0] * SIZE[1]))
    figure = face.convert("L").point(lambda level: 255 if level < 250 else 0)  # noqa: PLR2004 - not quite white
    grainy = Image.blend(face, grain.convert("RGB"), 0.09)
    face.paste(grainy, mask=figure)
    return _encoded(face)


def _figure(dice: random.Random) -> Image.Image:
    face = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(face)
    skin, hair, shirt = dice.choice(SKIN), dice.choice(HAIR), dice.choice(SHIRT)
    wide, tall = dice.randint(72, 92), dice.randint(100, 118)
    pen.ellipse((40, 330, 318, 600), fill=shirt)
    pen.rectangle((150, 280, 208, 350), fill=skin)
    pen.ellipse(
        (179 - wide - 10, 195 - tall - 22, 179 + wide + 10, 195 + tall - dice.randint(20, 90)), fill=hair
    )
    pen.ellipse((179 - wide, 195 - tall, 179 + wide, 195 + tall), fill=skin)
    pen.chord((179 - wide, 195 - tall - 6, 179 + wide, 195 + tall - 80), 190, 350, fill=hair)
    for side in (-1, 1):
        eye = 179 + side * dice.randint(30, 38)
        pen.ellipse((eye - 9, 185, eye + 9, 197), fill="white", outline="black")
        pen.ellipse((eye - 4, 187, eye + 4, 195), fill="black")
        pen.line((eye - 14, 172, eye + 14, 172), fill=hair, width=dice.randint(2, 6))
    pen.line((179, 195, 179 - dice.randint(4, 10), 228, 183, 230), fill="#8a5a3c", width=2)
    pen.arc((150, 235, 208, 235 + dice.randint(14, 34)), 15, 165, fill="#a33f3f", width=4)
    pen.text((112, 395), "INVENTED", fill="#f2f2f2", font_size=26)
    return face


def _encoded(face: Image.Image) -> bytes:
    for quality in range(90, 20, -5):
        target = io.BytesIO()
        face.save(target, "JPEG", quality=quality, dpi=(DPI, DPI))
        if target.tell() <= BYTES_AIM:
            break
    return target.getvalue()
