"""Whatever can befall a card, a parcel or a visit has words for whoever calls; none has been forgotten."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest

from shebaoka.cards.states import Social
from shebaoka.issuing.applications.states import ENDED
from shebaoka.issuing.applications.states import Status as Application
from shebaoka.issuing.delivery.states import Redirect
from shebaoka.issuing.delivery.states import Status as Parcel
from shebaoka.issuing.outreach.states import VISIT as VISITS
from shebaoka.issuing.outreach.states import Visit, VisitAction, before
from shebaoka.registry.programme.model import MessageKind
from shebaoka.service.helpdesk import timeline
from shebaoka.service.helpdesk.states import LIVE

NOT_TOLD = {"parcel.prepared", "parcel.redirect_dropped", "parcel.redirect_asked"}
"""A label that is printed is no news; of a wish that fell away the caller hears where the parcel is instead."""


@pytest.mark.parametrize(
    "action",
    [
        *(f"application.{status}" for status in Application),
        *(f"parcel.{status}" for status in Parcel),
        *(f"parcel.redirect_{status}" for status in Redirect),
        *(f"visit.{status}" for status in Visit), "visit.moved",
    ],
)  # fmt: skip
def test_every_status_that_something_came_to_is_told(action):
    assert action in NOT_TOLD or timeline.HAPPENED[action]["zh"]


def test_where_things_stand_is_told_in_every_status_that_is_not_an_end():
    assert set(timeline.STANDS) == set(Application) - ENDED
    assert set(timeline.VISIT) == set(before(VISITS, VisitAction.CANCEL))
    assert set(timeline.CASE) - {"opened"} == set(LIVE)
    living = [status for status in get_args(Social) if status != "void"]
    assert set(timeline.CARD) == {f"{age}_{status}" for age, status in product(("old", "new"), living)}


def test_every_message_has_its_name():
    assert set(timeline._WORDS["message_kinds"]) == set(get_args(MessageKind))
