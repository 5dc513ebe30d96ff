"""Who is insured in what, what counts for them, and what they paid in. Values only."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct

from shebaoka.benefits.insurance.model import Case, InsuredState, Level
from shebaoka.benefits.insurance.years import MedicalYear
from shebaoka.registry.programme.model import Care, Scheme, WorkStatus

SpellScheme = Literal["employee", "resident", "none"]
SpellStatus = Literal["active", "retired", "none"]


class Spell(Struct, frozen=True):
    """Insured in a scheme from a day on, until the next spell begins; `none`: not insured."""

    begins_on: date
    scheme: SpellScheme
    status: SpellStatus


class Life(Struct, frozen=True):
    """What else the rates go by; a day that is not known is None."""

    worked_since: date | None = None
    retired_on: date | None = None
    severely_disabled: bool = False


class Parts(Struct, frozen=True, kw_only=True):
    """A bill as the catalogue divided it, in fen."""

    in_scope_fen: int
    own_expense_fen: int = 0
    prepay_fen: int = 0
    over_limit_fen: int = 0


class Insured(Struct, frozen=True, kw_only=True):
    """Somebody on a day: in which scheme since when, in which medical year, and where they stand in it."""

    person_id: int
    on: date
    scheme: Scheme
    status: WorkStatus | None
    since: date
    birth_date: date
    life: Life
    year: MedicalYear
    state: InsuredState

    def case(self, care: Care, level: Level, parts: Parts) -> Case:
        """Give the case to reckon for a bill of that day."""
        return Case(
            scheme=self.scheme,
            status=self.status,
            birth_date=self.birth_date,
            worked_since=self.life.worked_since,
            retired_on=self.life.retired_on,
            severely_disabled=self.life.severely_disabled,
            care=care,
            level=level,
            on=self.on,
            in_scope_fen=parts.in_scope_fen,
            own_expense_fen=parts.own_expense_fen,
            prepay_fen=parts.prepay_fen,
            over_limit_fen=parts.over_limit_fen,
            state=self.state,
        )


class AccountYear(Struct, frozen=True):
    """A personal account entered a medical year: what went over to its historic part, and what it was credited with, by which rule."""

    year: int
    carried_fen: int
    credit_fen: int
    rule_id: str | None


class Contribution(Struct, frozen=True):
    """What was paid in for a month or year (`period`: its first day). `taken_back_by`: the entry that gave it back."""

    contribution_id: int
    scheme: Scheme
    period: date
    base_fen: int
    own_fen: int
    employer_fen: int
    paid_on: date
    entry_id: int
    taken_back_by: int | None


class Followed(Struct, frozen=True):
    """What a look at the register brought: how many spells began, and how many of them are retirements."""

    spells: int
    retired: int


class YearsOpened(Struct, frozen=True):
    """How many accounts entered a medical year, and what was carried over and credited in all, in fen."""

    year: int
    accounts: int
    carried_fen: int
    credited_fen: int
