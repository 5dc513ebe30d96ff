"""Two devices bring what they have, piece by piece, again and again, in any order: each effect comes once, nothing is lost."""

from __future__ import annotations

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PEOPLE = 3
# A step: which device brings, which of its items (by place, repeats allowed), and whether the other brings at the same moment.
STEPS = st.lists(
    st.tuples(
        st.sampled_from([0, 1]),
        st.lists(st.integers(0, 5), min_size=1, max_size=4),
        st.booleans(),
    ),
    min_size=1, max_size=6,
)  # fmt: skip
CLEAR = ("capture", "application", "visit")


async def test_whatever_is_brought_however_often(outside_work):
    f = outside_work
    runs: list[list[tuple[int, list[int], bool]]] = []

    @settings(
        max_examples=12,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    @given(STEPS)
    def draw(steps):
        runs.append(steps)

    draw()
    cards = {n: await f.card(n) for n in range(1, PEOPLE + 1)}
    await f.settle(*range(11, 11 + PEOPLE))
    await f.places(50)
    devices = [(f.device_id, f.secret), await f.device("平板二号")]
    for steps in runs:
        await afresh(f)
        visits = [await f.asked(n, bank="ICBC") for n in range(1, PEOPLE + 1)]
        visits = [await f.planned(one.visit_id) for one in visits]
        # Both devices have captured work for the same people: one of them was lent, or the lists crossed.
        items = [everything(f, visits, cards), everything(f, visits, cards)]
        brought: set[tuple[int, int]] = set()
        for device, places, both in steps:
            acts = [f.sync(*(items[device][place] for place in places), device=devices[device])]
            brought |= {(device, place) for place in places}
            if both:
                acts.append(
                    f.sync(*(items[1 - device][place] for place in places), device=devices[1 - device])
                )
                brought |= {(1 - device, place) for place in places}
            for results in await asyncio.gather(*acts):
                assert all(one.status in ("applied", "conflict") for one in results), results
            await check(f, brought)
        rest = await asyncio.gather(*(f.sync(*items[n], device=devices[n]) for n in (0, 1)))
        await check(f, {(n, place) for n in (0, 1) for place in range(6)})
        again = await asyncio.gather(*(f.sync(*items[n], device=devices[n]) for n in (0, 1)))
        for first, second in zip(rest, again, strict=True):
            assert [(one.status, one.answer, one.reason) for one in first] == [
                (one.status, one.answer, one.reason) for one in second
            ]
            assert all(one.again for one in second)


def everything(f, visits, cards):
    """Give six items of a device: one application, openings, outcomes."""
    return [
        f.application(11),
        f.opening(1, cards[1]),
        f.outcome(visits[0]),
        f.application(12),
        f.opening(2, cards[2]),
        f.outcome(visits[1], "not_met"),
    ]


async def afresh(f):
    async with f.database.work(f.town.clerk) as work:
        for table in CLEAR:
            await work.run(f"DELETE FROM {table}")
        await work.run("UPDATE visit_slot SET taken = 0")
        await work.run("UPDATE card SET social = 'unopened', financial = 'unopened' WHERE generation = 'new'")


async def check(f, brought):
    """Each effect has come once, and every item is kept: applied, or shown beside what was there first."""
    places = {place for _, place in brought}
    assert await f.value("SELECT count(*) FROM capture") == len(brought)
    assert await f.value("SELECT count(*) FROM capture WHERE status = 'applied'") == len(places)
    assert await f.value(
        "SELECT count(*) FROM capture WHERE status = 'conflict' AND sealed IS NOT NULL AND theirs <> '{}'"
    ) == len(brought) - len(places)
    assert await f.value("SELECT count(*) FROM application") == len(places & {0, 3})
    assert await f.value("SELECT count(*) FROM card WHERE generation = 'new' AND social = 'open'") == len(
        places & {1, 4}
    )
    assert await f.value("SELECT count(*) FROM visit WHERE status = 'done'") == len(places & {2})
    assert await f.value("SELECT count(*) FROM visit WHERE status = 'not_met'") == len(places & {5})
    twice = await f.town.rows_of(
        "SELECT person_id, action FROM audit_fact WHERE action IN ('application.submitted', 'visit.done', 'visit.not_met')"
        " AND subject IN (SELECT application_id::text FROM application UNION SELECT visit_id::text FROM visit)"
        " GROUP BY person_id, action, subject HAVING count(*) > 1"
    )
    assert twice == []
