"""Stored zips: several members side by side, nothing compressed, the same content always the same bytes."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from typing import Final

from shebaoka.records.trailed_csv import refused

# One moment for all members: the same records make the same bytes.
ZIP_MOMENT: Final = (2019, 1, 1, 0, 0, 0)
# All that zipfile is known to raise on bytes that are no zip.
ZIP_ERRORS: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, NotImplementedError, OSError,
    OverflowError, RuntimeError, UnicodeDecodeError, ValueError,
)  # fmt: skip


def packed(members: Iterable[tuple[str, bytes]]) -> bytes:
    """Give a zip of these members, in their order."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name, ZIP_MOMENT), content)
    return target.getvalue()


def members(data: bytes) -> dict[str, bytes]:
    """Give a zip's members by name; BureauFileRefused, and nothing else, for what is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _stored(archive, len(data))
    except ZIP_ERRORS:
        raise refused("zip", "压缩包不能读取", "the zip cannot be read") from None


def taken(found: dict[str, bytes], name: str) -> bytes:
    """Take a member out; BureauFileRefused when there is none of that name."""
    member = found.pop(name, None)
    if member is None:
        raise refused("zip", f"压缩包中没有 {name}", f"the zip holds no {name}")
    return member


def _stored(archive: zipfile.ZipFile, limit: int) -> dict[str, bytes]:
    """Read all members, which must be stored, lie side by side and be named once: no bomb can unfold."""
    entries = archive.infolist()
    plain = all(entry.compress_type == zipfile.ZIP_STORED for entry in entries)
    if not plain or sum(entry.file_size for entry in entries) > limit:
        raise refused("zip", "压缩包成员须为不压缩存储", "the zip's members must be stored, not compressed")
    found = {entry.filename: archive.read(entry) for entry in entries}
    if len(found) != len(entries):
        raise refused("zip", "压缩包成员重名", "the zip names a member twice")
    return found
