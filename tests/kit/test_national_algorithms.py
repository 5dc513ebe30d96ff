"""SM2, SM3 and SM4: what the standards print, and an independent library both ways."""

from __future__ import annotations

import copy
import ctypes
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import gmalg
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from shebaoka.kit import sm2
from shebaoka.kit.sm import SealBroken, sm3
from shebaoka.kit.sm2 import ORDER, PublicKey, SecretKey, SmTwoKeyRefused, SmTwoMissing

# GB/T 32918.5-2017, annexes A and C: the key, a signature and a sealed text on the recommended curve.
PRINTED = SecretKey.from_bytes(
    bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
)
PRINTED_PUBLIC = bytes.fromhex(
    "04"
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
PRINTED_SIGNATURE = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)
PRINTED_SEALED = bytes.fromhex(
    "04"
    "04EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73"
    "E858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF0"
    "59983C18F809E262923C53AEC295D30383B54E39D609D160AFCB1908D0BD8766"
    "21886CA989CA9C7D58087307CA93092D651EFA"
)
OURS = SecretKey.from_bytes(sm3(b"a key of the tests"))
SIGNED = OURS.sign(b"signed")
SEALED = OURS.public.seal(b"sealed")
FEW = settings(max_examples=12, deadline=None)


def independent(key: SecretKey = OURS) -> gmalg.SM2:
    return gmalg.SM2(sk=key.to_bytes(), uid=sm2.USER_ID, pk=key.public.to_bytes())


def test_sm3_of_the_standard_s_own_vectors():
    # GB/T 32905-2016, annex A.
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3(b"abcd" * 16).hex() == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


def test_sm4_of_the_standard_s_own_vectors():
    # GB/T 32907-2016, annex A: once under itself, and a million times. CBC over zeros enciphers its own answer again.
    key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    chain = Cipher(algorithms.SM4(key), modes.CBC(key)).encryptor().update(bytes(16_000_000))
    assert chain[:16].hex() == "681edf34d206965e86b3e94f536e4246"
    assert chain[-16:].hex() == "595298c7c6fd271f0402f804c33d3f66"


def test_sm2_of_the_standard_s_own_vectors():
    assert PRINTED.public.to_bytes() == PRINTED_PUBLIC
    assert PRINTED.public.verify(b"message digest", PRINTED_SIGNATURE)
    assert PRINTED.open(PRINTED_SEALED) == b"encryption standard"


@FEW
@given(st.binary(max_size=200))
def test_an_independent_library_takes_our_signatures_and_we_take_its(data):
    theirs, signature = independent(), OURS.sign(data)
    assert len(signature) == 64
    assert theirs.verify(data, signature[:32], signature[32:])
    # The other library leaves leading noughts of the two numbers out.
    assert OURS.public.verify(data, b"".join(part.rjust(32, b"\0") for part in theirs.sign(data)))


@FEW
@given(st.binary(min_size=1, max_size=200))
def test_an_independent_library_opens_what_we_seal_and_we_open_what_it_seals(plain):
    theirs, sealed = independent(), OURS.public.seal(plain)
    assert len(sealed) == 97 + len(plain)
    assert theirs.decrypt(sealed) == plain
    assert OURS.open(theirs.encrypt(plain)) == plain


@given(st.integers(0, 63), st.integers(1, 255))
@settings(max_examples=60, deadline=None)
def test_a_changed_signature_is_none(at, by):
    changed = bytearray(SIGNED)
    changed[at] ^= by
    assert not OURS.public.verify(b"signed", bytes(changed))


def test_a_signature_is_over_this_data_by_this_key_and_whole():
    assert OURS.public.verify(b"signed", SIGNED)
    assert not OURS.public.verify(b"signe\x00", SIGNED)
    assert not PRINTED.public.verify(b"signed", SIGNED)
    for cut in (b"", SIGNED[:-1], SIGNED + b"\0", bytes(64), b"\xff" * 64):
        assert not OURS.public.verify(b"signed", cut)


def test_a_changed_seal_does_not_open():
    for at in range(len(SEALED)):
        changed = bytearray(SEALED)
        changed[at] ^= 1
        with pytest.raises(SealBroken):
            OURS.open(bytes(changed))


@given(st.binary(max_size=150))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_no_seal(raw):
    for sealed in (raw, SEALED[:97] + raw, SEALED[:65] + raw):
        if sealed != SEALED:
            with pytest.raises(SealBroken):
                OURS.open(sealed)


def test_a_seal_is_for_one_key():
    with pytest.raises(SealBroken):
        PRINTED.open(SEALED)


@pytest.mark.parametrize("number", [0, ORDER - 1, ORDER, 2**256 - 1])
def test_a_number_outside_the_range_is_no_key(number):
    with pytest.raises(SmTwoKeyRefused):
        SecretKey.from_bytes(number.to_bytes(32, "big"))


def test_the_greatest_and_the_least_number_are_keys():
    for number in (1, ORDER - 2):
        key = SecretKey.from_bytes(number.to_bytes(32, "big"))
        assert key.public.verify(b"x", key.sign(b"x"))


@pytest.mark.parametrize(
    "raw", [b"", b"\x04" * 65, PRINTED_PUBLIC[1:], b"\x02" + PRINTED_PUBLIC[1:], PRINTED_PUBLIC + b"\0", b"\x04" + bytes(64)]
)  # fmt: skip
def test_what_is_no_point_of_the_curve_is_no_public_key(raw):
    with pytest.raises(SmTwoKeyRefused):
        PublicKey.from_bytes(raw)


def test_keys_are_made_anew_and_equal_by_their_bytes():
    one, other = SecretKey.new(), SecretKey.new()
    assert one.public != other.public
    assert {PublicKey.from_bytes(one.public.to_bytes()), one.public} == {one.public}
    assert one.to_bytes().hex() not in repr(one)


def test_a_key_is_not_pickled_and_a_copy_outlives_its_first():
    with pytest.raises((TypeError, ValueError)):
        pickle.dumps(OURS)
    key = SecretKey.new()
    copied = copy.copy(key)
    del key
    assert copied.public.verify(b"x", copied.sign(b"x"))


def test_many_threads_sign_with_one_key():
    with ThreadPoolExecutor(8) as pool:
        signatures = list(pool.map(OURS.sign, [bytes([i]) for i in range(64)]))
        assert all(pool.map(OURS.public.verify, [bytes([i]) for i in range(64)], signatures))


def refused(what: Callable[[], object]) -> None:
    with pytest.raises((SealBroken, SmTwoKeyRefused)):
        what()


REFUSED = {
    "signature": lambda: OURS.public.verify(b"signed", bytes(64)),
    "seal": lambda: refused(lambda: OURS.open(b"\4" + bytes(99))),
    "key": lambda: refused(lambda: PublicKey.from_bytes(b"\4" * 65)),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_refusal_leaves_openssl_s_errors_as_it_found_them(what):
    REFUSED[what]()
    assert ctypes.CDLL(sm2.LIBRARIES[0]).ERR_peek_error() == 0, "Python's ssl reads the same queue"


def test_ten_thousand_calls_leave_nothing_behind():
    def calls() -> None:
        for _ in range(800):
            for call in REFUSED.values():
                call()
            PublicKey.from_bytes(PRINTED_PUBLIC)
        for _ in range(40):
            OURS.open(OURS.public.seal(b"x"))
            OURS.public.verify(b"signed", SIGNED)
            SecretKey.from_bytes(OURS.to_bytes()).sign(b"x")

    calls()
    before = allocated_bytes()
    for _ in range(3):
        calls()
    assert allocated_bytes() - before < 100_000


class MallInfo(ctypes.Structure):
    _fields_ = [(f"field_{i}", ctypes.c_size_t) for i in range(10)]


def allocated_bytes() -> int:
    """What the C library has handed out and not got back: finer than the process's size, which a leak may hide in."""
    libc = ctypes.CDLL(None)
    libc.mallinfo2.restype = MallInfo
    return libc.mallinfo2().field_7


@pytest.fixture
def loading_anew():
    sm2._library.cache_clear()
    yield
    sm2._library.cache_clear()


@pytest.mark.usefixtures("loading_anew")
def test_a_machine_without_openssl_says_so(monkeypatch):
    monkeypatch.setattr(sm2, "LIBRARIES", ("libcrypto.so.nothing",))
    with pytest.raises(SmTwoMissing, match=r"libcrypto\.so\.nothing"):
        SecretKey.new()


@pytest.mark.usefixtures("loading_anew")
def test_an_openssl_built_without_sm2_says_so(monkeypatch):
    library = ctypes.CDLL(sm2.LIBRARIES[0])
    monkeypatch.setattr(
        library, "EVP_PKEY_CTX_new_from_name", ctypes.CFUNCTYPE(ctypes.c_void_p)(lambda: None)
    )
    monkeypatch.setattr(sm2, "_loaded", lambda: library)
    with pytest.raises(SmTwoMissing, match="without SM2"):
        SecretKey.new()
