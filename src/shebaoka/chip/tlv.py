"""A record on the chip: tag (one byte), length (one byte), value. Pure."""

from __future__ import annotations

from shebaoka.chip.errors import ChipUnreadable

HEAD_BYTES = 2
VALUE_BYTES_MAX = 0xFF


def packed(tag: int, value: bytes) -> bytes:
    """Give a record of `tag` and up to 255 bytes of value."""
    assert len(value) <= VALUE_BYTES_MAX
    return bytes((tag, len(value))) + value


def unpacked(record: bytes, tag: int) -> bytes:
    """Give the value of a record; ChipUnreadable for another tag, or another length than it says."""
    if len(record) < HEAD_BYTES:
        raise ChipUnreadable(f"记录只有 {len(record)} 字节 · a record of {len(record)} bytes")
    if record[0] != tag:
        raise ChipUnreadable(
            f"标签应为 {tag:02X}，实为 {record[0]:02X} · tag {tag:02X} expected, {record[0]:02X} found"
        )
    if len(record) != HEAD_BYTES + record[1]:
        raise ChipUnreadable(
            f"记录称有 {record[1]} 字节，实为 {len(record) - HEAD_BYTES} · it says {record[1]} bytes, {len(record) - HEAD_BYTES} follow"
        )
    return record[HEAD_BYTES:]
