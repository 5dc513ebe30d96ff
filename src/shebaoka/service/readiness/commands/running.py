"""Conformance runs: opened, what they see is kept, closed passed or failed with a digest of all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import msgspec

from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.liveness import status_on
from shebaoka.registry.programme.programme import Programme
from shebaoka.service.readiness import scripts, views
from shebaoka.service.readiness.commands.moving import hold, note_test
from shebaoka.service.readiness.errors import RehearsedTooOften, RunClosed, ScriptUnknown
from shebaoka.service.readiness.evidence import digest
from shebaoka.service.readiness.model import SEEN_MAX, Matched, Run, Seen, Shows
from shebaoka.service.readiness.seeding import places
from shebaoka.service.readiness.states import Action, after
from shebaoka.service.readiness.store import SQL

SEEN: Final = (
    "run_id", "seen_id", "step", "request", "expected", "observed", "passed", "duration_ms", "actor", "at",
)  # fmt: skip


async def open_run(work: Work, programme: Programme, institution_id: int, script: str) -> Run:
    """Open a run of a script for an institution that is built, or give the one that is open.

    Raises NotFound, NotSubjectToReadiness, TransitionRefused (not built yet), ScriptUnknown, RehearsalNeedsPlaces.
    """
    one = await hold(work, programme, institution_id)
    after(status_on(one, work.today), Action.TEST)
    if script not in programme.readiness(one.kind, work.today).scripts:
        raise ScriptUnknown(script)
    text = scripts.script(script, work.today)
    if text.direction == "from_partner":
        (own,) = (await institutions.by_ids(work, [institution_id])).values()
        await places(work, own)
    named = {"institution_id": institution_id, "script": script}
    run_id, version = work.ids.one(), text.version(work.today)
    opened = await work.run(SQL["open_run"], {
        **named, "run_id": run_id, "version": version, "direction": text.direction, "actor": work.actor.name,
        "now": work.now,
    })  # fmt: skip
    if opened:
        work.record(
            0, "conformance.opened", run_id, institution_id=institution_id, script=script, version=version
        )
    found = await work.row(SQL["open_run_of"], named, Run)
    assert found, "it was opened, or was open"
    return found


async def note_seen(work: Work, matched: Matched, status: int, answer: Any, duration_ms: int) -> bool:
    """Keep a rehearsed request and what was answered, and tell whether it was as it should be. RunClosed, RehearsedTooOften."""
    expected, run = matched.expected, await _open(work, matched.run.run_id)
    if len(await views.seen(work, run.run_id)) >= SEEN_MAX:
        raise RehearsedTooOften
    observed = {name: answer.get(name) for name in expected.answer} if isinstance(answer, Mapping) else {}
    passed = status == expected.status and observed == dict(expected.answer)
    await add_seen(work, run, [Seen(
        expected.step, f"{expected.method} {expected.path}", _said(expected.status, expected.answer),
        _said(status, observed), passed, duration_ms, work.actor.name, work.now,
    )])  # fmt: skip
    return passed


async def close_run(work: Work, programme: Programme, run_id: int, shown: Mapping[str, Shows]) -> Run:
    """Close a run in which the partner's client called us; `shown`: what it made of each answer, by step.

    It passed when the last request of every step was answered as it should, and the client understood each answer. When
    every script that the institution needs has passed, the institution is tested. RunClosed, NotFound.
    """
    run = await _open(work, run_id)
    if run.direction != "from_partner":
        raise ScriptUnknown(run.script)
    steps = await views.expected(work, run)
    await add_seen(work, run, [
        Seen(one.step, "shown", one.shows, shown.get(one.step, "nothing"), shown.get(one.step) == one.shows, 0,
             work.actor.name, work.now)
        for one in steps
    ])  # fmt: skip
    last = {(one.step, one.request == "shown"): one.passed for one in await views.seen(work, run_id)}
    passed = all(last.get((one.step, kind), False) for one in steps for kind in (False, True))
    # A script that changed while the run was open was not seen as it now is.
    same = scripts.script(run.script, work.today).version(work.today) == run.version
    return await finish(work, programme, run, passed=passed and same)


async def finish(work: Work, programme: Programme, run: Run, *, passed: bool) -> Run:
    """Close a run whose outcome is known, and note the test when it was the last that was missing."""
    one = await hold(work, programme, run.institution_id)
    status = "passed" if passed else "failed"
    days = programme.readiness(one.kind, work.today).test_valid_days
    until = work.today + timedelta(days=days) if passed else None
    evidence = digest(run, await views.seen(work, run.run_id))
    await work.run(SQL["close_run"], {
        "run_id": run.run_id, "status": status, "valid_until": until, "evidence": evidence, "now": work.now,
    })  # fmt: skip
    work.record(
        0, f"conformance.{status}", run.run_id, institution_id=run.institution_id, script=run.script,
        version=run.version, evidence_sm3=evidence.hex(),
    )  # fmt: skip
    if passed and (runs := await views.holding(work, programme, one, work.today)):
        told = ", ".join(
            f"{one.script}@{one.version} {one.evidence.hex()[:16]}" for one in runs if one.evidence
        )
        await note_test(work, one, runs, told)
    return await views.run(work, run.run_id)


async def add_seen(work: Work, run: Run, seen: Sequence[Seen]) -> None:
    """Keep what was seen."""
    await work.copy("conformance_seen", SEEN, (
        (run.run_id, seen_id, one.step, one.request, one.expected, one.observed, one.passed, one.duration_ms, one.actor,
         one.at)
        for seen_id, one in zip(work.ids.many(len(seen)), seen, strict=True)
    ))  # fmt: skip


async def _open(work: Work, run_id: int) -> Run:
    run = await work.row(SQL["hold_run"], {"run_id": run_id}, Run)
    if run is None:
        raise NotFound(f"测试 run {run_id}")
    if run.status != "open":
        raise RunClosed(run.status)
    return run


def _said(status: int, answer: Mapping[str, Any]) -> str:
    return f"{status} {msgspec.json.encode(dict(answer), order='sorted').decode()}"
