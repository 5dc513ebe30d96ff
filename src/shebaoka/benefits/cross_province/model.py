"""Registrations for care in another province, and stays that two provinces settle. Values only; amounts in whole fen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from shebaoka.benefits.cross_province.states import RegistrationStatus
from shebaoka.kit.clock import SHANGHAI
from shebaoka.registry.programme.model import AwayDocument, AwayKind, Reason, Registrar

Place = Annotated[
    str,
    Meta(pattern="^[0-9]{6}$", description="就医地行政区划代码 · division code of the place of care"),
]


class Registering(Struct, frozen=True, kw_only=True):
    """Somebody is to be registered for care in another place.

    `number`: the registrar's own of it (a request's key, a hospital's message), done once. Without `until_on` the rules'
    term counts, from `from_on`. `documents`: what the registrar has seen; a holder's own pledge is a document.
    """

    person_id: int
    kind: AwayKind
    place: Place
    registrar: Registrar
    number: str
    from_on: date
    until_on: date | None = None
    documents: tuple[AwayDocument, ...] = ()


class Registration(Struct, frozen=True, kw_only=True):
    """A registration as it stands. `status`: `ended` when another took its place after its last day."""

    person_id: int
    registration_id: int
    kind: AwayKind
    status: RegistrationStatus
    place: str
    from_on: date
    until_on: date | None
    documents: tuple[AwayDocument, ...]
    registrar: Registrar
    institution_id: int | None
    number: str
    rule_id: str
    registered_at: datetime
    withdrawn_at: datetime | None
    reason: str | None

    @property
    def says(self) -> tuple[object, ...]:
        """What it is about, to tell it from another of the same number."""
        return self.kind, self.place, self.from_on, self.until_on

    def holds(self, on: date) -> bool:
        """Tell whether it counts on a day; a withdrawal counts from its own day on."""
        gone = self.withdrawn_at is not None and self.withdrawn_at.astimezone(SHANGHAI).date() <= on
        return not gone and self.from_on <= on and (self.until_on is None or on <= self.until_on)


class Terms(Struct, frozen=True, kw_only=True):
    """Whether somebody may be registered so, for how many months (None: no end), on which documents, and the rule that says so."""

    kind: AwayKind
    allowed: bool
    months: int | None
    documents: tuple[AwayDocument, ...]
    why: Reason
