"""Whole files that cannot be taken, and files made to do harm."""

import io
import zipfile
from pathlib import Path

import pytest
from list_files import HEADERS, ON, delimited, id_of, person, read, xlsx

from shebaoka.records.lists import (
    EMPLOYER_ROSTER,
    REGISTER_EXTRACT,
    ListEmpty,
    ListHeaderMissing,
    ListProtected,
    ListTooLarge,
    ListUnreadable,
    read_list,
    workbook,
)


def rezipped(data: bytes, part: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
GOOD = xlsx([HEADERS, person(1)])


def sheet_with(cells: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return rezipped(
        GOOD, SHEET, f'<worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'.encode()
    )


def test_a_file_is_read_from_where_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "名册.xlsx"
    path.write_bytes(GOOD)
    assert read_list(path, path.name, EMPLOYER_ROSTER, on=ON, invented_allowed=True).rows.height == 1


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b",,,\n", xlsx([]), xlsx([HEADERS]), delimited([HEADERS, [], ["", " "]])]
)
def test_nothing_in_it(data: bytes) -> None:
    with pytest.raises(ListEmpty):
        read(data, EMPLOYER_ROSTER)


@pytest.mark.parametrize(
    "data",
    [
        GOOD[: len(GOOD) // 2],
        GOOD[:200] + b"\0" * 50 + GOOD[250:],
        rezipped(GOOD, SHEET, b"<worksheet><sheetData><row"),
        rezipped(GOOD, "xl/workbook.xml", b"nonsense"),
        b"PK\x03\x04" + b"x" * 100,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000,
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"%PDF-1.7\n\xff\xff\xff\xff\0",
        ",".join(HEADERS).encode() + b"\n\xff\xff\xff",
    ],
)
def test_damaged_or_something_else(data: bytes) -> None:
    with pytest.raises(ListUnreadable) as refused:
        read(data, EMPLOYER_ROSTER)
    assert refused.value.document()["remedy_zh"]


def test_another_zip() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "x")
    with pytest.raises(ListUnreadable):
        read(target.getvalue(), EMPLOYER_ROSTER)


def test_a_password() -> None:
    locked = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 600
        + "EncryptedPackage".encode("utf-16-le")
        + b"\0" * 600
    )
    with pytest.raises(ListProtected):
        read(locked, EMPLOYER_ROSTER)


def test_missing_headers_are_named_with_those_found() -> None:
    with pytest.raises(ListHeaderMissing) as refused:
        read(xlsx([["名册"], ["序号", "姓名", "身份证号", "电话"], person(1)]), EMPLOYER_ROSTER)
    assert refused.value.members["missing"] == ["手机号码", "邮寄地址", "备用网点代码"]
    assert refused.value.members["found"] == ["序号", "姓名", "身份证号", "电话"]


def test_people_are_not_shown_as_headers() -> None:
    with pytest.raises(ListHeaderMissing) as refused:
        read(xlsx([person(1)]), EMPLOYER_ROSTER)
    assert id_of(1) not in str(refused.value.document())


def test_the_register_must_be_whole() -> None:
    headers = [column.header for column in REGISTER_EXTRACT.columns][:-1]
    with pytest.raises(ListHeaderMissing) as refused:
        read(delimited([headers]), REGISTER_EXTRACT)
    assert refused.value.members["missing"] == ["死亡日期"]


def test_a_header_below_the_tenth_row_is_not_found() -> None:
    assert read(xlsx([*[["说明"]] * 9, HEADERS, person(1)]), EMPLOYER_ROSTER).rows["row_no"].to_list() == [11]
    with pytest.raises(ListHeaderMissing):
        read(xlsx([*[["说明"]] * 10, HEADERS, person(1)]), EMPLOYER_ROSTER)


def test_a_zip_bomb() -> None:
    with pytest.raises(ListTooLarge):
        read(rezipped(GOOD, SHEET, b"<worksheet>" + b" " * 40_000_000), EMPLOYER_ROSTER)


def test_a_zip_whose_sizes_lie() -> None:
    bomb = bytearray(rezipped(GOOD, SHEET, b"<worksheet>" + b" " * 40_000_000))
    true, lie = (40_000_011).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    assert true in bomb
    with pytest.raises(ListUnreadable):
        read(bytes(bomb).replace(true, lie), EMPLOYER_ROSTER)


def test_more_than_the_unpacked_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "UNPACKED_BYTES_MAX", 1000)
    with pytest.raises(ListTooLarge):
        read(GOOD, EMPLOYER_ROSTER)


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="4000000000"><c r="A4000000000"><v>1</v></c></row>',
        "<row><c r='A1'><v>1</v></c></row><row><c  r = 'AAAA900000'><v>1</v></c></row>",
        '<row r="1">' + "<c><v>1</v></c>" * 5000 + '</row><row r="1000000"><c><v>1</v></c></row>',
    ],
)
def test_a_sheet_that_claims_the_whole_earth(cells: str) -> None:
    with pytest.raises(ListTooLarge):
        read(sheet_with(cells), EMPLOYER_ROSTER)


def test_entities_are_not_expanded() -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/hostname">]>'
    cells = (
        b'<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>&b;&c;</v></c></row></sheetData></worksheet>'
    )
    with pytest.raises((ListUnreadable, ListHeaderMissing)):
        read(rezipped(GOOD, SHEET, laughs + cells), EMPLOYER_ROSTER)


def test_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shebaoka.records.lists.source.ROWS_MAX", 2)
    with pytest.raises(ListTooLarge):
        read(xlsx([HEADERS, *(person(n) for n in range(3))]), EMPLOYER_ROSTER)


def test_a_quote_that_never_closes() -> None:
    rows = delimited([HEADERS, *(person(n) for n in range(200))]).replace(
        "黄浦区示例路3号".encode(), '"黄浦区'.encode()
    )
    with pytest.raises(ListUnreadable, match="Row 5"):
        read(rows, EMPLOYER_ROSTER)


def test_a_huge_cell() -> None:
    with pytest.raises(ListUnreadable, match="Row 2"):
        read(delimited([HEADERS, person(1, 邮寄地址="路" * 10_000_000)]), EMPLOYER_ROSTER)
    result = read(delimited([HEADERS, person(1, 邮寄地址="路" * 100_000)]), EMPLOYER_ROSTER)
    assert result.rejects["code"].to_list() == ["too-long"]
    assert len(result.rejects["value"][0]) <= 60


def test_a_far_column_does_no_harm_in_a_short_list() -> None:
    row = [*person(1), *[None] * 300, "备注"]
    assert read(xlsx([HEADERS, row]), EMPLOYER_ROSTER).rows.height == 1
