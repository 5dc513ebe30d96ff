"""Pictures of telephones become photos of the card's size, and nothing that is sent can hurt."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image
from tests.issuing.photos.pictures import jpeg

from shebaoka.faces.web.fitting import fitted

STANDARD = {"width_px": 358, "height_px": 441, "dpi": 350, "bytes_max": 40960}


def written(picture: Image.Image, form: str, **more: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, form, **more)
    return target.getvalue()


def bomb() -> bytes:
    """Give a PNG that claims to be a thousand million points."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = struct.pack(">IIBBBBB", 32_000, 32_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


def test_a_photo_that_fits_is_not_touched():
    assert fitted(jpeg(), STANDARD) == jpeg()


@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000), (100, 100), (358, 441)])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_any_picture_is_cut_to_size(size, form):
    noise = Image.effect_noise((size[0] // 4, size[1] // 4), 80).convert("RGB").resize(size)
    with Image.open(io.BytesIO(fitted(written(noise, form), STANDARD))) as made:
        assert (made.format, made.size, made.mode) == ("JPEG", (358, 441), "RGB")
        assert (form == "JPEG" and size == (358, 441)) or made.info["dpi"] == (350, 350)


def test_it_is_small_enough_and_upright():
    wide = Image.new("RGB", (882, 716), "white")
    wide.paste("black", (0, 0, 300, 716))
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = written(wide, "JPEG", exif=exif)
    made = fitted(turned, STANDARD)
    assert len(made) <= STANDARD["bytes_max"]
    with Image.open(io.BytesIO(made)) as picture:
        assert picture.getpixel((179, 20))[0] < 60, "what was at the left is at the top"
        assert picture.getpixel((179, 420))[0] > 200


@pytest.mark.parametrize("content", [b"", b"no picture", b"GIF89a" + b"\0" * 50, jpeg()[:900], bomb()])
def test_what_is_no_picture_or_pretends_comes_back_as_it_came(content):
    assert fitted(content, STANDARD) == content
