"""An institution becomes more or less ready; the one door to its status, and every step keeps its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions.commands import hold_readiness, note_readiness, take_over_live
from shebaoka.registry.institutions.liveness import Readiness, Status, status_on
from shebaoka.registry.programme.programme import Programme
from shebaoka.service.readiness import views
from shebaoka.service.readiness.errors import LapsedTest, LiveDayPast, NotSubjectToReadiness
from shebaoka.service.readiness.model import Run
from shebaoka.service.readiness.states import Action, after
from shebaoka.service.readiness.store import SQL

BEFORE: Final = "建立上线管理之前已上线 · before readiness was kept"


async def build(work: Work, programme: Programme, institution_id: int, evidence: str) -> Status:
    """Note that an institution's system stands; it may rehearse from now on. TransitionRefused, NotSubjectToReadiness, NotFound."""
    return await _move(work, await hold(work, programme, institution_id), Action.BUILD, evidence)


async def suspend(work: Work, programme: Programme, institution_id: int, evidence: str) -> Status:
    """Let an institution do no business until it has been tested anew; errors as in `build`.

    This function will hold within five seconds everywhere: as long as a gatekeeper believes a token.
    """
    return await _move(work, await hold(work, programme, institution_id), Action.SUSPEND, evidence)


async def go_live(
    work: Work, programme: Programme, institution_id: int, live_from: date, evidence: str
) -> Status:
    """Let a tested institution serve from a day on, today or later; until then the day may be set anew.

    This function will ask that every script which the rules of that day name has passed and holds on it. Raises
    LiveDayPast, LapsedTest, and what `build` does.
    """
    one = await hold(work, programme, institution_id)
    after(status_on(one, work.today), Action.GO_LIVE)
    if live_from < work.today:
        raise LiveDayPast(live_from.isoformat())
    if await views.holding(work, programme, one, live_from) is None:
        raise LapsedTest(f"{one.code}: {live_from}")
    return await _move(work, one, Action.GO_LIVE, evidence, live_from=live_from)


async def note_test(work: Work, one: Readiness, runs: Sequence[Run], evidence: str) -> Status:
    """Note that every script an institution needs has passed."""
    until = min(run.valid_until for run in runs if run.valid_until)
    return await _move(work, one, Action.TEST, evidence, runs=runs, valid_until=until)


async def take_over(work: Work, evidence: str = BEFORE) -> int:
    """Make every planned institution live that has a day, from that day on, and give how many.

    For a city that begins to keep readiness while its institutions serve already: no test is behind it, and each one's
    first step says so.
    """
    taken = await take_over_live(work)
    if taken:
        await work.run(SQL["taken_over"], {
            "ids": [institution_id for institution_id, _ in taken], "days": [day for _, day in taken],
            "step_ids": list(work.ids.many(len(taken))), "evidence": evidence, "actor": work.actor.name,
            "organisation_id": work.actor.organisation_id, "now": work.now,
        })  # fmt: skip
        work.record(0, "readiness.taken_over", "institutions", institutions=len(taken), evidence=evidence)
    return len(taken)


async def hold(work: Work, programme: Programme, institution_id: int) -> Readiness:
    """Give how ready an institution is and keep others from moving it. NotFound, NotSubjectToReadiness."""
    one = (await hold_readiness(work, [institution_id])).get(institution_id)
    if one is None:
        raise NotFound(f"机构 institution {institution_id}")
    if not programme.readiness(one.kind, work.today).must_be_live:
        raise NotSubjectToReadiness(one.kind)
    return one


async def _move(
    work: Work,
    one: Readiness,
    action: Action,
    evidence: str,
    *,
    live_from: date | None = None,
    runs: Sequence[Run] = (),
    valid_until: date | None = None,
) -> Status:
    was = status_on(one, work.today)
    became = after(was, action)
    run_ids = [run.run_id for run in runs] or None
    if became is not was:
        await note_readiness(work, one.institution_id, became, live_from or one.live_from)
    await work.run(SQL["add_step"], {
        "institution_id": one.institution_id, "step_id": work.ids.one(), "action": action, "was": was, "became": became,
        "live_from": live_from, "valid_until": valid_until, "run_ids": run_ids, "evidence": evidence,
        "actor": work.actor.name, "organisation_id": work.actor.organisation_id, "now": work.now,
    })  # fmt: skip
    work.record(
        0, f"readiness.{action}", one.institution_id, was=was, became=became, live_from=live_from,
        valid_until=valid_until, runs=None if run_ids is None else list(map(str, run_ids)), evidence=evidence,
    )  # fmt: skip
    return became
