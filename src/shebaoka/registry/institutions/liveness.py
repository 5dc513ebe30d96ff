"""Whether an institution serves today: the one truth, from how ready it is and from which day. Pure.

Which kinds must be live before they serve is the programme's rule set `readiness`; how an institution becomes live is
`service/readiness`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Protocol


class Status(StrEnum):
    """How ready an institution is."""

    PLANNED = "planned"
    BUILT = "built"
    TESTED = "tested"
    LIVE = "live"
    SUSPENDED = "suspended"


WORDS: Final[Mapping[Status, tuple[str, str]]] = {
    Status.PLANNED: ("计划中", "planned"),
    Status.BUILT: ("已建成", "built"),
    Status.TESTED: ("已通过测试", "tested"),
    Status.LIVE: ("已上线", "live"),
    Status.SUSPENDED: ("已暂停", "suspended"),
}
MISSING: Final[Mapping[Status, tuple[str, str]]] = {
    Status.PLANNED: (
        "系统改造完成的登记、联调测试和上线日期",
        "word that its system is built, a conformance run that passes, and a day to go live",
    ),
    Status.BUILT: ("通过联调测试并确定上线日期", "a conformance run that passes, and a day to go live"),
    Status.TESTED: ("确定上线日期", "a day to go live"),
    Status.SUSPENDED: (
        "重新通过联调测试并确定上线日期",
        "a new conformance run that passes, and a day to go live",
    ),
}
"""What still lacks before an institution of a status is live."""


class Placed(Protocol):
    """What has a readiness and a day."""

    @property
    def readiness(self) -> Status:
        """How ready it is."""

    @property
    def live_from(self) -> date | None:
        """From which day it serves once it is live; before that the day planned."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """How ready one institution is, and since when."""

    institution_id: int
    code: str
    kind: str
    readiness: Status
    since: datetime
    live_from: date | None


def status_on(one: Placed, on: date) -> Status:
    """Give how ready an institution is on a day; this function will call one tested whose day to go live is to come."""
    status = Status(one.readiness)
    if status is Status.LIVE and (one.live_from is None or on < one.live_from):
        return Status.TESTED
    return status


def live(one: Placed, on: date) -> bool:
    """Tell whether an institution of a kind that must be live serves on a day."""
    return status_on(one, on) is Status.LIVE


def missing(one: Placed, on: date) -> tuple[str, str]:
    """Say in Chinese and English what still lacks before an institution serves; it is not live on this day."""
    if one.readiness == Status.LIVE:
        return (f"将于 {one.live_from} 上线", f"it goes live on {one.live_from}")
    return MISSING[status_on(one, on)]
