"""Until when a card waits at its fallback outlet, and what is due on a day. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from shebaoka.issuing.delivery.model import Kept, Parcel, Standing
from shebaoka.issuing.delivery.states import Status
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.sets import DecidesWaiting


@dataclass(frozen=True, slots=True)
class Look:
    """What is due: the holder is reminded, or the card recalled; and when it is looked at again (None: never)."""

    remind: bool
    recall: bool
    again_on: date | None


def recall_day(rule: DecidesWaiting, arrived_on: date) -> date:
    """Give the day on which a card goes back to the card centre."""
    return arrived_on + timedelta(days=rule.recall_after)


def look(rule: DecidesWaiting, arrived_on: date, reminded_on: date | None, today: date) -> Look:
    """Tell what is due today. Reminders that a late run has missed come to one; nobody is reminded of a recalled card."""
    recall_on = recall_day(rule, arrived_on)
    if recall_on <= today:
        return Look(remind=False, recall=True, again_on=None)
    since = reminded_on or arrived_on
    days = [arrived_on + timedelta(days=days) for days in rule.remind]
    remind = any(since < day <= today for day in days)
    return Look(remind, recall=False, again_on=min([day for day in days if day > today], default=recall_on))


def kept(programme: Programme, parcel: Parcel, today: date) -> Kept | None:
    """Give how a parcel stands at a counter; None for one that lies at none."""
    standing = _standing(parcel.status)
    if standing is None:
        return None
    since = parcel.arrived_on
    if standing == "at_centre" or since is None:
        return Kept(parcel, standing, (today - (since or today)).days, None)
    recall_on = recall_day(programme.waiting_at_outlet(since), since)
    overdue = standing == "waiting" and recall_on <= today
    return Kept(parcel, "overdue" if overdue else standing, (today - since).days, recall_on)


def _standing(status: str) -> Standing | None:
    standings: dict[str, Standing] = {
        Status.AT_OUTLET: "waiting", Status.RECALLED: "recalled", Status.AT_CENTRE: "at_centre",
    }  # fmt: skip
    return standings.get(status)
