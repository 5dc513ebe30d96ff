"""What a photo must be."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import jpeg
from PIL import Image

from shebaoka.issuing.photos.model import Standard, fault

GOOD = jpeg()


def png() -> bytes:
    target = io.BytesIO()
    Image.effect_noise((358, 441), 8).convert("RGB").quantize(4).save(target, "PNG")
    return target.getvalue()


def test_a_good_one_passes() -> None:
    assert 4_000 < len(GOOD) < 40_960
    assert fault(GOOD) is None


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"", "photo-bytes"),
        (GOOD[:3_000], "photo-bytes"),
        (GOOD + b"\x00" * 40_000, "photo-bytes"),
        (png()[:40_000], "photo-unreadable"),
        (b"x" * 9_000, "photo-unreadable"),
        (GOOD[:-1_000], "photo-unreadable"),
        (GOOD[:-2], "photo-unreadable"),
        (jpeg(size=(441, 358)), "photo-pixels"),
        (jpeg(size=(359, 441)), "photo-pixels"),
        (jpeg(mode="L", quality=90), "photo-colours"),
        (jpeg(mode="CMYK", quality=20), "photo-colours"),
    ],
)
def test_a_bad_one_is_told_why(bad: bytes, reason: str) -> None:
    assert fault(bad) == reason


@pytest.mark.parametrize("side", [9_500, 65_000])
def test_a_picture_that_would_fill_the_memory(side: int) -> None:
    place = GOOD.index(b"\xff\xc0") + 5
    claimed = side.to_bytes(2, "big") * 2
    assert fault(GOOD[:place] + claimed + GOOD[place + 4 :]) == "photo-pixels"


def test_another_city_may_want_another_size() -> None:
    assert fault(jpeg(size=(100, 100), quality=95), Standard(100, 100, 1_000, 90_000)) is None


@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=40))
def test_no_damage_escapes_as_an_error(place: int, damage: bytes) -> None:
    assert fault(GOOD[:place] + damage + GOOD[place + len(damage) :]) in {
        None, "photo-unreadable", "photo-pixels", "photo-colours", "photo-bytes",
    }  # fmt: skip
