"""All status × action pairs of collections and of their seats."""

from __future__ import annotations

import itertools

import pytest

from shebaoka.issuing.employers.states import (
    NEXT,
    SEAT_NEXT,
    Action,
    Noting,
    Seat,
    Status,
    after,
    seat_after,
)
from shebaoka.kit.problems import TransitionRefused

P, X = Status.PLANNED, None
# Said a second time, apart from the code.
COLLECTIONS = {
    Status.PLANNED: {"call": P, "move": P, "note": P, "cancel": Status.CANCELLED, "close": Status.CLOSED},
    Status.CLOSED: dict.fromkeys(Action, X),
    Status.CANCELLED: dict.fromkeys(Action, X),
}
SEATS = {
    Seat.EXPECTED: {"take": Seat.DONE, "miss": Seat.MISSED, "release": Seat.RELEASED},
    Seat.DONE: dict.fromkeys(Noting, X),
    Seat.MISSED: dict.fromkeys(Noting, X),
    Seat.RELEASED: dict.fromkeys(Noting, X),
}


@pytest.mark.parametrize(("status", "action"), list(itertools.product(Status, Action)))
def test_a_collection(status: Status, action: Action) -> None:
    expected = COLLECTIONS[status][action]
    if expected is None:
        with pytest.raises(TransitionRefused) as refused:
            after(status, action)
        assert refused.value.members == {"was": status, "action": action}
    else:
        assert after(status, action) == expected == NEXT[status, action]


@pytest.mark.parametrize(("seat", "noting"), list(itertools.product(Seat, Noting)))
def test_a_seat(seat: Seat, noting: Noting) -> None:
    expected = SEATS[seat][noting]
    if expected is None:
        with pytest.raises(TransitionRefused):
            seat_after(seat, noting)
    else:
        assert seat_after(seat, noting) == expected == SEAT_NEXT[seat, noting]
