"""The second province behind the hub: its people, its hospitals, and its own rules of who pays what. All of it invented."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, NamedTuple

from stdnum.cn import ric

PLACE: Final = "320000"
"""Jiangsu's code stands for it; its people and rules are nobody's."""
DEDUCTIBLE: Final = (50_000, 80_000, 120_000)
"""Per stay, by the hospital's level, in fen."""
PERCENT: Final = {"active": (88, 84, 80), "retired": (93, 90, 87)}
SUPPLEMENT: Final = Fraction(1, 2)
"""A second fund pays half of what the first leaves of a retiree's share."""
PEOPLE: Final = 40


class Neighbour(NamedTuple):
    """One of its people. `registered`: for care here; `account`: what the personal account holds, in fen."""

    id_number: str
    name: str
    status: str
    registered: bool
    account: int


class Shares(NamedTuple):
    """Who pays what of a stay, in fen."""

    pooled: int
    supplementary: int
    account: int
    cash: int


def person(n: int) -> Neighbour:
    """Give the n-th of its people; every fifth is not registered, every second has retired."""
    digits = f"100932{'19500101' if n % 2 else '19850101'}{n:03}"
    return Neighbour(
        digits + ric.calc_check_digit(f"{digits}0"),
        f"邻省虚构{n}",
        "retired" if n % 2 else "active",
        n % 5 != 0,
        n * 10_000,
    )


EVERYBODY: Final = {one.id_number: one for one in map(person, range(1, PEOPLE + 1))}


def shares(one: Neighbour, level: int, in_scope: int, outside: int) -> Shares:
    """Reckon a stay: deductible, the fund's percentage, a second fund for retirees, the account, and cash for the rest."""
    shared = max(in_scope - DEDUCTIBLE[level - 1], 0)
    pooled = shared * PERCENT[one.status][level - 1] // 100
    supplementary = int((shared - pooled) * SUPPLEMENT) if one.status == "retired" else 0
    due = in_scope - pooled - supplementary
    account = min(one.account, due)
    return Shares(pooled, supplementary, account, due - account + outside)
