"""DF04 社会保险信息 · insurance: a ring of the last thirty events."""

from __future__ import annotations

from typing import Final

from shebaoka.chip.codecs import Digits
from shebaoka.chip.files.common import HEADINGS
from shebaoka.chip.layout import CyclicFile, Element

EF08: Final = CyclicFile(
    0xEF08, 8, "events", "就医结算记录", "the last settlements", HEADINGS, 30,
    Element(0x60, "settlement", "结算记录", "a settlement", Digits(0x10), (
        ("20190506103000", "20190506103000" + "FF" * 9), ("", "FF" * 16),
    ), trust="inferred"),
)  # fmt: skip
"""That it is cyclic and has thirty records is stated; what a record holds is inferred (day and time of the event, then room)."""
