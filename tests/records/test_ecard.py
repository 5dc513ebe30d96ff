"""The electronic card's token: what it says, for how long, and that nothing else is believed."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shebaoka.kit.sm2 import SecretKey
from shebaoka.records import ecard as e
from shebaoka.records.status_list import signer

KEY = SecretKey.from_bytes(bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"))
AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
CARD = e.Ecard("3100", "00000001Y", 7, AT, 60, 30)
TEXT = e.write(KEY, CARD)


def seen(text=TEXT, after=0.0, *, online=False, city="3100", key=KEY):
    return e.check(text, key.public, city, AT + timedelta(seconds=after), online=online)


def test_it_says_what_was_signed():
    assert seen() == ("good", CARD)
    assert len(TEXT) == e.TEXT_LENGTH == 163
    assert TEXT.isascii()
    assert TEXT.upper() == TEXT, "square codes hold capitals and digits in little room"
    assert seen(f" {TEXT[:80]}\n{TEXT[80:]} ").verdict == "good", "a scanner may break lines"


@pytest.mark.parametrize(
    ("after", "offline", "online"),
    [
        (-31, "ahead", "ahead"), (-30, "good", "ahead"), (-0.5, "good", "ahead"), (0, "good", "good"), (59.9, "good", "good"),
        (60, "good", "expired"), (89.9, "good", "expired"), (90, "expired", "expired"),
    ],
)  # fmt: skip
def test_it_lasts_a_minute_and_a_terminal_s_clock_may_be_off(after, offline, online):
    assert (seen(after=after).verdict, seen(after=after, online=True).verdict) == (offline, online)
    assert seen(after=after).ecard == CARD


def test_other_cities_and_other_signers():
    assert seen(city="3301").verdict == "other_city"
    stranger = SecretKey.new()
    assert seen(key=stranger).verdict == "forged"
    theirs = e.write(stranger, CARD._replace(city="3301"))
    assert seen(theirs).verdict == "other_city", "whoever signed it: it does not say to be ours"
    assert seen(e.write(KEY, CARD._replace(city="3301"))).verdict == "other_city"
    assert seen(e.write(KEY, CARD._replace(card_number="00000001X"))).verdict == "unreadable"


def test_a_signature_under_anything_else_is_none():
    body = e.BODY.pack(b"\x31\x00", b"00000001Y", 7, int(AT.timestamp()), 60, 30, signer(KEY.public))
    bare = base64.b32encode(body + KEY.sign(body)).decode().rstrip("=")
    assert seen(e.MAGIC + bare).verdict == "forged"


@given(st.integers(0, e.TEXT_LENGTH - 1), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_no_character_may_differ(place, other):
    changed = TEXT[:place] + other + TEXT[place + 1 :]
    assert (seen(changed).verdict == "good") == (changed == TEXT)


@given(st.one_of(st.text(), st.text("ABCXYZ234567=").map(lambda rest: e.MAGIC + rest), st.binary(min_size=100, max_size=100).map(
    lambda raw: e.MAGIC + base64.b32encode(raw).decode().rstrip("=")
)))  # fmt: skip
def test_any_text_has_a_verdict(text):
    assert seen(text).verdict in e.SAID
    assert seen(text).verdict != "good"
