"""The answer to reset, the identification code, keys of one card and what is proved with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shebaoka.chip import proofs
from shebaoka.chip.errors import ChipUnreadable, ChipValueRefused
from shebaoka.chip.numbers import identification_code, make_reset, parts, reset_of
from shebaoka.chip.versions import DES, SM4, SSF33

SERIAL = bytes.fromhex("00000001")
RESET = make_reset("3100", SERIAL)


def test_a_shanghai_card_of_version_3():
    assert RESET.atr.hex().upper() == "3B6D000000814A444686603100" + "00000001"
    assert RESET.factor.hex() == "8660310000000001"
    assert (RESET.city, RESET.serial) == ("3100", SERIAL)
    assert reset_of(RESET.atr) == RESET


@pytest.mark.parametrize(
    "atr", ["", "3B", "3B6D0000", "3B6D000000814A44468760310000000001", "3B6C000000814A44468660310000000001"]
)
def test_what_is_no_social_security_card(atr):
    with pytest.raises(ChipUnreadable):
        reset_of(bytes.fromhex(atr))


@pytest.mark.parametrize(("city", "serial"), [("310", SERIAL), ("31a0", SERIAL), ("3100", b"123")])
def test_a_chip_that_cannot_be(city, serial):
    with pytest.raises(ChipValueRefused):
        make_reset(city, serial)


def test_an_identification_code_is_one_chips():
    code = identification_code("310000", RESET, bytes.fromhex("A1B2C3D4"))
    assert code.hex().upper() == "310000D15600000500000001A1B2C3D4"
    assert parts(code).division == "310000"
    assert parts(code).belongs_to(RESET)
    assert not parts(code).belongs_to(make_reset("3100", b"\0\0\0\2")), "a copied code"


@given(st.binary(max_size=20))
def test_any_bytes_are_a_code_or_refused(raw):
    try:
        found = parts(raw)
    except ChipUnreadable:
        return
    assert found.division.isdigit()
    assert raw[3:8].hex() == "d156000005"


@pytest.mark.parametrize("algorithm", [DES, SM4])
def test_keys_differ_from_card_to_card_and_proofs_from_challenge_to_challenge(algorithm):
    key, other = bytes(range(16)), bytes(range(1, 17))
    length = proofs.CHALLENGE_BYTES[algorithm]
    found = {
        proofs.Schedule(algorithm, one).diversified(make_reset("3100", serial).factor)
        for one in (key, other)
        for serial in (SERIAL, b"\0\0\0\2")
    }
    assert len(found) == 4
    assert proofs.Schedule(algorithm, key).proof(bytes(length)) != proofs.Schedule(algorithm, key).proof(
        b"\1" * length
    )
    assert proofs.Schedule(algorithm, key).mac(b"") != proofs.Schedule(algorithm, key).mac(b"\x80"), (
        "padding is not content"
    )


def test_sm4_of_the_standard_s_own_vector():
    # GB/T 32907-2016, A.1: the key enciphered under itself.
    key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    assert proofs.Schedule(SM4, key).proof(key).hex() == "681edf34d206965e86b3e94f536e4246"


def test_triple_des_of_a_published_vector():
    # NIST SP 800-20, appendix B: variable plaintext, key of weak halves, first round.
    key = bytes.fromhex("01" * 16)
    assert proofs.Schedule(DES, key).proof(bytes.fromhex("8000000000000000")).hex() == "95f8a5e5dd31d900"


@pytest.mark.parametrize("algorithm", [DES, SM4])
@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_a_key_travels_enciphered_and_arrives_only_under_the_same_transport_key(algorithm, transport, key):
    sent = proofs.Schedule(algorithm, transport).wrapped(key)
    assert len(sent) == proofs.WRAPPED_BYTES
    assert proofs.Schedule(algorithm, transport).unwrapped(sent) == key
    with pytest.raises(ChipUnreadable):
        proofs.Schedule(algorithm, bytes(byte ^ 0x10 for byte in transport)).unwrapped(sent)


def test_an_algorithm_that_is_secret_is_refused():
    with pytest.raises(ChipUnreadable):
        proofs.Schedule(SSF33, bytes(16)).diversified(RESET.factor)
