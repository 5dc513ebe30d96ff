import io
from datetime import date
from typing import Any

import polars as pl
import pytest
import python_calamine
from list_files import HEADERS, codes, delimited, id_of, note_codes, person, read, xlsx

from shebaoka.records.lists import (
    EMPLOYER_ROSTER,
    INTAKE_LIST,
    KINDS,
    REGISTER_EXTRACT,
    REJECT_SCHEMA,
    SCHOOL_LIST,
    ListKind,
    write_rejects,
    write_template,
)
from shebaoka.records.lists.reasons import NOTES, REASONS


def test_a_clean_roster() -> None:
    result = read(xlsx([HEADERS, person(1), person(2)]), EMPLOYER_ROSTER)
    assert result.total_rows == 2
    assert result.rejects.is_empty()
    assert result.notes.is_empty()
    first = result.rows.row(0, named=True)
    assert (first["row_no"], first["id_number"], first["mobile"]) == (2, id_of(1), "15400000001")
    assert (first["birth_date"], first["id_kind"]) == (date(1990, 1, 2), "invented")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_text_in_every_encoding_and_separator(encoding: str, separator: str) -> None:
    rows = [
        ["某某公司名册"],
        HEADERS,
        person(1, 姓名="㐂示例", 邮寄地址="黄浦区“某”路,2号;3室"),
        [],
        person(2),
    ]
    result = read(delimited(rows, encoding, separator), EMPLOYER_ROSTER)
    assert result.rows["row_no"].to_list() == [3, 5]
    assert result.rows["name"][0] == "㐂示例"
    assert result.rows["address"][0] == "黄浦区“某”路,2号;3室"


MENDED = [
    ("手机号码", 15400000001, "mobile", "15400000001", None),
    ("手机号码", 15400000001.0, "mobile", "15400000001", None),
    ("手机号码", "1.5400000001E+10", "mobile", "15400000001", "number-cell"),
    ("手机号码", "15400000001.0", "mobile", "15400000001", "number-cell"),
    ("手机号码", "+86 154-0000-0001", "mobile", "15400000001", "prefix-dropped"),
    ("手机号码", "１５４０００００００１", "mobile", "15400000001", "full-width"),
    ("手机号码", '="15400000001"', "mobile", "15400000001", None),
    ("证件号码", "'" + id_of(1), "id_number", id_of(1), None),
    ("证件号码", f"\u00a0{id_of(1)[:6]} {id_of(1)[6:]}\t", "id_number", id_of(1), "blanks"),
    ("证件号码", id_of(1)[:6] + id_of(1)[8:17], "id_number", id_of(1), "id-upgraded"),
    ("证件号码", int(id_of(1)[:6] + id_of(1)[8:17]), "id_number", id_of(1), "id-upgraded"),
    ("姓名", "  张　三 ", "name", "张三", "blanks"),
    ("姓名", "阿依•示例", "name", "阿依·示例", "dot-unified"),
    ("姓名", "John  Sample", "name", "John Sample", "blanks"),
    ("邮寄地址", "黄浦区示例路１２３弄Ａ座\n", "address", "黄浦区示例路123弄A座", "full-width"),
    ("备用网点代码", "c310101002 ", "fallback_outlet", "C310101002", "blanks"),
    ("工号", 7.0, "staff_number", "7", None),
]


@pytest.mark.parametrize(("column", "given", "field", "expected", "note"), MENDED)
def test_what_can_be_mended_is_mended(
    column: str, given: Any, field: str, expected: str, note: str | None
) -> None:
    result = read(xlsx([HEADERS, person(1, **{column: given})]), EMPLOYER_ROSTER)
    assert codes(result) == []
    assert result.rows[field].to_list() == [expected]
    assert note is None or note in note_codes(result)


REFUSED = [
    ("证件号码", 310101199001010013, "digits-lost"),
    ("证件号码", "3.10101E+17", "digits-lost"),
    ("证件号码", "310101199001012000", "digits-lost"),
    ("证件号码", "", "missing"),
    ("证件号码", id_of(1)[:17] + ("0" if id_of(1)[17] != "0" else "1"), "id-check-digit"),
    ("证件号码", "待补", "id-length"),
    ("手机号码", "1.38E+10", "digits-lost"),
    ("手机号码", "1380000", "mobile-form"),
    ("手机号码", "=1+1", "mobile-form"),
    ("姓名", "张三2", "name-form"),
    ("姓名", "张", "name-form"),
    ("姓名", "张?", "characters-lost"),
    ("姓名", "=cmd|' /C calc'!A0", "formula"),
    ("邮寄地址", "=HYPERLINK(1)", "formula"),
    ("邮寄地址", "@sum", "formula"),
    ("邮寄地址", None, "missing"),
    ("邮寄地址", "路", "text-short"),
    ("邮寄地址", "路" * 121, "too-long"),
    ("备用网点代码", "某某中心", "code-form"),
]


@pytest.mark.parametrize(("column", "given", "code"), REFUSED)
def test_what_cannot_be_mended_is_answered(column: str, given: Any, code: str) -> None:
    result = read(xlsx([HEADERS, person(1, **{column: given}), person(2)]), EMPLOYER_ROSTER)
    assert codes(result) == [(2, column, code)]
    assert result.rows["row_no"].to_list() == [3]
    answer = result.rejects.row(0, named=True)
    assert all(answer[name] for name in ("reason_zh", "reason_en", "remedy_zh", "remedy_en"))
    assert "{" not in answer["reason_zh"]


def test_all_faults_of_a_row_are_told_and_numbers_are_masked() -> None:
    wrong = id_of(1)[:17] + ("0" if id_of(1)[17] != "0" else "1")
    result = read(xlsx([HEADERS, person(1, 证件号码=wrong, 手机号码="1", 姓名=id_of(2))]), EMPLOYER_ROSTER)
    assert codes(result) == [
        (2, "姓名", "name-form"),
        (2, "证件号码", "id-check-digit"),
        (2, "手机号码", "mobile-form"),
    ]
    assert wrong[4:14] not in "".join(result.rejects["value"])
    assert id_of(2)[4:14] not in "".join(result.rejects["value"])


def test_duplicates_name_the_first_good_row() -> None:
    rows = [HEADERS, person(1, 手机号码="1"), person(1), person(1, 序号="9"), person(1, 姓名="李示例")]
    result = read(xlsx(rows), EMPLOYER_ROSTER)
    assert result.rows["row_no"].to_list() == [3]
    assert codes(result)[1:] == [(4, "证件号码", "duplicate-same"), (5, "证件号码", "duplicate-differs")]
    assert "第3行" in result.rejects["reason_zh"][1]


def test_titles_aliases_order_extra_columns_and_a_first_sheet_of_notes() -> None:
    head = ["部门", "身份证号 *", "姓 名（必填）", "联系电话：", "备用网点", "备注", "通讯地址"]
    rows = [["名册", *[""] * 6], [], head]
    rows += [
        ["一部" if n == 1 else "", id_of(n), "张示例", f"154{n:08d}", "C310101002", "", "黄浦区示例路1号"]
        for n in (1, 2)
    ]
    result = read(xlsx([["填写说明"], ["请如实填写"]], rows), EMPLOYER_ROSTER)
    assert result.rows["id_number"].to_list() == [id_of(1), id_of(2)]
    assert result.rows["row_no"].to_list() == [4, 5]
    assert result.rows["bank_code"].null_count() == 2


def test_merged_cells_fill_their_rows_where_one_value_may_serve_many() -> None:
    rows = [HEADERS, *(person(n, 备用网点代码=None, 姓名=None if n == 2 else "张示例") for n in (1, 2, 3))]
    data = xlsx(rows, merged=[(1, 5, 2, 5, "C310101002"), (1, 1, 2, 1, "张示例")])
    result = read(data, EMPLOYER_ROSTER)
    assert codes(result) == [(3, "姓名", "missing"), (4, "备用网点代码", "missing")]
    assert note_codes(result)["merged-filled"] == 1


def test_blank_rows_numbered_rows_and_footers_are_no_people() -> None:
    blanks = [
        [None] * 8,
        ["2"],
        [" ", "\u3000"],
        ["", "合计", None],
        ["合计", "3人", None, "1"],
        [None, None, None, None, None, None, None, ""],
    ]
    result = read(
        xlsx([HEADERS, person(1), *blanks, person(3), ["", "", "", "", "制表：某某"]]), EMPLOYER_ROSTER
    )
    assert result.rows["row_no"].to_list() == [2, 9]
    assert (result.total_rows, result.rejects.height) == (2, 0)
    assert result.ignored_rows == 7


def test_a_row_with_an_id_number_is_a_person_whatever_its_number_says() -> None:
    result = read(xlsx([HEADERS, person(1, 序号="合计")]), EMPLOYER_ROSTER)
    assert result.rows["row_no"].to_list() == [2]


def test_a_comma_that_shifts_the_columns_is_seen() -> None:
    line = ",".join(person(1)).replace("示例路", "示例路,")
    data = "\n".join([",".join(HEADERS), line, ",".join(person(2))]).encode()
    result = read(data, EMPLOYER_ROSTER)
    assert (2, "", "too-many-cells") in codes(result)
    assert result.rows["row_no"].to_list() == [3]


DATES = [date(2019, 5, 6), "2019/5/6", "2019-5-6", "20190506", 20190506, 43591, "2019年5月6日", "2019-05-06 00:00:00", "2019.05.06"]  # fmt: skip
INTAKE_HEADERS = [column.header for column in INTAKE_LIST.columns]


@pytest.mark.parametrize("given", DATES)
def test_dates_in_every_notation(given: Any) -> None:
    row = [*person(1)[:7], "C310101002", given, None]
    result = read(xlsx([INTAKE_HEADERS, row]), INTAKE_LIST)
    assert codes(result) == []
    assert result.rows["taken_on"].to_list() == [date(2019, 5, 6)]


@pytest.mark.parametrize(
    ("given", "code"), [("5/6/2019", "date-form"), ("2019-13-01", "date-form"), ("2019-07-02", "date-future")]
)
def test_dates_that_nobody_can_read(given: str, code: str) -> None:
    row = [*person(1)[:7], "C310101002", given, None]
    assert codes(read(xlsx([INTAKE_HEADERS, row]), INTAKE_LIST)) == [(2, "受理日期", code)]


def test_a_school_list_and_its_lost_zeros() -> None:
    headers = ["序号", "姓名", "证件号码", "学校代码", "年级/学段", "家长姓名", "家长证件号码", "家长手机"]
    row = ["1", "张小例", id_of(1), 310101001, " 小学 ", "张示例", id_of(2), "15400000001"]
    result = read(xlsx([headers, row, [*row[:4], "大学", *row[5:]]]), SCHOOL_LIST)
    assert result.rows["school_code"].to_list() == ["0310101001"]
    assert note_codes(result)["zeros-restored"] == 2
    assert codes(result) == [(3, "学段", "choice")]


def test_the_register_extract() -> None:
    headers = [column.header for column in REGISTER_EXTRACT.columns]
    row = [column.example for column in REGISTER_EXTRACT.columns]
    result = read(delimited([headers, row], "gb18030"), REGISTER_EXTRACT)
    assert codes(result) == []
    assert result.rows["insured_from"].to_list() == [date(2015, 1, 1)]
    assert result.rows["pension_bank"].to_list() == [None]


@pytest.mark.parametrize(
    ("given", "expected"),
    [("0E5942045", "0E5942045"), ("7clzi3", None), ("12345", "000012345"), ("12345.0", "000012345")],
)
def test_a_card_number_may_look_like_a_figure(given: str, expected: str | None) -> None:
    headers = [column.header for column in REGISTER_EXTRACT.columns]
    row = [
        given if column.field == "old_card_number" else column.example for column in REGISTER_EXTRACT.columns
    ]
    result = read(delimited([headers, row]), REGISTER_EXTRACT)
    if expected is None:
        assert codes(result) == [(2, "老卡卡号", "card-number-form")]
    else:
        assert result.rows["old_card_number"].to_list() == [expected]


def test_invented_people_need_permission() -> None:
    result = read(xlsx([HEADERS, person(1)]), EMPLOYER_ROSTER, invented_allowed=False)
    assert codes(result) == [(2, "证件号码", "id-invented")]


def test_rejects_can_be_corrected_and_sent_again() -> None:
    rows = [
        ["名册"],
        [*HEADERS, "部门"],
        [*person(1, 手机号码="1", 工号="007"), "=一部"],
        [*person(2), "二部"],
        [*person(3, 姓名="张3"), ""],
    ]
    result = read(xlsx(rows), EMPLOYER_ROSTER)
    handed_back = write_rejects(result)
    again = read(handed_back, EMPLOYER_ROSTER)
    assert again.headers == (*HEADERS, "部门", "名单编号", "原行号", "原因", "办法")
    assert [code for _, _, code in codes(again)] == [code for _, _, code in codes(result)]
    assert again.source["c7"].to_list() == ["007", "0003"]
    assert again.source["c8"][0] == "'=一部"
    assert again.source["c10"].to_list() == ["3", "5"]
    cells = [list(row[1:9]) for row in again.source.rows()]
    cells[0][3], cells[1][1] = "15400000001", "张三"
    corrected = read(xlsx([list(again.headers), *cells]), EMPLOYER_ROSTER)
    assert corrected.rejects.is_empty()
    assert corrected.rows["id_number"].to_list() == [id_of(1), id_of(3)]
    twice = read(write_rejects(again), EMPLOYER_ROSTER)
    assert twice.headers == again.headers


def test_the_caller_can_refuse_rows_of_its_own() -> None:
    result = read(xlsx([HEADERS, person(1), person(2)]), EMPLOYER_ROSTER)
    more = pl.DataFrame(
        [(3, "姓名", "张示例", "name-differs", "姓名不符", "Name differs", "请核对", "Check")],
        schema=REJECT_SCHEMA,
        orient="row",
    )
    refused = result.refuse(more)
    assert refused.rows["row_no"].to_list() == [2]
    again = read(write_rejects(refused), EMPLOYER_ROSTER)
    assert again.rows["id_number"].to_list() == [id_of(2)]
    assert "姓名不符" in again.source["c10"][0]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_template_is_filled_in_and_read(kind: ListKind) -> None:
    template = write_template(kind)
    assert template == write_template(kind)
    rows = python_calamine.load_workbook(io.BytesIO(template)).get_sheet_by_index(0).to_python()
    filled = ["1", *(column.example for column in kind.columns[1:])]
    filled[0] = kind.columns[0].example or "1"
    result = read(xlsx([*rows, filled]), kind)
    assert result.rejects.is_empty()
    assert (result.rows.height, result.ignored_rows) == (1, len(rows) - 1)


def test_somebody_typed_over_the_example_is_a_person() -> None:
    mark = EMPLOYER_ROSTER.columns[0].header
    example = [column.example for column in EMPLOYER_ROSTER.columns]
    rows = [HEADERS, ["示例", *example[1:]], person(1, **{mark: "示例"}), ["示例"]]
    result = read(xlsx(rows), EMPLOYER_ROSTER)
    assert result.rows["id_number"].to_list() == [id_of(1)]
    assert (result.total_rows, result.ignored_rows) == (1, 2)


def test_every_reason_and_note_speaks_both_languages() -> None:
    for reason in REASONS.values():
        assert all((reason.zh, reason.en, reason.remedy_zh, reason.remedy_en))
    assert all(zh and en for zh, en in NOTES.values())
