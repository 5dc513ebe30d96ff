"""What a quote is asked with, and what it answers. All amounts are whole fen. Values only."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from shebaoka.registry.programme.model import Care, Reason, Scheme, WorkStatus

FEN_MAX: Final = 10**12
"""Ten thousand million yuan: more than a city's funds, and far below what a bigint holds."""
Amount = Annotated[int, Meta(ge=0, le=FEN_MAX, description="金额，整数分 · amount in whole fen")]
Level = Literal[1, 2, 3]
"""The institution's level; a community centre's clinic counts as 1."""


class InsuredState(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where somebody stands before a bill, in the medical year of its day.

    `deductible_used_fen`: paid of the deductible that counts by the year. `pooled_used_fen`: costs in scope that were
    counted against the pooled fund's cap. `stay_deductible_used_fen`: paid of this stay's deductible, by an earlier bill of
    the same stay; nothing for a new one.
    """

    current_account_fen: Amount
    historic_account_fen: Amount
    deductible_used_fen: Amount
    pooled_used_fen: Amount
    stay_deductible_used_fen: Amount = 0


class Case(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A bill and whose it is: `on` is the day of the care, whose rules decide.

    Somebody is active before `retired_on` and retired from it on; without that day `status` says which (residents have
    none). `worked_since`: the first day of working life. Both days may be left out where they are not known.
    The bill is divided as the catalogue does it: in scope, wholly one's own, the part paid first of class B items, and
    what lies above a price limit.
    """

    scheme: Scheme
    birth_date: date
    care: Care
    level: Level
    on: date
    in_scope_fen: Amount
    own_expense_fen: Amount
    prepay_fen: Amount
    over_limit_fen: Amount
    state: InsuredState
    status: WorkStatus | None = None
    retired_on: date | None = None
    worked_since: date | None = None
    severely_disabled: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be of one person."""
        if self.scheme == "employee" and self.status is None and self.retired_on is None:
            raise ValueError("status: 职工须写明在职或退休 · an employee is either active or retired")
        for name, day in (
            ("on", self.on),
            ("retired_on", self.retired_on),
            ("worked_since", self.worked_since),
        ):
            if day is not None and day < self.birth_date:
                raise ValueError(f"{name}: 早于出生日期 · lies before birth_date")

    @property
    def total_fen(self) -> int:
        """The whole bill."""
        return self.in_scope_fen + self.own_expense_fen + self.prepay_fen + self.over_limit_fen

    @property
    def status_that_day(self) -> WorkStatus:
        """Whether the person was retired on the day of the care."""
        if self.retired_on is not None:
            return "retired" if self.retired_on <= self.on else "active"
        return self.status or "active"


class Quote(Struct, frozen=True, kw_only=True):
    """What a bill comes to, and why.

    `shared_fen`: costs in scope above account and deductible; of these the funds pay `pooled_fen` and
    `supplementary_fen`, the insured `own_share_fen`. `historic_account_fen` and `cash_fen` pay deductible, own share and
    (cash alone) what is not in scope. `steps`: sentences for the patient, Chinese first, English after ` · `.
    """

    total_fen: int
    current_account_fen: int
    deductible_fen: int
    shared_fen: int
    pooled_fen: int
    supplementary_fen: int
    historic_account_fen: int
    cash_fen: int
    own_share_fen: int
    rules: tuple[Reason, ...]
    steps: tuple[str, ...]
