"""Values of the photos room. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Literal

from shebaoka.kit.clock import SHANGHAI
from shebaoka.registry.programme.model import PhotoFlaw


class Source(StrEnum):
    """Where a photo was taken from."""

    COUNTER = "counter"
    ONLINE = "online"
    ID_CARD = "id_card"
    STUDENT_CARD = "student_card"


STORES: Final[tuple[Literal[Source.ID_CARD, Source.STUDENT_CARD], ...]] = (
    Source.ID_CARD,
    Source.STUDENT_CARD,
)
"""Kept by other agencies, and shared."""

Way = Literal["fetched", "reused", "brought"]
StatedBy = Literal["holder", "guardian", "agent"]
ConsentBy = Literal["holder", "guardian", "agent", "proxy", "employer"]
"""`proxy`: the form was handed in by a guardian or an agent; `registry.acting` keeps which."""
Flaw = Literal["another_person", "unlike", "outdated", "spoiled"]
"""Why somebody may say that a photo is wrong; the other flaws (`PhotoFlaw`) the system finds by itself."""
FLAW_ZH: Final[dict[PhotoFlaw, str]] = {
    "another_person": "是他人的相片",
    "unlike": "与本人不像",
    "outdated": "过旧",
    "spoiled": "破损或不清晰",
    "on_the_card": "已印在卡上，卡因相片有误补换",
    "consent_withdrawn": "已撤回同意",
}


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo without its picture: where it comes from, who brought it, and (`rejected_…`) that it was found wrong.

    `brought_by` None: before that was kept. `destroy_on`: when the picture of a wrong one goes; `there`: it is still there.
    """

    person_id: int
    photo_id: int
    source: Source
    taken_on: date | None
    received_at: datetime
    digest: bytes
    brought_by: str | None
    organisation_id: int | None
    rejected_at: datetime | None
    rejected_why: PhotoFlaw | None
    rejected_rule: str | None
    destroy_on: date | None
    there: bool

    @property
    def dated_on(self) -> date:
        """The day it counts from: taken, or (not known) received."""
        return self.taken_on or self.received_at.astimezone(SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class New:
    """A picture that comes in, with what is known of it."""

    person_id: int
    photo_id: int
    source: Source
    taken_on: date | None
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody has stated about shared photos: the newest holds, for later applications too."""

    person_id: int
    consent_id: int
    application_id: int
    given: bool
    version: str
    stated_by: StatedBy
    actor: str
    organisation_id: int
    stated_at: datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """That a photo may be used, by which rule; where consent is needed also in which words, whose, and since when.

    `consent_id`: the statement that gave it, None when the application's form did.
    """

    rule_id: str
    version: str | None = None
    by: ConsentBy | None = None
    at: datetime | None = None
    consent_id: int | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """A photo was used for an application: how it came, by which rule, with whose consent in which words."""

    person_id: int
    application_id: int
    photo_id: int
    way: Way
    rule_id: str
    consent_version: str | None
    consent_by: ConsentBy | None
    consent_at: datetime | None
    consent_id: int | None
    used_at: datetime


def place(photo_id: int) -> str:
    """Name the place that a sealed photo is bound to."""
    return f"photo:{photo_id}"
