"""Debits as values. Amounts are whole fen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from shebaoka.benefits.contributions.states import Status
from shebaoka.registry.programme.model import Scheme


@dataclass(frozen=True, slots=True)
class CardDebit:
    """A contribution that is to be paid from a card. `contribution_id`: as which it counts; `reason`: why it was not taken, or goes back."""

    person_id: int
    debit_id: int
    scheme: Scheme
    period: date
    base_fen: int
    own_fen: int
    rule_id: str
    bank_id: int
    application_id: int
    last4: str
    status: Status
    reason: str | None
    contribution_id: int | None
    asked_by: str
    asked_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Collected:
    """What a run of the step came to. `unanswered`: left in their place; `banks_down`: why, by code."""

    paid: int = 0
    refused: int = 0
    to_refund: int = 0
    refunded: int = 0
    unanswered: int = 0
    banks_down: dict[str, str] = field(default_factory=dict)
