"""Derivation from the root to the card against independent implementations (gmalg; DES from its tables), and what a ring gives and refuses."""

from __future__ import annotations

import gmalg
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from tests.keys import des_by_the_standard

from shebaoka.chip import proofs
from shebaoka.chip.numbers import make_reset
from shebaoka.chip.proofs import CARD_KEY, READ_KEY, TRANSPORT_KEY, UNBLOCK_KEY, WRITE_KEY
from shebaoka.chip.versions import DES, SM4
from shebaoka.keys import hierarchy
from shebaoka.keys.errors import CardKeyNotHeld, CardOfAnotherCity
from shebaoka.keys.hierarchy import CODE_KEY, NUMBERS, ON_CARD, Ring

ROOT = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
FACTOR = make_reset("3100", b"\0\0\0\7").factor
ELSEWHERE = make_reset("3301", b"\0\0\0\7").factor
CITY_CHECK = "447FE0"
CHECKS = {0x00: "209937", 0x01: "4BF6B9", 0x04: "B894B5", 0x06: "699AB0", 0x0A: "0EF6B8", 0x0C: "FC2360"}
CHALLENGE = {DES: bytes(range(8)), SM4: bytes(range(16))}


def ring(algorithm: int = SM4) -> Ring:
    return Ring.of(
        "3100",
        algorithm,
        hierarchy.application_keys(algorithm, hierarchy.city_key(algorithm, ROOT, "3100")),
    )


def independent(algorithm: int, key: bytes, block: bytes) -> bytes:
    if algorithm == SM4:
        return b"".join(gmalg.SM4(key).encrypt(block[i : i + 16]) for i in range(0, len(block), 16))
    return des_by_the_standard.encipher(key, block)


def below(algorithm: int, key: bytes, factor: str) -> bytes:
    raw = bytes.fromhex(factor)
    return independent(algorithm, key, raw + bytes(0xFF - one for one in raw))


def test_the_standards_own_vectors_of_sm4():
    """GB/T 32907, appendix A: the example, and the same block enciphered a million times."""
    assert proofs.Schedule(SM4, ROOT).proof(ROOT).hex() == "681edf34d206965e86b3e94f536e4246"
    # In CBC over zeros each block is the one before, enciphered.
    chained = Cipher(algorithms.SM4(ROOT), modes.CBC(ROOT)).encryptor().update(bytes(16 * 1_000_000))
    assert chained[:16] == gmalg.SM4(ROOT).encrypt(ROOT)
    assert chained[-16:].hex() == "595298c7c6fd271f0402f804c33d3f66"


def test_the_published_vectors_of_two_key_triple_des():
    """ANSI X9.24-1, appendix A: a key derived by the key that is above it, whose halves differ; by ours and by the tables."""
    above, serial = ROOT, bytes.fromhex("FFFF9876543210E0")
    other = bytes(a ^ b for a, b in zip(above, bytes.fromhex("C0C0C0C000000000" * 2), strict=True))
    published = "6ac292faa1315b4d858ab3a3d7d5933a"
    assert (
        b"".join(proofs.Schedule(DES, key).proof(serial) for key in (above, other))
        == b"".join(des_by_the_standard.encipher(key, serial) for key in (above, other))
        == bytes.fromhex(published)
    )


@pytest.mark.parametrize("algorithm", [SM4, DES])
def test_every_key_follows_from_the_root_as_an_independent_implementation_says(algorithm):
    city = below(algorithm, ROOT, "3100FFFFFFFFFFFF")
    for number in NUMBERS:
        application = below(algorithm, city, f"D1560000050000{number:02X}")
        card = below(algorithm, application, "8660310000000007")
        expected = independent(algorithm, card, CHALLENGE[algorithm])
        assert ring(algorithm).prove(algorithm, number, FACTOR, CHALLENGE[algorithm]) == expected


def test_a_root_gives_these_keys_and_no_others():
    """Vectors for whoever writes a terminal: root 0123…3210, city 3100, chip 00000007; check values, by gmalg."""
    city = hierarchy.city_key(SM4, ROOT, "3100")
    keys = hierarchy.application_keys(SM4, city)
    assert hierarchy.check_value(SM4, ROOT) == gmalg.SM4(ROOT).encrypt(bytes(16))[:3]
    assert hierarchy.check_value(SM4, city).hex().upper() == CITY_CHECK
    assert {n: hierarchy.check_value(SM4, key).hex().upper() for n, key in keys.items()} == CHECKS


@pytest.mark.parametrize("algorithm", [SM4, DES])
def test_a_personaliser_loads_enciphered_keys_that_the_card_deciphers(algorithm):
    whole = ring(algorithm)
    transport = proofs.Schedule(algorithm, whole.keys[algorithm, TRANSPORT_KEY]).diversified(FACTOR)
    loaded = whole.card_keys(algorithm, FACTOR)
    assert set(loaded) == set(ON_CARD) == {READ_KEY, WRITE_KEY, CARD_KEY, UNBLOCK_KEY}
    for number, sealed in loaded.items():
        key = proofs.Schedule(algorithm, transport).unwrapped(sealed)
        assert proofs.Schedule(algorithm, key).proof(CHALLENGE[algorithm]) == whole.prove(
            algorithm, number, FACTOR, CHALLENGE[algorithm]
        )


def test_the_key_of_identification_codes_is_on_no_card():
    assert CODE_KEY not in ON_CARD
    mac = ring().code_mac(SM4, FACTOR, b"310000")
    assert len(mac) == 4
    assert mac != ring().code_mac(SM4, make_reset("3100", b"\0\0\0\x08").factor, b"310000")


def test_a_ring_refuses_what_it_does_not_hold():
    reading = ring().only({READ_KEY})
    reading.prove(SM4, READ_KEY, FACTOR, CHALLENGE[SM4])
    with pytest.raises(CardKeyNotHeld):
        reading.prove(SM4, WRITE_KEY, FACTOR, CHALLENGE[SM4])
    with pytest.raises(CardKeyNotHeld):
        reading.prove(DES, READ_KEY, FACTOR, CHALLENGE[DES])
    with pytest.raises(CardKeyNotHeld):
        reading.card_keys(SM4, FACTOR)
    with pytest.raises(CardKeyNotHeld):
        reading.code_mac(SM4, FACTOR, b"")
    assert reading.only(NUMBERS).keys == reading.keys, "what was taken away does not come back"


def test_a_card_of_another_city_gets_no_proof():
    with pytest.raises(CardOfAnotherCity, match="3301 ≠ 3100"):
        ring().prove(SM4, READ_KEY, ELSEWHERE, CHALLENGE[SM4])


def test_a_ring_never_shows_its_keys():
    shown = f"{ring()!r} {ring()} {[ring()]}"
    assert not any(key.hex() in shown or repr(key) in shown for key in ring().keys.values())
