"""Rows become values of a class whatever the order of the columns; facts and events are the same however they go over."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from shebaoka.kit import work as kit
from shebaoka.kit.actor import SYSTEM


@dataclass(frozen=True, slots=True)
class Plain:
    first: int
    second: str
    third: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    first: int
    second: str = field(kw_only=True)


class Bare:
    def __init__(self, *, first, second):
        self.first, self.second = first, second


@pytest.mark.parametrize(
    ("columns", "into", "expected"),
    [
        ("1 AS first, 'b' AS second, true AS third", Plain, Plain(1, "b", third=True)),
        ("true AS third, 'b' AS second, 1 AS first", Plain, Plain(1, "b", third=True)),
        ("'b' AS second, 1 AS first", Plain, Plain(1, "b")),
        ("'b' AS second, 1 AS first", Named, Named(1, second="b")),
    ],
)
async def test_columns_are_fields_in_any_order(database, columns, into, expected):
    async with database.work(SYSTEM) as work:
        assert await work.rows(f"SELECT {columns}", None, into) == [expected]
        assert await work.rows(f"SELECT {columns} WHERE false", None, into) == []


async def test_a_class_that_is_no_dataclass_is_called_by_name(database):
    async with database.work(SYSTEM) as work:
        (made,) = await work.rows("SELECT 'b' AS second, 1 AS first", None, Bare)
    assert (made.first, made.second) == (1, "b")


@pytest.mark.parametrize("columns", ["1 AS first", "1 AS first, 'b' AS second, 3 AS fourth"])
async def test_missing_and_strange_columns_are_refused(database, columns):
    with pytest.raises(TypeError):
        async with database.work(SYSTEM) as work:
            await work.rows(f"SELECT {columns}", None, Plain)


async def test_a_statement_without_rows_gives_none(database):
    async with database.work(SYSTEM) as work:
        assert await work.rows("SET LOCAL lock_timeout = 5") == []
        assert await work.rows("SET LOCAL lock_timeout = 5", None, Plain) == []


AWKWARD = {
    "text": 'quo"te, back\\slash, 张三, \t, {} and %',
    "number": 2**62,
    "none": None,
    "list": [1, {"a": True}],
}


@pytest.mark.parametrize("few", [0, 1_000], ids=["by COPY", "in one statement"])
async def test_facts_and_events_say_the_same_either_way(database, monkeypatch, few):
    monkeypatch.setattr(kit, "FEW", few)
    async with database.work(SYSTEM) as work:
        work.record(7, "card.opened", 'of "张三"', **AWKWARD)
        work.record_many("card.opened", [(2**62, 5)])
        work.tell(7, "card.opened", **AWKWARD)
        now = work.now
    async with database.work(SYSTEM) as work:
        facts = await work.rows(
            "SELECT person_id, at, actor, action, subject, detail FROM audit_fact ORDER BY fact_id"
        )
        events = await work.rows("SELECT person_id, topic, payload, recorded_at FROM outbox")
    assert facts == [
        (7, now, SYSTEM.name, "card.opened", 'of "张三"', AWKWARD),
        (2**62, now, SYSTEM.name, "card.opened", "5", {}),
    ]
    assert events == [(7, "card.opened", AWKWARD, now)]


async def test_many_facts_go_by_copy_and_few_do_not(database, monkeypatch):
    copied = []

    async def copy(self, table, columns, rows, types=()):
        copied.append((table, len(rows)))

    monkeypatch.setattr(kit.Work, "copy", copy)
    for facts in (kit.FEW, kit.FEW + 1):
        async with database.work(SYSTEM) as work:
            work.record_many("card.opened", [(number, number) for number in range(facts)])
    assert copied == [("audit_fact", kit.FEW + 1)]
