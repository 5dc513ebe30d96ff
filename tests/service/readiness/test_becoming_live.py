"""From planned to live and back: steps, tests that hold for a time, evidence that stays."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from tests.issuing.town import Town, request

from shebaoka.issuing.applications.commands import apply
from shebaoka.issuing.applications.errors import OutletNotServing
from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.clock import SetClock
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.commands import import_institutions
from shebaoka.registry.institutions.liveness import Status
from shebaoka.registry.programme.views import load
from shebaoka.service.readiness import commands, scripts, views
from shebaoka.service.readiness.errors import (
    LapsedTest,
    LiveDayPast,
    NotSubjectToReadiness,
    RehearsedTooOften,
    RunClosed,
    ScriptUnknown,
)
from shebaoka.service.readiness.model import SEEN_MAX, Matched, Run

TODAY = date(2019, 1, 2)
EVIDENCE = "验收单 2019-001"


async def act(town: Town, command: Any, code: str, *more: Any) -> Any:
    async with town.database.work(town.clerk) as work:
        return await command(work, await load(work), town.places[code].institution_id, *more)


async def stands(town: Town, code: str) -> Any:
    async with town.database.work(town.clerk) as work:
        one = await institutions.by_code(work, code)
        assert one
        return await views.standing(work, await load(work), one)


def client(town: Town, code: str) -> Actor:
    return Actor("client:his", town.places[code].institution_id, "hospital_system")


async def rehearse(town: Town, run: Run, code: str = "HOSP", *, spoilt: str = "", muddled: str = "") -> Run:
    """See every request of a run, as the faces do; `spoilt` is answered wrongly, `muddled` misunderstood by the client."""
    async with town.database.work(client(town, code)) as work:
        steps = await views.expected(work, run)
        for step in steps:
            answer = dict(step.answer) | {"zh": "more than is asked for"}
            status = 500 if step.step == spoilt else step.status
            assert await commands.note_seen(work, Matched(run, step), status, answer, 3) is (
                step.step != spoilt
            )
    shown = {step.step: "refused" if step.step == muddled else step.shows for step in steps}
    async with town.database.work(client(town, code)) as work:
        return await commands.close_run(work, await load(work), run.run_id, shown)


async def passed(town: Town, code: str = "HOSP") -> Run:
    return await rehearse(town, await act(town, commands.open_run, code, "medical_client"), code)


async def test_a_hospital_goes_the_whole_way(town: Town, clock: SetClock) -> None:
    assert (await stands(town, "HOSP")).readiness is Status.PLANNED
    assert await act(town, commands.build, "HOSP", EVIDENCE) is Status.BUILT
    run = await passed(town)
    assert run.status == "passed"
    assert (await stands(town, "HOSP")).readiness is Status.TESTED
    day = TODAY + timedelta(days=7)
    assert await act(town, commands.go_live, "HOSP", day, "会议纪要") is Status.LIVE
    found = await stands(town, "HOSP")
    assert (found.readiness, found.live_from) == (Status.TESTED, day), "until its day it counts as tested"
    # The day may still be set anew.
    assert await act(town, commands.go_live, "HOSP", day - timedelta(days=1), "提前") is Status.LIVE
    clock.at += timedelta(days=6)
    found = await stands(town, "HOSP")
    assert (found.readiness, found.missing_zh) == (Status.LIVE, "")
    assert [(step.action, step.became) for step in found.steps] == [
        ("build", "built"), ("test", "tested"), ("go_live", "live"), ("go_live", "live"),
    ]  # fmt: skip
    assert [step.evidence for step in found.steps][::2] == [EVIDENCE, "会议纪要"]
    assert found.steps[1].run_ids == [run.run_id]
    assert found.steps[1].actor == "client:his"
    assert found.tested_until == TODAY + timedelta(days=365)


async def test_steps_out_of_turn_are_refused_and_leave_nothing(town: Town) -> None:
    for command, more in (
        (commands.suspend, (EVIDENCE,)),
        (commands.go_live, (TODAY, EVIDENCE)),
        (commands.open_run, ("medical_client",)),
    ):
        with pytest.raises(TransitionRefused):
            await act(town, command, "HOSP", *more)
    assert (await stands(town, "HOSP")).steps == ()
    with pytest.raises(NotSubjectToReadiness):
        await act(town, commands.build, "FIRM", EVIDENCE)
    async with town.database.work(town.clerk) as work:
        with pytest.raises(NotFound):
            await commands.build(work, await load(work), 4_711, EVIDENCE)


@pytest.mark.parametrize("fault", [{"spoilt": "card_lost"}, {"muddled": "old_card"}])
async def test_one_wrong_answer_fails_the_run(town: Town, fault: dict[str, str]) -> None:
    await act(town, commands.build, "HOSP", EVIDENCE)
    run = await rehearse(town, await act(town, commands.open_run, "HOSP", "medical_client"), **fault)
    assert (run.status, run.valid_until) == ("failed", None)
    assert (await stands(town, "HOSP")).readiness is Status.BUILT
    with pytest.raises(TransitionRefused):
        await act(town, commands.go_live, "HOSP", TODAY, EVIDENCE)


async def test_a_run_that_saw_too_little_fails(town: Town) -> None:
    await act(town, commands.build, "HOSP", EVIDENCE)
    run = await act(town, commands.open_run, "HOSP", "medical_client")
    again = await act(town, commands.open_run, "HOSP", "medical_client")
    assert again == run, "one open run of a script"
    async with town.database.work(client(town, "HOSP")) as work:
        steps = await views.expected(work, run)
        shown = {step.step: step.shows for step in steps}
        for step in steps[1:]:
            await commands.note_seen(work, Matched(run, step), step.status, step.answer, 1)
        closed = await commands.close_run(work, await load(work), run.run_id, shown)
    assert closed.status == "failed"
    for late in (
        lambda work, rules: commands.close_run(work, rules, run.run_id, {}),
        lambda work, _: commands.note_seen(work, Matched(run, steps[0]), 200, {}, 1),
    ):
        async with town.database.work(client(town, "HOSP")) as work:
            with pytest.raises(RunClosed):
                await late(work, await load(work))


async def test_the_last_try_of_a_step_counts(town: Town) -> None:
    await act(town, commands.build, "HOSP", EVIDENCE)
    run = await act(town, commands.open_run, "HOSP", "medical_client")
    async with town.database.work(client(town, "HOSP")) as work:
        step = (await views.expected(work, run))[0]
        assert not await commands.note_seen(work, Matched(run, step), 500, None, 1)
        assert not await commands.note_seen(work, Matched(run, step), step.status, {"good": False}, 1)
    assert (await rehearse(town, run)).status == "passed"


async def test_a_run_keeps_so_many_requests_and_no_more(town: Town) -> None:
    await act(town, commands.build, "HOSP", EVIDENCE)
    run = await act(town, commands.open_run, "HOSP", "medical_client")
    async with town.database.work(client(town, "HOSP")) as work:
        step = (await views.expected(work, run))[0]
        await work.run(
            "INSERT INTO conformance_seen SELECT %(r)s, n, 'x', 'x', 'x', 'x', true, 0, 'x', %(now)s"
            " FROM generate_series(1, %(n)s) AS x(n)", {"r": run.run_id, "n": SEEN_MAX, "now": work.now},
        )  # fmt: skip
        with pytest.raises(RehearsedTooOften):
            await commands.note_seen(work, Matched(run, step), 200, {}, 1)


async def test_a_suspended_hospital_is_tested_anew(town: Town, clock: SetClock) -> None:
    await act(town, commands.build, "HOSP", EVIDENCE)
    await passed(town)
    await act(town, commands.go_live, "HOSP", TODAY, EVIDENCE)
    clock.at += timedelta(days=1)
    assert await act(town, commands.suspend, "HOSP", "误读老卡") is Status.SUSPENDED
    assert (await stands(town, "HOSP")).tested_until is None, "what passed before counts no more"
    with pytest.raises(TransitionRefused):
        await act(town, commands.go_live, "HOSP", TODAY + timedelta(days=1), EVIDENCE)
    clock.at += timedelta(hours=1)
    await passed(town)
    assert (await stands(town, "HOSP")).readiness is Status.TESTED
    assert await act(town, commands.go_live, "HOSP", TODAY + timedelta(days=1), EVIDENCE) is Status.LIVE


async def test_a_test_holds_for_a_year_and_for_its_script(town: Town, clock: SetClock) -> None:
    await act(town, commands.build, "HOSP", EVIDENCE)
    await passed(town)
    with pytest.raises(LiveDayPast):
        await act(town, commands.go_live, "HOSP", TODAY - timedelta(days=1), EVIDENCE)
    with pytest.raises(LapsedTest):
        await act(town, commands.go_live, "HOSP", TODAY + timedelta(days=366), EVIDENCE)
    clock.at += timedelta(days=500)
    with pytest.raises(LapsedTest):
        await act(town, commands.go_live, "HOSP", TODAY + timedelta(days=500), EVIDENCE)
    await passed(town)
    # From 2020-12-31 no old card is good: who has shown the opposite has shown nothing.
    with pytest.raises(LapsedTest):
        await act(town, commands.go_live, "HOSP", date(2020, 12, 31), EVIDENCE)
    assert await act(town, commands.go_live, "HOSP", date(2020, 12, 30), EVIDENCE) is Status.LIVE


async def test_a_live_hospital_renews_its_test_and_serves_on(town: Town, clock: SetClock) -> None:
    await act(town, commands.build, "HOSP", EVIDENCE)
    await passed(town)
    await act(town, commands.go_live, "HOSP", TODAY, EVIDENCE)
    clock.at += timedelta(days=400)
    async with town.database.work(town.clerk) as work:
        found = await views.blockers(work, await load(work), "hospital")
    assert [(one.institution, one.readiness, one.days) for one in found] == [("HOSP", "live", 35)]
    await passed(town)
    found = await stands(town, "HOSP")
    assert (found.readiness, found.live_from) == (Status.LIVE, TODAY)
    async with town.database.work(town.clerk) as work:
        assert await views.blockers(work, await load(work), "hospital") == []


async def test_a_script_of_another_kind_is_unknown(town: Town) -> None:
    await act(town, commands.build, "HOSP", EVIDENCE)
    for name in ("bank_core", "nothing"):
        with pytest.raises(ScriptUnknown):
            await act(town, commands.open_run, "HOSP", name)


async def test_evidence_cannot_be_changed_and_stands_in_the_audit_log(town: Town) -> None:
    await act(town, commands.build, "HOSP", EVIDENCE)
    run = await passed(town)
    ((subject, detail),) = await town.rows_of(
        "SELECT subject, detail FROM audit_fact WHERE action = 'conformance.passed'"
    )
    assert run.evidence
    assert (subject, detail["evidence_sm3"]) == (str(run.run_id), bytes(run.evidence).hex())
    for table in ("readiness_step", "conformance_seen"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET actor = 'x'"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await town.rows_of(statement)
    async with town.database.work(SYSTEM) as work:
        seen = await views.seen(work, run.run_id)
        assert views.intact(run, seen)
        # Somebody who may drop triggers is found out by the digest.
        await work.run("ALTER TABLE conformance_seen DISABLE TRIGGER conformance_seen_append_only")
        await work.run("UPDATE conformance_seen SET observed = 'x' WHERE step = 'old_card'")
        assert not views.intact(run, await views.seen(work, run.run_id))
    told = await town.rows_of(
        "SELECT action FROM audit_fact WHERE action LIKE 'readiness.%%' ORDER BY fact_id"
    )
    assert told == [("readiness.taken_over",), ("readiness.build",), ("readiness.test",)]


async def test_two_operators_at_once_move_it_once(town: Town) -> None:
    barrier = asyncio.Barrier(2)

    async def build() -> Any:
        async with town.database.work(town.clerk) as work:
            rules = await load(work)
            await barrier.wait()
            return await commands.build(work, rules, town.places["HOSP"].institution_id, EVIDENCE)

    outcomes = await asyncio.gather(build(), build(), return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["Status", "TransitionRefused"]
    assert len((await stands(town, "HOSP")).steps) == 1


async def test_a_list_plans_and_never_moves_what_is_live(town: Town, tmp_path: Any, clock: SetClock) -> None:
    head = "code,kind,name_zh,name_en,parent,district,uscc,live_from\n"
    lines = "HOSP,hospital,虚构医院,Hospital,,310101,,2019-05-01\nC310101002,community_centre,改名,Renamed,,310101,,2030-01-01\n"
    (tmp_path / "institutions.csv").write_text(head + lines, "utf-8")
    for changed in (2, 0):
        async with town.database.work(town.clerk) as work:
            result = await import_institutions(work, tmp_path)
        assert result.institutions_changed == changed, "the same files again change nothing"
    hospital, centre = await stands(town, "HOSP"), await stands(town, "C310101002")
    assert (hospital.readiness, hospital.live_from) == (Status.PLANNED, date(2019, 5, 1))
    assert (centre.readiness, centre.live_from) == (Status.LIVE, date(2018, 1, 1))


async def test_a_centre_that_is_suspended_takes_no_cards(town: Town) -> None:
    from tests.issuing.town import person  # noqa: PLC0415 - the name is a test's own here

    await town.settle(person(1), person(2))
    async with town.database.work(town.actor("C310101002")) as work:
        await apply(work, request(person(1)))
    await act(town, commands.suspend, "C310101002", EVIDENCE)
    async with town.database.work(town.actor("C310101002")) as work:
        with pytest.raises(OutletNotServing):
            await apply(work, request(person(2)))


async def test_progress_against_the_articles_numbers(town: Town) -> None:
    await act(town, commands.build, "HOSP", EVIDENCE)
    async with town.database.work(town.clerk) as work:
        rows = await views.progress(work, await load(work))
        waiting = await views.blockers(work, await load(work))
    city = {row.kind: row for row in rows if not row.district}
    assert {kind: row.target for kind, row in city.items()} == {
        "community_centre": 300, "bank": 11, "bank_outlet": 3000, "hospital": 400, "pharmacy": 800,
    }  # fmt: skip
    centres, hospitals = city["community_centre"], city["hospital"]
    assert (centres.tested, centres.live, centres.to_go) == (1, 1, 299), "one centre's day is to come"
    assert (hospitals.planned, hospitals.built, hospitals.live) == (0, 1, 0)
    assert (city["bank"].planned, city["bank"].live, city["bank"].to_go) == (1, 3, 8)
    assert {(row.district, row.kind) for row in rows if row.district} == {
        ("310101", "community_centre"), ("310101", "bank_outlet"), ("310101", "hospital"),
    }  # fmt: skip
    assert {one.institution for one in waiting} == {"HOSP", "DRUG", "NEWBANK", "LATE", "C310101003"}
    assert all(one.missing_zh and one.days == 0 for one in waiting)


async def test_taking_over_is_told_and_done_once(town: Town) -> None:
    found = await stands(town, "ICBC")
    assert [(step.action, step.evidence) for step in found.steps] == [("take_over", commands.BEFORE)]
    async with town.database.work(town.clerk) as work:
        # The hospital has a day by now, the pharmacy has none.
        assert await commands.take_over(work, "原系统已服务") == 1
        assert await commands.take_over(work) == 0
    assert (await stands(town, "DRUG")).readiness is Status.PLANNED
    assert (await stands(town, "HOSP")).readiness is Status.TESTED, "from its day on"


def test_scripts_are_sound() -> None:
    """Every rule's script exists all through the programme, every person that is named exists, versions move with the days."""
    loaded = scripts.load()
    people = loaded.people()
    for script in loaded.script:
        assert bool(script.step) == (script.direction == "from_partner")
        assert bool(script.call) == (script.direction == "to_partner")
        names = [one.name for one in (*script.step, *script.call)]
        assert len(names) == len(set(names))
        assert {item.person for call in script.call for item in call.items} <= set(people)
    medical = scripts.script("medical_client", TODAY)
    assert (medical.version(TODAY), medical.version(date(2020, 12, 31))) == (
        date(2018, 1, 1),
        date(2020, 12, 31),
    )
