"""The seal of every file: SM4 over the content, SM2 for the key of that, SM2 over who sent what, SM3 and a count of what is inside."""

from __future__ import annotations

import secrets
import struct
from dataclasses import dataclass
from typing import Final

from shebaoka.kit.sm import KEY_BYTES, SealBroken, sm3, sm4_open, sm4_seal
from shebaoka.kit.sm2 import SIGNATURE_BYTES, PublicKey, SecretKey
from shebaoka.records.trailed_csv import BureauFileRefused, refused

MAGIC: Final = b"SBK2"
BEFORE: Final = b"SBK1"
"""Of files under the key that both sides shared before; nobody reads them any more."""
HEAD: Final = struct.Struct(">4sI32s113s")
"""Magic, how many items are inside, SM3 of the content, and the key of the content, sealed for the receiver."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a seal held: the content, how many items the sender counted in it, and the content's SM3."""

    content: bytes
    items: int
    digest: bytes


def seal_file(sender: SecretKey, receiver: PublicKey, name: str, content: bytes, items: int) -> bytes:
    """Seal a file's content for its receiver, under its final name, and sign it.

    This function will give `SBK2` ‖ items (4) ‖ SM3 (32) ‖ sealed key (113) ‖ signature (64) ‖ nonce ‖ ciphertext ‖ tag.
    """
    key = secrets.token_bytes(KEY_BYTES)
    head = HEAD.pack(MAGIC, items, sm3(content), receiver.seal(key))
    signature = sender.sign(_signed(head, name))
    return head + signature + sm4_seal(key, content, _signed(head, name))


def open_file(receiver: SecretKey, sender: PublicKey, name: str, data: bytes) -> Opened:
    """Give what `seal_file` sealed for this receiver, by this sender, under this name.

    This function will raise BureauFileRefused when it was changed, cut, renamed, signed by somebody else or sealed for somebody else.
    """
    _known(data)
    head, rest = data[: HEAD.size], data[HEAD.size :]
    _, items, digest, sealed_key = HEAD.unpack(head)
    signed = _signed(head, name)
    if not sender.verify(signed, rest[:SIGNATURE_BYTES]):
        raise refused(
            "signature",
            "签名与发送方、文件名或内容不符",
            "the signature does not fit sender, file name or content",
        )
    content = _unsealed(receiver, sealed_key, rest[SIGNATURE_BYTES:], signed)
    if sm3(content) != digest:
        raise refused(
            "digest", "内容与签名中的 SM3 摘要不符", "the content does not fit the SM3 that was signed"
        )
    return Opened(content, items, digest)


def _signed(head: bytes, name: str) -> bytes:
    return head + name.encode()


def _known(data: bytes) -> None:
    if data.startswith(BEFORE):
        raise refused(
            "old", "这是停用的旧格式（SBK1），须按新格式重新加封",
            "this is the format in use before (SBK1): it must be sealed anew in the present one",
        )  # fmt: skip
    if not data.startswith(MAGIC) or len(data) < HEAD.size + SIGNATURE_BYTES:
        raise refused(
            "seal", "文件不以 SBK2 开头，不是加封文件", "the file does not begin with SBK2: it is not sealed"
        )


def _unsealed(receiver: SecretKey, sealed_key: bytes, sealed: bytes, place: bytes) -> bytes:
    try:
        key = receiver.open(sealed_key)
        if len(key) == KEY_BYTES:
            return sm4_open(key, sealed, place)
    except SealBroken:
        pass
    raise _not_ours() from None


def _not_ours() -> BureauFileRefused:
    return refused(
        "seal", "封印与收件方密钥或内容不符", "the seal does not fit the receiver's key, or the content"
    )
