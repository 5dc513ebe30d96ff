"""Agents at a barrier: the same case is one agent's, the same hand-over goes one way."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from tests.faces.api_town import HOTLINE, SOCIAL_LINE

from shebaoka.kit.actor import SYSTEM, Actor
from shebaoka.kit.problems import Problem
from shebaoka.registry.programme.views import load
from shebaoka.service.helpdesk import commands, states, views
from shebaoka.service.helpdesk.commands import Leaving, Move, Opening

TRIALS = 40
ONE, OTHER = Actor("staff:501", HOTLINE, "hotline_agent"), Actor("staff:502", HOTLINE, "hotline_agent")
THERE, THERE_TOO = (
    Actor("staff:601", SOCIAL_LINE, "hotline_agent"),
    Actor("staff:602", SOCIAL_LINE, "hotline_agent"),
)
LEAVING = "social_use"


@pytest.fixture
async def programme(town):
    async with town.database.work(SYSTEM) as work:
        return await load(work)


async def race(database, *acts):
    """Let every actor begin a transaction, then all go at once; give what each came to, refusals included."""
    barrier = asyncio.Barrier(len(acts))

    async def run(actor, act):
        async with database.work(actor) as work:
            await work.value("SELECT 1")
            await barrier.wait()
            return await act(work)

    answers = await asyncio.gather(*(run(*act) for act in acts), return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, Problem):
            raise answer
    return [answer.slug if isinstance(answer, Problem) else "done" for answer in answers]


async def opened(town, programme):
    async with town.database.work(ONE) as work:
        return await commands.open_call(work, programme, Opening("比赛用工单", "apply"))


async def handed(town, programme):
    call, case = await opened(town, programme)
    async with town.database.work(ONE) as work:
        return call, await commands.hand_over(work, programme, Leaving(case.case_id, LEAVING, "说明"))


async def as_it_is(town, case_id):
    async with town.database.work(SYSTEM) as work:
        return await views.by_id(work, case_id)


async def test_two_agents_take_the_same_case(town, programme):
    def taking(case):
        return lambda work: commands.move(work, programme, case.case_id, Move("take"))

    winners = set()
    for _ in range(TRIALS):
        _, case = await opened(town, programme)
        async with town.database.work(ONE) as work:
            await commands.move(work, programme, case.case_id, Move("release"))
        said = await race(town.database, (ONE, taking(case)), (OTHER, taking(case)))
        assert sorted(said) == ["case-taken", "done"]
        agent = (await as_it_is(town, case.case_id)).agent
        assert agent == (ONE, OTHER)[said.index("done")].name
        winners.add(agent)
    assert winners


async def test_two_agents_accept_the_same_hand_over(town, programme):
    for _ in range(TRIALS):
        _, handover = await handed(town, programme)
        accepting = lambda work: commands.accept(work, programme, handover.handover_id)  # noqa: B023, E731 - run at once
        said = await race(town.database, (THERE, accepting), (THERE_TOO, accepting))
        assert sorted(said) == ["done", "transition-refused"]
        case = await as_it_is(town, handover.case_id)
        assert (case.agent, case.handovers) == ((THERE, THERE_TOO)[said.index("done")].name, 1)
        assert case.owners == [HOTLINE, SOCIAL_LINE]


async def test_a_hand_over_is_accepted_while_it_is_recalled(town, programme):
    for _ in range(TRIALS):
        call, handover = await handed(town, programme)
        accepting = lambda work: commands.accept(work, programme, handover.handover_id)  # noqa: B023, E731 - run at once
        recalling = lambda work: commands.settle(work, handover.handover_id, "recall")  # noqa: B023, E731 - run at once
        said = await race(town.database, (THERE, accepting), (ONE, recalling))
        assert sorted(said) == ["done", "transition-refused"]
        case = await as_it_is(town, handover.case_id)
        async with town.database.work(SYSTEM) as work:
            stands = (await views.call_by_id(work, call.call_id)).status
        accepted = said[0] == "done"
        assert (case.line_id, stands) == ((SOCIAL_LINE, "handed_over") if accepted else (HOTLINE, "open"))


def leaving(programme, case, topic):
    return lambda work: commands.hand_over(work, programme, Leaving(case.case_id, topic, "说明"))


async def test_one_case_is_handed_over_by_two(town, programme):
    for _ in range(TRIALS):
        _, case = await opened(town, programme)
        said = await race(
            town.database,
            (ONE, leaving(programme, case, "social_use")),
            (ONE, leaving(programme, case, "medical_use")),
        )
        assert sorted(said) == ["done", "transition-refused"]


async def test_two_runs_bring_back_the_same_hand_overs(town, programme):
    calls = [(await handed(town, programme))[0] for _ in range(10)]
    town.city.clock.at += timedelta(minutes=11)
    runs = await asyncio.gather(*(commands.lapse_due(town.database) for _ in range(3)))
    async with town.database.work(SYSTEM) as work:
        assert {(await views.call_by_id(work, call.call_id)).status for call in calls} == {states.Call.OPEN}
        lapsed = await work.value("SELECT count(*) FROM help_entry WHERE kind = 'lapsed'")
    assert lapsed == 10, "each once"
    assert sum(run.handovers_lapsed for run in runs) == 10


async def test_a_guesser_gains_nothing_by_asking_at_once(town, programme):
    """Failures of one person are counted one after the other, however many calls there are."""
    calls = [(await opened(town, programme))[0] for _ in range(8)]
    said = commands.Said("100101198001010016", "无此人")
    told = await race(town.database, *(
        (ONE, lambda work, call=call: commands.identify(work, programme, call.call_id, said)) for call in calls
    ))  # fmt: skip
    assert sorted(told) == ["done"] * 3 + ["identification-locked"] * 5
