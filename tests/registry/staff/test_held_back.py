"""Who is not live is held back by what the token's own query says: no query more, and believed no longer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from staff_people import Staffed

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.clock import SetClock
from shebaoka.kit.work import Work
from shebaoka.registry.institutions.errors import InstitutionNotLive
from shebaoka.registry.staff.gatekeeper import KEPT_SECONDS, Gatekeeper


async def put(staffed: Staffed, readiness: str, live_from: date | None = date(2018, 1, 1)) -> None:
    async with staffed.database.work(SYSTEM) as work:
        await work.run(
            "UPDATE institution SET readiness = %(r)s, live_from = %(d)s WHERE code = 'ICBC'",
            {"r": readiness, "d": live_from},
        )


async def token_of(staffed: Staffed) -> str:
    return (await staffed.gatekeeper.issue_token("icbc-core", staffed.secret, "192.0.2.2")).token


async def test_a_suspension_holds_within_five_seconds(staffed: Staffed) -> None:
    await put(staffed, "live")
    token = await token_of(staffed)
    (await staffed.gatekeeper.look(token)).must_be_live()
    await put(staffed, "suspended")
    (await staffed.gatekeeper.look(token)).must_be_live()
    staffed.steady[0] += KEPT_SECONDS
    visitor = await staffed.gatekeeper.look(token)
    with pytest.raises(InstitutionNotLive) as refused:
        visitor.must_be_live()
    assert refused.value.members["readiness"] == "suspended"
    visitor.must_be_built()


async def test_a_planned_one_may_not_rehearse_either(staffed: Staffed) -> None:
    visitor = await staffed.gatekeeper.look(await token_of(staffed))
    for refuse in (visitor.must_be_live, visitor.must_be_built):
        with pytest.raises(InstitutionNotLive):
            refuse()


async def test_the_day_itself_opens_the_door(staffed: Staffed, clock: SetClock) -> None:
    await put(staffed, "live", date(2019, 1, 3))
    clock.at = clock.at.replace(hour=23, minute=59)
    token = await token_of(staffed)
    with pytest.raises(InstitutionNotLive):
        (await staffed.gatekeeper.look(token)).must_be_live()
    clock.at += timedelta(minutes=2)
    staffed.steady[0] += KEPT_SECONDS
    (await staffed.gatekeeper.look(token)).must_be_live()


async def test_the_programme_says_who_must_be_live_and_is_asked_only_where_it_matters(
    staffed: Staffed,
) -> None:
    asked: list[str] = []

    async def needs(kind: str, _on: date) -> bool:
        asked.append(kind)
        return kind != "bank"

    gatekeeper = Gatekeeper(staffed.database, seconds=lambda: staffed.steady[0], needs=needs)
    token = await token_of(staffed)
    for _ in range(3):
        (await gatekeeper.look(token)).must_be_live()
    assert asked == ["bank"]
    await put(staffed, "live")
    staffed.steady[0] += KEPT_SECONDS
    (await gatekeeper.look(token)).must_be_live()
    assert asked == ["bank"], "who is live costs no question"


async def test_liveness_costs_no_query_of_its_own(staffed: Staffed, monkeypatch: pytest.MonkeyPatch) -> None:
    await put(staffed, "live")
    token = await token_of(staffed)
    queries: list[str] = []
    rows = Work.rows

    async def counting(self: Work, query: str, *more: object, **named: object) -> object:
        queries.append(query)
        return await rows(self, query, *more, **named)

    monkeypatch.setattr(Work, "rows", counting)
    for _ in range(5):
        (await staffed.gatekeeper.look(token)).must_be_live()
    assert len(queries) == 1
