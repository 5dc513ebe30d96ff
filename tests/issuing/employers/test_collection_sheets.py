"""The sheet that is filled in at a collection, as offices really save it; whatever comes, a refusal that says where."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shebaoka.issuing.employers.errors import SheetUnreadable
from shebaoka.issuing.employers.model import Note
from shebaoka.issuing.employers.sheets import COLUMNS, read
from shebaoka.issuing.employers.states import Noting

HEAD = ",".join(COLUMNS)


def sheet(*rows: str) -> str:
    return "\r\n".join([HEAD, *rows])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_it_is_read_as_it_is_saved(encoding: str) -> None:
    text = sheet(
        "1,虚*,10*,待采集,已采集,身份、同意 签名,", "２,虚*,10*,待采集,未到场,,icbc0001", "3,虚*,10*,待采集,,,",
        "4,虚*,10*,待采集,Done,identity;consent;signature;photo,", "5,虚*,10*,待采集,未办成",
    )  # fmt: skip
    assert read(text.encode(encoding)) == [
        Note(1, Noting.TAKE, ("identity", "consent", "signature")),
        Note(2, Noting.MISS, (), "ICBC0001"),
        Note(4, Noting.TAKE, ("identity", "consent", "signature", "photo")),
        Note(5, Noting.MISS),
    ]


@pytest.mark.parametrize(
    ("data", "row"),
    [
        ("", 1), ("编号,结果\n1,已采集", 1), (sheet("一,a,b,c,已采集,,"), 2), (sheet("1,a,b,c,也许,,"), 2),
        (sheet("1,a,b,c,已采集,指纹,"), 2), (sheet("", "1" * 10 + ",a,b,c,已采集,,"), 3), ("\x00", 0),
        (sheet(*(f"{n},a,b,c,未到场,," for n in range(1, 5_002))), 0),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_by_its_row(data: str, row: int) -> None:
    with pytest.raises(SheetUnreadable) as refused:
        read(data.encode())
    assert refused.value.members["row"] == row


@given(st.binary(max_size=300))
def test_whatever_comes(data: bytes) -> None:
    for tried in (data, HEAD.encode() + b"\n" + data):
        with suppress(SheetUnreadable):
            read(tried)
