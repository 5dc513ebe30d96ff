"""Time comes in as an argument: nobody but this module asks the machine what time it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Tells the present moment, with a time zone."""

    def now(self) -> datetime:
        """Give the present moment."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Give the present moment, Shanghai time."""
        return datetime.now(SHANGHAI)


class SetClock:
    """A clock that stands still until it is set: demos and tests live on it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Give the moment the clock was set to."""
        return self.at


def today(clock: Clock) -> date:
    """Give the calendar day in Shanghai; every rule of the programme is dated in it."""
    return clock.now().astimezone(SHANGHAI).date()
