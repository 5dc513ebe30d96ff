from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shebaoka.chip.personalising import digest, laid_out
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.sm import sm3, sm4_seal
from shebaoka.kit.sm2 import SecretKey
from shebaoka.printing.face import composed
from shebaoka.records import bureau, cells
from shebaoka.records.bureau import (
    Batch,
    BureauFileRefused,
    Production,
    ProductionRecord,
    Receipt,
    Return,
    ReturnRecord,
    Statement,
)
from shebaoka.records.bureau.zips import packed
from shebaoka.records.trailed_csv import trailer

CITY, MAKER, STRANGER = SecretKey.new(), SecretKey.new(), SecretKey.new()
BATCH = Batch(17, 1, "市民卡中心", "310000", "310000000000", "3.00", "123456")
CARD = ProductionRecord(
    1, "A00000001", "100000199001010009", "王一", "男", "01", date(1990, 1, 1), "换发", "上海银行",
    "9000000000000000000", date(2019, 3, 1), date(2039, 2, 28), "A00000001.jpg", "A00000001.jpg",
)  # fmt: skip
ORDERED = Production(
    BATCH, [CARD], {CARD.photo: b"\xff\xd8\xff photo"}, {CARD.photo: b"\xff\xd8 chip"}, b"sealed keys"
)
MADE = ReturnRecord(
    1, "A00000001", "100000199001010009", "王一", date(2019, 3, 1), None, "AB" * 16, "CD" * 13, "EF" * 32, "上海银行",
    "9000000000000000000", "1-1", 0, "", "",
)  # fmt: skip
FAILED = replace(
    MADE, chip_id="", reset_code="", digest="", box_position="", spoiled=3, failed_stage="制卡",
    failure_reason="芯片写入失败",
)  # fmt: skip
NOW = datetime(2019, 3, 2, 9, 30, tzinfo=UTC)
TOLD = Statement(17, 2, 1, 3, 4, NOW)
RECEIPT = Receipt(17, "P17.zip.sbk2", 1, "0A" * 32, NOW)

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
    photos, chips = (
        {f"{number}.jpg": draw(st.binary(max_size=40)) for number in numbers if draw(st.booleans())} for _ in range(2)
    )  # fmt: skip
    records = []
    for number in numbers:
        issued_on, valid_until = draw(validities())
        records.append(
            ProductionRecord(
                draw(counts), number, draw(people), draw(texts), draw(st.sampled_from(("男", "女"))),
                draw(st.sampled_from(("", "01", "97"))), draw(days), draw(st.sampled_from(("换发", "首发", "补换"))), draw(texts), draw(accounts), issued_on, valid_until,
                *(f"{number}.jpg" if f"{number}.jpg" in pictures else "" for pictures in (photos, chips)),
            )
        )  # fmt: skip
    return Production(
        replace(BATCH, cards=len(records)), records, photos, chips, draw(st.binary(max_size=20))
    )


@st.composite
def returned(draw: st.DrawFn) -> ReturnRecord:
    issued_on, valid_until = draw(validities())
    chip, reset = (
        draw(st.binary(min_size=16, max_size=16)).hex().upper(),
        draw(st.binary(min_size=13, max_size=13)).hex().upper(),
    )
    made = ReturnRecord(
        draw(counts), draw(cards), draw(people), draw(texts), issued_on, valid_until, chip, reset, "0F" * 32, draw(texts),
        draw(accounts), draw(texts_or_none), draw(st.integers(0, 9)), "", "",
    )  # fmt: skip
    stage: Literal["", "制卡", "银行"] = draw(st.sampled_from(("", "制卡", "银行")))
    return replace(made, failed_stage=stage, failure_reason=draw(texts)) if stage else made


def refusal(act: Callable[..., object], *arguments: object) -> dict[str, object]:
    with pytest.raises(BureauFileRefused) as caught:
        act(*arguments)
    assert CARD.name not in caught.value.sentence()
    assert CARD.social_security_number not in caught.value.sentence()
    return caught.value.members


def again(content: bytes, change: Callable[[bytes], bytes], member: str = "cards.csv") -> bytes:
    """Change the lines of a file inside and put the right trailer back."""
    return inside(content, lambda sheet: trailed(change(sheet[: sheet.rindex(b"#TOTAL,")])), member)


def trailed(body: bytes) -> bytes:
    return body + trailer(body, body.count(b"\n") - 1)


def inside(content: bytes, change: Callable[[bytes], bytes], member: str = "cards.csv") -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        held = [(name, archive.read(name)) for name in archive.namelist()]
    return packed((name, change(body) if name == member else body) for name, body in held)


def told(records: list[ReturnRecord]) -> bytes:
    return bureau.write_return(TOLD, records)


@settings(max_examples=40, deadline=None)
@given(productions())
def test_a_production_file_reads_back(production: Production) -> None:
    content = bureau.write_production(production)
    assert bureau.read_production(content) == production
    assert bureau.write_production(production) == content


@given(st.lists(returned(), max_size=8), st.sampled_from((NOW, NOW.astimezone(SHANGHAI), None)))
def test_a_return_file_reads_back(records: list[ReturnRecord], destroyed_at: datetime | None) -> None:
    statement = replace(TOLD, lines=len(records), destroyed_at=destroyed_at)
    assert bureau.read_return(bureau.write_return(statement, records)) == Return(statement, records)


def test_a_receipt_reads_back() -> None:
    assert bureau.read_receipt(bureau.write_receipt(RECEIPT)) == RECEIPT
    assert (
        refusal(bureau.write_receipt, replace(RECEIPT, taken_at=NOW.replace(microsecond=1)))["field"]
        == "收到时间"
    )
    twice = trailed(bureau.write_receipt(RECEIPT).splitlines(keepends=True)[0])
    assert refusal(bureau.read_receipt, twice)["reason"] == "total"


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_by_name(data: bytes) -> None:
    for read in (bureau.read_return, bureau.read_production, bureau.read_receipt):
        refusal(read, data)
    refusal(bureau.open_file, CITY, MAKER.public, "R1-1.zip.sbk2", data)
    refusal(bureau.open_file, CITY, MAKER.public, "R1-1.zip.sbk2", b"SBK2" + data)


@given(st.binary(max_size=300), st.integers(0, 5))
def test_any_bytes_under_a_right_trailer(body: bytes, lines: int) -> None:
    body += b"\n"
    refusal(bureau.read_receipt, body + trailer(body, lines))
    refusal(lambda: bureau.read_return(inside(told([]), lambda _: body + trailer(body, lines))))


@given(st.lists(st.text(max_size=30), min_size=15, max_size=15))
def test_any_cells_under_the_right_header(cells: list[str]) -> None:
    line = ",".join(cells).encode("utf-8", "surrogatepass") + b"\n"
    refusal(lambda: bureau.read_return(again(told([]), lambda header: header + line)))


@settings(max_examples=300)
@given(st.integers(0), st.integers(0, 255), st.sampled_from(("change", "cut", "insert")))
def test_a_damaged_zip_is_refused_or_harmless(at: int, value: int, how: str) -> None:
    content = bureau.write_production(ORDERED)
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
    assert production == ORDERED


@given(st.integers(0), st.integers(1, 255))
def test_one_changed_byte_of_a_return_file_is_seen(at: int, change: int) -> None:
    content = bytearray(told([MADE, FAILED]))
    at %= len(content)
    content[at] ^= change
    try:
        read = bureau.read_return(bytes(content))
    except BureauFileRefused:
        return
    # A digit of the digest in small letters says the same.
    assert read == Return(TOLD, [MADE, FAILED])


def test_columns_in_another_order_and_windows_lines() -> None:
    def turned(body: bytes) -> bytes:
        lines = [line.split(",") for line in body.decode().splitlines()]
        return b"\xef\xbb\xbf" + "".join(",".join(reversed(cells)) + "\r\n" for cells in lines).encode()

    assert bureau.read_return(again(told([MADE, FAILED]), turned)) == Return(TOLD, [MADE, FAILED])


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
    members = refusal(lambda: bureau.read_return(again(told([MADE, FAILED]), change)))
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
    assert refusal(lambda: bureau.read_return(inside(told([MADE, FAILED]), change)))["reason"] == reason


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (replace(CARD, name="王\n一"), "姓名"),
        (replace(CARD, name=""), "姓名"),
        (replace(CARD, name="\ud800"), "姓名"),
        (replace(CARD, card_number="../../../x", photo="../../../x.jpg"), "社保卡号"),
        (replace(CARD, photo="A00000002.jpg"), "相片"),
        (replace(CARD, chip_photo="A00000002.jpg"), "芯片相片"),
        (replace(CARD, ethnicity="1"), "民族"),
        (replace(CARD, account_number="6222-1"), "银行账号"),
        (replace(CARD, sequence=0), "序号"),
        (replace(CARD, valid_until=date(2019, 2, 28)), "卡有效期"),
    ],
)
def test_what_could_not_be_read_back_is_not_written(record: ProductionRecord, field: str) -> None:
    pictures = {record.photo: b"x"}, {record.chip_photo: b"x"}
    members = refusal(bureau.write_production, Production(BATCH, [record], *pictures, b"k"))
    assert (members["line"], members["field"]) == (2, field)


def test_a_small_hex_letter_is_read_as_a_capital() -> None:
    content = again(told([MADE]), lambda body: body.replace(b"AB" * 16, b"ab" * 16))
    assert bureau.read_return(content).records == [MADE]
    assert refusal(told, [replace(MADE, chip_id="ab" * 16)])["field"] == "卡识别码"


def test_pictures_and_records_must_match() -> None:
    for wrong, reason in (
        ({"photos": {}}, "photo"), ({"chip_photos": {}}, "photo"), ({"photos": {CARD.photo: b"", "x": b""}}, "photo"),
        ({"records": [CARD, CARD], "batch": replace(BATCH, cards=2)}, "duplicate"), ({"records": []}, "total"),
        ({"batch": replace(BATCH, cards=2)}, "total"),
    ):  # fmt: skip
        assert refusal(bureau.write_production, replace(ORDERED, **wrong))["reason"] == reason


def zipped(*members: tuple[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return target.getvalue()


def test_a_zip_with_other_members_is_refused() -> None:
    content = bureau.write_production(
        replace(ORDERED, records=[replace(CARD, photo="", chip_photo="")], photos={}, chip_photos={})
    )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        held = [(name, archive.read(name)) for name in archive.namelist()]
    for stray in ("A00000001.jpg", "photos/A00000001.jpg", "chips/A00000001.jpg", "../evil", "photos/"):
        refusal(bureau.read_production, zipped(*held, (stray, b"x")))
    for missing in range(len(held)):
        short = zipped(*held[:missing], *held[missing + 1 :])
        assert refusal(bureau.read_production, short)["reason"] == "zip"
    bomb = zipped(*held, ("photos/A00000001.jpg", b"0" * 10**7), compression=zipfile.ZIP_DEFLATED)
    assert refusal(bureau.read_production, bomb)["reason"] == "zip"
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = zipped(*held, held[1])
    assert refusal(bureau.read_production, twice)["reason"] == "zip"
    returned_ = [("statement.csv", b""), ("cards.csv", b""), ("more.csv", b"")]
    refusal(bureau.read_return, zipped(*returned_))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=100), st.integers(0), st.integers(1, 255))
def test_a_sealed_file_opens_only_whole_for_its_receiver_and_under_its_name(
    content: bytes, at: int, change: int
) -> None:
    sealed = bureau.seal_file(MAKER, CITY.public, "R1-1.zip.sbk2", content, 7)
    opened = bureau.open_file(CITY, MAKER.public, "R1-1.zip.sbk2", sealed)
    assert (opened.content, opened.items, opened.digest) == (content, 7, sm3(content))
    changed = bytearray(sealed)
    changed[at % len(sealed)] ^= change
    recounted = sealed[:7] + b"\x08" + sealed[8:]
    for receiver, sender, name, data in (
        (CITY, MAKER, "R1-1.zip.sbk2", bytes(changed)),
        (CITY, MAKER, "R1-1.zip.sbk2", recounted),
        (CITY, MAKER, "R1-1.zip.sbk2", sealed[:-1]),
        (CITY, MAKER, "R1-2.zip.sbk2", sealed),
        (STRANGER, MAKER, "R1-1.zip.sbk2", sealed),
        (CITY, STRANGER, "R1-1.zip.sbk2", sealed),
        (CITY, MAKER, "R1-1.zip.sbk2", b"SBK1" + sm4_seal(bytes(16), content, b"R1-1.zip.sbk2")),
    ):
        reason = refusal(bureau.open_file, receiver, sender.public, name, data)["reason"]
        assert reason in ("seal", "signature", "old")


def test_who_signed_what_is_refused_in_its_own_words() -> None:
    sealed = bureau.seal_file(MAKER, CITY.public, "R1-1.zip.sbk2", b"content", 1)
    assert refusal(bureau.open_file, CITY, STRANGER.public, "R1-1.zip.sbk2", sealed)["reason"] == "signature"
    assert refusal(bureau.open_file, STRANGER, MAKER.public, "R1-1.zip.sbk2", sealed)["reason"] == "seal"
    assert (
        refusal(bureau.open_file, CITY, MAKER.public, "R1-1.zip.sbk2", b"SBK1" + bytes(99))["reason"] == "old"
    )
    assert b"content" not in sealed


def test_a_line_says_what_stands_on_chip_and_face() -> None:
    order = bureau.order_of(BATCH, CARD, b"\xff\xd8 chip")
    assert (order.version.number, order.issuer, order.sex, order.pin, order.photo) == (
        "3.00", "310000000000", "1", "123456", b"\xff\xd8 chip",
    )  # fmt: skip
    assert len(digest(laid_out(order))) == 32
    face = bureau.face_of(BATCH, CARD, b"")
    assert (face.issuer, face.bank, face.name) == ("市民卡中心", "上海银行", "王一")
    assert composed(face, "front")
