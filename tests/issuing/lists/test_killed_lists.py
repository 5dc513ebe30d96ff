"""A list whose taker is killed between any two chunks, and sent again, comes to the same as one that was not."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from test_lists import HEAD, line, staff
from town import Town, person, request, workbook

from shebaoka.issuing.applications.commands import apply, move_many
from shebaoka.issuing.applications.states import Action
from shebaoka.issuing.lists.commands import take_in
from shebaoka.issuing.lists.model import ListAnswer, ListOf

ROWS, CHUNKS = 100, 5
FORCED = [line(serial) for serial in range(1, ROWS + 1)]
for place in range(0, ROWS, 7):  # fifteen of them
    FORCED[place] = line(place + 1, name="另一人")
SCRIPT = Path(__file__).with_name("kill_list.py")


async def settled(town: Town) -> None:
    await staff(town, "FIRM", *range(1, ROWS + 1))
    async with town.database.work(town.clerk) as work:
        await apply(work, request(person(51)))


async def send(town: Town) -> ListAnswer:
    return await take_in(
        town.database,
        town.actor("FIRM"),
        ListOf.EMPLOYER,
        "roster.xlsx",
        workbook(HEAD, FORCED),
        invented_allowed=True,
    )


async def state(town: Town) -> Any:
    applications = await town.rows_of(
        "SELECT p.name_digest, a.row_no, a.bank_id, a.channel FROM application a JOIN person p USING (person_id) ORDER BY 1, 2"
    )
    facts = await town.rows_of(
        "SELECT action, count(*) FROM audit_fact WHERE action LIKE 'application.%%' GROUP BY 1"
    )
    rejects = await town.rows_of("SELECT row_no, ordinal, reason FROM list_reject ORDER BY 1, 2")
    counts = await town.rows_of(
        "SELECT total_rows, accepted_rows, rejected_rows, repeated_rows FROM list_file"
    )
    return applications, facts, rejects, counts


def killed(town: Town, url: str, folder: Path, chunks: int) -> None:
    file = folder / "roster.xlsx"
    file.write_bytes(workbook(HEAD, FORCED))
    organisation = str(town.places["FIRM"].institution_id)
    done = subprocess.run(
        [sys.executable, str(SCRIPT), url, organisation, str(file), str(chunks)], check=False
    )
    assert done.returncode == -signal.SIGKILL


@pytest.fixture
async def unkilled(town: Town) -> Any:
    await settled(town)
    await send(town)
    return await state(town)


async def test_killed_between_any_two_chunks(town: Town, database_url: str, tmp_path: Path) -> None:
    await settled(town)
    applied = [1]
    for _ in range(1, CHUNKS):
        # Each run finds what those before it have done, and does one chunk more.
        killed(town, database_url, tmp_path, 1)
        applied.append((await town.rows_of("SELECT count(*) FROM application"))[0][0])
        assert 0 < applied[-1] - applied[-2] <= 20
        assert await town.rows_of("SELECT answered_at, total_rows FROM list_file") == [(None, None)]
    answer = await send(town)
    assert (answer.again, answer.total_rows, answer.rejected_rows, answer.repeated_rows) == (
        False,
        100,
        15,
        1,
    )
    assert answer.accepted_rows == 84
    assert await town.rows_of(
        "SELECT count(*), count(DISTINCT row_no) FROM application WHERE list_id IS NOT NULL"
    ) == [(84, 84)]
    facts = await town.rows_of("SELECT count(*) FROM audit_fact WHERE action = 'application.submitted'")
    assert facts == [(85,)]


async def test_resumed_equals_unkilled(town: Town, unkilled: Any, database_url: str, tmp_path: Path) -> None:
    async with town.database.work(town.clerk) as work:
        for table in ("application", "list_reject", "list_file", "audit_fact"):
            await work.connection.execute(f"TRUNCATE {table} CASCADE")
    await settled(town)
    killed(town, database_url, tmp_path, 2)
    await send(town)
    assert await state(town) == unkilled


async def test_what_was_applied_and_ended_meanwhile_is_not_applied_again(
    town: Town, database_url: str, tmp_path: Path
) -> None:
    await settled(town)
    killed(town, database_url, tmp_path, 2)
    ended = await town.rows_of("SELECT person_id, application_id FROM application WHERE row_no = 3")
    async with town.database.work(town.clerk) as work:
        assert await move_many(work, ended, Action.REJECT) == 1  # type: ignore[arg-type]
    answer = await send(town)
    assert answer.accepted_rows == 84
    assert await town.rows_of("SELECT status FROM application WHERE row_no = 3") == [("rejected",)]
