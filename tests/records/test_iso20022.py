"""Payments to banks and what banks write back: both ways, against the schemas, and with all that can be wrong."""

from __future__ import annotations

from datetime import date, datetime
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from shebaoka.kit.clock import SHANGHAI
from shebaoka.records.iso20022 import report, statement, transfer
from shebaoka.records.iso20022.errors import DocumentRefused
from shebaoka.records.iso20022.model import Answer, Credit, Detail, Movement, Report, Statement, Transfer
from shebaoka.records.iso20022.xml import fen_of, yuan

NOW = datetime(2019, 1, 15, 9, tzinfo=SHANGHAI)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=20).filter(
    lambda text: not set(text) & {"\ufffe", "\uffff"}
)  # fmt: skip
NUMBERS = st.text("0123456789ABCDEFGHIJ", min_size=1, max_size=30)
FEN = st.integers(1, 10**12)
CREDITS = st.builds(Credit, NUMBERS, FEN, TEXT, NUMBERS, TEXT)
TRANSFERS = st.builds(
    Transfer, NUMBERS, st.just(NOW), st.dates(date(2019, 1, 1), date(2030, 1, 1)), st.just("PENS"), TEXT, NUMBERS, NUMBERS,
    st.lists(CREDITS, min_size=1, max_size=4).map(tuple),
)  # fmt: skip
ONE = Transfer(
    "M1",
    NOW,
    date(2019, 1, 15),
    "PENS",
    "中心",
    "9001",
    "BOSC",
    (Credit("S-1-2", 345_670, "虚甲", "9555", "养老金 2019-01"),),
)
TOLD = Statement(
    "S1",
    1,
    NOW,
    "9001",
    500_000,
    154_330,
    (Movement("N1", 345_670, "debit", NOW.date(), "payout", (Detail("S-1-2", 345_670, "M1"),)),),
)


@given(TRANSFERS)
@settings(max_examples=60, deadline=None)
def test_a_transfer_reads_back_and_iso_s_own_schema_lets_it_pass(asked):
    written = transfer.write(asked)
    assert transfer.parse(written) == asked
    assert transfer.write(asked) == written
    OFFICIAL.assertValid(etree.fromstring(written))


OFFICIAL = etree.XMLSchema(
    etree.fromstring((files("sepaxml") / "schemas" / "pain.001.001.09.xsd").read_bytes())
)
"""ISO's own, as a test dependency brings it."""


@given(
    st.lists(st.builds(Answer, NUMBERS, st.sampled_from(["accepted", "rejected"]), st.sampled_from(["AC04", "BE01"]), TEXT), max_size=4),
    st.booleans(),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_a_report_reads_back(answers, whole):
    of_all = Answer("", "rejected", "AM04", "余额不足") if whole or not answers else None
    told = Report("R1", NOW, "M1", of_all, tuple(answers))
    assert report.parse(report.write(told)) == told


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.tuples(st.lists(FEN, min_size=1, max_size=3), st.booleans()), max_size=4),
)
@settings(max_examples=40, deadline=None)
def test_a_statement_reads_back_and_adds_up(opening, entries):
    movements = tuple(
        Movement(f"N{n}", sum(fen), "credit" if back else "debit", NOW.date(), "x", tuple(
            Detail(f"S-{n}-{k}", one, "", "AC04" if back else "", "销户" if back else "") for k, one in enumerate(fen)
        ))
        for n, (fen, back) in enumerate(entries)
    )  # fmt: skip
    moved = sum(one.amount_fen if one.direction == "credit" else -one.amount_fen for one in movements)
    told = Statement("S1", 7, NOW, "9001", opening, opening + moved, movements)
    assert statement.parse(statement.write(told)) == told


@given(st.integers(0, 10**15))
def test_fen_and_yuan_are_each_other(fen):
    assert fen_of(yuan(fen)) == fen


@pytest.mark.parametrize("text", ["1.005", "-1", "", ".", "1e3", "１", "1 000", "NaN", "1.0a"])
def test_nothing_is_rounded(text):
    with pytest.raises(DocumentRefused):
        fen_of(text)


def test_decimals_that_are_noughts_are_read():
    assert (fen_of("1.5"), fen_of("1.50000"), fen_of("+3"), fen_of(".5")) == (150, 150, 300, 50)


PAIN, CAMT = transfer.write(ONE), statement.write(TOLD)
BOMB = b'<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;">]>'
WRONG = {
    "not xml": (transfer, b"<a"),
    "nothing": (transfer, b""),
    "another message": (transfer, CAMT),
    "an entity": (transfer, BOMB + PAIN.partition(b"?>\n")[2].replace("虚甲".encode(), b"&y;")),
    "a file outside": (transfer, b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + PAIN.partition(b"?>\n")[2]),
    "another sum": (transfer, PAIN.replace(b"<CtrlSum>3456.70", b"<CtrlSum>3456.71")),
    "another count": (transfer, PAIN.replace(b"<NbOfTxs>1", b"<NbOfTxs>2")),
    "another currency": (transfer, PAIN.replace(b'"CNY"', b'"EUR"')),
    "half a fen": (transfer, PAIN.replace(b">3456.70<", b">3456.705<")),
    "nought": (transfer, PAIN.replace(b"<EndToEndId>S-1-2</EndToEndId>", b"")),
    "closing": (statement, CAMT.replace(b">1543.30<", b">1543.31<")),
    "an entry that is no sum": (statement, CAMT.replace(b"<TxDtls>", b"<TxDtls/><TxDtls>")),
    "no number": (statement, CAMT.replace(b"<ElctrncSeqNb>1</ElctrncSeqNb>", b"")),
    "a year too far": (statement, CAMT.replace(b"<BookgDt><Dt>2019", b"<BookgDt><Dt>12019")),
    "an unknown status": (report, report.write(Report("R", NOW, "M1", None, (Answer("S", "accepted"),))).replace(b"ACCP", b"ZZZZ")),
    "an answer to something else": (report, report.write(Report("R", NOW, "M", Answer("", "accepted"), ())).replace(b"pain.001.001.09", b"pain.008.001.08")),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_refused_with_a_sentence(name):
    codec, content = WRONG[name]
    assert content not in (PAIN, CAMT) or name == "another message"
    with pytest.raises(DocumentRefused) as refused:
        codec.parse(content)
    assert "虚甲" not in refused.value.detail


def test_a_city_may_have_iso_s_own_schemas_used(tmp_path):
    content = PAIN.replace(
        b"</DbtrAgt>", b"</DbtrAgt><ChrgBr>SLEV</ChrgBr>"
    )  # fmt: skip
    with pytest.raises(DocumentRefused):
        transfer.parse(content)
    (tmp_path / "pain.001.001.09.xsd").write_bytes(
        (files("sepaxml") / "schemas" / "pain.001.001.09.xsd").read_bytes()
    )
    assert transfer.parse(content, tmp_path) == ONE
