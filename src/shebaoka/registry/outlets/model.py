"""Outlets as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from msgspec import Struct

from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.outlets.hours import Spans, Standing, Week
from shebaoka.registry.outlets.services import Service
from shebaoka.registry.programme.model import Group

QUEUE_BELIEVED: Final = timedelta(minutes=30)
"""So long a note of how many wait is shown; afterwards nobody knows."""
WAITING_MAX: Final = 999


@dataclass(frozen=True, slots=True)
class Profile:
    """Where an outlet is and when it is open."""

    institution_id: int
    address_zh: str
    address_en: str
    phone: str
    week: Week


@dataclass(frozen=True, slots=True)
class OtherDay:
    """A day with other hours than the week's. `institution_id` None: at all outlets."""

    institution_id: int | None
    on_day: date
    spans: Spans
    reason_zh: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many people waited at an outlet when somebody there last looked."""

    institution_id: int
    waiting: int
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class Outlet:
    """An outlet as people see it. `services`: none where it does not serve; `profile`, `standing` None: nobody has told."""

    institution: Institution
    bank: Institution | None
    serves: bool
    services: tuple[Service, ...]
    mainly_for: tuple[Group, ...]
    profile: Profile | None
    other_days: tuple[OtherDay, ...]
    standing: Standing | None
    waiting: Waiting | None


class InDistrict(Struct, frozen=True):
    """How many outlets of a district serve, and how many of them replace cards on the spot."""

    district_code: str
    name_zh: str
    name_en: str
    outlets: int
    instant: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for: outlets with a service, of a bank (its code); None asks for all."""

    service: Service | None = None
    bank: str | None = None


@dataclass(frozen=True, slots=True)
class OutletsRead:
    """What an import of outlets found and did. `days_changed` counts days that are new, other or gone."""

    outlets_read: int = 0
    outlets_changed: int = 0
    days_read: int = 0
    days_changed: int = 0
