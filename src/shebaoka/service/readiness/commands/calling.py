"""We run a script against the partner's own service: in rehearsal, with invented people, under references of the run's own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from shebaoka.banking.connector import Opened, Refused, sound
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.database import Database
from shebaoka.kit.partners import Partner, PartnerAnswerRefused, PartnerUnavailable
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.programme.views import load as load_programme
from shebaoka.service.readiness import scripts, views
from shebaoka.service.readiness.commands.running import add_seen, finish
from shebaoka.service.readiness.errors import RunClosed
from shebaoka.service.readiness.model import Run, Seen
from shebaoka.service.readiness.store import SQL

Seconds = Callable[[], float]
MOBILE: Final = "15400000000"
Answers = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class CallCounts:
    """What a run of the stage did, in runs."""

    passed: int = 0
    failed: int = 0


async def call_due(database: Database, banks: Partner) -> CallCounts:
    """Run every script that is open in this direction. Killed and run again, a run sends the same references again."""
    passed = failed = after = 0
    while True:
        async with database.work(SYSTEM) as work:
            run_id = await work.value(SQL["runs_to_call"], {"after": after})
        if run_id is None:
            return CallCounts(passed, failed)
        after = run_id
        run = await call_partner(database, SYSTEM, banks, run_id)
        passed, failed = passed + (run.status == "passed"), failed + (run.status == "failed")


async def call_partner(
    database: Database, actor: Actor, banks: Partner, run_id: int, seconds: Seconds = time.perf_counter
) -> Run:
    """Send a run's requests to the partner and close the run with what came. RunClosed, NotFound.

    This function will open no transaction while the partner thinks. A partner that is down fails the run.
    """
    async with database.work(actor) as work:
        run = await views.run(work, run_id)
        if run.status != "open" or run.direction != "to_partner":
            raise RunClosed(run.status)
        (institution,) = (await institutions.by_ids(work, [run.institution_id])).values()
        script, today, now = scripts.script(run.script, work.today), work.today, work.now
    seen: list[Seen] = []
    answers: dict[str, Answers] = {}
    for call in script.call:
        if call.valid(today):
            began = seconds()
            observed, answers[call.name] = await _send(banks, institution.code, run_id, call)
            if call.as_before and observed == "opened" and answers[call.name] != answers.get(call.as_before):
                observed = "another answer than before"
            milliseconds = round((seconds() - began) * 1_000)
            seen.append(Seen(
                call.name, f"POST {call.path}", call.expects, observed, observed == call.expects, milliseconds,
                actor.name, now,
            ))  # fmt: skip
    async with database.work(actor) as work:
        held = await work.row(SQL["hold_run"], {"run_id": run_id}, Run)
        assert held
        if held.status != "open":  # Another process was quicker; its evidence stands.
            return held
        await add_seen(work, run, seen)
        same = script.version(work.today) == run.version
        passed = same and bool(seen) and all(one.passed for one in seen)
        return await finish(work, await load_programme(work), run, passed=passed)


async def _send(banks: Partner, code: str, run_id: int, call: scripts.Call) -> tuple[str, Answers]:
    people = scripts.load().people()
    items = [
        {"reference": f"rehearsal-{run_id}-{item.reference}", "id_number": people[item.person].id_number,
         "name": people[item.person].name, "mobile": MOBILE}
        for item in call.items
    ]  # fmt: skip
    try:
        answers = await banks.batch(f"/{code}{call.path}", items)
    except PartnerUnavailable:
        return "unavailable", {}
    except PartnerAnswerRefused:
        return "batch_refused", {}
    return _outcome([answers.get(item["reference"]) for item in items]), answers


def _outcome(answers: Sequence[Mapping[str, Any] | None]) -> str:
    """Say in a word what came of a batch: the worst of its answers."""
    said = {_word(answer) for answer in answers}
    return next(word for word in ("unanswered", "malformed", "refused", "opened") if word in said)


def _word(answer: Mapping[str, Any] | None) -> str:
    if answer is None:
        return "unanswered"
    try:
        read = msgspec.convert(answer, Opened | Refused)
    except msgspec.ValidationError:
        return "malformed"
    if isinstance(read, Refused):
        return "refused"
    return "opened" if sound(read.account_number) else "malformed"
