"""Registrations for care in another province, and stays that two provinces settle. Values only; amounts in whole fen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from shebaoka.benefits.cross_province.states import BillStatus, RegistrationStatus
from shebaoka.benefits.insurance.insured import Parts
from shebaoka.benefits.insurance.model import Amount, Level
from shebaoka.benefits.settlement.model import Number, Sums
from shebaoka.kit.clock import SHANGHAI
from shebaoka.registry.programme.model import AwayDocument, AwayKind, Reason, Registrar, Scheme, WorkStatus

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


DAYS_MAX: Final = 1_000
"""Days of a stay with costs; who stays longer is settled in between."""
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Role = Literal["care", "insured"]
"""Of a bill: a guest was in our hospital (care place), or ours was in one of theirs (insured place)."""


class Hospital(Struct, frozen=True):
    """A hospital as its own province knows it."""

    code: Number
    name: Name
    level: Level


class Day(Struct, frozen=True, kw_only=True):
    """What a day of a stay came to, by the catalogue of the place of care."""

    on: date
    in_scope_fen: Amount
    own_expense_fen: Amount = 0
    prepay_fen: Amount = 0
    over_limit_fen: Amount = 0

    @property
    def parts(self) -> Parts:
        """Give the four parts."""
        return Parts(
            in_scope_fen=self.in_scope_fen, own_expense_fen=self.own_expense_fen, prepay_fen=self.prepay_fen,
            over_limit_fen=self.over_limit_fen,
        )  # fmt: skip


class Stay(Struct, frozen=True, kw_only=True):
    """A stay that is over, divided by the place of care. `stay`: the hospital's own number of it. Each day comes once."""

    stay: Number
    hospital: Hospital
    admitted_on: date
    discharged_on: date
    days: Annotated[tuple[Day, ...], Meta(min_length=1, max_length=DAYS_MAX)]

    def __post_init__(self) -> None:
        """Refuse days that no stay has."""
        if self.discharged_on < self.admitted_on:
            raise ValueError("discharged_on: 早于入院日期 · lies before admitted_on")
        if len({one.on for one in self.days}) < len(self.days):
            raise ValueError("days: 同一天出现两次 · a day comes twice")
        if any(not self.admitted_on <= one.on <= self.discharged_on for one in self.days):
            raise ValueError("days: 不在住院期间 · a day outside the stay")

    def sums(self, paid: Share | None = None) -> Sums:
        """Sum up what it came to, and who pays it; all of it is the patient's while nobody has said."""
        names = ("in_scope_fen", "own_expense_fen", "prepay_fen", "over_limit_fen")
        parts = {name: sum(getattr(one, name) for one in self.days) for name in names}
        total = sum(parts.values())
        by = paid or Share(pooled_fen=0, supplementary_fen=0, account_fen=0, cash_fen=total)
        return Sums(
            **parts, total_fen=total, pooled_fen=by.pooled_fen, supplementary_fen=by.supplementary_fen,
            current_account_fen=by.account_fen, historic_account_fen=0, cash_fen=by.cash_fen,
        )  # fmt: skip


class Presented(Struct, frozen=True, kw_only=True):
    """The hub's message about one of ours who was in hospital in `place`: to be quoted, or settled once by its number."""

    number: Number
    place: Place
    id_number: Name
    card_number: Name
    stay: Stay


class Admitting(Struct, frozen=True, kw_only=True):
    """Somebody insured in another province (`place`) is admitted to one of our hospitals, which gave the stay this number.

    `scheme`: as the hospital says, where their province has not told.
    """

    institution_id: int
    number: Number
    place: Place
    id_number: Name
    name: Name
    card_number: Name
    began_on: date | None = None
    scheme: Scheme | None = None


class Guest(Struct, frozen=True, kw_only=True):
    """Who a guest is: what is sealed of them. `scheme`, `status`: how they are insured there, where it was told."""

    id_number: str
    name: str
    card_number: str
    scheme: Scheme | None = None
    status: WorkStatus | None = None


class Claiming(Struct, frozen=True, kw_only=True):
    """The message by which our hospital wants a guest's stay settled."""

    institution_id: int
    number: Number
    person_id: int
    visit_id: int


class Bill(Struct, frozen=True, kw_only=True):
    """A stay that two provinces settle. `settled_on`: the day for which both count it; amounts are there once it is settled.

    `number`: of the hospital's message (care) or the hub's (insured). The hub knows a care bill as `reference`.
    """

    person_id: int
    bill_id: int
    role: Role
    status: BillStatus
    province_id: int
    visit_id: int
    institution_id: int
    number: str
    asked_at: datetime
    settlement_id: int | None = None
    total_fen: int | None = None
    fund_fen: int | None = None
    account_fen: int | None = None
    settled_on: date | None = None
    reversed_on: date | None = None
    reversal: str | None = None
    refusal: str | None = None
    cleared_in: date | None = None
    reversal_cleared_in: date | None = None

    @property
    def reference(self) -> str:
        """The number by which the hub knows it; its reversal is `R` and this."""
        return f"C{self.bill_id}" if self.role == "care" else self.number


class Share(Struct, frozen=True, kw_only=True):
    """What the insured place pays of a stay: its funds, the personal account; the rest is the patient's, in cash."""

    pooled_fen: Amount
    supplementary_fen: Amount
    account_fen: Amount
    cash_fen: Amount

    @property
    def total_fen(self) -> int:
        """The whole stay."""
        return self.pooled_fen + self.supplementary_fen + self.account_fen + self.cash_fen


class Clearing(Struct, frozen=True, kw_only=True):
    """What a month leaves owed between another province and us, in fen; reversals count against.

    `owed_to_us`: what we advanced for their guests here; `owed_by_us`: what they advanced for ours there. With each how many
    settlements and reversals. `paid_on`: the day on which the difference of the two was paid, by whoever owes it.
    """

    province_id: int
    month: date
    clearing_id: int
    owed_to_us_fen: int
    owed_to_us: int
    owed_by_us_fen: int
    owed_by_us: int
    drawn_at: datetime
    paid_on: date | None = None
    entry_id: int | None = None

    @property
    def net_fen(self) -> int:
        """What they pay us; below nothing, what we pay them."""
        return self.owed_to_us_fen - self.owed_by_us_fen


class Reconciled(Struct, frozen=True):
    """How many days were held against the hub's, and how many differences are open in them."""

    days: int = 0
    differences: int = 0


class Exchanged(Struct, frozen=True):
    """What a round with the hub brought; `waiting` is asked again."""

    settled: int = 0
    refused: int = 0
    taken_back: int = 0
    waiting: int = 0
