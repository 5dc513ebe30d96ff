"""The courier: takes manifests of parcels and tells, in a feed, what befell each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from typing import Annotated, Final, Literal

import msgspec

from shebaoka.records import s10
from shebaoka_sandbox import chance
from shebaoka_sandbox.desk import Declined, Desks, Reference
from shebaoka_sandbox.store import Event
from shebaoka_sandbox.world import World

SHANGHAI: Final = timezone(timedelta(hours=8))
# For a recipient the world does not know, a guardian for instance.
HOME_SHARE: Final = 0.85
ABSENT: Final = ("收件人不在，电话未接", "地址无人应答", "收件人要求改投")
REFUSALS: Final = ("地址不详", "超出投递范围")
Kind = Literal["accepted", "in_transit", "delivered", "failed", "at_outlet", "returned"]


class Parcel(msgspec.Struct, frozen=True):
    """One parcel; its reference is the waybill."""

    reference: Reference
    recipient: str
    mobile: str
    address: str
    fallback_outlet: str

    @property
    def person(self) -> str:
        """The recipient."""
        return self.recipient


class Manifest(msgspec.Struct, frozen=True):
    """A manifest: its number, the day the parcels were handed over, and the parcels."""

    manifest: Reference
    dispatched_on: date
    items: Annotated[list[Parcel], msgspec.Meta(min_length=1, max_length=500)]


class Wish(msgspec.Struct, frozen=True):
    """A parcel that shall go elsewhere; its reference names the wish, not the parcel."""

    reference: Reference
    waybill: Reference
    recipient: str
    mobile: str
    address: str
    fallback_outlet: str

    @property
    def person(self) -> str:
        """The recipient."""
        return self.recipient


class Wishes(msgspec.Struct, frozen=True):
    """The day on which the courier is asked, and the wishes."""

    asked_on: date
    items: Annotated[list[Wish], msgspec.Meta(min_length=1, max_length=500)]


class Accepted(msgspec.Struct, frozen=True):
    """The parcel was taken, or goes elsewhere."""

    reference: str
    outcome: Literal["accepted"] = "accepted"


class Refused(msgspec.Struct, frozen=True):
    """The parcel was not taken."""

    reference: str
    reason: str
    outcome: Literal["refused"] = "refused"


class TooLate(msgspec.Struct, frozen=True):
    """The parcel has arrived: it goes nowhere else."""

    reference: str
    outcome: Literal["too_late"] = "too_late"


class Told(msgspec.Struct, frozen=True):
    """An event as the feed tells it."""

    event_id: str
    waybill: str
    kind: str
    occurred_at: str
    note: str


class Feed(msgspec.Struct, frozen=True):
    """A stretch of the feed, and the cursor to go on from."""

    events: list[Told]
    next: str


class Courier:
    """All the parcels' lives are decided, and told, at once when a manifest is taken."""

    def __init__(self, desks: Desks, world: World) -> None:
        self._desks = desks
        self._world = world

    async def take(self, manifest: Manifest) -> list[bytes]:
        """Answer a manifest; its events stand in the feed before it is answered."""
        taken: list[Parcel] = []

        def decide(parcels: list[Parcel]) -> list[Accepted | Refused]:
            taken.extend(parcels)
            return self._decide(parcels, manifest.dispatched_on)

        answers = await self._desks.serve("courier", manifest.items, decide)
        if taken and self._desks.faults.of("courier").delivery_before_dispatch:
            raise Declined(504, "the manifest was taken, but its answer went astray")
        return answers

    async def redirect(self, wishes: Wishes) -> list[bytes]:
        """Answer wishes to take parcels elsewhere: as long as a parcel has not arrived on the day it is asked."""

        def decide(fresh: list[Wish]) -> list[Accepted | Refused | TooLate]:
            arrivals = self._desks.store.arrivals([wish.waybill for wish in fresh])
            return [self._redirected(wish, arrivals.get(wish.waybill), wishes.asked_on) for wish in fresh]

        return await self._desks.serve("courier", wishes.items, decide, "courier:redirects")

    def _redirected(self, wish: Wish, arrived_at: str | None, asked_on: date) -> Accepted | Refused | TooLate:
        if arrived_at is None:
            return Refused(wish.reference, "查无此邮件")
        if self._desks.faults.hits("courier", "refuse", wish.reference):
            return Refused(wish.reference, chance.choose(REFUSALS, self._desks.faults.seed, wish.reference))
        if arrived_at[:10] <= asked_on.isoformat():
            return TooLate(wish.reference)
        return Accepted(wish.reference)

    def feed(self, after: str, limit: int) -> Feed:
        """Give the events after a cursor."""
        self._desks.enter("courier", "courier:events")
        events = self._desks.store.events(int(after or 0), limit)
        return Feed([Told(*event[1:]) for event in events], str(events[-1].number) if events else after)

    def _decide(self, parcels: list[Parcel], dispatched_on: date) -> list[Accepted | Refused]:
        answers = [self._answer(parcel) for parcel in parcels]
        events = [
            (told_at, event)
            for parcel, answer in zip(parcels, answers, strict=True)
            if isinstance(answer, Accepted)
            for event in self._life(parcel, dispatched_on)
            for told_at in self._tellings(event)
        ]
        events += [(told_at, self._misprinted(event)) for told_at, event in events if self._misprints(event)]
        self._desks.store.announce(events)
        return answers

    def _answer(self, parcel: Parcel) -> Accepted | Refused:
        if not s10.is_valid(parcel.reference):
            return Refused(parcel.reference, "邮件号码不正确")
        if self._desks.faults.hits("courier", "refuse", parcel.reference):
            return Refused(
                parcel.reference, chance.choose(REFUSALS, self._desks.faults.seed, parcel.reference)
            )
        return Accepted(parcel.reference)

    def _misprints(self, event: Event) -> bool:
        return self._desks.faults.hits("courier", "misprint", event.event_id)

    def _misprinted(self, event: Event) -> Event:
        """Give an event as a worn label lets it be read: one digit of the waybill is another one."""
        wrong = str((int(event.waybill[2]) + 1) % 10)
        waybill = f"{event.waybill[:2]}{wrong}{event.waybill[3:]}"
        return event._replace(event_id=f"{event.event_id}-misread", waybill=waybill)

    def _tellings(self, event: Event) -> Iterator[str]:
        """Say when the feed tells an event: never when lost, twice when doubled, days late when out of order."""
        faults = self._desks.faults
        if faults.hits("courier", "lose", event.event_id):
            return
        late = faults.hits("courier", "reorder", event.event_id)
        told_at = datetime.fromisoformat(event.occurred_at) + timedelta(days=9 if late else 0)
        yield told_at.isoformat()
        if faults.hits("courier", "duplicate", event.event_id):
            yield (told_at + timedelta(days=1)).isoformat()

    def _life(self, parcel: Parcel, dispatched_on: date) -> Iterator[Event]:
        seed, waybill = self._desks.faults.seed, parcel.reference
        day = dispatched_on
        for step, (days, first_hour, kind, note) in enumerate(self._steps(parcel), start=1):
            day += timedelta(days=days)
            minute = chance.draw(seed, "courier", "minute", waybill, kind) % 420
            at = datetime.combine(day, time(first_hour), SHANGHAI) + timedelta(minutes=minute)
            yield Event(0, f"{waybill}-{step}", waybill, kind, at.isoformat(), note)

    def _steps(self, parcel: Parcel) -> Iterator[tuple[int, int, Kind, str]]:
        """Give days since the step before, earliest hour, kind and note."""
        seed, waybill = self._desks.faults.seed, parcel.reference
        known = self._world.home_share(parcel.recipient)
        at_home = chance.share(seed, "courier", "home", waybill) < (HOME_SHARE if known is None else known)
        yield 1, 8, "accepted", "邮件已收寄"
        yield 1, 6, "in_transit", "离开处理中心，发往投递部"
        if at_home:
            yield 1, 9, "delivered", "本人签收"
            return
        yield 1, 9, "failed", chance.choose(ABSENT, seed, "absent", waybill)
        yield 1 + chance.draw(seed, "outlet", waybill) % 3, 9, "at_outlet", f"已转至 {parcel.fallback_outlet}"
