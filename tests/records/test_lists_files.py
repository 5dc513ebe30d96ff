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
    ListSheetsSeveral,
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


def test_people_on_a_second_sheet_are_not_passed_over() -> None:
    with pytest.raises(ListSheetsSeveral) as refused:
        read(xlsx([HEADERS, person(1)], [["说明"]], [["名册"], HEADERS, person(2)]), EMPLOYER_ROSTER)
    assert refused.value.members["sheets"] == ["Sheet1", "Sheet3"]


def test_sheets_without_people_do_no_harm() -> None:
    filled = [HEADERS, person(1)]
    for sheets in ([filled, [HEADERS]], [[HEADERS, []], filled], [[["说明"]], filled, [["2"], ["3"]]]):
        assert read(xlsx(*sheets), EMPLOYER_ROSTER).rows["id_number"].to_list() == [id_of(1)]


def test_a_hidden_copy_is_not_read() -> None:
    data = xlsx([HEADERS, person(1)], [HEADERS, person(2)])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        book = archive.read("xl/workbook.xml")
    hidden = rezipped(data, "xl/workbook.xml", book.replace(b'sheetId="2"', b'sheetId="2" state="hidden"'))
    assert read(hidden, EMPLOYER_ROSTER).rows["id_number"].to_list() == [id_of(1)]


def test_a_web_page_that_calls_itself_a_workbook() -> None:
    page = "<html><table><tr>" + "".join(f"<td>{header}</td>" for header in HEADERS) + "</tr></table></html>"
    for text in (page, f"\n <?xml version='1.0'?>{page}"):
        with pytest.raises(ListUnreadable, match="web page"):
            read(text.encode("utf-8-sig"), EMPLOYER_ROSTER)


def test_more_merged_cells_than_any_list_has() -> None:
    merged = b"</sheetData><mergeCells>" + b'<mergeCell ref="A5:A6"/>' * 200_000 + b"</mergeCells>"
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        sheet = archive.read(SHEET)
    with pytest.raises(ListTooLarge):
        read(rezipped(GOOD, SHEET, sheet.replace(b"</sheetData>", merged)), EMPLOYER_ROSTER)


@pytest.mark.parametrize(
    ("part", "content"),
    [("xl/sharedStrings.xml", b"<si/>" * 6_000_000), ("xl/styles.xml", b"<xf/>" * 4_000_000)],
)
def test_parts_that_swell_in_memory(part: str, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "RATIO_MAX", 10_000)
    with pytest.raises(ListTooLarge):
        read(rezipped(GOOD, part, content), EMPLOYER_ROSTER)


def test_a_sheet_is_measured_whatever_its_name() -> None:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    odd = sheet_with('<row r="1"><c r="A1"><v>1</v></c></row>' + far.decode())
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(odd)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(
                name.replace(SHEET, "xl/odd.xml"),
                old.read(name).replace(b"worksheets/sheet1.xml", b"odd.xml"),
            )
    with pytest.raises(ListTooLarge):
        read(target.getvalue(), EMPLOYER_ROSTER)


def test_text_of_endless_columns_cells_or_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    head = ",".join(HEADERS)
    with pytest.raises(ListTooLarge, match="Row 2"):
        read(f"{head}\n{',' * 600}\n".encode(), EMPLOYER_ROSTER)
    monkeypatch.setattr("shebaoka.records.lists.source.ROWS_MAX", 100)
    with pytest.raises(ListTooLarge):
        read((head + "\n" * 200).encode(), EMPLOYER_ROSTER)
    monkeypatch.setattr("shebaoka.records.lists.source.CELLS_MAX", 10)
    with pytest.raises(ListTooLarge):
        read(delimited([HEADERS, person(1), person(2)]), EMPLOYER_ROSTER)


def test_one_sheet_named_a_hundred_times() -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx([["说明"]]))) as archive:
        book = archive.read("xl/workbook.xml")
    one = b'<sheet name="Sheet1" sheetId="1" r:id="rId1"/>'
    assert one in book
    many = b"".join(one.replace(b"Sheet1", b"S%d" % number) for number in range(101))
    with pytest.raises(ListTooLarge):
        read(rezipped(GOOD, "xl/workbook.xml", book.replace(one, many)), EMPLOYER_ROSTER)
