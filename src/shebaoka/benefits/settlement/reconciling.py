"""An institution's account of a day held against ours. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from shebaoka.benefits.settlement.model import Number

DifferenceKind = Literal["missing_here", "missing_there", "amount_differs"]


class Amounts(Struct, frozen=True):
    """What one message moved, in fen; a reversal is negative. `total_fen` = funds + accounts + cash."""

    total_fen: int
    fund_fen: int
    account_fen: int
    cash_fen: int


class Detail(Struct, frozen=True):
    """One message of a day, confirmation or reversal, as somebody has it in their books."""

    number: Number
    amounts: Amounts


class Totals(Struct, frozen=True):
    """A day in five figures: how many messages, and what they sum to."""

    messages: int
    amounts: Amounts


class Difference(Struct, frozen=True, kw_only=True):
    """A message on which an institution and we do not agree: it is missing here or there, or its amounts differ.

    Closed by somebody, with a reason; then it stays as it is.
    """

    institution_id: int
    day: date
    number: str
    difference_id: int
    kind: DifferenceKind
    theirs: Amounts | None
    ours: Amounts | None
    found_at: datetime
    closed_at: datetime | None = None
    closed_by: str | None = None
    reason: str | None = None

    @property
    def says(self) -> tuple[str, Amounts | None, Amounts | None]:
        """What it is about, to know it again."""
        return self.number, self.theirs, self.ours


class Compared(Struct, frozen=True):
    """A day's totals side by side."""

    theirs: Totals
    ours: Totals

    @property
    def agreed(self) -> bool:
        """Whether they are the same."""
        return self.theirs == self.ours


def totals(details: Iterable[Amounts]) -> Totals:
    """Sum a day up."""
    rows = [(one.total_fen, one.fund_fen, one.account_fen, one.cash_fen) for one in details]
    return Totals(len(rows), Amounts(*(sum(column) for column in zip(*rows, strict=True))) if rows else Amounts(0, 0, 0, 0))  # fmt: skip


def kind_of(theirs: Amounts | None, ours: Amounts | None) -> DifferenceKind:
    """Name a difference; one of the two is there."""
    if ours is None:
        return "missing_here"
    return "missing_there" if theirs is None else "amount_differs"


def differing(
    theirs: Mapping[str, Amounts], ours: Mapping[str, Amounts]
) -> dict[str, tuple[Amounts | None, Amounts | None]]:
    """Give the messages on which both do not agree, with what each says."""
    numbers = sorted(theirs.keys() | ours.keys())
    both = {number: (theirs.get(number), ours.get(number)) for number in numbers}
    return {number: says for number, says in both.items() if says[0] != says[1]}
