"""Values of the drafts room. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from msgspec import Struct

from shebaoka.issuing.drafts.states import Status
from shebaoka.registry.programme.model import NoticeState, Reason

NEEDED: Final = ("mobile", "address", "fallback_outlet")
"""What must be filled in before a draft is handed in; a bank may be suggested by the rules."""


class Content(Struct, frozen=True):
    """What has been filled in so far; sealed. `bank` and `fallback_outlet` are codes of institutions.

    `shared_photo`: whether a photo from the shared stores may be used; None: nothing was said, the form is the consent.
    `photo`: a picture (JPEG) that was sent for it, brought with the application.
    """

    mobile: str = ""
    address: str = ""
    fallback_outlet: str = ""
    bank: str = ""
    shared_photo: bool | None = None
    photo: bytes | None = None

    def missing(self) -> list[str]:
        """Name what is still to be filled in."""
        return [name for name in NEEDED if not getattr(self, name).strip()]


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft without what is sealed in it. `owner_id`: who fills it in; `lapses_on`: the last day it is kept."""

    person_id: int
    draft_id: int
    owner_id: int
    status: Status
    application_id: int | None
    begun_at: datetime
    updated_at: datetime
    lapses_on: date
    version: int


@dataclass(frozen=True, slots=True)
class Window:
    """Whether a person's application is accepted online today, and why; `apply_by` of a pupil's notice."""

    accepted: bool
    notice: NoticeState
    notified_on: date | None = None
    apply_by: date | None = None
    why: Reason | None = None


def place(draft_id: int) -> str:
    """Name the place that a draft's content is bound to."""
    return f"draft:{draft_id}"
