"""Cards that wait at their outlets: the holder is reminded, and after the days of the rule the card is recalled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from shebaoka.issuing.delivery.model import Progress, WaitingCounts, quiet
from shebaoka.issuing.delivery.states import Action, Status, after
from shebaoka.issuing.delivery.store import SQL
from shebaoka.issuing.delivery.waiting import Look, look, recall_day
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.work import Work
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import load

PARCELS_AT_ONCE: Final = 5_000


class _Due(NamedTuple):
    person_id: int
    parcel_id: int
    outlet_id: int
    arrived_on: date
    reminded_on: date | None

    @property
    def key(self) -> tuple[int, int]:
        return self.person_id, self.parcel_id


async def look_due(database: Database, progress: Progress = quiet) -> WaitingCounts:
    """Remind the holders of cards that wait at their outlets, and recall those that nobody fetched, as the rules say.

    This function will tell `parcel.waiting` (`outlet_id`, `collect_by`) and `parcel.recalled` (`outlet_id`), and note the next
    day in one transaction: killed and run again, nobody is reminded twice of one day.
    """
    counts, programme = WaitingCounts(), None
    while True:
        async with database.work(SYSTEM) as work:
            due = [_Due(*row) for row in await work.rows(
                SQL["looks_due"], {"today": work.today, "parcels_max": PARCELS_AT_ONCE}
            )]  # fmt: skip
            if not due:
                return counts
            programme = programme or await load(work)
            await work.run(SQL["take_turn"])
            reminded, recalled = await _look(work, programme, due)
        counts = WaitingCounts(
            counts.reminded + reminded, counts.recalled + recalled, counts.looked_at + len(due)
        )
        progress(len(due))


async def _look(work: Work, programme: Programme, due: Sequence[_Due]) -> tuple[int, int]:
    looks = {
        one.key: look(
            programme.waiting_at_outlet(one.arrived_on), one.arrived_on, one.reminded_on, work.today
        )
        for one in due
    }
    seen = set(await work.rows(SQL["look"], _parameters(work, due, looks)))
    reminded = [one for one in due if one.key in seen and looks[one.key].remind]
    recalled = [one for one in due if one.key in seen and looks[one.key].recall]
    work.record_many("parcel.reminded", [one.key for one in reminded])
    work.record_many(f"parcel.{Status.RECALLED}", [one.key for one in recalled])
    _tell(work, "parcel.waiting", reminded, lambda one: {
        "collect_by": recall_day(programme.waiting_at_outlet(one.arrived_on), one.arrived_on),
    })  # fmt: skip
    _tell(work, "parcel.recalled", recalled, lambda _: {})
    return len(reminded), len(recalled)


def _parameters(work: Work, due: Sequence[_Due], looks: Mapping[tuple[int, int], Look]) -> dict[str, Any]:
    recalled = after(Status.AT_OUTLET, Action.RECALL)
    found = [looks[one.key] for one in due]
    return {
        "people": [one.person_id for one in due],
        "parcels": [one.parcel_id for one in due],
        "statuses": [recalled if one.recall else Status.AT_OUTLET for one in found],
        "next_days": [one.again_on for one in found],
        "reminded": [work.today if one.remind else None for one in found],
        "from_status": Status.AT_OUTLET, "today": work.today, "now": work.now,
    }  # fmt: skip


def _tell(work: Work, topic: str, parcels: Sequence[_Due], more: Callable[[_Due], Mapping[str, Any]]) -> None:
    work.tell_many(topic, (
        (one.person_id, {"parcel_id": one.parcel_id, "outlet_id": one.outlet_id, **more(one)}) for one in parcels
    ))  # fmt: skip
