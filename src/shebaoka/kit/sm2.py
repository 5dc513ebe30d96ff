"""SM2 (GB/T 32918) over the system's libcrypto 3: signatures with SM3 and the default identity, and sealing for a public key.

`cryptography` has SM3 and SM4 but no SM2, so this is a thin ctypes layer over the EVP functions. Keys are made once and used from
any number of threads; every call frees what it made, and leaves OpenSSL's queue of errors as empty as it found it: Python's own
`ssl` reads the same queue.
"""

from __future__ import annotations

import ctypes
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_size_t, c_uint, c_void_p
from functools import cache
from typing import Annotated, Any, ClassVar, Final

from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from shebaoka.kit.problems import Problem
from shebaoka.kit.sm import SealBroken

NUMBER_BYTES: Final = 32
PUBLIC_BYTES: Final = 65
SIGNATURE_BYTES: Final = 64
DIGEST_BYTES: Final = 32
SEALED_BYTES_MIN: Final = PUBLIC_BYTES + DIGEST_BYTES + 1
USER_ID: Final = b"1234567812345678"
"""The identity that is signed with the data where none was agreed (GB/T 35276, GM/T 0009)."""
ORDER: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
"""The order n of the curve of GB/T 32918.5. A secret key is a number from 1 to n - 2."""
UNCOMPRESSED: Final = 4
LIBRARIES: Final = ("libcrypto.so.3", "libcrypto.3.dylib")
_SPKI: Final = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
"""What stands before the 65 bytes of a point in a SubjectPublicKeyInfo of this curve."""
_SEC1: Final = bytes.fromhex("303102010104 20"), bytes.fromhex("a00a06082a811ccf5501822d")
"""What stands before and behind the number in an ECPrivateKey of this curve that leaves the public key out."""


class SmTwoMissing(Problem):
    """There is no OpenSSL 3 on this machine, or one that was built without SM2."""

    slug = "sm-two-missing"
    status = 500
    title_zh = "本机没有可用的 SM2 密码库"
    title_en = "This machine has no library with SM2"
    remedy_zh = "请安装 OpenSSL 3 的运行库（Debian、Ubuntu：apt-get install libssl3），且构建时未去掉 SM2；部分发行版的 OpenSSL 不含 SM2"
    remedy_en = (
        "Install OpenSSL 3's library (Debian, Ubuntu: apt-get install libssl3), built with SM2; "
        "the OpenSSL of some distributions leaves it out"
    )


class SmTwoKeyRefused(Problem):
    """Bytes that are no SM2 key: of another length, off the curve, or a number outside the range."""

    slug = "sm-two-key-refused"
    status = 422
    title_zh = "不是 SM2 密钥"
    title_en = "This is no SM2 key"
    remedy_zh = "公钥为 65 字节：04、x、y；私钥为 32 字节的数。请核对密钥文件是否完整、是否用于 SM2 推荐曲线"
    remedy_en = (
        "A public key is 65 bytes, 04 and x and y; a secret key is a number of 32 bytes. "
        "Check that the file is whole and that the key belongs to SM2's recommended curve"
    )


class _Handle:
    """An EVP_PKEY that is freed with the last who holds it. It is neither copied nor pickled (a ctypes pointer is not)."""

    __slots__ = ("pointer",)
    free: ClassVar[Any]

    def __init__(self, pointer: int) -> None:
        self.pointer = c_void_p(pointer)

    def __del__(self) -> None:
        self.free(self.pointer)


class PublicKey:
    """What everybody may know of a signer or a receiver."""

    __slots__ = ("_bytes", "_handle")

    def __init__(self, handle: _Handle, raw: bytes) -> None:
        self._handle = handle
        self._bytes = raw

    @classmethod
    def from_bytes(cls, raw: bytes) -> PublicKey:
        """Make a key of 04 ‖ x ‖ y (65 bytes); this function will raise SmTwoKeyRefused for what is no point of the curve."""
        if len(raw) != PUBLIC_BYTES or raw[0] != UNCOMPRESSED:
            raise SmTwoKeyRefused(
                f"公钥 {len(raw)} 字节，应为 04 开头的 65 字节 · a public key of {len(raw)} bytes instead of 65 that begin with 04"
            )
        pointer = _parsed(_library().d2i_PUBKEY, _SPKI + raw)
        if not pointer:
            raise SmTwoKeyRefused("公钥不是曲线上的点 · the public key is no point of the curve")
        return cls(_Handle(pointer), raw)

    def to_bytes(self) -> bytes:
        """Give 04 ‖ x ‖ y, 65 bytes."""
        return self._bytes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and other._bytes == self._bytes

    def __hash__(self) -> int:
        return hash(self._bytes)

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Say whether r ‖ s (64 bytes) is this key's signature of the data, with SM3 and the default identity."""
        if len(signature) != SIGNATURE_BYTES:
            return False
        r, s = (int.from_bytes(half, "big") for half in (signature[:NUMBER_BYTES], signature[NUMBER_BYTES:]))
        der = encode_dss_signature(r, s)
        library = _library()
        with _digesting(self._handle, library.EVP_DigestVerifyInit) as context:
            return bool(library.EVP_DigestVerify(context, der, len(der), data, len(data)) == 1)

    def seal(self, plain: bytes) -> bytes:
        """Seal at least one byte so that only the secret key opens it: C1 ‖ C3 ‖ C2 (GB/T 32918.4)."""
        assert plain, "GB/T 32918.4 seals one byte or more"
        return asn1.decode_der(_Sealed, _crypt(self._handle, "encrypt", plain)).flat()


class SecretKey:
    """What signs and opens. Its number leaves only by `to_bytes`."""

    __slots__ = ("_handle", "_number", "public")

    def __init__(self, handle: _Handle, number: bytes, public: PublicKey) -> None:
        self._handle = handle
        self._number = number
        self.public = public

    @classmethod
    def new(cls) -> SecretKey:
        """Make a key of the system's randomness."""
        return cls.from_bytes((1 + secrets.randbelow(ORDER - 2)).to_bytes(NUMBER_BYTES, "big"))

    @classmethod
    def from_bytes(cls, raw: bytes) -> SecretKey:
        """Make a key of its number, 32 bytes; this function will raise SmTwoKeyRefused for one outside the range."""
        if len(raw) != NUMBER_BYTES or not 1 <= int.from_bytes(raw, "big") <= ORDER - 2:
            raise SmTwoKeyRefused(
                "私钥应为 32 字节、范围内的数 · a secret key is a number of 32 bytes within the range"
            )
        pointer = _parsed(_library().d2i_AutoPrivateKey, raw.join(_SEC1))
        if not pointer:
            raise SmTwoMissing("OpenSSL 不接受此曲线的私钥 · OpenSSL takes no secret key of this curve")
        handle = _Handle(pointer)
        return cls(handle, raw, PublicKey.from_bytes(_point(handle)))

    def to_bytes(self) -> bytes:
        """Give the number, 32 bytes: a secret."""
        return self._number

    def sign(self, data: bytes) -> bytes:
        """Give r ‖ s (64 bytes) over the data, with SM3 and the default identity (GB/T 32918.2)."""
        library = _library()
        room = ctypes.create_string_buffer(2 * SIGNATURE_BYTES)
        length = c_size_t(len(room))
        with _digesting(self._handle, library.EVP_DigestSignInit) as context:
            _must(library.EVP_DigestSign(context, room, byref(length), data, len(data)))
        return b"".join(
            number.to_bytes(NUMBER_BYTES, "big") for number in decode_dss_signature(room.raw[: length.value])
        )

    def open(self, sealed: bytes) -> bytes:
        """Open C1 ‖ C3 ‖ C2; this function will raise SealBroken for what was changed, cut, or sealed for another key."""
        if len(sealed) < SEALED_BYTES_MIN or sealed[0] != UNCOMPRESSED:
            raise SealBroken("sealed bytes do not begin with a point and a digest")
        der = asn1.encode_der(_Sealed.of(sealed))
        plain = None
        with suppress(_Failed):
            plain = _crypt(self._handle, "decrypt", der)
        if plain is None or len(plain) != len(sealed) - PUBLIC_BYTES - DIGEST_BYTES:
            raise SealBroken("the seal does not fit key or content")
        return plain


@asn1.sequence
class _Sealed:
    """What OpenSSL seals into (GM/T 0009): the point's two numbers, the digest, the hidden text."""

    x: int
    y: int
    digest: Annotated[bytes, asn1.Size(min=DIGEST_BYTES, max=DIGEST_BYTES)]
    hidden: bytes

    @classmethod
    def of(cls, flat: bytes) -> _Sealed:
        """Take C1 ‖ C3 ‖ C2 apart."""
        digest_at, hidden_at = PUBLIC_BYTES, PUBLIC_BYTES + DIGEST_BYTES
        middle = 1 + NUMBER_BYTES
        return cls(
            x=int.from_bytes(flat[1:middle], "big"),
            y=int.from_bytes(flat[middle:digest_at], "big"),
            digest=flat[digest_at:hidden_at],
            hidden=flat[hidden_at:],
        )

    def flat(self) -> bytes:
        """Give C1 ‖ C3 ‖ C2."""
        numbers = (number.to_bytes(NUMBER_BYTES, "big") for number in (self.x, self.y))
        return bytes([UNCOMPRESSED]) + b"".join(numbers) + self.digest + self.hidden


class _Failed(Exception):  # noqa: N818 - the fact itself
    """OpenSSL refused a call."""


def _must(outcome: int) -> None:
    if outcome != 1:
        _library().ERR_clear_error()
        raise _Failed


def _parsed(parse: Any, der: bytes) -> int | None:
    """Give the EVP_PKEY that OpenSSL reads, if any."""
    start = c_char_p(der)
    pointer: int | None = parse(None, byref(start), len(der))
    _library().ERR_clear_error()
    return pointer


def _point(handle: _Handle) -> bytes:
    """Give the public point of a key: the end of its SubjectPublicKeyInfo."""
    room = ctypes.create_string_buffer(2 * PUBLIC_BYTES)
    written = _library().i2d_PUBKEY(handle.pointer, byref(c_void_p(ctypes.addressof(room))))
    return room.raw[written - PUBLIC_BYTES : written]


@contextmanager
def _digesting(handle: _Handle, begin: Any) -> Iterator[c_void_p]:
    """Give a context that digests with SM3 under the default identity, for signing or verifying."""
    library = _library()
    context = c_void_p(library.EVP_MD_CTX_new())
    keyed = c_void_p(library.EVP_PKEY_CTX_new(handle.pointer, None))
    try:
        _must(library.EVP_PKEY_CTX_set1_id(keyed, USER_ID, len(USER_ID)))
        library.EVP_MD_CTX_set_pkey_ctx(context, keyed)
        _must(begin(context, None, library.EVP_sm3(), None, handle.pointer))
        yield context
    finally:
        library.EVP_MD_CTX_free(context)
        library.EVP_PKEY_CTX_free(keyed)
        library.ERR_clear_error()


def _crypt(handle: _Handle, verb: str, data: bytes) -> bytes:
    """Encrypt or decrypt: ask how much room it takes, then do it."""
    library = _library()
    begin, do = (getattr(library, f"EVP_PKEY_{verb}{end}") for end in ("_init", ""))
    context = c_void_p(library.EVP_PKEY_CTX_new(handle.pointer, None))
    try:
        _must(begin(context))
        length = c_size_t()
        _must(do(context, None, byref(length), data, len(data)))
        room = ctypes.create_string_buffer(length.value)
        _must(do(context, room, byref(length), data, len(data)))
        return room.raw[: length.value]
    finally:
        library.EVP_PKEY_CTX_free(context)


_SIGNATURES: Final[dict[str, tuple[Any, list[Any]]]] = {
    "ERR_clear_error": (None, []),
    "EVP_sm3": (c_void_p, []),
    "EVP_PKEY_free": (None, [c_void_p]),
    "EVP_MD_CTX_new": (c_void_p, []),
    "EVP_MD_CTX_free": (None, [c_void_p]),
    "EVP_MD_CTX_set_pkey_ctx": (None, [c_void_p, c_void_p]),
    "EVP_PKEY_CTX_new": (c_void_p, [c_void_p, c_void_p]),
    "EVP_PKEY_CTX_free": (None, [c_void_p]),
    "EVP_PKEY_CTX_set1_id": (c_int, [c_void_p, c_char_p, c_int]),
    "EVP_DigestSignInit": (c_int, [c_void_p] * 5),
    "EVP_DigestSign": (c_int, [c_void_p, c_char_p, POINTER(c_size_t), c_char_p, c_size_t]),
    "EVP_DigestVerifyInit": (c_int, [c_void_p] * 5),
    "EVP_DigestVerify": (c_int, [c_void_p, c_char_p, c_size_t, c_char_p, c_size_t]),
    "EVP_PKEY_encrypt_init": (c_int, [c_void_p]),
    "EVP_PKEY_encrypt": (c_int, [c_void_p, c_char_p, POINTER(c_size_t), c_char_p, c_size_t]),
    "EVP_PKEY_decrypt_init": (c_int, [c_void_p]),
    "EVP_PKEY_decrypt": (c_int, [c_void_p, c_char_p, POINTER(c_size_t), c_char_p, c_size_t]),
    "d2i_PUBKEY": (c_void_p, [c_void_p, POINTER(c_char_p), c_long]),
    "d2i_AutoPrivateKey": (c_void_p, [c_void_p, POINTER(c_char_p), c_long]),
    "i2d_PUBKEY": (c_int, [c_void_p, POINTER(c_void_p)]),
}


@cache
def _library() -> Any:
    """Load OpenSSL 3's libcrypto and look whether it has SM2; this function will raise SmTwoMissing."""
    library = _loaded()
    try:
        for name, (result, arguments) in _SIGNATURES.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
        library.OPENSSL_version_major.restype = c_uint
        library.EVP_PKEY_CTX_new_from_name.restype = c_void_p
        library.EVP_PKEY_CTX_new_from_name.argtypes = [c_void_p, c_char_p, c_char_p]
    except AttributeError as error:
        raise SmTwoMissing(f"libcrypto: {error}") from error
    probe = c_void_p(library.EVP_PKEY_CTX_new_from_name(None, b"SM2", None))
    library.ERR_clear_error()
    if not probe or not library.EVP_sm3():
        raise SmTwoMissing("此 OpenSSL 构建时去掉了 SM2 或 SM3 · this OpenSSL was built without SM2 or SM3")
    library.EVP_PKEY_CTX_free(probe)
    _Handle.free = library.EVP_PKEY_free
    return library


def _loaded() -> ctypes.CDLL:
    for name in LIBRARIES:
        with suppress(OSError):
            return ctypes.CDLL(name)
    raise SmTwoMissing(f"{' / '.join(LIBRARIES)}: 未找到 · not found")
