"""Every status × every action, of visits, captured items, devices and sites: said a second time, apart from the code."""

from __future__ import annotations

from itertools import product

import pytest

from shebaoka.issuing.outreach import states
from shebaoka.issuing.outreach.states import (
    CAPTURE,
    DEVICE,
    SITE,
    VISIT,
    WAITING,
    Capture,
    CaptureAction,
    Device,
    DeviceAction,
    Site,
    SiteAction,
    Visit,
    VisitAction,
    after,
)
from shebaoka.kit.problems import TransitionRefused

MEANT = {
    "requested": {"refuse": "refused", "plan": "planned", "cancel": "cancelled"},
    "planned": {"move": "planned", "finish": "done", "miss": "not_met", "give_up": "given_up", "cancel": "cancelled"},
    "not_met": {"plan": "planned", "cancel": "cancelled", "correct": "done"},
    "given_up": {"correct": "done"}, "cancelled": {"correct": "done"}, "refused": {}, "done": {},
}  # fmt: skip
MEANT_CAPTURE = {
    "captured": {"apply": "applied", "clash": "conflict", "hold": "held", "refuse": "refused"},
    "conflict": {"apply": "applied", "discard": "discarded"}, "held": {"apply": "applied", "discard": "discarded"},
    "refused": {"apply": "applied", "discard": "discarded"}, "applied": {}, "discarded": {},
}  # fmt: skip
MEANT_DEVICE = {"active": {"block": "blocked"}, "blocked": {"release": "active"}}
MEANT_SITE = {"open": {"close": "closed"}, "closed": {}}
LIVES = [
    (VISIT, Visit, VisitAction, MEANT),
    (CAPTURE, Capture, CaptureAction, MEANT_CAPTURE),
    (DEVICE, Device, DeviceAction, MEANT_DEVICE),
    (SITE, Site, SiteAction, MEANT_SITE),
]
PAIRS = [
    (table, status, action, meant)
    for table, of, actions, meant in LIVES
    for status, action in product(of, actions)
]


@pytest.mark.parametrize(("table", "status", "action", "meant"), PAIRS)
def test_every_status_and_action(table, status, action, meant):
    following = meant[status].get(action)
    if following:
        assert after(table, status, action) == following
    else:
        with pytest.raises(TransitionRefused) as refused:
            after(table, status, action)
        assert refused.value.members == {"current": status, "action": action}


def test_every_status_is_told_of():
    for _, of, _, meant in LIVES:
        assert set(meant) == {str(one) for one in of}


def test_what_waits_for_a_person_is_what_may_be_laid_aside():
    assert set(WAITING) == {Capture.CONFLICT, Capture.HELD, Capture.REFUSED}
    assert set(states.before(VISIT, VisitAction.CANCEL)) == {Visit.REQUESTED, Visit.PLANNED, Visit.NOT_MET}
