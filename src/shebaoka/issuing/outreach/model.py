"""Values of the outreach room. No I/O."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import Any, Final, Literal

from msgspec import Struct

from shebaoka.issuing.outreach import states
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.work import Work
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.programme.model import ActingAs, VisitGround

Slot = Literal["morning", "afternoon"]
Task = Literal["apply", "open"]
MobilityDocument = Literal["disability_certificate", "medical_certificate", "care_assessment"]
CancelReason = Literal["moved_away", "done_elsewhere", "not_wanted"]
DIED: Final = "died"
"""Why a visit is cancelled besides: the register tells it."""
SiteKind = Literal["station", "stall"]
Kind = Literal["application", "opening", "visit_outcome"]
Outcome = Literal["done", "not_met"]
SLOT_WORDS: Final[Mapping[Slot, tuple[str, str]]] = MappingProxyType(
    {"morning": ("上午", "morning"), "afternoon": ("下午", "afternoon")}
)
CLOCK_MIN: Final = datetime(2000, 1, 1, tzinfo=UTC)
CLOCK_MAX: Final = datetime(2100, 1, 1, tzinfo=UTC)
SLOT_ORDER: Final[tuple[Slot, ...]] = ("morning", "afternoon")


class Contact(Struct, frozen=True):
    """Where the visit goes and whom to call; sealed with the visit. `remark`: the bell does not ring, the daughter calls back."""

    mobile: str
    address: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A visit as somebody asks for it. `bank` is a code; None: the person's bank, as far as one is known.

    `limited`: the person says that they can hardly leave home; `document`: what shows it. `represented`: somebody is to be
    authorised, or to act, at the visit.
    """

    person_id: int
    asked_as: ActingAs
    tasks: tuple[Task, ...]
    contact: Contact
    bank: str | None = None
    limited: bool = False
    document: MobilityDocument | None = None
    represented: bool = False


@dataclass(frozen=True, slots=True)
class Planning:
    """Where, when and by whom. `outlet` is a code, `staff` are members of staff of the outlet or its bank."""

    outlet: str
    day: date
    slot: Slot
    staff: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit without what is sealed. `attempt`: the how many-th is or was planned. `outcome`: which device told what, when."""

    person_id: int
    visit_id: int
    status: states.Visit
    ground: VisitGround
    document: MobilityDocument | None
    rule_id: str
    asked_as: ActingAs
    represented: bool
    tasks: Sequence[Task]
    organisation_id: int
    bank_id: int | None
    outlet_id: int | None
    day: date | None
    slot: Slot | None
    staff: Sequence[int]
    attempt: int
    reason: str | None
    outcome: Mapping[str, Any] | None
    requested_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Told:
    """How a visit went, as noted at `at`. `device_id` and `request_key`: of the device that captured it, if one did."""

    attempt: int
    outcome: Outcome
    at: datetime
    staff_id: int | None = None
    reason: str | None = None
    device_id: int | None = None
    request_key: str | None = None


@dataclass(frozen=True, slots=True)
class SlotFree:
    """How many visits an outlet can make in half a day, and how many are planned."""

    outlet_id: int
    day: date
    slot: Slot
    capacity: int
    taken: int


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit of a day's route. `place`: district and street, by which visits are put together."""

    visit: Visit
    name: str
    contact: Contact
    place: str


@dataclass(frozen=True, slots=True)
class Route:
    """The visits of one day that the same members of staff make, in order."""

    staff: tuple[int, ...]
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class NewSite:
    """A station or stall as it is set up. `outlet` and `employer` are codes; `to_day` None: a station for good."""

    kind: SiteKind
    outlet: str
    district: str
    name_zh: str
    name_en: str
    place: str
    from_day: date
    to_day: date | None
    opens: time
    closes: time
    capacity: int
    staff: tuple[int, ...]
    devices: tuple[int, ...]
    employer: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """A station in an enterprise or a stall in a compound."""

    site_id: int
    kind: SiteKind
    status: states.Site
    outlet_id: int
    district_code: str
    employer_id: int | None
    name_zh: str
    name_en: str
    place: str
    from_day: date
    to_day: date | None
    opens: time
    closes: time
    capacity: int
    staff: Sequence[int]
    devices: Sequence[int]
    updated_at: datetime
    version: int

    def there_on(self, day: date) -> bool:
        """Tell whether people are served there on a day; the day on which it is closed is its last."""
        if self.status == states.Site.CLOSED and day > self.updated_at.astimezone(SHANGHAI).date():
            return False
        return self.from_day <= day and (self.to_day is None or day <= self.to_day)


@dataclass(frozen=True, slots=True)
class Device:
    """A device that captures work without a network; its secret is not in here."""

    device_id: int
    outlet_id: int
    name: str
    status: states.Device
    registered_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Item:
    """Something captured on a device, under the key that the device made for it.

    `content` is what a counter would have been told: ID number, card number and so on stand in it. `site_id`, `visit_id`:
    where it was done.
    """

    request_key: str
    sequence: int
    kind: Kind
    captured_at: datetime
    staff_id: int
    content: Mapping[str, Any]
    site_id: int | None = None
    visit_id: int | None = None

    @property
    def noted_at(self) -> datetime:
        """When it was captured, within what can be kept: a device's clock may stand at the end of time."""
        return min(max(self.captured_at, CLOCK_MIN), CLOCK_MAX)

    @property
    def day(self) -> date:
        """The calendar day in Shanghai on which it was captured."""
        return self.noted_at.astimezone(SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class Captured:
    """An item that a device has brought, without what is sealed. `theirs`: what had happened meanwhile."""

    device_id: int
    request_key: str
    capture_id: int
    sequence: int
    kind: Kind
    status: states.Capture
    outlet_id: int
    staff_id: int
    site_id: int | None
    visit_id: int | None
    holder_id: int | None
    captured_at: datetime
    received_at: datetime
    reason: str | None
    answer: Mapping[str, Any]
    theirs: Mapping[str, Any]
    settled_at: datetime | None
    settled_by: str | None
    settled_why: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an item. `again`: it had come before, and nothing was done this time.

    `status` None: nothing was decided; the device keeps the item and brings it again. `problem`: the refusal, as a document.
    """

    request_key: str
    status: states.Capture | None
    again: bool = False
    capture_id: int | None = None
    reason: str | None = None
    answer: Mapping[str, Any] | None = None
    theirs: Mapping[str, Any] | None = None
    problem: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """How much of a kind was brought from one place on one day. `site_id` None: from visits, or from elsewhere."""

    day: date
    outlet_id: int
    site_id: int | None
    kind: Kind
    status: states.Capture
    items: int


CarryOut = Callable[[Work, Item, Institution, int], Awaitable[Mapping[str, Any]]]
"""Does for an item, captured on the device of that number, what a counter of the device's outlet does, and gives what that
would have answered, without personal data."""


def place_of_visit(visit_id: int) -> str:
    """Name the place that a visit's sealed part is bound to."""
    return f"visit:{visit_id}"


def place_of_capture(capture_id: int) -> str:
    """Name the place that a captured item's content is bound to."""
    return f"capture:{capture_id}"
