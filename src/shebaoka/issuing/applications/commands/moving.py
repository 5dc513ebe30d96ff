"""The one door through which applications change their status, many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shebaoka.issuing.applications import states
from shebaoka.issuing.applications.model import BankReason
from shebaoka.issuing.applications.states import Action
from shebaoka.issuing.applications.store import SQL, numbers, words
from shebaoka.kit.work import Work

Key = tuple[int, int]
"""person_id and application_id."""


@dataclass(frozen=True, slots=True)
class Also:
    """What changes along with the status.

    `reasons`, `photos` and `cards` are as long as the applications moved, or empty: why the new status came about
    (a code, nothing personal), the photo now used, the card now made. The rest holds for all of them. `without_photo`: the
    photo that they had is used no more.
    """

    reasons: Sequence[str | None] = ()
    photos: Sequence[int | None] = ()
    cards: Sequence[int | None] = ()
    bank_id: int | None = None
    bank_reason: BankReason | None = None
    verified_at: datetime | None = None
    due_on: date | None = None
    without_photo: bool = False


NOTHING = Also()


async def move_many(
    work: Work, people_and_applications: Sequence[Key], action: Action, also: Also = NOTHING
) -> int:
    """Take an action on applications and give how many moved; one that is no longer where it was stays."""
    return len(await move_which(work, people_and_applications, action, also))


async def move_which(
    work: Work, people_and_applications: Sequence[Key], action: Action, also: Also = NOTHING
) -> set[Key]:
    """Take an action on applications and give those that moved.

    This function will move only applications whose status allows the action, record `application.<status>` for each
    (and tell it where the applicant must learn of it), and leave the others alone: compare the counts where all must move.
    """
    if not people_and_applications:
        return set()
    moved = set(await work.rows(SQL["move"], _parameters(work, people_and_applications, action, also)))
    reasons: dict[str | None, list[Key]] = {}
    for key, reason in zip(
        people_and_applications, _full(also.reasons, people_and_applications), strict=True
    ):
        if key in moved:
            reasons.setdefault(reason, []).append(key)
    for reason, keys in reasons.items():
        detail = {"reason": reason} if reason else {}
        work.record_many(f"application.{states.into(action)}", keys, **detail)
    if states.into(action) in states.TOLD and action not in states.ASKED_FOR:
        work.tell_many(f"application.{states.into(action)}", (
            (person_id, {"application_id": application_id}) for person_id, application_id in sorted(moved)
        ))  # fmt: skip
    return moved


def _parameters(work: Work, keys: Sequence[Key], action: Action, also: Also) -> dict[str, Any]:
    return {
        "people": numbers(person_id for person_id, _ in keys),
        "applications": numbers(application_id for _, application_id in keys),
        "reasons": words(_full(also.reasons, keys)),
        "photos": numbers(_full(also.photos, keys)),
        "cards": numbers(_full(also.cards, keys)),
        "bank_id": also.bank_id,
        "bank_reason": also.bank_reason,
        "verified_at": also.verified_at,
        "due_on": also.due_on,
        "without_photo": also.without_photo,
        "from_statuses": list(states.before(action)),
        "to_status": states.into(action),
        "now": work.now,
    }


def _full(values: Sequence[Any], keys: Sequence[Key]) -> list[Any]:
    assert len(values) in (0, len(keys)), "one value for each application, or none"
    return list(values) or [None] * len(keys)
