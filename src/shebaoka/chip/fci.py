"""What a card answers when a directory is selected (file control information, ISO/IEC 7816-4). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shebaoka.chip.errors import ChipUnreadable

TEMPLATE, NAME, PROPRIETARY, ALGORITHM = 0x6F, 0x84, 0xA5, 0x9F0C
CONSTRUCTED: Final = frozenset({TEMPLATE, PROPRIETARY})
LONG_TAG: Final = 0x1F
DEPTH_MAX: Final = 4
SHORT_MAX: Final = 0x7F


@dataclass(frozen=True, slots=True)
class Selected:
    """The directory that was selected, and the algorithm of its keys (`versions.DES`, `SSF33`, `SM4`)."""

    name: bytes
    algorithm: int

    def encoded(self) -> bytes:
        """Give the bytes that a card answers."""
        issuer = _item(ALGORITHM, bytes((self.algorithm,)))
        return _item(TEMPLATE, _item(NAME, self.name) + _item(PROPRIETARY, issuer))


def selected(raw: bytes) -> Selected:
    """Read the answer; ChipUnreadable where it does not say which algorithm the keys are of."""
    items = dict(_items(raw, 0))
    algorithm = items.get(ALGORITHM, b"")
    if not algorithm:
        raise ChipUnreadable(
            "应答中没有算法标识 9F0C · no algorithm (9F0C) in the answer to SELECT", element="algorithm"
        )
    return Selected(items.get(NAME, b""), algorithm[0])


def _items(raw: bytes, depth: int) -> Iterator[tuple[int, bytes]]:
    if depth > DEPTH_MAX:
        raise ChipUnreadable("应答嵌套过深 · the answer to SELECT is nested too deep")
    while raw:
        width = 2 if raw[0] & LONG_TAG == LONG_TAG else 1
        if len(raw) <= width or raw[width] > SHORT_MAX or len(raw) < width + 1 + raw[width]:
            raise ChipUnreadable("应答长度与内容不符 · the lengths in the answer to SELECT do not add up")
        tag, length = int.from_bytes(raw[:width], "big"), raw[width]
        value, raw = raw[width + 1 : width + 1 + length], raw[width + 1 + length :]
        if tag in CONSTRUCTED:
            yield from _items(value, depth + 1)
        else:
            yield tag, value


def _item(tag: int, value: bytes) -> bytes:
    return tag.to_bytes((tag.bit_length() + 7) // 8, "big") + bytes((len(value),)) + value
