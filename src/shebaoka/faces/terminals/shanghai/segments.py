"""A bill as Shanghai's messages split it: current-year account, then segments, of each what account, cash and fund pay. Pure.

The historic account pays of the deductible first, then of the pooled fund's segment, then of the supplementary one's; cash the
rest. What the class of an item makes the insured pay first, what is their own and what lies above a limit is in none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from shebaoka.benefits.settlement.model import Bill, Sums


class Segments(NamedTuple):
    """What each segment of a bill costs, in fen: they sum to what is in scope (totalexpense)."""

    current: int
    deductible_account: int
    deductible_cash: int
    pooled_account: int
    pooled_cash: int
    pooled: int
    supplementary_account: int
    supplementary_cash: int
    supplementary: int

    @property
    def historic(self) -> int:
        """What the historic account pays."""
        return self.deductible_account + self.pooled_account + self.supplementary_account

    @property
    def cash(self) -> int:
        """What cash pays of what is in scope."""
        return self.deductible_cash + self.pooled_cash + self.supplementary_cash


def of_bills(bills: Sequence[Bill], counted: Sequence[int]) -> Segments:
    """Give the segments of all bills of a quote; `counted`: of each, the costs that count against the pooled fund's cap."""
    each = [_of(bill, within) for bill, within in zip(bills, counted, strict=True)]
    return Segments(*map(sum, zip(*each, strict=True)))


def _of(bill: Bill, within: int) -> Segments:
    said = bill.quote
    # Where the pooled fund pays, its own costs are counted; what lies above, and what it does not pay at all, is the other's.
    pooled_own = within - said.pooled_fen if within else 0
    other_own = said.own_share_fen - pooled_own
    left, accounts = said.historic_account_fen, []
    for due in (said.deductible_fen, pooled_own, other_own):
        accounts.append(min(left, due))
        left -= accounts[-1]
    deductible, pooled, other = accounts
    return Segments(
        said.current_account_fen, deductible, said.deductible_fen - deductible, pooled, pooled_own - pooled,
        said.pooled_fen, other, other_own - other, said.supplementary_fen,
    )  # fmt: skip


def totals(sums: Sums) -> dict[str, int]:
    """Give the three totals of a bill: transaction costs, in scope before what is paid first, and out of scope."""
    return {
        "totalexpense": sums.in_scope_fen,
        "ybjsfwfyze": sums.in_scope_fen + sums.prepay_fen,
        "fybjsfwfyze": sums.own_expense_fen + sums.over_limit_fen,
    }


def clinic(one: Segments) -> dict[str, int]:
    """Give the segments of a clinic's bill or a purchase, by the names of the messages."""
    return _shared(one) | {
        "curaccountpay": one.current, "hisaccountpay": one.historic, "zfdxjzfs": one.deductible_cash,
        "zfdlnzhzfs": one.deductible_account,
    }  # fmt: skip


def stay(one: Segments) -> dict[str, int]:
    """Give the segments of a stay's bill; a current-year account pays none of it."""
    return _shared(one) | {"qfdzhzfs": one.deductible_account, "qfdxjzfs": one.deductible_cash}


def reversal(one: Segments) -> dict[str, int]:
    """Give the segments by the names of a reversal."""
    return {
        "curaccount": one.current, "hisaccount": one.deductible_account, "zfcash": one.deductible_cash,
        "tchisaccount": one.pooled_account, "tccash": one.pooled_cash, "tc": one.pooled,
        "dffjhisaccount": one.supplementary_account, "dffjcash": one.supplementary_cash, "dffj": one.supplementary,
    }  # fmt: skip


def _shared(one: Segments) -> dict[str, int]:
    return {
        "tcdzhzfs": one.pooled_account, "tcdxjzfs": one.pooled_cash, "tczfs": one.pooled,
        "fjdzhzfs": one.supplementary_account, "fjdxjzfs": one.supplementary_cash, "fjzfs": one.supplementary,
    }  # fmt: skip
