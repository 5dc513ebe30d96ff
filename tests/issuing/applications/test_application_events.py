"""What an applicant must learn of is told, in the transaction of the move, and nothing else is."""

from __future__ import annotations

import pytest
from town import person, request

from shebaoka.issuing.applications.commands import Also, apply, move_many
from shebaoka.issuing.applications.states import Action, Status, before, into
from shebaoka.kit.actor import SYSTEM

TOLD = {
    Action.REJECT, Action.MISS_PHOTO, Action.REJECT_PHOTO, Action.REFUSE_ACCOUNT, Action.GIVE_UP, Action.HOLDER_DIES,
    Action.LOSE_ENTITLEMENT,
}  # fmt: skip


@pytest.mark.parametrize("action", Action)
async def test_an_action_is_told_when_the_applicant_can_act_on_it(town, action):
    await town.settle(person(1))
    async with town.database.work(SYSTEM) as work:
        one = await apply(work, request(person(1)))
        key = (one.person_id, one.application_id)
        await work.run("UPDATE application SET status = %(s)s", {"s": before(action)[0]})
        for _ in range(2):
            await move_many(work, [key], action, Also(reasons=["why"]))
    told = await town.rows_of("SELECT topic, payload FROM outbox")
    again = into(action) in before(action)
    expected = (
        [(f"application.{into(action)}", {"application_id": one.application_id})] if action in TOLD else []
    )
    assert told == expected * (2 if again else 1)
    assert Status(into(action)).value in {"rejected", "needs_photo", "bank_refused"} or not told
