"""DF01 公共信息 · where the holder is registered and lives, and how to reach them."""

from __future__ import annotations

from typing import Final

from shebaoka.chip.codecs import Digits, OneOf, Text
from shebaoka.chip.files.common import READ_OUT
from shebaoka.chip.layout import Element, RecordFile

EF05: Final = RecordFile(
    0xEF05, 5, "registered", "户籍信息", "household registration", READ_OUT,
    (
        Element(0x20, "hukou_type", "户口性质", "kind of registration", OneOf(Text(2), frozenset({"10", "20"})), (
            ("10", "3130"), ("20", "3230"), ("", "0000"),
        ), trust="inferred"),
        Element(0x21, "hukou_address", "户籍地址", "registered address", Text(0x50), (
            ("虚构路1号", "D0E9B9B9C2B731BAC5" + "00" * 71), ("", "00" * 80),
        )),
        Element(0x0E, "hukou_division", "户籍行政区划", "division of registration", Digits(3, exactly=6), (
            ("310101", "310101"), ("", "FFFFFF"),
        )),
    ),
)  # fmt: skip
EF06: Final = RecordFile(
    0xEF06, 6, "reached", "联系信息", "how to reach the holder", READ_OUT,
    (
        Element(0x23, "address", "常住地址", "residence", Text(0x50), (
            ("虚构路1号", "D0E9B9B9C2B731BAC5" + "00" * 71), ("", "00" * 80),
        )),
        Element(0x24, "division", "常住地行政区划", "division of residence", Digits(3, exactly=6), (
            ("310115", "310115"), ("", "FFFFFF"),
        )),
        Element(0x28, "mobile", "联系电话", "phone", Text(0x0F), (
            ("15400000000", "3135343030303030303030" + "00" * 4), ("", "00" * 15),
        )),
        Element(0x2C, "contact", "联系人", "whom to call", Text(0x32), (("例", "C0FD" + "00" * 48), ("", "00" * 50)),
                trust="inferred"),
        Element(0x2D, "contact_phone", "联系人电话", "their phone", Text(0x0F), (
            ("15400000001", "3135343030303030303031" + "00" * 4), ("", "00" * 15),
        ), trust="inferred"),
    ),
)  # fmt: skip
"""The last two tags and their lengths are stated; what they are called is inferred."""
