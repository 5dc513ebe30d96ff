"""Visits, their lines, quotes and settlements as values. All amounts are whole fen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from shebaoka.benefits.insurance import model as insurance
from shebaoka.benefits.insurance.catalogue import Item
from shebaoka.benefits.settlement.states import Status
from shebaoka.registry.programme.model import CatalogueClass, VisitKind

LINES_MAX: Final = 1_000
"""Lines of one call; a longer bill comes in several."""
Number = Annotated[str, Meta(min_length=1, max_length=64)]
"""A number that the sender gives: of a message, a visit, a line."""


@dataclass(frozen=True, slots=True)
class Designation:
    """An institution settles from a day on, until another or for good; `level` of a hospital, None of a pharmacy."""

    institution_id: int
    since: date
    until: date | None
    level: insurance.Level | None


class Registering(Struct, frozen=True, kw_only=True):
    """Somebody comes with a card: to a clinic, to buy medicine, to stay. `number`: the institution's own of the visit.

    `id_number`: what the terminal read of the card or saw on a document; held against the card's holder where it is given.
    """

    institution_id: int
    kind: VisitKind
    number: Number
    card_number: str
    id_number: str | None = None
    began_on: date | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit, purchase or stay. `version` rises with every change of it and its lines; `card_id`: by which card it began."""

    person_id: int
    visit_id: int
    institution_id: int
    number: str
    kind: VisitKind
    status: Status
    began_on: date
    ended_on: date | None
    version: int
    card_id: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A line as it is kept: what was given, and what the catalogue divided its amount into."""

    line: str
    batch: str
    served_on: date
    item: str
    catalogue_class: CatalogueClass
    amount_fen: int
    in_scope_fen: int
    own_expense_fen: int
    prepay_fen: int
    over_limit_fen: int


class Line(Struct, frozen=True, kw_only=True):
    """A line of a bill: `line` is the institution's number of it within the visit, `item` the code of what was given."""

    line: Number
    item: Number
    served_on: date
    counts: Item


class Diagnosis(Struct, frozen=True, kw_only=True):
    """One diagnosis, as the institution codes it. `kind`: western, or of Chinese medicine, by the national code."""

    code: str
    name: str
    kind: str = "1"
    main: bool = False


class CareTold(Struct, frozen=True, kw_only=True):
    """What a visit is for, as the institution tells: the type of care by the national code, and the diagnoses."""

    care_type: Annotated[str, Meta(min_length=1, max_length=6)]
    diagnoses: tuple[Diagnosis, ...] = ()


class Sums(Struct, frozen=True, kw_only=True):
    """A bill as it was divided and as it is paid: both sum to `total_fen`."""

    total_fen: int
    in_scope_fen: int
    own_expense_fen: int
    prepay_fen: int
    over_limit_fen: int
    pooled_fen: int
    supplementary_fen: int
    current_account_fen: int
    historic_account_fen: int
    cash_fen: int


class Bill(Struct, frozen=True, kw_only=True):
    """One bill of a quote: care of these days, counted in one medical year, with its rules and sentences."""

    first: date
    last: date
    year: int
    quote: insurance.Quote


class Quoted(Struct, frozen=True, kw_only=True):
    """What a batch or stay comes to, good until `expires_at` while nothing of it moves."""

    quote_id: int
    person_id: int
    visit_id: int
    batch: str
    expires_at: datetime
    sums: Sums
    bills: tuple[Bill, ...]


class Elsewhere(Struct, frozen=True):
    """Where a stay of ours is: in a hospital of this level in another province, which is owed what the funds pay."""

    province_id: int
    level: insurance.Level


class Confirming(Struct, frozen=True, kw_only=True):
    """The message by which an institution settles what was quoted, for whoever's card this is.

    `visit_id`: of which visit the quote has to be, where the message says so.
    """

    institution_id: int
    number: Number
    person_id: int
    quote_id: int
    card_number: str
    visit_id: int | None = None

    @property
    def says(self) -> str:
        """What it said, to tell it from another of the same number."""
        return f"confirm {self.person_id} {self.quote_id} {self.card_number}"


class GuestConfirming(Confirming, frozen=True, kw_only=True):
    """The message by which a hospital settles a guest's stay; it names no quote, for their own province reckons."""

    visit_id: int
    quote_id: int = 0
    card_number: str = ""

    @property
    def says(self) -> str:
        """What it said, to tell it from another of the same number."""
        return f"guest {self.person_id} {self.visit_id}"


class Reversing(Struct, frozen=True, kw_only=True):
    """The message by which an institution takes back what its message `names` settled, or will have asked for."""

    institution_id: int
    number: Number
    names: Number


class Settlement(Sums, frozen=True, kw_only=True):
    """What was settled, by which message; `reversed_by`: the message that took it back.

    `card_id` is None of a guest: their own province has judged their card.
    """

    person_id: int
    settlement_id: int
    quote_id: int
    visit_id: int
    batch: str
    institution_id: int
    number: str
    card_id: int | None
    settled_on: date
    settled_at: datetime
    entry_id: int | None = None
    reversed_on: date | None = None
    reversed_at: datetime | None = None
    reversed_by: str | None = None
    reversal_entry_id: int | None = None


class HolderBill(Struct, frozen=True):
    """A settlement as its holder knows it: of which visit, purchase or stay."""

    settlement: Settlement
    kind: VisitKind
    began_on: date
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class BilledLine:
    """A line of a batch as the catalogue divided it; `no` is its place in it."""

    no: int
    line: str
    served_on: date
    item: str
    item_class: CatalogueClass
    amount_fen: int
    in_scope_fen: int
    own_expense_fen: int
    prepay_fen: int
    over_limit_fen: int


class Settled(Struct, frozen=True, kw_only=True):
    """The answer to a confirmation. `repeated`: it had been settled before; `recomputed`: not at the amounts of its quote."""

    settlement: Settlement
    bills: tuple[Bill, ...]
    repeated: bool = False
    recomputed: bool = False


class Reversed(Struct, frozen=True, kw_only=True):
    """The answer to a reversal. Without a settlement the named message had not come, and never counts from now on."""

    settlement: Settlement | None
    repeated: bool = False


Fate = Literal["unknown", "settled", "reversed", "withdrawn", "reversal"]


class Told(Struct, frozen=True, kw_only=True):
    """What became of a message: nothing known, settled, settled and taken back, barred before it came; or it is a reversal.

    A message that was refused is unknown: a refusal changes nothing and keeps nothing.
    """

    fate: Fate
    settlement: Settlement | None = None
