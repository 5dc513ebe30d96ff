"""SSSE EF06 持卡人基本数据 · about the holder. Read after EXTERNAL AUTHENTICATE. Version 1 has no record for long names."""

from __future__ import annotations

from datetime import date
from typing import Final

from shebaoka.chip.codecs import Day, Digits, OneOf, Text
from shebaoka.chip.files.common import MEMBERS, READ_OUT, SEXES
from shebaoka.chip.layout import Element, RecordFile
from shebaoka.chip.names import EXTENSION_BYTES, NAME_BYTES

ID_NUMBER: Final = Element(0x08, "id_number", "社会保障号码", "social security number", Text(0x12), (
    ("10010119800101001X", "31303031303131393830303130313030 3158".replace(" ", "")), ("", "00" * 18),
))  # fmt: skip
NAME: Final = Element(0x09, "name", "姓名", "name", Text(NAME_BYTES), (
    ("张大例", "D5C5B4F3C0FD" + "00" * 24), ("", "00" * 30),
))  # fmt: skip
NAME_MORE: Final = Element(0x4E, "name_more", "姓名扩展", "rest of a long name", Text(EXTENSION_BYTES), (
    ("例", "C0FD" + "00" * 18), ("", "00" * 20),
))  # fmt: skip
SEX: Final = Element(
    0x0A, "sex", "性别", "sex", OneOf(Text(1), SEXES), (("1", "31"), ("2", "32"), ("", "00"))
)
ETHNICITY: Final = Element(0x0B, "ethnicity", "民族", "ethnic group", OneOf(Digits(1, exactly=2), MEMBERS), (
    ("01", "01"), ("56", "56"), ("", "FF"),
))  # fmt: skip
BIRTHPLACE: Final = Element(0x0C, "birthplace", "出生地", "place of birth", Digits(3, exactly=6), (
    ("310101", "310101"), ("", "FFFFFF"),
))  # fmt: skip
BIRTH_DATE: Final = Element(
    0x0D, "birth_date", "出生日期", "born on", Day(), ((date(1980, 1, 1), "19800101"), (None, "FFFFFFFF"))
)

EF06: Final = RecordFile(
    0xEF06, 6, "holder", "持卡人基本数据", "about the holder", READ_OUT,
    (ID_NUMBER, NAME, NAME_MORE, SEX, ETHNICITY, BIRTHPLACE, BIRTH_DATE),
)  # fmt: skip
EF06_FIRST: Final = RecordFile(
    0xEF06, 6, "holder", "持卡人基本数据", "about the holder", READ_OUT,
    (ID_NUMBER, NAME, SEX, ETHNICITY, BIRTHPLACE, BIRTH_DATE),
)  # fmt: skip
"""As version 1 has it: record 3 is the sex."""
