"""Bank accounts as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shebaoka.kit.problems import Problem


@dataclass(frozen=True, slots=True)
class AccountRequest:
    """What a bank is asked: to open the account of one application's card. Personal data; never logged."""

    person_id: int
    application_id: int
    bank_id: int
    bank_code: str
    id_number: str
    name: str
    mobile: str


@dataclass(frozen=True, slots=True)
class AccountAnswer:
    """What a bank answered: an account number (19 digits), or else the reason of its refusal."""

    person_id: int
    application_id: int
    bank_id: int
    account_number: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What the banks answered.

    `waiting`: banks by code that gave no usable answer, and why; their people wait. `unanswered` and `malformed` are
    applications that a bank left out or answered with something that is no account number; ask for them again later.
    """

    answers: tuple[AccountAnswer, ...]
    waiting: Mapping[str, Problem]
    unanswered: tuple[int, ...]
    malformed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AnswersTaken:
    """How many answers were new, by what they say, and how many were there already."""

    opened: int
    refused: int
    repeated: int


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account that a bank opened for a card, or its refusal; the number is sealed, `last4` is for people to see."""

    person_id: int
    application_id: int
    bank_id: int
    status: Literal["open", "refused"]
    last4: str | None
    reason: str | None
    answered_at: datetime
