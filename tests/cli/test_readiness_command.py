"""`shebaoka readiness`: an operator brings institutions to life."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest
from tests.chain.command_line import bilingual, here, open_folder

from shebaoka import wiring
from shebaoka.kit.settings import Settings

FILL = (
    "INSERT INTO institution (institution_id, code, kind, name_zh, name_en, live_from) VALUES"
    " (1, 'H1', 'hospital', '甲医院', 'H1', NULL), (2, 'B1', 'bank', '甲银行', 'B1', '2018-01-01'),"
    " (3, 'B2', 'bank', '乙银行', 'B2', NULL), (4, 'C1', 'community_centre', '中心', 'C1', NULL)"
)


@pytest.fixture(scope="module")
def home():
    """A city with two banks, a hospital and a centre, none of them live; its server runs on, and commands join it."""
    with open_folder() as folder, wiring.ready_database(Settings(data_dir=str(folder))) as url:
        with psycopg.connect(url) as connection:
            connection.execute(FILL)
        yield folder


def test_what_served_before_is_taken_over_and_may_be_suspended(home):
    assert here(home, "readiness", "take-over", "--json").did() == {"institutions": 1}
    told = here(home, "readiness", "show", "B1")
    assert "已上线 live" in told.out
    assert bilingual(told.out)
    city = {row["kind"]: row for row in here(home, "readiness", "show", "--json").did()["progress"]}
    assert (city["bank"]["live"], city["bank"]["planned"], city["bank"]["to_go"]) == (1, 1, 10)
    assert "目标 target 400" in here(home, "readiness", "show").out
    assert "已暂停 suspended" in here(home, "readiness", "suspend", "B1", "--evidence", "联调异常").out


def test_a_hospital_is_built_and_its_run_opened(home):
    built = here(home, "readiness", "build", "H1", "--evidence", "验收单", "--json").did()
    assert built == {"institution": "H1", "readiness": "built"}
    run = here(home, "readiness", "run", "H1", "medical_client", "--json").did()
    assert (run["status"], run["seen"]) == ("open", [])
    blocked = here(home, "readiness", "blockers", "--kind", "hospital", "--json").did()["blockers"]
    assert [(one["institution"], one["readiness"]) for one in blocked] == [("H1", "built")]
    assert "H1" in here(home, "readiness", "blockers").out
    refused = here(home, "readiness", "go-live", "H1", "--on", f"{date.today():%Y-%m-%d}", "--evidence", "x")  # noqa: DTZ011
    assert refused.code == 1
    assert "当前状态下不能办理" in refused.err


def test_a_bank_that_does_not_answer_fails_its_run(home):
    here(home, "readiness", "build", "B2", "--evidence", "接口已接通", "--json").did()
    told = here(home, "readiness", "run", "B2", "bank_core", banks_url="http://127.0.0.1:9")
    assert told.code == 0
    assert "failed" in told.out.splitlines()[0]
    assert "✗ opens" in told.out
    assert here(home, "readiness", "show", "nobody").code == 1
