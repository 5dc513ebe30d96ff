"""The status list byte by byte (docs/status-list.md): head, sorted fingerprints, the part on old cards, an SM2 signature. Ours.

A base (sequence 0) tells of all cards; a delta tells what became since the file before it. Numbers are big-endian.
"""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import lt
from typing import Final, NamedTuple, TypeAlias

from shebaoka.kit.sm import sm3
from shebaoka.kit.sm2 import SIGNATURE_BYTES, PublicKey, SecretKey
from shebaoka.records.status_list.errors import (
    StatusListNotSigned,
    StatusListOfAnotherCity,
    StatusListUnreadable,
)
from shebaoka.records.status_list.prints import FINGERPRINT_BYTES

MAGIC: Final = b"SBKLIST1"
CITY_DIGITS: Final = 4
SALT_BYTES: Final = 16
DIGEST_BYTES: Final = 32
SIGNER_BYTES: Final = 8
END_BYTES: Final = 4
SECONDS_MAX: Final = 2**32 - 1
HEAD: Final = struct.Struct(">8s4sIIQIII16s32s8sIIII")
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
"""No list is made after it, so that a report's end is always a moment that can be told."""
Numbers: TypeAlias = "array[int]"
NO_END: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""When a loss report ends that has no end."""


class Version(NamedTuple):
    """Which base, and how many deltas since; later versions compare greater."""

    epoch: int
    sequence: int

    def __str__(self) -> str:
        """Give it as people write it: 12.3."""
        return f"{self.epoch}.{self.sequence}"


@dataclass(frozen=True, slots=True)
class Head:
    """What a file says of itself.

    `made_at`: the moment of which it tells, in whole seconds. `stale_after_s`: so long after that moment a terminal may go by
    it; `ahead_s`: so far a terminal's clock may lag behind. `old_void_from`: the day from which no old card is good. `salt`
    is a base's own, `before` the SM3 of the file before this one (zeros: there was none).
    """

    city: str
    version: Version
    made_at: datetime
    stale_after_s: int
    ahead_s: int
    old_void_from: date | None
    salt: bytes
    before: bytes


@dataclass(frozen=True, slots=True)
class Sections:
    """Fingerprints in ascending order; `ends` holds one number a suspended card, seconds after `made_at`, 0: no end."""

    void: Numbers
    suspended: Numbers
    ends: Numbers
    cleared: Numbers
    old: bytes

    @classmethod
    def of(
        cls, void: Iterable[int], suspended: Mapping[int, int], cleared: Iterable[int] = (), old: bytes = b""
    ) -> Sections:
        """Sort fingerprints into sections; this function will tell one that several cards share as the worst of them."""
        dead = set(void)
        held = sorted(suspended.keys() - dead)
        return cls(
            array("Q", sorted(dead)),
            array("Q", held),
            array("Q", [suspended[one] for one in held]),
            array("Q", sorted(set(cleared) - dead - suspended.keys())),
            old,
        )

    def counts(self) -> tuple[int, int, int, int]:
        """Give how many are void, suspended, cleared, and how many bytes tell of old cards."""
        return len(self.void), len(self.suspended), len(self.cleared), len(self.old)

    def packed(self) -> bytes:
        """Give them as they stand in a file."""
        blocks = (
            (self.void, FINGERPRINT_BYTES),
            (self.suspended, FINGERPRINT_BYTES),
            (self.ends, END_BYTES),
            (self.cleared, FINGERPRINT_BYTES),
        )
        return (
            b"".join(number.to_bytes(width, "big") for block, width in blocks for number in block) + self.old
        )

    def end_of(self, index: int, made_at: datetime) -> datetime:
        """Give when the loss report of the so-and-so-many-th suspended card ends; NO_END when it does not."""
        after = self.ends[index]
        return made_at + timedelta(seconds=after) if after else NO_END


def signer(key: PublicKey) -> bytes:
    """Give the eight bytes by which a file says who signed it."""
    return sm3(key.to_bytes())[:SIGNER_BYTES]


def place(listed: Numbers, wanted: int) -> int | None:
    """Find a fingerprint among sorted ones, by halving; this function will give its place, or None."""
    found = bisect_left(listed, wanted)
    return found if found < len(listed) and listed[found] == wanted else None


def write(head: Head, sections: Sections, key: SecretKey) -> bytes:
    """Give the signed file."""
    day = head.old_void_from
    body = (
        HEAD.pack(
            MAGIC,
            head.city.encode("ascii"),
            *head.version,
            int(head.made_at.timestamp()),
            head.stale_after_s,
            head.ahead_s,
            0 if day is None else int(f"{day:%Y%m%d}"),
            head.salt,
            head.before,
            signer(key.public),
            *sections.counts(),
        )
        + sections.packed()
    )
    return body + key.sign(body)


def read(raw: bytes, public_key: PublicKey, city: str) -> tuple[Head, Sections]:
    """Give what a file says, if this key signed it for this city.

    Raises StatusListUnreadable, StatusListOfAnotherCity and StatusListNotSigned, and nothing else, whatever the bytes.
    """
    if len(raw) < HEAD.size + SIGNATURE_BYTES or not raw.startswith(MAGIC):
        raise StatusListUnreadable(f"{len(raw)} 字节，开头不是 {MAGIC.decode()} · bytes that do not begin so")
    body, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
    if body[len(MAGIC) : len(MAGIC) + CITY_DIGITS] != city.encode():
        raise StatusListOfAnotherCity(f"应为 {city} · {city} was expected")
    *fields, said, void, suspended, cleared, old = HEAD.unpack_from(body)
    if said != signer(public_key):
        raise StatusListNotSigned("签名者不是所用公钥的持有者 · another key signed it")
    if not public_key.verify(body, signature):
        raise StatusListNotSigned("内容与签名不符 · the content is not what was signed")
    return _head(fields), _sections(body[HEAD.size :], void, suspended, cleared, old)


def _head(fields: list[object]) -> Head:
    _, city, epoch, sequence, made_at, stale, ahead, day, salt, before = fields
    assert isinstance(city, bytes)
    assert isinstance(made_at, int)
    if made_at > LATEST.timestamp():
        raise StatusListUnreadable("制作时间无效 · the moment is none")
    return Head(
        city.decode("ascii"),
        Version(epoch, sequence),  # type: ignore[arg-type]
        datetime.fromtimestamp(made_at, UTC),
        stale, ahead, _day(day), salt, before,  # type: ignore[arg-type]
    )  # fmt: skip


def _day(number: object) -> date | None:
    try:
        return datetime.strptime(str(number), "%Y%m%d").date() if number else None  # noqa: DTZ007 - a day
    except ValueError:
        raise StatusListUnreadable("老卡失效日期无效 · the day on which old cards end is none") from None


def _sections(rest: bytes, void: int, suspended: int, cleared: int, old: int) -> Sections:
    shape = (
        (void, FINGERPRINT_BYTES),
        (suspended, FINGERPRINT_BYTES),
        (suspended, END_BYTES),
        (cleared, FINGERPRINT_BYTES),
    )
    length = sum(count * width for count, width in shape) + old
    if length != len(rest):
        raise StatusListUnreadable(f"正文 {len(rest)} 字节，应为 {length} · a body of another length")
    blocks, at = [], 0
    for count, width in shape:
        blocks.append(_numbers(rest[at : at + count * width], width))
        at += count * width
    sections = Sections(blocks[0], blocks[1], blocks[2], blocks[3], rest[at:])
    for block in (sections.void, sections.suspended, sections.cleared):
        if not all(map(lt, block, block[1:])):
            raise StatusListUnreadable("指纹未按升序排列 · fingerprints that do not ascend")
    return sections


def _numbers(block: bytes, width: int) -> Numbers:
    return array("Q", [int.from_bytes(block[at : at + width], "big") for at in range(0, len(block), width)])
