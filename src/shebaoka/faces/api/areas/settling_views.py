"""What goes over the wire when an institution without a system of its own settles: what it asks, and what it is answered."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

from shebaoka.benefits.insurance.catalogue import Item, Listed
from shebaoka.benefits.insurance.model import Amount
from shebaoka.benefits.settlement.model import (
    Bill,
    Fate,
    Kept,
    Line,
    Quoted,
    Settlement,
    Sums,
    Visit,
)
from shebaoka.benefits.settlement.reconciling import Totals
from shebaoka.benefits.settlement.states import Status
from shebaoka.faces.api.wire import Body, Code, Holder, Id, IdNumberText
from shebaoka.kit.money import Fen
from shebaoka.registry.programme.model import CatalogueClass, VisitKind

CardText = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=400,
        pattern=r"^[^\x00]*$",
        description="卡号（9 位），或扫电子社保卡所得文本（以 SBE1 开头）· the card's number, or what was scanned of an electronic card",
    ),
]
Percent = Annotated[int, Meta(ge=0, le=100)]


class VisitBegun(Body, frozen=True):
    """Somebody comes with a card. `number`: the institution's own of the visit; left out, one is given.

    `id_number`: of the document that was seen; it is held against the card's holder. `began_on`: default today.
    """

    card: CardText
    kind: VisitKind
    number: Code | None = None
    id_number: IdNumberText | None = None
    began_on: date | None = None


class LineBody(Body, frozen=True):
    """A line of a bill. `line`: the institution's number of it within the visit; `served_on`: default today.

    An item that the catalogue of its day lists is divided by it, whatever is said here: `count` says how many, for its
    price limit. Of any other, unless rule `settling` says that it is one's own: `catalogue_class`; `limit_fen`, up to which amount it is paid at all; `prepay_percent`, paid
    first, else the rules'.
    """

    line: Code
    item: Code
    amount_fen: Amount
    catalogue_class: CatalogueClass
    served_on: date | None = None
    count: Annotated[int, Meta(ge=1, le=10_000)] = 1
    limit_fen: Amount | None = None
    prepay_percent: Percent | None = None

    def line_on(self, on: date, listed: Listed | None) -> Line:
        """Give it as the room knows it, by what the catalogue of its day says."""
        counts = (
            Item(amount_fen=self.amount_fen, catalogue_class=self.catalogue_class, limit_fen=self.limit_fen,
                 prepay_percent=self.prepay_percent)
            if listed is None
            else listed.item(Fen(self.amount_fen), Decimal(self.count))
        )  # fmt: skip
        return Line(line=self.line, item=self.item, served_on=on, counts=counts)


class LinesAdded(Body, frozen=True):
    """Lines for a batch; those of one batch are settled together, and a stay is one batch."""

    lines: Annotated[list[LineBody], Meta(min_length=1, max_length=1_000)]
    batch: Code = "1"


class LinesTakenOut(Body, frozen=True):
    """Which lines of a batch go; left out, all of it."""

    lines: Annotated[list[Code], Meta(min_length=1, max_length=1_000)] | None = None
    batch: Code = "1"


class QuoteWanted(Body, frozen=True):
    """Which batch is to be quoted."""

    batch: Code = "1"


class Confirmed(Body, frozen=True):
    """What is settled. `card`: left out, the card by which the visit began. `number`: of this message; left out, one is given."""

    quote_id: Id
    card: CardText | None = None
    number: Code | None = None


class Discharged(Body, frozen=True):
    """The last day of a stay; default today."""

    on: date | None = None


class TakenBack(Body, frozen=True):
    """Which message is taken back. `number`: of this one; left out, one is given."""

    names: Code
    number: Code | None = None


class MessageAsked(Body, frozen=True):
    """The number of a message of one's own."""

    number: Code


class VisitView(msgspec.Struct, frozen=True):
    """A visit, a purchase or a stay."""

    person_id: str
    visit_id: str
    number: str
    kind: VisitKind
    status: Status
    began_on: date
    ended_on: date | None

    @classmethod
    def of(cls, one: Visit) -> VisitView:
        """Give a visit."""
        return cls(
            str(one.person_id), str(one.visit_id), one.number, one.kind, one.status, one.began_on, one.ended_on
        )  # fmt: skip


class LineView(msgspec.Struct, frozen=True):
    """A line, divided into four parts that sum to its amount. `item_name`: the catalogue's; null where it lists no such item."""

    line: str
    batch: str
    served_on: date
    item: str
    item_name: str | None
    catalogue_class: CatalogueClass
    amount_fen: int
    in_scope_fen: int
    own_expense_fen: int
    prepay_fen: int
    over_limit_fen: int

    @classmethod
    def of(cls, one: Kept, listed: Listed | None) -> LineView:
        """Give a line, and what the catalogue of its day calls it."""
        return cls(
            one.line, one.batch, one.served_on, one.item, None if listed is None else listed.name, one.catalogue_class, one.amount_fen, one.in_scope_fen,
            one.own_expense_fen, one.prepay_fen, one.over_limit_fen,
        )  # fmt: skip


class LinesView(msgspec.Struct, frozen=True):
    """How many lines a call added or took out."""

    lines: int


class QuoteView(msgspec.Struct, frozen=True):
    """What a batch comes to, good until `expires_at` while nothing of it moves; `bills` say why, in sentences."""

    quote_id: str
    batch: str
    expires_at: datetime
    sums: Sums
    bills: list[Bill]

    @classmethod
    def of(cls, one: Quoted) -> QuoteView:
        """Give a quote."""
        return cls(str(one.quote_id), one.batch, one.expires_at, one.sums, list(one.bills))


class SettlementView(msgspec.Struct, frozen=True):
    """What was settled by which message. `reversed_by`: the message that took it back; `bills`: why, where they are told.

    `recomputed`: not at the amounts of its quote, for the person's accounts had moved.
    """

    person_id: str
    settlement_id: str
    visit_id: str
    batch: str
    number: str
    settled_at: datetime
    sums: Sums
    reversed_at: datetime | None
    reversed_by: str | None
    recomputed: bool = False
    bills: list[Bill] = []

    @classmethod
    def of(cls, one: Settlement, bills: tuple[Bill, ...] = (), *, recomputed: bool = False) -> SettlementView:
        """Give a settlement."""
        return cls(
            str(one.person_id), str(one.settlement_id), str(one.visit_id), one.batch, one.number, one.settled_at,
            Sums(**{name: getattr(one, name) for name in Sums.__struct_fields__}), one.reversed_at, one.reversed_by,
            recomputed, list(bills),
        )  # fmt: skip


class WholeVisit(msgspec.Struct, frozen=True):
    """A visit with all that belongs to it. `quote`: the newest while it can be confirmed; `settlements`: newest first."""

    visit: VisitView
    holder: Holder
    lines: list[LineView]
    quote: QuoteView | None
    settlements: list[SettlementView]


class ReversalView(msgspec.Struct, frozen=True):
    """What was taken back. Without a settlement the named message had not come, and never counts from now on."""

    number: str
    settlement: SettlementView | None


class MessageView(msgspec.Struct, frozen=True):
    """What became of a message; `unknown`: it never came, or was refused, and nothing was settled."""

    fate: Fate
    settlement: SettlementView | None


class DayView(msgspec.Struct, frozen=True):
    """An institution's day. `totals`: a settlement counts, a reversal counts against; `unsettled`: what was begun and left."""

    day: date
    totals: Totals
    items: list[SettlementView]
    unsettled: list[VisitView]
