"""The register comes in as often as one likes: nobody enters twice, and what is unchanged is not rewritten."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people_rows import id_number, row

from shebaoka.kit.actor import Actor
from shebaoka.kit.clock import SetClock
from shebaoka.kit.database import Database
from shebaoka.kit.sm import SealBroken
from shebaoka.registry.people import commands, views
from shebaoka.registry.people.model import Identity, PersonRow, UpsertResult

STATE = "SELECT xmin, * FROM person ORDER BY person_id"


async def upsert(database: Database, actor: Actor, rows: list[PersonRow]) -> UpsertResult:
    async with database.work(actor) as work:
        return await commands.upsert_many(work, rows)


async def ask(database: Database, actor: Actor, query: str) -> list[tuple[Any, ...]]:
    async with database.work(actor) as work:
        return await work.rows(query)


async def test_people_are_found_and_their_seals_open(
    database: Database, clerk: Actor, clock: SetClock
) -> None:
    rows = [row(1), row(2, school_id=9, school_stage="primary", employer_id=None, pension_bank="某银行")]
    assert await upsert(database, clerk, rows) == UpsertResult(2, 2, 0, 0, 0)
    async with database.work(clerk) as work:
        found = await views.find_many(work, [id_number(1), id_number(2), id_number(3)])
        assert set(found) == {id_number(1), id_number(2)}
        pupil = found[id_number(2)]
        assert await views.find(work, id_number(2)) == pupil
        assert await views.find(work, id_number(3)) is None
        assert await views.by_ids(work, [pupil.person_id, 5]) == {pupil.person_id: pupil}
        opened = await views.identities(work, [person.person_id for person in found.values()])
    assert (pupil.school_id, pupil.school_stage, pupil.pension_bank, pupil.employer_id) == (
        9,
        "primary",
        "某银行",
        None,
    )
    assert (pupil.sex, pupil.birth_date, pupil.hukou, pupil.version) == ("female", date(1960, 1, 1), True, 1)
    assert pupil.updated_at == clock.now()
    assert opened[pupil.person_id] == Identity("虚构2", id_number(2), "13900000002", "上海市静安区虚构路2号")


async def test_the_same_extract_again_writes_nothing(database: Database, clerk: Actor) -> None:
    rows = [row(serial) for serial in range(50)]
    await upsert(database, clerk, rows)
    before = await ask(database, clerk, STATE)
    assert await upsert(database, clerk, rows[::-1]) == UpsertResult(50, 0, 0, 50, 0)
    assert await ask(database, clerk, STATE) == before
    assert await ask(database, clerk, "SELECT action, count(*) FROM audit_fact GROUP BY 1") == [
        ("person.registered", 50)
    ]


async def test_only_what_changed_is_rewritten(database: Database, clerk: Actor) -> None:
    await upsert(database, clerk, [row(1), row(2), row(3)])
    moved = row(2, address="上海市徐汇区虚构路9号", employer_id=None)
    assert await upsert(database, clerk, [row(1), moved, row(3), row(4)]) == UpsertResult(4, 1, 1, 2, 0)
    async with database.work(clerk) as work:
        person = await views.find(work, id_number(2))
        assert person
        assert (person.version, person.employer_id) == (2, None)
        assert (await views.identities(work, [person.person_id]))[person.person_id] == moved.identity()
        updated = await work.rows("SELECT person_id FROM audit_fact WHERE action = 'person.updated'")
    assert updated == [(person.person_id,)]


async def test_the_last_row_of_a_person_counts_within_one_call(database: Database, clerk: Actor) -> None:
    assert await upsert(database, clerk, [row(1), row(1, name="改名")]) == UpsertResult(1, 1, 0, 0, 0)
    async with database.work(clerk) as work:
        person = await views.find(work, id_number(1))
        assert person
        assert (await views.identities(work, [person.person_id]))[person.person_id].name == "改名"


async def test_no_rows_are_no_trouble(database: Database, clerk: Actor) -> None:
    assert await upsert(database, clerk, []) == UpsertResult(0, 0, 0, 0, 0)
    async with database.work(clerk) as work:
        assert (await commands.tie_guardians(work, [])).tied == 0
        assert await commands.record_deaths(work, {}) == 0


async def test_a_death_is_told_once_and_never_undone(database: Database, clerk: Actor) -> None:
    day = date(2019, 1, 1)
    await upsert(database, clerk, [row(1), row(2), row(3, died_on=day)])
    async with database.work(clerk) as work:
        ids = {
            number: person.person_id
            for number, person in (await views.find_many(work, [id_number(1)])).items()
        }
        assert await commands.record_deaths(work, {ids[id_number(1)]: day}) == 1
        assert await commands.record_deaths(work, {ids[id_number(1)]: date(2019, 1, 2)}) == 0
    assert (await upsert(database, clerk, [row(1, mobile="13800000000"), row(2, died_on=day)])).died == 1
    assert (await upsert(database, clerk, [row(1, died_on=day), row(2), row(3)])).died == 0
    died = await ask(database, clerk, "SELECT died_on, count(*) FROM person GROUP BY 1")
    told = await ask(
        database, clerk, "SELECT payload, count(DISTINCT person_id), count(*) FROM outbox GROUP BY 1"
    )
    assert died == [(day, 3)]
    assert told == [({"died_on": "2019-01-01"}, 3, 3)]
    assert await ask(database, clerk, "SELECT count(*) FROM audit_fact WHERE action = 'person.died'") == [
        (3,)
    ]


async def test_imports_at_once_enter_nobody_twice(database: Database, clerk: Actor) -> None:
    rows = [row(serial) for serial in range(200)]
    both = await asyncio.gather(
        *(upsert(database, clerk, part) for part in (rows, rows[::-1], rows[50:] + rows[:50], rows[100:]))
    )
    assert sum(result.new for result in both) == 200
    assert all(result.new + result.unchanged == result.people for result in both)
    assert await ask(database, clerk, "SELECT count(*), count(DISTINCT id_digest) FROM person") == [
        (200, 200)
    ]
    assert await ask(
        database, clerk, "SELECT count(*) FROM person JOIN person_directory USING (person_id, id_digest)"
    ) == [(200,)]


PEOPLE = st.lists(
    st.builds(
        lambda serial, mobile, died: row(serial, mobile=mobile, died_on=date(2019, 1, 1) if died else None),
        st.integers(0, 60), st.sampled_from(["13900000001", "13900000002"]), st.booleans(),
    ),
    max_size=25, unique_by=lambda one: one.id_number,
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=PEOPLE, data=st.data())
async def test_any_order_and_any_chunks_come_to_the_same(
    database: Database, clerk: Actor, rows: list[PersonRow], data: st.DataObject
) -> None:
    await ask(database, clerk, "TRUNCATE person, person_directory, outbox, guardian_tie")
    await upsert(database, clerk, rows)
    before = await ask(database, clerk, STATE)
    told = await ask(database, clerk, "SELECT person_id, event_id FROM outbox ORDER BY 1, 2")
    shuffled = data.draw(st.permutations(rows + rows))
    while shuffled:
        size = data.draw(st.integers(1, len(shuffled)))
        await upsert(database, clerk, shuffled[:size])
        shuffled = shuffled[size:]
    assert await ask(database, clerk, STATE) == before
    assert await ask(database, clerk, "SELECT person_id, event_id FROM outbox ORDER BY 1, 2") == told
    assert len(before) == len(rows)


async def test_a_seal_copied_to_another_person_does_not_open(database: Database, clerk: Actor) -> None:
    await upsert(database, clerk, [row(1), row(2)])
    async with database.work(clerk) as work:
        people = await views.find_many(work, [id_number(1), id_number(2)])
        robbed, robber = (people[id_number(serial)].person_id for serial in (1, 2))
        theft = (
            "UPDATE person SET sealed = (SELECT sealed FROM person WHERE person_id = %s) WHERE person_id = %s"
        )
        await work.connection.execute(theft, (robbed, robber))
        assert set(await views.identities(work, [robbed])) == {robbed}
        with pytest.raises(SealBroken):
            await views.identities(work, [robber])
