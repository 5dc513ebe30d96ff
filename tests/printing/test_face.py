"""The face of a card: its measures, that nothing overflows, meets or is cut, and that no character comes out as a box."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from shebaoka.printing.areas import BACK, CONTACTS, EDGE, FRONT, LEAST, STRIPE
from shebaoka.printing.errors import CardFaceRefused
from shebaoka.printing.face import SIDES, Face, check, composed, placed, stock_lines
from shebaoka.printing.typesetting import WIDER, font, lacks

RED = Image.new("RGB", (358, 441), "#c00000")
PHOTO = io.BytesIO()
RED.save(PHOTO, "JPEG", quality=95)
FACE = Face(
    "张大例", "10010119800101001X", "A00000017", date(2019, 5, 6), date(2029, 5, 5), "虚构市市民卡服务中心",
    "中国工商银行上海分行", "6217001234567890123", PHOTO.getvalue(),
)  # fmt: skip
LONGEST = "阿卜杜热合曼江·麦麦提依明阿卜杜拉·买买提热依木"
"""24 characters and two dots: as long as a chip takes."""
WORST = replace(
    FACE, name=LONGEST + "江", valid_until=None, issuer="虚构市人力资源和社会保障局社会保障卡服务中心分部",
    bank="中国邮政储蓄银行股份有限公司某某市分行营业部", account_number="9" * 30, id_number="8" * 17 + "X", card_number="W" * 9,
)  # fmt: skip
LATIN = replace(FACE, name="MAXIMILIANUSWILHELMUSALEXANDERWOLFESCHLEGELSTEINHA")
FACES = {"usual": FACE, "worst": WORST, "latin": LATIN, "child": replace(FACE, photo=b"")}
# All of GBK in the tables that cp936 has: what a chip can hold.
GBK = [
    character
    for high in range(0x81, 0xFF) for low in range(0x40, 0xFF)
    if len(character := bytes((high, low)).decode("gbk", "ignore")) == 1 and character.isalpha()
]  # fmt: skip


def opened(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture))


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("stock", [True, False])
def test_it_has_the_size_of_a_card(side, stock):
    picture = opened(composed(FACE, side, stock=stock))
    assert (picture.format, picture.size) == ("PNG", (1011, 638))
    assert [round(dots) for dots in picture.info["dpi"]] == [300, 300]


@pytest.mark.parametrize("name", FACES)
@pytest.mark.parametrize("side", SIDES)
def test_every_line_fits_its_place_and_meets_no_other(name, side):
    rows = {row.field: row.box for row in SIDES[side].rows}
    lines = placed(FACES[name], side)
    assert {line.field for line in lines} == set(rows)
    for line in lines:
        assert rows[line.field].holds(line.box), line
        assert line.size >= LEAST
        assert font(line.size).getlength(line.text) <= rows[line.field].width
    everything = [line.box for line in [*lines, *stock_lines(side)]] + list(filter(None, [SIDES[side].photo]))
    assert all(EDGE.holds(box) for box in everything)
    assert not [pair for pair in combinations(everything, 2) if pair[0].meets(pair[1])]
    assert "".join(line.text for line in lines if line.field == "name").replace(" ", "") == (
        FACES[name].name if side == "front" else ""
    )


def test_nothing_is_printed_on_contacts_or_stripe():
    for face in FACES.values():
        for line in [*placed(face, "back"), *stock_lines("back")]:
            assert not line.box.meets(CONTACTS)
            assert not line.box.meets(STRIPE)


@pytest.mark.parametrize("name", FACES)
@pytest.mark.parametrize("side", SIDES)
def test_what_was_measured_is_what_is_inked(name, side):
    """A printer's picture is white but for the photo and the boxes of its lines, and each line has ink."""
    picture = opened(composed(FACES[name], side, stock=False)).convert("L")
    for line in placed(FACES[name], side):
        assert picture.crop(line.box).getextrema()[0] < 90, line
        picture.paste(255, line.box)
    if SIDES[side].photo:
        picture.paste(255, SIDES[side].photo)
    assert picture.getextrema() == (255, 255)


def test_the_photo_is_scaled_into_its_place():
    picture = opened(composed(FACE, "front")).convert("RGB")
    left, top, right, bottom = FRONT.photo
    assert (right - left, bottom - top) == (307, 378), "26 × 32 mm"
    for corner in ((left, top), (right - 1, bottom - 1), ((left + right) // 2, (top + bottom) // 2)):
        red, green, _ = picture.getpixel(corner)
        assert red > 170, corner
        assert green < 60, corner
    assert picture.getpixel((left - 2, top))[1] > 200
    without = opened(composed(FACES["child"], "front")).convert("RGB")
    assert without.getpixel((left + 100, top + 100))[1] > 200
    assert BACK.photo is None


def test_the_same_face_is_the_same_picture():
    assert composed(FACE, "front") == composed(FACE, "front")


def test_a_preview_without_a_photo_is_small():
    assert sum(len(composed(FACES["child"], side)) for side in SIDES) < 25_000


def test_no_end_is_said():
    assert [line.text for line in placed(WORST, "front") if line.field == "valid_until"] == ["长期"]


def test_every_character_that_a_chip_can_hold_is_in_the_font():
    assert len(GBK) > 20_000
    assert [character for character in GBK if lacks(character)] == []


@pytest.mark.parametrize(
    ("name", "places"),
    [("张𠮷", [2]), ("\ue000大\ue001", [1, 3]), ("张\u200b大", [2]), ("ᠠ", [1]), ("张\t", [2])],
)
def test_a_character_that_the_font_lacks_is_told_by_its_place_and_not_repeated(name, places):
    for refuse in (
        lambda: composed(replace(FACE, name=name), "front"),
        lambda: check(name, FACE.issuer, FACE.bank),
    ):
        with pytest.raises(CardFaceRefused) as refused:
            refuse()
        assert refused.value.members == {"field": "name", "places": places}
        said = refused.value.sentence()
        assert not [character for character in name if ord(character) > 0x9FFF and character in said]


def test_what_is_too_long_is_refused_and_never_cut():
    for name in ("张" * 46, "W" * 60):
        with pytest.raises(CardFaceRefused) as refused:
            placed(replace(FACE, name=name), "front")
        assert refused.value.members == {"field": "name", "characters": len(name)}
        with pytest.raises(CardFaceRefused):
            check(name, FACE.issuer, FACE.bank)


@pytest.mark.parametrize("broken", [b"x", PHOTO.getvalue()[:200], b"\x89PNG\r\n"])
def test_a_photo_that_is_none_is_refused(broken):
    with pytest.raises(CardFaceRefused) as refused:
        composed(replace(FACE, photo=broken), "front")
    assert refused.value.members == {"field": "photo"}


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from([*GBK[::97], "·", "A", "W", "i", " ", "𠮷"]), min_size=1, max_size=40))
def test_the_quick_check_agrees_with_what_is_set(name):
    def good(what):
        try:
            what()
        except CardFaceRefused:
            return False
        return True

    assert good(lambda: check(name, FACE.issuer, FACE.bank)) == good(
        lambda: placed(replace(FACE, name=name), "front")
    )


def test_no_character_is_wider_than_high_but_those_that_are_named():
    measured = font(LEAST).getlength
    some = [*GBK[::7], *map(chr, range(0x20, 0x250)), *map(chr, range(0x2000, 0x3100))]
    assert [one for one in some if not lacks(one) and one not in WIDER and measured(one) > LEAST] == []
