"""The SMS gateway: takes text messages, each reference once, and tells in a feed which of them arrived."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from shebaoka_sandbox.desk import Desks, Reference
from shebaoka_sandbox.store import Text

MOBILE_DIGITS: Final = 11
SMS: Final = "sms"


class TextMessage(msgspec.Struct, frozen=True):
    """One message to one telephone."""

    reference: Reference
    mobile: str
    text: str

    @property
    def person(self) -> str:
        """The reference itself: a number corrected meanwhile must not make another message of it."""
        return self.reference


class Accepted(msgspec.Struct, frozen=True):
    """The message was taken."""

    reference: str
    outcome: Literal["accepted"] = "accepted"


class Refused(msgspec.Struct, frozen=True):
    """The message was not taken."""

    reference: str
    reason_code: str
    outcome: Literal["refused"] = "refused"


class Told(msgspec.Struct, frozen=True):
    """A report as the feed tells it."""

    report_id: str
    reference: str
    outcome: str


class Reports(msgspec.Struct, frozen=True):
    """A stretch of the feed, and the cursor to go on from."""

    reports: list[Told]
    next: str


class Arrived(msgspec.Struct, frozen=True):
    """A message on a telephone. The gateway's number is given once to each."""

    gateway_id: int
    reference: str
    mobile: str
    text: str


class Gateway:
    """What was taken arrives at once; its report stands in the feed before the sending is answered."""

    def __init__(self, desks: Desks) -> None:
        self._desks = desks

    async def send(self, items: list[TextMessage]) -> list[bytes]:
        """Answer a batch."""
        return await self._desks.serve(SMS, items, self._decide)

    def reports(self, after: str, limit: int) -> Reports:
        """Give the reports after a cursor."""
        self._desks.enter(SMS, f"{SMS}:reports")
        found = self._desks.store.reports(int(after or 0), limit)
        told = [Told(*row[1:]) for row in found]
        return Reports(told, str(found[-1][0]) if found else after)

    def arrived(self) -> list[Arrived]:
        """Give every message that arrived at a telephone."""
        return [Arrived(*row) for row in self._desks.store.texts()]

    def _decide(self, items: list[TextMessage]) -> list[Accepted | Refused]:
        answers = [self._answer(item) for item in items]
        taken = [item for item, answer in zip(items, answers, strict=True) if isinstance(answer, Accepted)]
        good = [one for one in taken if not self._desks.faults.hits(SMS, "undelivered", one.reference)]
        self._desks.store.arrive([Text(one.reference, one.mobile, one.text) for one in good])
        arrived = {one.reference for one in good}
        self._desks.store.report(
            told for one in taken for told in self._tellings(one.reference, arrived=one.reference in arrived)
        )
        return answers

    def _answer(self, item: TextMessage) -> Accepted | Refused:
        if not (item.mobile.isdigit() and len(item.mobile) == MOBILE_DIGITS):
            return Refused(item.reference, "number_unusable")
        if self._desks.faults.hits(SMS, "refuse", item.reference):
            return Refused(item.reference, "not_served")
        return Accepted(item.reference)

    def _tellings(self, reference: str, *, arrived: bool) -> Iterator[tuple[str, str, str]]:
        """Say how often the feed tells of a message, and in which order: never, twice, or the false one first."""
        faults = self._desks.faults
        outcome = "delivered" if arrived else "failed"
        if faults.hits(SMS, "lose_report", reference):
            return
        if arrived and faults.hits(SMS, "reorder", reference):
            yield f"{reference}-r0", reference, "failed"
        yield f"{reference}-r1", reference, outcome
        if faults.hits(SMS, "duplicate", reference):
            yield f"{reference}-r1", reference, outcome
