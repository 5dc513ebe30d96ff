"""Values of the messages room. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

import msgspec

from shebaoka.registry.programme.model import MessageKind
from shebaoka.service.messages.states import Status

SMS: Final = "sms"
APP: Final = "app"
Channel = Literal["sms", "app"]
Language = Literal["zh", "en"]
Progress = Callable[[int], None]
TRIES_MAX: Final = 8
FIRST_WAIT: Final = timedelta(minutes=5)
"""Each further try waits twice as long: the eighth comes about ten hours after the first (inferred)."""
KINDS: Final[Mapping[str, MessageKind]] = {
    "application.rejected": "application_rejected",
    "application.needs_photo": "photo_needed",
    "application.bank_refused": "bank_refused",
    "parcel.dispatched": "card_dispatched",
    "parcel.at_outlet": "card_at_outlet",
    "parcel.waiting": "card_waiting",
    "parcel.recalled": "card_recalled",
    "parcel.at_centre": "card_at_centre",
    "parcel.lost": "card_lost_in_post",
    "parcel.destination_changed": "delivery_changed",
    "parcel.redirect_refused": "redirect_refused",
    "card.social_opened": "card_opened",
    "card.unopened": "card_unopened",
    "card.loss_reported": "loss_reported",
    "card.loss_lifted": "loss_lifted",
    "pupil.notified": "pupil_notice",
    "pupil.window_closed": "pupil_notice_over",
    "visit.planned": "visit_planned",
    "visit.moved": "visit_moved",
    "visit.not_met": "visit_not_met",
    "collection.called": "collection_called",
    "collection.moved": "collection_moved",
    "collection.cancelled": "collection_cancelled",
    "collection.missed": "collection_missed",
}
"""What is told of each event."""


class Reason(StrEnum):
    """Why a message was given up (a person must look at it) or dropped (DIED, DECLINED: it is not to be sent)."""

    NO_MOBILE = "no_mobile"
    NO_GUARDIAN = "no_guardian"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    UNDELIVERED = "undelivered"
    DIED = "died"
    DECLINED = "declined"


TO_BE_MENDED: Final = (Reason.NO_MOBILE, Reason.REFUSED, Reason.NO_ANSWER, Reason.UNDELIVERED)
"""After these a message may be sent again; one without a guardian has nobody to go to."""


@dataclass(frozen=True, slots=True)
class Queued:
    """A text message that is due: what it says and to whom, but nothing of what is sealed."""

    person_id: int
    message_id: int
    about_id: int
    kind: MessageKind
    version: int
    parameters: Mapping[str, Any]
    edition: int
    attempts: int

    @property
    def reference(self) -> str:
        """What the gateway knows it by."""
        return f"M{self.message_id}-{self.edition}"


@dataclass(frozen=True, slots=True)
class Preference:
    """How a person wishes to be told; who has not said: Chinese, with reminders."""

    language: Language = "zh"
    reminders: bool = True


@dataclass(frozen=True, slots=True)
class Wish:
    """How a person wishes to be told, and to be shown pages: `elder` is the large print, None for who has not said."""

    language: Language = "zh"
    reminders: bool = True
    elder: bool | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of a person's inbox as it is read."""

    message_id: int
    kind: MessageKind
    about_ward: bool
    posted_at: datetime
    read: bool
    text_zh: str
    text_en: str


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A text message that a person must look at. Whom it is for stays out of it."""

    message_id: int
    kind: MessageKind
    reason: Reason
    attempts: int
    updated_at: datetime
    age_days: int


@dataclass(frozen=True, slots=True)
class Count:
    """How many messages of a kind, channel and status there are."""

    kind: MessageKind
    channel: Channel
    status: Status
    messages: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What waits and what was given up, however old. `oldest_due_at`: since when the oldest could have gone."""

    queued: int
    oldest_due_at: datetime | None
    given_up: int


@dataclass(frozen=True, slots=True)
class ExchangeCounts:
    """What a run of the stage did, in messages. `quiet`: only urgent ones were sent. `partner_down` says why it ended early."""

    sent: int = 0
    given_up: int = 0
    dropped: int = 0
    unanswered: int = 0
    delivered: int = 0
    undelivered: int = 0
    unknown: int = 0
    quiet: bool = False
    partner_down: str | None = None


class Report(msgspec.Struct, frozen=True):
    """What the gateway tells of a message that it took."""

    report_id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    reference: Annotated[str, msgspec.Meta(max_length=64)]
    outcome: Literal["delivered", "failed"]


class ReportPage(msgspec.Struct, frozen=True):
    """A stretch of the gateway's reports and the cursor to go on from."""

    reports: list[Report]
    next: Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00]*$")]
