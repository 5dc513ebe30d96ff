"""We run a script against the banks' own systems, over real HTTP, with their faults switched on and off."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.issuing.town import Sandbox, Town

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.partners import Partner
from shebaoka.registry.institutions.liveness import Status
from shebaoka.registry.programme.views import load
from shebaoka.service.readiness import commands, views
from shebaoka.service.readiness.errors import RunClosed
from shebaoka.service.readiness.model import Run

EVERYTHING = {
    "opens": "opened",
    "same_again": "opened",
    "several": "opened",
    "reference_of_another": "batch_refused",
}


async def opened(town: Town, code: str = "NEWBANK") -> Run:
    async with town.database.work(town.clerk) as work:
        rules, number = await load(work), town.places[code].institution_id
        if (await views.standing(work, rules, town.places[code])).readiness is Status.PLANNED:
            await commands.build(work, rules, number, "接口已接通")
        return await commands.open_run(work, rules, number, "bank_core")


async def called(town: Town, banks: Partner, run: Run) -> tuple[Run, dict[str, str]]:
    closed = await commands.call_partner(town.database, SYSTEM, banks, run.run_id)
    async with town.database.work(SYSTEM) as work:
        return closed, {one.step: one.observed for one in await views.seen(work, run.run_id)}


async def test_a_bank_that_does_everything_right_passes(town: Town, banks: Sandbox) -> None:
    run, observed = await called(town, banks.partner("banks"), await opened(town))
    assert (run.status, observed) == ("passed", EVERYTHING)
    with pytest.raises(RunClosed):
        await called(town, banks.partner("banks"), run)
    # Its core is one half; that its counters apply and open with us is the other.
    async with town.database.work(town.clerk) as work:
        standing = await views.standing(work, await load(work), town.places["NEWBANK"])
    assert (standing.tested_until, standing.scripts) == (None, ("bank_core", "bank_counter"))


FAULTS: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"down": True}, dict.fromkeys(EVERYTHING, "unavailable")),
    ({"refuse": 1.0}, {"opens": "refused", "same_again": "refused", "several": "refused", "reference_of_another": "batch_refused"}),
    ({"lose": 1.0}, {"opens": "unanswered", "same_again": "opened", "several": "unanswered",
                     "reference_of_another": "batch_refused"}),
]  # fmt: skip


@pytest.mark.parametrize(("switches", "wanted"), FAULTS, ids=["down", "refuses", "loses"])
async def test_a_bank_that_fails_is_told_by_step(
    town: Town, banks: Sandbox, switches: dict[str, Any], wanted: dict[str, str]
) -> None:
    await banks.faults("bank:NEWBANK", **switches)
    run, observed = await called(town, banks.partner("banks"), await opened(town))
    if switches == {"lose": 1.0}:
        # The lost answer comes when it is asked for again; that it differs from no answer is the fault.
        assert observed.pop("same_again") == "another answer than before"
        wanted = {step: word for step, word in wanted.items() if step != "same_again"}
    assert (run.status, observed) == ("failed", wanted)
    await banks.mend()
    run, observed = await called(town, banks.partner("banks"), await opened(town))
    assert (run.status, observed) == ("passed", EVERYTHING)


async def test_a_bank_that_answers_twice_has_answered(town: Town, banks: Sandbox) -> None:
    await banks.faults("bank:NEWBANK", duplicate=1.0)
    run, observed = await called(town, banks.partner("banks"), await opened(town))
    assert (run.status, observed) == ("passed", EVERYTHING)


async def test_the_stage_carries_open_runs_out_once(town: Town, banks: Sandbox) -> None:
    run = await opened(town)
    both = await asyncio.gather(*(commands.call_due(town.database, banks.partner("banks")) for _ in range(2)))
    assert sum(one.passed for one in both) >= 1
    async with town.database.work(SYSTEM) as work:
        assert len(await views.seen(work, run.run_id)) == len(EVERYTHING), "its evidence is written once"
    assert await commands.call_due(town.database, banks.partner("banks")) == commands.CallCounts()


async def test_people_of_the_city_never_go_to_a_bank(town: Town, banks: Sandbox) -> None:
    before = await town.rows_of("SELECT count(*) FROM person UNION ALL SELECT count(*) FROM bank_account")
    await called(town, banks.partner("banks"), await opened(town))
    assert (
        await town.rows_of("SELECT count(*) FROM person UNION ALL SELECT count(*) FROM bank_account")
        == before
    )
    stats = (await banks.http.get(f"{banks.url}/_stats")).json()["bank:NEWBANK"]
    assert stats["people"] == 4
