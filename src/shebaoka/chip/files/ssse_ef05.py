"""SSSE EF05 发卡机构基本数据 · about the card: what it is, who issued it, how long it is good. Read freely."""

from __future__ import annotations

from datetime import date
from typing import Final

from shebaoka.chip.codecs import Day, Digits, Raw, Text
from shebaoka.chip.files.common import READ_OUT
from shebaoka.chip.layout import Element, RecordFile

EF05: Final = RecordFile(
    0xEF05, 5, "card", "发卡机构基本数据", "about the card", READ_OUT,
    (
        Element(0x01, "identification_code", "卡的识别码", "card identification code", Raw(16), (
            (bytes.fromhex("310000D15600000500000001A1B2C3D4"), "310000D15600000500000001A1B2C3D4"),
            (b"", "00" * 16),
        )),
        Element(0x02, "card_class", "卡的类别", "class of card", Text(1), (("3", "33"), ("", "00"))),
        Element(0x03, "version", "规范版本", "version of the specification", Text(4), (
            ("3.00", "332E3030"), ("2.00", "322E3030"), ("1.00", "312E3030"), ("", "00" * 4),
        )),
        Element(0x04, "issuer", "初始化机构编号", "initialising institution", Digits(0x0C), (
            ("310000000000", "310000000000" + "FF" * 6), ("", "FF" * 12),
        )),
        Element(0x05, "issued_on", "发卡日期", "issued on", Day(), ((date(2019, 5, 6), "20190506"), (None, "FFFFFFFF"))),
        Element(0x06, "expires_on", "卡有效期", "good until", Day(), ((date(2029, 5, 5), "20290505"), (None, "FFFFFFFF"))),
        Element(0x07, "card_number", "卡号", "card number", Text(9), (("A00000017", "413030303030303137"), ("", "00" * 9))),
    ),
    read_free=True,
)  # fmt: skip
"""All read-outs agree that the day of issue and the last day are read freely; that the rest of EF05 is too is inferred."""
