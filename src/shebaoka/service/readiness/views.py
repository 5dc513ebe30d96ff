"""Everything that reads readiness."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.liveness import Placed, Readiness, Status, live, missing, status_on
from shebaoka.registry.institutions.model import KINDS, Institution
from shebaoka.registry.programme.programme import Programme
from shebaoka.service.readiness import scripts
from shebaoka.service.readiness.errors import NotInScript, RunClosed
from shebaoka.service.readiness.evidence import digest
from shebaoka.service.readiness.model import (
    BLOCKERS_MAX,
    Blocker,
    Expected,
    Matched,
    Progress,
    Run,
    Seen,
    Standing,
    Step,
)
from shebaoka.service.readiness.seeding import places
from shebaoka.service.readiness.store import SQL

RUNS_SHOWN: Final = 50
RETEST: Final = ("测试有效期已过，须重新测试", "its test has lapsed and must be run anew")
NOTHING: Final = ("", "")


def subject(programme: Programme, on: date) -> list[str]:
    """Give the kinds of institution that must be live on a day before they do business."""
    return [kind for kind in KINDS if programme.readiness(kind, on).must_be_live]


async def standing(work: Work, programme: Programme, one: Institution) -> Standing:
    """Give how ready an institution is, how it came there and what lacks."""
    rules, today = programme.readiness(one.kind, work.today), work.today
    named = {"institution_id": one.institution_id}
    placed = await institutions.readiness(work, one.institution_id)
    assert placed, "institutions are never deleted"
    steps = await work.rows(SQL["steps"], named, Step)
    runs = await work.rows(SQL["runs"], {**named, "runs_max": RUNS_SHOWN}, Run)
    held = await holding(work, programme, placed, today)
    lacks = NOTHING if not rules.must_be_live or live(placed, today) else missing(placed, today)
    until = min(run.valid_until for run in held if run.valid_until) if held else None
    return Standing(
        one.institution_id, one.code, rules.must_be_live, status_on(placed, today), placed.since, placed.live_from, *lacks,
        rules.scripts, until, tuple(steps), tuple(runs),
    )  # fmt: skip


async def holding(work: Work, programme: Programme, one: Readiness, on: date) -> list[Run] | None:
    """Give the passed runs by which an institution is tested on a day, one for each script it needs; None when one lacks.

    A run counts for the script as it is on that day, until its own last day, and not after a suspension.
    """
    passed = await work.rows(SQL["passed_runs"], {"institution_id": one.institution_id}, Run)
    newest: dict[tuple[str, date], Run] = {}
    for run in reversed(passed):
        if run.valid_until is not None and run.valid_until >= on:
            newest[run.script, run.version] = run
    needed = programme.readiness(one.kind, on).scripts
    found = [newest.get((name, scripts.script(name, on).version(on))) for name in needed]
    return [run for run in found if run] if found and all(found) else None


async def run(work: Work, run_id: int) -> Run:
    """Give a run; NotFound when there is none."""
    found = await work.row(SQL["run"], {"run_id": run_id}, Run)
    if found is None:
        raise NotFound(f"测试 run {run_id}")
    return found


async def seen(work: Work, run_id: int) -> list[Seen]:
    """Give what a run has seen, in order."""
    return await work.rows(SQL["seen"], {"run_id": run_id}, Seen)


async def expected(work: Work, one: Run) -> list[Expected]:
    """Give the requests of a run as they are to be sent today; none where we are the caller."""
    script = scripts.script(one.script, work.today)
    if script.direction != "from_partner":
        return []
    (own,) = (await institutions.by_ids(work, [one.institution_id])).values()
    return script.expected(work.today, (await places(work, own)).codes())


async def matched(work: Work, run_id: int, method: str, path: str, body: Any) -> Matched:
    """Give the step of an open run, of the actor's own institution, that a request is. NotFound, RunClosed, NotInScript."""
    one = await run(work, run_id)
    if one.institution_id != work.actor.organisation_id:
        raise NotFound(f"测试 run {run_id}")
    if one.status != "open":
        raise RunClosed(one.status)
    for step in await expected(work, one):
        if (step.method, step.path, step.body) == (method, path, body):
            return Matched(one, step)
    raise NotInScript(f"{method} {path}")


def intact(one: Run, what: Sequence[Seen]) -> bool:
    """Tell whether what a closed run saw is still what its digest says."""
    return one.evidence is None or digest(one, what) == bytes(one.evidence)


async def progress(work: Work, programme: Programme) -> list[Progress]:
    """Give how ready the institutions are, by kind: of the whole city with the number to be live, then of each district."""
    kinds = subject(programme, work.today)
    counted: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for kind in kinds:
        counted["", kind] = Counter()
    for district, kind, status, number in await institutions.readiness_counts(work, kinds, work.today):
        counted["", kind][status] += number
        if district:
            counted[district, kind][status] += number
    order = {kind: place for place, kind in enumerate(kinds)}
    keys = sorted(counted, key=lambda key: (key[0], order[key[1]]))
    return [_progress(programme, work.today, *key, counted[key]) for key in keys]


def _progress(programme: Programme, on: date, district: str, kind: str, of: Counter[str]) -> Progress:
    target = None if district else programme.readiness_target(kind, on)
    planned, built, tested, in_service, suspended = (of[status] for status in Status)
    return Progress(
        district, kind, planned, built, tested, in_service, suspended, target.institutions if target else None,
        max(target.institutions - of[Status.LIVE], 0) if target else None, target.complete_by if target else None,
    )  # fmt: skip


async def blockers(
    work: Work, programme: Programme, kind: str | None = None, limit: int = 200
) -> list[Blocker]:
    """Give institutions that should serve and do not, and live ones whose test has lapsed, the oldest first."""
    today = work.today
    kinds = [one for one in subject(programme, today) if kind in (None, one)]
    waiting = await institutions.not_live(work, kinds, today, min(limit, BLOCKERS_MAX))
    lapsed: dict[int, date] = dict(await work.rows(SQL["lapsed"], {"on": today}))
    named = await institutions.by_ids(work, {one.institution_id for one in waiting} | set(lapsed))
    found = [
        _blocker(
            named[one.institution_id], one, one.since.astimezone(SHANGHAI).date(), missing(one, today), today
        )
        for one in waiting
    ]
    found += [
        _blocker(one, one, lapsed[institution_id], RETEST, today)
        for institution_id, one in named.items()
        if institution_id in lapsed and one.kind in kinds and live(one, today)
    ]
    return sorted(found, key=lambda one: (one.since, one.institution))[:limit]


def _blocker(one: Institution, placed: Placed, since: date, lacks: tuple[str, str], today: date) -> Blocker:
    return Blocker(
        one.code, one.name_zh, one.name_en, one.kind, one.district_code or "", status_on(placed, today), since,
        (today - since).days, *lacks,
    )  # fmt: skip
