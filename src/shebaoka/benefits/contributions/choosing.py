"""What may be paid from a card, and from which account. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from shebaoka.banking.model import BankAccount
from shebaoka.registry.programme.model import Scheme

MONTHS: Final = 12
YEARS: Final = 2


def newest_account(cards: Sequence[BankAccount]) -> BankAccount | None:
    """Give the account of somebody's newest card; `cards`: what banks answered, oldest first."""
    return next((one for one in reversed(cards) if one.life is not None), None)


def payable(scheme: Scheme | None, today: date) -> list[date]:
    """Give the first days of what may be asked for, newest first: twelve months of employees, two years of residents."""
    if scheme == "employee":
        months = [divmod(today.year * MONTHS + today.month - 1 - back, MONTHS) for back in range(MONTHS)]
        return [date(year, month + 1, 1) for year, month in months]
    return [date(today.year - back, 1, 1) for back in range(YEARS)] if scheme == "resident" else []
