"""Whatever comes in: a named refusal, or every row answered exactly once."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from list_files import HEADERS, delimited, id_of, person, read, xlsx

from shebaoka.records.lists import (
    EMPLOYER_ROSTER,
    KINDS,
    ListEmpty,
    ListHeaderMissing,
    ListKind,
    ListProtected,
    ListResult,
    ListSheetsSeveral,
    ListTooLarge,
    ListUnreadable,
    write_rejects,
)

REFUSALS = (ListUnreadable, ListProtected, ListHeaderMissing, ListSheetsSeveral, ListEmpty, ListTooLarge)
CELLS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", " ", "'", "=1", '="1"', '"', "合计", "示例", "\ufffe", "\x01", "1E+10", "1E+999999999", "٣" * 18]
    ),
    st.integers(0, 200).map(id_of),
)
FIGURES = st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 10**18) | st.booleans()


def answered_once(result: ListResult) -> None:
    good, refused = set(result.rows["row_no"]), set(result.rejects["row_no"])
    assert len(good) == result.rows.height
    assert not good & refused
    assert good | refused == set(result.source["row_no"])
    assert len(good) + len(refused) == result.total_rows
    assert result.rejects["reason_zh"].null_count() == 0
    if refused:
        again = read(write_rejects(result), result.kind)
        assert again.total_rows <= len(refused)


def judge(data: bytes) -> None:
    try:
        result = read(data, EMPLOYER_ROSTER)
    except REFUSALS:
        return
    answered_once(result)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@settings(deadline=None)
@given(
    data=st.binary(max_size=400),
    magic=st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"]),
)
def test_arbitrary_bytes(kind: ListKind, data: bytes, magic: bytes) -> None:
    with pytest.raises(REFUSALS):
        read(magic + data, kind)


@settings(deadline=None)
@given(places=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_workbook_with_some_bytes_changed(places: list[tuple[int, int]]) -> None:
    data = bytearray(xlsx([HEADERS, person(1)]))
    for place, byte in places:
        data[place % len(data)] = byte
    judge(bytes(data))


@settings(deadline=None)
@given(rows=st.lists(st.lists(CELLS, max_size=11), min_size=1, max_size=12))
def test_arbitrary_cells_in_text(rows: list[list[str]]) -> None:
    judge(delimited([HEADERS, *rows]).replace(b"\0", b""))


@settings(deadline=None)
@given(rows=st.lists(st.lists(CELLS | FIGURES | st.dates(), max_size=9), min_size=1, max_size=8))
def test_arbitrary_cells_in_a_workbook(rows: list[list[Any]]) -> None:
    judge(xlsx([HEADERS, *rows]))


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(["姓名", "手机号码", "工号"]), CELLS),
        min_size=1,
        max_size=10,
    )
)
def test_people_and_near_duplicates(changes: list[tuple[int, str, str]]) -> None:
    rows = [person(serial, **{column: cell}) for serial, column, cell in changes]
    result = read(xlsx([HEADERS, *rows]), EMPLOYER_ROSTER)
    answered_once(result)
    assert result.rows["id_number"].is_unique().all()
    assert result.total_rows == len(rows)
