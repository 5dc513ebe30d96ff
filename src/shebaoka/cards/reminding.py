"""On which days the holder of an unopened card is reminded. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count

from shebaoka.registry.programme.sets import DecidesReminders


def reminder_days(rule: DecidesReminders, received_on: date) -> Iterator[date]:
    """Give the days of all reminders of a card in their order; without `then_every` they end."""
    for days in rule.days:
        yield received_on + timedelta(days=days)
    if rule.then_every is not None:
        for times in count(1):
            yield received_on + timedelta(days=rule.days[-1] + times * rule.then_every)


def look(
    rule: DecidesReminders, received_on: date, reminded_on: date | None, today: date
) -> tuple[bool, date | None]:
    """Tell whether the holder is to be reminded today, and when the card is looked at again (None: never).

    Reminders that a late run has missed come to one.
    """
    since, due = reminded_on or received_on, False
    for day in reminder_days(rule, received_on):
        if day > today:
            return due, day
        due = due or day > since
    return due, None
