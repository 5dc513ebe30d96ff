"""The life of an application, every status with every action."""

from __future__ import annotations

from itertools import product

import pytest

from shebaoka.issuing.applications.states import ENDED, NEXT, Action, Status, after, before, into
from shebaoka.kit.problems import TransitionRefused

S, A = Status, Action
WRITTEN_DOWN = {
    S.SUBMITTED: {A.VERIFY: S.VERIFIED, A.REJECT: S.REJECTED, A.WITHDRAW: S.WITHDRAWN},
    S.VERIFIED: {
        A.FIND_PHOTO: S.PHOTO_READY,
        A.MISS_PHOTO: S.NEEDS_PHOTO,
        A.BRING_PHOTO: S.PHOTO_READY,
        A.LACK_PHOTO: S.NEEDS_PHOTO,
        A.WITHDRAW: S.WITHDRAWN,
    },
    S.NEEDS_PHOTO: {A.BRING_PHOTO: S.PHOTO_READY, A.WITHDRAW: S.WITHDRAWN},
    S.PHOTO_READY: {
        A.OPEN_ACCOUNT: S.ACCOUNT_OPENED,
        A.REFUSE_ACCOUNT: S.BANK_REFUSED,
        A.REJECT_PHOTO: S.NEEDS_PHOTO,
        A.WITHDRAW: S.WITHDRAWN,
    },
    S.BANK_REFUSED: {A.CHOOSE_BANK: S.PHOTO_READY, A.REJECT_PHOTO: S.NEEDS_PHOTO, A.WITHDRAW: S.WITHDRAWN},
    S.ACCOUNT_OPENED: {A.ORDER: S.IN_PRODUCTION, A.REJECT_PHOTO: S.NEEDS_PHOTO},
    S.IN_PRODUCTION: {A.MAKE: S.MADE, A.GIVE_UP: S.REJECTED, A.SPOIL: S.ACCOUNT_OPENED},
    S.MADE: {A.DISPATCH: S.DISPATCHED, A.HAND_OVER: S.RECEIVED, A.OPEN: S.COMPLETED},
    S.DISPATCHED: {
        A.DELIVER: S.RECEIVED,
        A.ARRIVE: S.AT_OUTLET,
        A.BRING_BACK: S.AT_CENTRE,
        A.OPEN: S.COMPLETED,
        A.REPLACE: S.REJECTED,
        A.REMAKE: S.ACCOUNT_OPENED,
    },
    S.AT_OUTLET: {
        A.COLLECT: S.RECEIVED,
        A.BRING_BACK: S.AT_CENTRE,
        A.OPEN: S.COMPLETED,
        A.REPLACE: S.REJECTED,
        A.REMAKE: S.ACCOUNT_OPENED,
    },
    S.AT_CENTRE: {
        A.DISPATCH: S.DISPATCHED,
        A.COLLECT: S.RECEIVED,
        A.OPEN: S.COMPLETED,
        A.REPLACE: S.REJECTED,
        A.REMAKE: S.ACCOUNT_OPENED,
    },
    S.RECEIVED: {A.OPEN: S.COMPLETED, A.REPLACE: S.REJECTED},
}
for status in set(S) - {S.IN_PRODUCTION, S.COMPLETED, S.REJECTED, S.WITHDRAWN}:
    WRITTEN_DOWN[status][A.HOLDER_DIES] = WRITTEN_DOWN[status][A.LOSE_ENTITLEMENT] = S.REJECTED
for status in (
    S.NEEDS_PHOTO,
    S.PHOTO_READY,
    S.BANK_REFUSED,
    S.ACCOUNT_OPENED,
    S.IN_PRODUCTION,
    S.MADE,
):
    WRITTEN_DOWN[status][A.ABANDON] = S.WITHDRAWN


@pytest.mark.parametrize(("status", "action"), list(product(Status, Action)))
def test_every_status_with_every_action(status: Status, action: Action) -> None:
    expected = WRITTEN_DOWN.get(status, {}).get(action)
    if expected:
        assert after(status, action) is expected
        assert status in before(action)
    else:
        with pytest.raises(TransitionRefused) as refused:
            after(status, action)
        assert refused.value.members == {"was": status, "action": action}
        assert status not in before(action)


@pytest.mark.parametrize("action", list(Action))
def test_an_action_leads_to_one_status(action: Action) -> None:
    assert {after(status, action) for status in before(action)} == {into(action)}


def test_every_status_but_the_ended_goes_on() -> None:
    assert {status for status, _ in NEXT} == set(Status) - ENDED
    assert set(NEXT.values()) == set(Status) - {Status.SUBMITTED}
