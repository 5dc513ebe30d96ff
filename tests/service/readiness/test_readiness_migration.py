"""A city that moves to readiness: who had a day serves on as before, who had none is planned."""

from __future__ import annotations

import uuid
from pathlib import Path

import psycopg

import shebaoka.migrations
from shebaoka.kit import postgres

FILES = sorted((Path(shebaoka.migrations.__file__).parent / "sql").glob("*.sql"))
READINESS = next(path for path in FILES if path.stem.endswith("_readiness"))


def test_the_backfill_says_what_was(server: postgres.Running) -> None:
    name = f"m_{uuid.uuid4().hex[:12]}"
    server.create_database(name)
    with psycopg.connect(server.url(name)) as connection:
        for path in FILES[: FILES.index(READINESS)]:
            connection.execute(path.read_bytes())
        connection.execute(
            "INSERT INTO institution (institution_id, code, kind, name_zh, name_en, live_from)"
            " VALUES (1, 'A', 'hospital', 'A', 'A', '2018-07-01'), (2, 'B', 'hospital', 'B', 'B', NULL),"
            " (3, 'C', 'bank', 'C', 'C', '2030-01-01')"
        )
        connection.execute(READINESS.read_bytes())
        found = connection.execute(
            "SELECT institution_id, readiness, readiness_since AT TIME ZONE 'Asia/Shanghai', live_from"
            " FROM institution ORDER BY 1"
        ).fetchall()
        steps = connection.execute(
            "SELECT institution_id, action, was, became, live_from, actor, evidence FROM readiness_step ORDER BY 1"
        ).fetchall()
    server.drop_database(name)
    assert [(row[0], row[1]) for row in found] == [(1, "live"), (2, "planned"), (3, "live")]
    assert str(found[0][2]) == "2018-07-01 00:00:00"
    assert found[1][3] is None
    assert [row[0] for row in steps] == [1, 3]
    assert {row[1:4] for row in steps} == {("take_over", "planned", "live")}
    assert {(row[5], row[6].split(" · ")[1]) for row in steps} == {
        ("system:migration", "before readiness was kept")
    }
