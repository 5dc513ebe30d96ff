"""How the catalogue divides an item of a bill: in scope, paid first, one's own expense, above a price limit. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final

from msgspec import Meta, Struct

from shebaoka.benefits.insurance.model import Amount
from shebaoka.kit.money import Fen
from shebaoka.registry.programme.benefit_sets import DecidesCatalogue
from shebaoka.registry.programme.model import CatalogueClass, Reason
from shebaoka.registry.programme.programme import Programme

WHOLE: Final = 100
HUNDRED: Final = 100
"""Fen of a yuan."""
NOTHING: Final = Fen(0)


class Item(Struct, frozen=True, kw_only=True):
    """An item of a bill. `limit_fen`: up to which amount it is paid at all; `prepay_percent`: the catalogue's own percentage."""

    amount_fen: Amount
    catalogue_class: CatalogueClass
    limit_fen: Amount | None = None
    prepay_percent: Annotated[int, Meta(ge=0, le=100)] | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """What the catalogue says of an item from a day on. `price_limit`: up to which price (yuan) one of it is paid.

    `charge_type`: the kind of cost on a bill, by the national code. Without `prepay_percent` the rule's counts.
    """

    code: str
    since: date
    name: str
    catalogue_class: CatalogueClass
    charge_type: str
    price_limit: Decimal | None = None
    prepay_percent: int | None = None

    def item(self, amount: Fen, count: Decimal) -> Item:
        """Give so many of it, as a line of a bill that costs an amount; the limit is rounded, half a fen up."""
        limit = (
            None
            if self.price_limit is None
            else Fen(HUNDRED).share(Fraction(self.price_limit) * Fraction(count))
        )
        return Item(amount_fen=int(amount), catalogue_class=self.catalogue_class, prepay_percent=self.prepay_percent,
                    limit_fen=None if limit is None else int(limit))  # fmt: skip


def unlisted(code: str, on: date) -> Listed:
    """Give an item that no catalogue lists on a day, where it is wholly one's own."""
    return Listed(code, on, "", "own", "")


class Divided(Struct, frozen=True, kw_only=True):
    """The four parts of an item, which sum to its amount, and the rule that divided it."""

    in_scope_fen: int
    own_expense_fen: int
    prepay_fen: int
    over_limit_fen: int
    why: Reason


def divide(programme: Programme, item: Item, on: date) -> Divided:
    """Divide an item by the rules of a day; this function will round what is paid first, half a fen up.

    What lies above the limit comes off first, then the part that is paid first; an item of one's own has neither.
    """
    rule = programme.rule("catalogue", {"catalogue_class": item.catalogue_class}, on)
    decides = rule.decides
    assert isinstance(decides, DecidesCatalogue)
    amount, own, prepay = Fen(item.amount_fen), NOTHING, NOTHING
    counted = amount if item.limit_fen is None else min(amount, Fen(item.limit_fen))
    if decides.own_expense:
        own = counted = amount
    else:
        percent = decides.prepay_percent if item.prepay_percent is None else item.prepay_percent
        prepay = counted.share(Fraction(percent, WHOLE))
    return Divided(
        in_scope_fen=int(counted - own - prepay),
        own_expense_fen=int(own),
        prepay_fen=int(prepay),
        over_limit_fen=int(amount - counted),
        why=rule.reason,
    )
