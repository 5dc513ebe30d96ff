"""Guardians are those whom the register names."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people_rows import id_number, row

from shebaoka.kit.actor import Actor
from shebaoka.kit.database import Database
from shebaoka.registry.people import commands, views
from shebaoka.registry.people.model import PersonRow, TieResult


def ward(serial: int, guardian: int | None, kind: str = "mother") -> PersonRow:
    return row(
        serial, guardian_id_number=(guardian is not None and id_number(guardian)) or None, guardian_kind=kind
    )


async def tie(database: Database, actor: Actor, *rows: PersonRow) -> TieResult:
    async with database.work(actor) as work:
        await commands.upsert_many(work, rows)
        return await commands.tie_guardians(work, rows)


async def ties(database: Database, actor: Actor) -> list[tuple[int, int, str]]:
    async with database.work(actor) as work:
        people = await views.find_many(work, [id_number(serial) for serial in range(10)])
        serials = {
            people[id_number(serial)].person_id: serial for serial in range(10) if id_number(serial) in people
        }
        rows = await work.rows("SELECT person_id, guardian_id, kind FROM guardian_tie")
    return sorted((serials[person_id], serials[guardian_id], kind) for person_id, guardian_id, kind in rows)


async def test_a_guardian_may_come_after_the_ward(database: Database, clerk: Actor) -> None:
    assert await tie(database, clerk, ward(1, 9), ward(9, None)) == TieResult(1, 0, ())
    assert await ties(database, clerk) == [(1, 9, "mother")]
    assert await tie(database, clerk, ward(1, 9), ward(9, None)) == TieResult(0, 0, ())
    async with database.work(clerk) as work:
        people = await views.find_many(work, [id_number(1), id_number(9)])
        child, mother = people[id_number(1)].person_id, people[id_number(9)].person_id
        assert await views.guardians(work, [child, mother]) == {child: {mother}}
        facts = await work.rows("SELECT person_id, subject FROM audit_fact WHERE action = 'guardian.tied'")
    assert facts == [(child, str(mother))]


async def test_the_register_replaces_what_it_said_before(database: Database, clerk: Actor) -> None:
    await tie(database, clerk, ward(1, 8), ward(2, 8), ward(8, None), ward(9, None))
    assert await tie(database, clerk, ward(1, 9), ward(2, None)) == TieResult(1, 2, ())
    assert await ties(database, clerk) == [(1, 9, "mother")]
    assert await tie(database, clerk, ward(1, 9, "court")) == TieResult(1, 0, ())
    assert await ties(database, clerk) == [(1, 9, "court")]


async def test_unknown_guardians_are_told(database: Database, clerk: Actor) -> None:
    result = await tie(database, clerk, ward(1, 7), ward(2, 2), ward(3, None))
    assert result == TieResult(0, 0, (id_number(1), id_number(2)))
    async with database.work(clerk) as work:
        stranger = await commands.tie_guardians(work, [ward(6, 1)])
    assert stranger.unresolved == (id_number(6),)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(guardians=st.lists(st.none() | st.integers(5, 9), min_size=5, max_size=5), data=st.data())
async def test_any_order_and_any_chunks_come_to_the_same(
    database: Database, clerk: Actor, guardians: list[int | None], data: st.DataObject
) -> None:
    wards = [ward(serial, guardian) for serial, guardian in enumerate(guardians)]
    await tie(database, clerk, *(ward(serial, None) for serial in range(5, 10)), *wards)
    before = await ties(database, clerk)
    shuffled = data.draw(st.permutations(wards + wards))
    while shuffled:
        size = data.draw(st.integers(1, len(shuffled)))
        assert (await tie(database, clerk, *shuffled[:size])).tied == 0
        shuffled = shuffled[size:]
    assert await ties(database, clerk) == before
    wanted = [(serial, guardian, "mother") for serial, guardian in enumerate(guardians) if guardian]
    assert before == wanted
