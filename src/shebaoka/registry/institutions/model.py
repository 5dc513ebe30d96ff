"""Institutions as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from shebaoka.records.reason import Reason
from shebaoka.registry.institutions.liveness import Status

BANK: Final = "bank"
BANK_OUTLET: Final = "bank_outlet"
CARD_CENTRE: Final = "card_centre"
COMMUNITY_CENTRE: Final = "community_centre"
EMPLOYER: Final = "employer"
HOTLINE: Final = "hotline"
BANK_HOTLINE: Final = "bank_hotline"
"""A service bank's own line; its parent is the bank. A kind of its own: what a hotline may do to any card, it may not."""
KINDS: Final = (
    CARD_CENTRE, COMMUNITY_CENTRE, BANK, BANK_OUTLET, EMPLOYER, "school", "card_bureau", "courier",
    HOTLINE, "online_platform", "kiosk", "hospital", "pharmacy", BANK_HOTLINE, "agency", "hotel", "library",
)  # fmt: skip
RELYING: Final = ("agency", "hotel", "library")
"""Kinds that rely on the card to know who somebody is, and do nothing else with it."""
COUNTERS: Final = (COMMUNITY_CENTRE, BANK_OUTLET)
"""Kinds where people stand before a counter for a card: they may issue one on the spot."""
FALLBACKS: Final = (COMMUNITY_CENTRE,)
"""Kinds where a card that nobody received waits for its holder."""
CHOSEN_ELSEWHERE: Final = 0
"""The rank of a bank that an employer chose although it pays no wages through it."""


@dataclass(frozen=True, slots=True)
class District:
    """A district of the city."""

    district_code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Institution:
    """An organisation that takes part. `parent_id`: the bank of an outlet or of a bank's line. `elsewhere`: outside the city.

    Whether it serves, `liveness.live` tells from `readiness` and `live_from`. `instant`: an outlet that issues on the spot.
    """

    institution_id: int
    code: str
    kind: str
    name_zh: str
    name_en: str
    parent_id: int | None
    district_code: str | None
    uscc: str | None
    elsewhere: bool
    live_from: date | None
    readiness: Status = Status.PLANNED
    instant: bool = False


@dataclass(frozen=True, slots=True)
class PayrollBank:
    """A bank through which an employer pays wages; `bank_id` is None for one that is no service bank."""

    employer_id: int
    rank: int
    bank_id: int | None
    bank_name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Because:
    """Why a bank is chosen: the rule of the programme that leaves it to the chooser, and what they said, if anything."""

    rule_id: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class PayrollChoice:
    """One choice of the bank for an employer's staff. `pays_wages` False: none of its payroll banks serves, and one was chosen."""

    choice_id: int
    bank_id: int
    former_bank_id: int | None
    pays_wages: bool
    rule_id: str | None
    why: str
    chosen_by: str
    organisation_id: int
    chosen_at: datetime


@dataclass(frozen=True, slots=True)
class Declared:
    """A bank through which an employer says it pays wages; `bank_id` is None for one that is no service bank."""

    bank_id: int | None
    bank_name: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell of a file. `row` is the line in the file, the header being 1."""

    file: str
    row: int
    column: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import found and did. `read` counts rows, the others count what was written."""

    districts_read: int
    institutions_read: int
    payroll_banks_read: int
    districts_written: int
    institutions_new: int
    institutions_changed: int
    employers_changed: int

    @property
    def changed(self) -> bool:
        """Whether the import wrote anything."""
        return any(
            (self.districts_written, self.institutions_new, self.institutions_changed, self.employers_changed)
        )
