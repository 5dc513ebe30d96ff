"""`shebaoka helpdesk`: what an operator sees of the hotlines, and what callers are answered."""

from __future__ import annotations

from datetime import datetime, timedelta

import psycopg
import pytest
from tests.chain.command_line import bilingual, here, open_folder

from shebaoka import wiring
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.settings import Settings
from shebaoka.service.helpdesk.model import case_number

LINES = "INSERT INTO institution (institution_id, code, kind, name_zh, name_en) VALUES (1, 'H962222', 'hotline', '热线', 'Line'), (2, 'H12333', 'hotline', '热线', 'Line')"
CASE = (
    "INSERT INTO help_case (case_id, number, topic, status, line_id, level, reason, due_on, opened_at, updated_at, calls,"
    " handovers, owners, reach, escalated_at) VALUES (%(n)s, %(number)s, 'apply', 'open', %(line)s, 'anonymous', '咨询', %(due)s,"
    " %(now)s, %(now)s, 1, 0, ARRAY[%(line)s::bigint], ARRAY[%(line)s::bigint], %(escalated)s)"
)
HANDOVER = (
    "INSERT INTO help_handover (handover_id, case_id, from_line, to_line, topic, status, handed_at, accept_by)"
    " VALUES (9, 1, 1, 2, 'social_use', 'pending', %(now)s, %(by)s)"
)


@pytest.fixture(scope="module")
def home():
    """A city with four cases at two lines, one of them overdue, one on its way; its server runs on, and commands join it."""
    now = datetime.now(SHANGHAI)
    with open_folder() as folder, wiring.ready_database(Settings(data_dir=str(folder))) as url:
        with psycopg.connect(url) as connection:
            connection.execute(LINES)
            for n, line, days, escalated in (
                (1, 1, 3, None),
                (2, 1, -2, None),
                (3, 2, 5, now),
                (4, 2, 1, None),
            ):
                due = now.date() + timedelta(days=days)
                connection.execute(CASE, {"n": n, "number": case_number(n), "line": line, "due": due, "now": now,
                                          "escalated": escalated})  # fmt: skip
            connection.execute(HANDOVER, {"now": now, "by": now + timedelta(minutes=10)})
        yield folder


def test_the_queue_shows_what_came_back_first(home):
    shown = here(home, "helpdesk", "queue", "--json").did()
    assert [one["number"] for one in shown["cases"]] == [case_number(n) for n in (3, 2, 4, 1)]
    assert [(one["from"], one["to"]) for one in shown["arriving"]] == [("H962222", "H12333")]
    told = here(home, "helpdesk", "queue", "--line", "H12333")
    assert bilingual(told.out)
    assert "! " + case_number(3) in told.out
    assert case_number(2) not in told.out
    assert here(home, "helpdesk", "queue", "--line", "NOBODY").code == 1


def test_what_is_overdue_is_listed(home):
    assert [one["number"] for one in here(home, "helpdesk", "overdue", "--json").did()["cases"]] == [
        case_number(2)
    ]
    told = here(home, "helpdesk", "overdue", "--line", "H12333")
    assert told.out.strip() == "超期 overdue 0"


def test_answers_come_with_their_rules(home):
    told = here(home, "helpdesk", "answers", "lost", "--on", "2019-05-06")
    assert told.code == 0
    assert "有效5天" in told.out
    assert "temporary_loss/five_days@2018-01-01" in told.out
    assert bilingual(told.out)
    assert len(here(home, "helpdesk", "answers", "--json").did()["answers"]) == 15
    assert here(home, "helpdesk", "answers", "why").code == 2
    assert here(home, "helpdesk", "answers", "fee", "--on", "2017-01-01").code == 1


def test_the_step_brings_hand_overs_back(home):
    ran = here(home, "jobs", "run", "helpdesk", "--json").did()
    assert ran["stages"][0]["counts"] == {"handovers_lapsed": 0, "cases_closed": 0}
