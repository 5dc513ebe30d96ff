"""The engine of field tables: every value in its bounds is read as it was written, every other is named."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shebaoka.records.messages.fields import Field
from shebaoka.records.messages.layouts import Node, every, read, write
from shebaoka.records.messages.tables import read_tables

TABLES = """
# X1 例子
% money
total | 总额 | M 16,2 | | Y
> data
kind | 类别 | C 3 | kinds | Y
sn | 识别码 | C 4 | | kind=03,04           // a remark
+ money
days | 天数 | N 4,2 | |
on | 日期 | D | |
at | 时间 | DT | |
> lines[] ?
name | 名称 | C 5 | | Y
> lines[].parts[] ?
n | 数 | N 3 | | Y
<
told | 结果 | C 3 | |
"""
X1 = read_tables(TABLES, {"kinds": {"01": "甲", "03": "丙"}})["X1"]
GOOD = {"data": {"kind": "03", "sn": "abcd", "total": Decimal("12.50")}}


def of(**changed):
    values, faults = read(X1.asks, {"data": GOOD["data"] | changed})
    return values.get("data"), [f"{one.node}.{one.name}" for one in faults]


def test_declarations_are_read():
    assert [(path, one.name) for path, one in every(X1.asks)] == [
        (("data",), "kind"), (("data",), "sn"), (("data",), "total"), (("data",), "days"), (("data",), "on"),
        (("data",), "at"), (("lines",), "name"), (("lines", "parts"), "n"),
    ]  # fmt: skip
    assert [one.name for one in X1.answers.fields] == ["told"]


@pytest.mark.parametrize(
    "wrong",
    ["x | y | C 3", "# X1 乙", "> data", "kind | y | Q 3 | |", "a | y | M 16 | |", "a | y | C 3 | none |", "+ none", "> a.b"],
)  # fmt: skip
def test_a_wrong_declaration_is_named(wrong):
    with pytest.raises(ValueError, match=r"line 5: "):
        read_tables(f"# X1 甲\n> data\n<\n\n{wrong}\n", {})


def test_good_values_are_read():
    values, faults = read(
        X1.asks, GOOD | {"lines": [{"name": "甲", "parts": [{"n": 1}, {"n": "2"}]}], "more": 1}
    )
    assert faults == ()
    assert values == {
        "data": {"kind": "03", "sn": "abcd", "total": 1250}, "lines": [{"name": "甲", "parts": [{"n": 1}, {"n": 2}]}],
    }  # fmt: skip
    assert of(on="2020-02-29", at="2020-02-29 23:59:59", days="1.25")[0] | {} == {
        "kind": "03", "sn": "abcd", "total": 1250, "on": date(2020, 2, 29), "at": datetime.fromisoformat("2020-02-29 23:59:59"),
        "days": Decimal("1.25"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "fault"),
    [({"kind": ""}, "kind"), ({"kind": None}, "kind"), ({"kind": "02"}, "kind"), ({"kind": 3}, "kind"), ({"sn": "abcde"}, "sn"),
     ({"sn": " "}, "sn"), ({"sn": "a\x00"}, "sn"), ({"sn": ["a"]}, "sn"), ({"total": Decimal("12.505")}, "total"),
     ({"total": Decimal("12.500")}, "total"), ({"total": Decimal("1E+2")}, "total"), ({"total": True}, "total"), ({"total": "十"}, "total"),
     ({"total": 10**14}, "total"), ({"days": "100.5"}, "days"), ({"on": "2019-02-29"}, "on"), ({"on": "2019-2-9"}, "on"),
     ({"on": 20190209}, "on"), ({"at": "2019-02-09"}, "at"), ({"total": "1,000.00"}, "total"), ({"total": "١"}, "total")],
)  # fmt: skip
def test_what_is_wrong_is_named(changed, fault):
    assert of(**changed)[1] == [f"data.{fault}"]


def test_a_field_may_be_needed_with_another():
    assert read(X1.asks, {"data": {"kind": "01", "total": 1}}).faults == ()
    assert [one.name for one in read(X1.asks, {"data": {"kind": "03", "total": 1}}).faults] == ["sn"]


def test_every_fault_is_told_with_its_place():
    faults = read(
        X1.asks, {"data": {"kind": "09"}, "lines": [{"name": "甲"}, {"name": "甲乙丙丁戊己"}, 3]}
    ).faults
    assert [one.sentence for one in faults] == [
        "data.kind（类别）不在字典内，可用：01 甲、03 丙", "data.total（总额）缺少此项，须填写",
        "lines[2].name（名称）超过5个字符", "lines[3]须为一个对象",
    ]  # fmt: skip
    for raw in (None, [], "x", {}, {"data": []}, {"data": 1}, {"data": GOOD["data"], "lines": {}}):
        assert read(X1.asks, raw).faults
    many = [{"name": "a"}] * 1_001
    assert [one.zh for one in read(X1.asks, GOOD | {"lines": many}).faults] == ["一次最多1000条，请分批"]


MONEY = Field("m", "钱", "M", 16, 2)


@given(st.integers(-(10**16) + 1, 10**16 - 1))
def test_money_is_exact(fen):
    written = MONEY.write(fen)
    assert -written.as_tuple().exponent == 2
    assert MONEY.read(written) == fen
    assert MONEY.read(str(written)) == fen


TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=8)


@given(
    TEXT,
    st.decimals(0, 99, places=2),
    st.dates(date(1900, 1, 1)),
    st.datetimes(datetime.fromisoformat("1900-01-01")),
)
def test_what_is_written_is_read_again(text, number, day, moment):
    node = Node(
        fields=(Field("c", "", "C", 8), Field("n", "", "N", 4, 2), Field("d", "", "D"), Field("t", "", "DT"))
    )
    values = {"c": text, "n": number, "d": day, "t": moment.replace(microsecond=0)}
    assert read(node, write(node, values)) == (values, ())


def test_what_does_not_fit_is_not_written():
    for values in (
        {"kind": "03", "total": 1, "sn": "abcde"},
        {"kind": "02", "total": 1},
        {"kind": "01"},
        {"kind": "03", "total": 1},
    ):
        with pytest.raises(ValueError, match=r"longer|dictionary|missing"):
            write(X1.asks, {"data": values})
    with pytest.raises(ValueError, match="missing"):
        write(X1.asks, {})
