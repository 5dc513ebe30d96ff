"""A batch is brought, and the server is killed before and after every commit of it: it ends as if it had lived."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import msgspec
from tests.issuing.outreach.field import OLD
from tests.issuing.outreach.killed_sync import Plan
from tests.issuing.town import person, request

from shebaoka.issuing.applications.commands import apply


async def test_killed_at_every_commit_each_effect_comes_once(outside_work, tmp_path: Path):
    f = outside_work
    card, second = await f.card(1), await f.card(2)
    await f.settle(3, 4, 5)
    await f.places()
    visit = await f.a_visit(1)
    async with f.database.work(f.town.actor("C310101002")) as work:
        await apply(work, request(person(3, born=OLD), bank="CCB"), f.programme)
    items = [
        f.opening(1, card), f.outcome(visit), f.application(3), f.application(4), f.opening(2, second), f.application(77),
        f.application(5, staff_id=999),
    ]  # fmt: skip
    plan = Plan(
        str(f.database.pool.conninfo),
        f.database.clock.now(),
        f.clerk.organisation_id,
        f.device_id,
        f.secret,
        items,
    )
    (tmp_path / "plan.json").write_bytes(msgspec.json.encode(plan))
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "tests.issuing.outreach.killed_sync", str(tmp_path / "plan.json")],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == 2 * len(items), "each item was interrupted twice"
    results = await f.sync(*items)
    assert [(str(one.status), one.again, one.reason) for one in results] == [
        ("applied", True, None), ("applied", True, None), ("conflict", True, "applied_elsewhere"), ("applied", True, None),
        ("applied", True, None), ("refused", True, "person-unknown"), ("held", True, "staff_unknown"),
    ]  # fmt: skip
    assert await f.value("SELECT count(*) FROM application") == 2
    assert await f.value("SELECT count(*) FROM capture") == len(items)
    for action, times in (
        ("card.opened", 2),
        ("visit.done", 1),
        ("application.submitted", 2),
        ("capture.applied", 4),
    ):
        assert await f.value("SELECT count(*) FROM audit_fact WHERE action = %(a)s", a=action) == times, (
            action
        )
    assert await f.value("SELECT count(*) FROM outbox WHERE topic = 'card.social_opened'") == 2
