from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shebaoka.kit.sm import sm4_seal
from shebaoka.records import bureau, cells
from shebaoka.records.bureau import BureauFileRefused, Production, ProductionRecord, ReturnRecord
from shebaoka.records.trailed_csv import trailer

KEY = bytes(range(16))
CARD = ProductionRecord(
    1, "A00000001", "100000199001010009", "王一", "男", date(1990, 1, 1), "换发", "上海银行",
    "9000000000000000000", date(2019, 3, 1), date(2039, 2, 28), "A00000001.jpg",
)  # fmt: skip
MADE = ReturnRecord(
    1, "A00000001", "100000199001010009", "王一", date(2019, 3, 1), None, "AB" * 16, "CD" * 13, "上海银行",
    "9000000000000000000", "1-1", "", "",
)  # fmt: skip
FAILED = replace(
    MADE, chip_id="", reset_code="", box_position="", failed_stage="制卡", failure_reason="芯片写入失败"
)

days = st.dates(date(1, 1, 1))
texts = st.from_regex(re.compile(cells.TEXT_RULE + "{1,40}"), fullmatch=True)
texts_or_none = texts | st.just("")
cards = st.from_regex(re.compile(r"[0-9A-Z]{9}"), fullmatch=True)
people = st.from_regex(re.compile(r"[0-9]{17}[0-9X]", re.ASCII), fullmatch=True)
accounts = st.from_regex(re.compile(r"[0-9]{0,30}", re.ASCII), fullmatch=True)
counts = st.integers(1, 999_999_999)


@st.composite
def validities(draw: st.DrawFn) -> tuple[date, date | None]:
    first, last = sorted((draw(days), draw(days)))
    return first, draw(st.sampled_from((last, None)))


@st.composite
def productions(draw: st.DrawFn) -> Production:
    numbers = draw(st.lists(cards, unique=True, max_size=8))
    photos = {f"{number}.jpg": draw(st.binary(max_size=40)) for number in numbers if draw(st.booleans())}
    records = []
    for number in numbers:
        issued_on, valid_until = draw(validities())
        records.append(
            ProductionRecord(
                draw(counts), number, draw(people), draw(texts), draw(st.sampled_from(("男", "女"))), draw(days),
                draw(st.sampled_from(("换发", "首发", "补换"))), draw(texts), draw(accounts), issued_on, valid_until,
                f"{number}.jpg" if f"{number}.jpg" in photos else "",
            )
        )  # fmt: skip
    return Production(records, photos)


@st.composite
def returned(draw: st.DrawFn) -> ReturnRecord:
    issued_on, valid_until = draw(validities())
    chip, reset = (
        draw(st.binary(min_size=16, max_size=16)).hex().upper(),
        draw(st.binary(min_size=13, max_size=13)).hex().upper(),
    )
    made = ReturnRecord(
        draw(counts), draw(cards), draw(people), draw(texts), issued_on, valid_until, chip, reset, draw(texts),
        draw(accounts), draw(texts_or_none), "", "",
    )  # fmt: skip
    stage: Literal["", "制卡", "银行"] = draw(st.sampled_from(("", "制卡", "银行")))
    return replace(made, failed_stage=stage, failure_reason=draw(texts)) if stage else made


def refusal(act: Callable[..., object], *arguments: object) -> dict[str, object]:
    with pytest.raises(BureauFileRefused) as caught:
        act(*arguments)
    assert CARD.name not in caught.value.sentence()
    assert CARD.social_security_number not in caught.value.sentence()
    return caught.value.members


def again(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Change the lines and put the right trailer back."""
    body = change(content[: content.rindex(b"#TOTAL,")])
    return body + trailer(body, body.count(b"\n") - 1)


@given(productions())
def test_a_production_file_reads_back(production: Production) -> None:
    content = bureau.write_production(production.records, production.photos)
    assert bureau.read_production(content) == production
    assert bureau.write_production(production.records, production.photos) == content


@given(st.lists(returned(), max_size=8))
def test_a_return_file_reads_back(records: list[ReturnRecord]) -> None:
    assert bureau.read_return(bureau.write_return(records)) == records


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_by_name(data: bytes) -> None:
    for read in (bureau.read_return, bureau.read_production):
        refusal(read, data)
    refusal(bureau.open_file, KEY, "R1-1.csv.sm4", data)
    refusal(bureau.open_file, KEY, "R1-1.csv.sm4", b"SBK1" + data)


@given(st.binary(max_size=300), st.integers(0, 5))
def test_any_bytes_under_a_right_trailer(body: bytes, lines: int) -> None:
    body += b"\n"
    refusal(bureau.read_return, body + trailer(body, lines))


@given(st.lists(st.text(max_size=30), min_size=13, max_size=13))
def test_any_cells_under_the_right_header(cells: list[str]) -> None:
    header = bureau.write_return([]).splitlines(keepends=True)[0]
    body = header + ",".join(cells).encode("utf-8", "surrogatepass") + b"\n"
    refusal(bureau.read_return, body + trailer(body, 1))


@settings(max_examples=300)
@given(st.integers(0), st.integers(0, 255), st.sampled_from(("change", "cut", "insert")))
def test_a_damaged_zip_is_refused_or_harmless(at: int, value: int, how: str) -> None:
    content = bureau.write_production([CARD], {CARD.photo: b"\xff\xd8\xff photo"})
    at %= len(content)
    middle = {
        "change": bytes([value]) + content[at + 1 :],
        "cut": b"",
        "insert": bytes([value]) + content[at:],
    }[how]
    try:
        production = bureau.read_production(content[:at] + middle)
    except BureauFileRefused:
        return
    assert production == Production([CARD], {CARD.photo: b"\xff\xd8\xff photo"})


@given(st.integers(0), st.integers(1, 255))
def test_one_changed_byte_of_a_return_file_is_seen(at: int, change: int) -> None:
    content = bytearray(bureau.write_return([MADE, FAILED]))
    at %= len(content)
    content[at] ^= change
    try:
        records = bureau.read_return(bytes(content))
    except BureauFileRefused:
        return
    # A digit of the digest in small letters says the same.
    assert records == [MADE, FAILED]


def test_columns_in_another_order_and_windows_lines() -> None:
    def turned(body: bytes) -> bytes:
        lines = [line.split(",") for line in body.decode().splitlines()]
        return b"\xef\xbb\xbf" + "".join(",".join(reversed(cells)) + "\r\n" for cells in lines).encode()

    assert bureau.read_return(again(bureau.write_return([MADE, FAILED]), turned)) == [MADE, FAILED]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda body: body.replace("卡复位码".encode(), "卡复印码".encode()), ("column", 1, "卡复位码")),
        (lambda body: body.replace("卡复位码".encode(), "卡识别码".encode()), ("column", 1, "卡识别码")),
        (lambda body: body.replace("失败原因".encode(), "失败原因,又".encode()), ("column", 1, None)),
        (lambda body: body.replace(b"20190301", b"20190229"), ("value", 2, "发卡日期")),
        (lambda body: body.replace(b"20190301", b"2019-3-1"), ("value", 2, "发卡日期")),
        (lambda body: body.replace(b"20190301,,", b"20190301,20180101,"), ("discord", 2, "卡有效期")),
        (lambda body: body.replace("上海银行".encode(), "上海银行".encode("gb18030")), ("encoding", 2, None)),
        (lambda body: body.replace("上海银行".encode(), b'"a\nb"'), ("line", 2, None)),
        (lambda body: body.replace("上海银行".encode(), b"a,b"), ("line", 2, None)),
        (lambda body: body.replace("上海银行".encode(), b"a\x00b"), ("value", 2, "服务银行")),
        (lambda body: body.replace(b"ABAB", b"ABXY", 1), ("value", 2, "卡识别码")),
        (lambda body: body.replace(b"AB" * 16, b""), ("discord", 2, "卡识别码")),
        (lambda body: body.replace("芯片写入失败".encode(), b""), ("discord", 3, "失败原因")),
        (lambda body: body.replace("制卡".encode(), b""), ("discord", 3, "卡识别码")),
        (lambda body: body.replace("制卡".encode(), "邮寄".encode()), ("value", 3, "失败环节")),
        (lambda body: body + b"\n", ("line", 4, None)),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(
    change: Callable[[bytes], bytes], expected: tuple[str, int, str | None]
) -> None:
    members = refusal(lambda: bureau.read_return(again(bureau.write_return([MADE, FAILED]), change)))
    assert (members["reason"], members.get("line"), members.get("field")) == expected


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: data.replace(b"#TOTAL,2,", b"#TOTAL,3,"), "total"),
        (lambda data: data.replace(b"#TOTAL,2,", b"#TOTAL,1,"), "total"),
        (lambda data: data.replace(b"1-1", b"1-2"), "digest"),
        (lambda data: data[: data.index(b"#TOTAL")], "trailer"),
        (lambda data: data[:-9], "trailer"),
        (lambda data: data + b"1", "trailer"),
        (lambda data: data.replace(b"\n#TOTAL", b" #TOTAL"), "trailer"),
        (lambda data: data[data.index(b"#TOTAL") :], "trailer"),
    ],
)
def test_a_wrong_trailer_is_named(change: Callable[[bytes], bytes], reason: str) -> None:
    assert (
        refusal(lambda: bureau.read_return(change(bureau.write_return([MADE, FAILED]))))["reason"] == reason
    )


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (replace(CARD, name="王\n一"), "姓名"),
        (replace(CARD, name=""), "姓名"),
        (replace(CARD, name="\ud800"), "姓名"),
        (replace(CARD, card_number="../../../x", photo="../../../x.jpg"), "社保卡号"),
        (replace(CARD, photo="A00000002.jpg"), "相片"),
        (replace(CARD, account_number="6222-1"), "银行账号"),
        (replace(CARD, sequence=0), "序号"),
        (replace(CARD, valid_until=date(2019, 2, 28)), "卡有效期"),
    ],
)
def test_what_could_not_be_read_back_is_not_written(record: ProductionRecord, field: str) -> None:
    members = refusal(bureau.write_production, [record], {record.photo: b"x"})
    assert (members["line"], members["field"]) == (2, field)


def test_a_small_hex_letter_is_read_as_a_capital() -> None:
    content = again(bureau.write_return([MADE]), lambda body: body.replace(b"AB" * 16, b"ab" * 16))
    assert bureau.read_return(content) == [MADE]
    assert refusal(bureau.write_return, [replace(MADE, chip_id="ab" * 16)])["field"] == "卡识别码"


def test_photos_and_records_must_match() -> None:
    assert refusal(bureau.write_production, [CARD], {})["reason"] == "photo"
    assert refusal(bureau.write_production, [CARD], {CARD.photo: b"", "x": b""})["reason"] == "photo"
    assert refusal(bureau.write_production, [CARD, CARD], {CARD.photo: b""})["reason"] == "duplicate"


def zipped(*members: tuple[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return target.getvalue()


def test_a_zip_with_other_members_is_refused() -> None:
    content = bureau.write_production([replace(CARD, photo="")], {})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        records = archive.read("records.csv")
    for stray in ("A00000001.jpg", "photos/A00000001.jpg", "../evil", "photos/"):
        refusal(bureau.read_production, zipped(("records.csv", records), (stray, b"x")))
    assert refusal(lambda: bureau.read_production(zipped(("photos/A00000001.jpg", b"x"))))["reason"] == "zip"
    bomb = zipped(
        ("records.csv", records), ("photos/A00000001.jpg", b"0" * 10**7), compression=zipfile.ZIP_DEFLATED
    )
    assert refusal(bureau.read_production, bomb)["reason"] == "zip"
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = zipped(("records.csv", records), ("records.csv", records))
    assert refusal(bureau.read_production, twice)["reason"] == "zip"


@given(st.binary(max_size=100), st.integers(0), st.integers(1, 255))
def test_a_sealed_file_opens_only_whole_and_under_its_name(content: bytes, at: int, change: int) -> None:
    sealed = bureau.seal_file(KEY, "R1-1.csv.sm4", content)
    assert bureau.open_file(KEY, "R1-1.csv.sm4", sealed) == content
    changed = bytearray(sealed)
    changed[at % len(sealed)] ^= change
    for key, name, data in (
        (KEY, "R1-1.csv.sm4", bytes(changed)),
        (KEY, "R1-1.csv.sm4", sealed[:-1]),
        (KEY, "R1-2.csv.sm4", sealed),
        (bytes(16), "R1-1.csv.sm4", sealed),
        (KEY, "R1-1.csv.sm4", sm4_seal(KEY, content, b"R1-1.csv.sm4")),
    ):
        assert refusal(bureau.open_file, key, name, data)["reason"] == "seal"
