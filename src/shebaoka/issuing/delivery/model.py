"""Values of the delivery room. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final, Literal

import msgspec

from shebaoka.issuing.applications.model import Application
from shebaoka.issuing.delivery.states import Redirect, Status
from shebaoka.kit.problems import Problem
from shebaoka.registry.acting.model import Claim
from shebaoka.registry.programme.model import ActingAs

WAYBILL_PREFIX: Final = "EM"
"""The service indicator of our waybills: EMS items begin with E; the second letter is our choice (inferred)."""
COURIER: Final = "courier"
SILENT_DAYS: Final = 10
"""After so many days without news a parcel on its way stands on the exception list (inferred)."""

SignatureKind = Literal["paper", "pad"]
Standing = Literal["waiting", "overdue", "recalled", "at_centre"]
Effect = Literal["nothing", "this_card", "asked", "next_sending"]
"""What a change of address does: nothing differs; the card goes there; the courier is asked; only the next sending."""
Progress = Callable[[int], None]
PLAIN: Final = r"^[^\x00]*$"
"""PostgreSQL keeps no NUL in a text."""


def quiet(_people: int) -> None:
    """Tell nobody of the progress."""


class Label(msgspec.Struct, frozen=True):
    """What the courier is told of a parcel; sealed with it, so that sending again says the same."""

    recipient: str
    mobile: str
    address: str
    fallback_outlet: str


class Event(msgspec.Struct, frozen=True):
    """A message of the courier's feed."""

    event_id: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=PLAIN)]
    waybill: Annotated[str, msgspec.Meta(max_length=64, pattern=PLAIN)]
    kind: Annotated[str, msgspec.Meta(max_length=64, pattern=PLAIN)]
    occurred_at: Annotated[datetime, msgspec.Meta(tz=True)]
    note: Annotated[str, msgspec.Meta(max_length=1_000)]


class Page(msgspec.Struct, frozen=True):
    """A stretch of the courier's feed and the cursor to go on from."""

    events: list[Event]
    next: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """A card on its way, without what is sealed. `received_at`: delivered or collected; `arrived_on`: at its outlet since."""

    person_id: int
    parcel_id: int
    application_id: int
    waybill: str
    status: Status
    outlet_id: int
    manifest_id: int
    refused_at: datetime | None
    dispatched_at: datetime | None
    received_at: datetime | None
    updated_at: datetime
    arrived_on: date | None = None
    reminded_on: date | None = None
    centre_id: int | None = None

    @property
    def counter_id(self) -> int:
        """The institution at whose counter it is, or will be, handed over."""
        kept_at = self.centre_id if self.status == Status.AT_CENTRE else None
        return self.outlet_id if kept_at is None else kept_at


@dataclass(frozen=True, slots=True)
class Tracked:
    """A parcel with everything the courier told, oldest first; `word` is its last, opened from the seal."""

    parcel: Parcel
    word: str
    events: list[Told]


@dataclass(frozen=True, slots=True)
class Signature:
    """That somebody signed: on paper or on a pad, and where it is found (folio of the register, number of the file)."""

    kind: SignatureKind
    reference: str


@dataclass(frozen=True, slots=True)
class Pickup:
    """Somebody at the counter who fetches a card. `id_number`: of the document that the clerk has seen, in 18 characters.

    `claim`: what is said of whoever is not the holder.
    """

    waybill: str
    id_number: str
    signature: Signature | None
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class HandOver:
    """To whom a card was handed over, against which signature, by whom, where and when. The ID number seen is sealed."""

    person_id: int
    parcel_id: int
    collected_as: ActingAs
    collector_id: int | None
    signature_kind: SignatureKind
    signature_reference: str
    organisation_id: int
    handed_by: str
    handed_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """A parcel at a counter: for how many days, until when, and how it stands. `recall_on`: when it goes back to the centre."""

    parcel: Parcel
    standing: Standing
    age_days: int
    recall_on: date | None


@dataclass(frozen=True, slots=True)
class Wish:
    """Where the holder wants the card to go; None: as it was. `fallback_outlet` is a code."""

    mobile: str | None = None
    address: str | None = None
    fallback_outlet: str | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """What came of a wish, and the application as it now is."""

    effect: Effect
    application: Application


@dataclass(frozen=True, slots=True)
class Journey:
    """An application's parcel: until when it waits, the courier asked to take it elsewhere, who fetched it."""

    parcel: Parcel
    kept: Kept | None
    redirect: Redirect | None
    hand_over: HandOver | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """Parcels handed to the courier together: how many, and how many it took and refused. Those left out are unanswered."""

    manifest_id: int
    prepared_at: datetime
    sent_at: datetime | None
    parcels: int
    accepted: int
    refused: int


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """A parcel of a manifest. `parcel` None: it has gone out again since, under another waybill; its label went with it."""

    waybill: str
    person_id: int
    parcel_id: int
    parcel: Parcel | None
    label: Label | None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What the courier took, by manifest, against where it is, parcel by parcel. `difference` must be 0."""

    handed_over: int
    sent_again: int
    by_status: Mapping[Status, int]

    @property
    def difference(self) -> int:
        """How many waybills the manifests count and the parcels do not."""
        return self.handed_over - self.sent_again - sum(self.by_status.values())


@dataclass(frozen=True, slots=True)
class OutletCount:
    """What lies at one outlet: waiting (overdue ones too), overdue, to be sent back, and since when the oldest lies there."""

    outlet_id: int
    waiting: int
    overdue: int
    recalled: int
    oldest_on: date | None


@dataclass(frozen=True, slots=True)
class WaitingCounts:
    """What the step `waiting` did, in parcels."""

    reminded: int = 0
    recalled: int = 0
    looked_at: int = 0


@dataclass(frozen=True, slots=True)
class RedirectCounts:
    """What the step `redirects` did, in wishes. `unanswered`: the courier left them out; they are asked again."""

    accepted: int = 0
    refused: int = 0
    too_late: int = 0
    dropped: int = 0
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """One message as it is shown, and what became of it."""

    event_id: str
    waybill: str
    kind: str
    occurred_at: datetime
    outcome: str
    note: str


@dataclass(frozen=True, slots=True)
class DeliveryException:
    """A parcel that a person must look at, or (`parcel` None) a message that belongs to none. `why` is a code."""

    why: str
    waybill: str
    parcel: Parcel | None
    since: datetime
    age_days: int
    word: str


@dataclass(frozen=True, slots=True)
class DispatchCounts:
    """What `dispatch_due` did. `unanswered`: sent, but the courier left them out of its answer."""

    prepared: int = 0
    dispatched: int = 0
    refused: int = 0
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class EventCounts:
    """What `take_events` did, in messages: new ones by outcome, and those known before."""

    applied: int = 0
    already: int = 0
    waiting: int = 0
    unknown: int = 0
    known: int = 0

    def __add__(self, other: EventCounts) -> EventCounts:
        """Add two counts up."""
        return EventCounts(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class CollectResult:
    """Parcels handed over by waybill as it was given, and why others were not."""

    collected: Mapping[str, Parcel]
    refused: Mapping[str, Problem]


def label_place(parcel_id: int) -> str:
    """Name the place that a parcel's label is bound to."""
    return f"parcel_label:{parcel_id}"


def word_place(parcel_id: int) -> str:
    """Name the place that the courier's last word about a parcel is bound to."""
    return f"parcel_word:{parcel_id}"


def event_place(event_id: str) -> str:
    """Name the place that a message's note is bound to."""
    return f"courier_event:{event_id}"


def hand_over_place(parcel_id: int) -> str:
    """Name the place that the ID number seen at a hand-over is bound to."""
    return f"hand_over:{parcel_id}"


def redirect_place(redirect_id: int) -> str:
    """Name the place that the label of a wish is bound to."""
    return f"redirect_label:{redirect_id}"


def redirect_word_place(redirect_id: int) -> str:
    """Name the place that the courier's word about a wish is bound to."""
    return f"redirect_word:{redirect_id}"
