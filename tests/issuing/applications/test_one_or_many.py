"""The same rules for one and for many: a list is answered as its requests would have been one after the other."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from town import Town, id_number, person, request

from shebaoka.issuing.applications.commands import apply, apply_many
from shebaoka.issuing.applications.model import ApplyRequest, Channel
from shebaoka.kit.problems import Problem
from shebaoka.kit.work import Work

PEOPLE = 6
REQUESTS = st.fixed_dictionaries(
    {"serial": st.integers(1, PEOPLE + 1)},
    optional={
        "name": st.just("另一人"),
        "bank": st.sampled_from([None, "ICBC", "LATE", "ICBC0001"]),
        "fallback_outlet": st.sampled_from(["C310101003", "NONE"]),
        "guardian_id_number": st.sampled_from([id_number(1), id_number(2), id_number(99)]),
        "channel": st.sampled_from(list(Channel)),
        "mobile": st.just(""),
    },
)


class Enough(Exception):  # noqa: N818 - ends a transaction that is only a trial
    pass


async def one_by_one(work: Work, asked: list[ApplyRequest]) -> list[str | None]:
    answers: list[str | None] = []
    for one in asked:
        try:
            await apply(work, one)
            answers.append(None)
        except Problem as refused:
            answers.append(refused.slug)
    return answers


async def all_at_once(work: Work, asked: list[ApplyRequest]) -> list[str | None]:
    return [outcome.code for outcome in await apply_many(work, asked)]


async def tried(town: Town, how: Any, asked: list[ApplyRequest]) -> list[str | None]:
    answers: list[str | None] = []
    try:
        async with town.database.work(town.clerk) as work:
            answers = await how(work, asked)
            raise Enough  # noqa: TRY301 - rolls the trial back
    except Enough:
        return answers


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(REQUESTS, max_size=12))
async def test_one_or_many(town: Town, drawn: list[dict[str, Any]]) -> None:
    people = [person(serial) for serial in range(1, PEOPLE + 1)]
    await town.settle(*people)
    asked = []
    for given_ in drawn:
        more = dict(given_)
        asked.append(request(person(more.pop("serial")), **more))
    assert await tried(town, all_at_once, asked) == await tried(town, one_by_one, asked)
