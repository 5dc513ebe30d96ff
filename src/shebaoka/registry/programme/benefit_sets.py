"""The rule sets of medical insurance: what each decides, and what its conditions may ask about. `benefits/insurance` asks them.

Lists of three are by the institution's level: first, second, third. A community centre's clinic counts as level 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from msgspec import Meta

from shebaoka.registry.programme.decides import Decides, Text
from shebaoka.registry.programme.model import (
    AwayDocument,
    AwayKind,
    Benefit,
    BenefitFund,
    CardAccount,
    Care,
    CatalogueClass,
    Fund,
    PaidTo,
    Proof,
    Registrar,
    Scheme,
    VisitKind,
    WorkStatus,
)

Amount = Annotated[int, Meta(ge=0, le=10**12)]
"""In fen."""
Percent = Annotated[int, Meta(ge=0, le=100)]


class DecidesMedicalYear(Decides, frozen=True):
    """On which day of the calendar a medical year begins; it is named after the calendar year of that day."""

    month: Annotated[int, Meta(ge=1, le=12)]
    day: Annotated[int, Meta(ge=1, le=28)] = 1


class DecidesInsuredGroup(Decides, frozen=True):
    """The group that rates go by, by its name in code and its names for people."""

    insured_group: Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,40}$")]
    name_zh: Text
    name_en: Text


class DecidesPaymentOrder(Decides, frozen=True):
    """Whether the current-year account pays before all else, and the historic one the insured's part of what is in scope."""

    current_account: bool = False
    historic_account: bool = False


class DecidesDeductible(Decides, frozen=True):
    """What the insured pays before a fund does, by level, once a medical year or once a stay."""

    fen: tuple[Amount, Amount, Amount]
    per: Literal["year", "stay"]


class DecidesCostShare(Decides, frozen=True):
    """Which fund shares the costs above the deductible, and how many percent of them it pays, by level; no fund: not settled."""

    fund: Fund | None = None
    percent: tuple[Percent, Percent, Percent] = (0, 0, 0)

    def __post_init__(self) -> None:
        """Refuse a share that nobody pays."""
        if self.fund is None and any(self.percent):
            raise ValueError("a percentage needs the fund that pays it")


class DecidesFundCap(Decides, frozen=True):
    """Up to which costs in a medical year the pooled fund pays (none: no end), and who pays how many percent above that."""

    cap_fen: Amount | None = None
    above_fund: Fund = "supplementary"
    above_percent: Percent = 0


class DecidesStayYear(Decides, frozen=True):
    """In which medical year a stay counts that goes on over its end: each part in its own, or all in that of the discharge."""

    counts_in: Literal["each_year", "year_of_discharge"]


class DecidesCatalogue(Decides, frozen=True):
    """How an item of a class is divided: wholly the patient's own, or so many percent first and the rest in scope."""

    own_expense: bool = False
    prepay_percent: Percent = 0

    def __post_init__(self) -> None:
        """Refuse both."""
        if self.own_expense and self.prepay_percent:
            raise ValueError("own_expense or prepay_percent, not both")


class DecidesAccountCredit(Decides, frozen=True):
    """What a personal account is credited with at the beginning of a medical year, and whether one's own contributions go there."""

    credit_fen: Amount = 0
    own_contributions: bool = False


class DecidesContribution(Decides, frozen=True):
    """What somebody insured pays: a premium a year, or so many percent of the base each month; neither: nothing."""

    yearly_fen: Amount = 0
    percent_of_base: Percent = 0

    def __post_init__(self) -> None:
        """Refuse two ways of paying at once."""
        if self.yearly_fen and self.percent_of_base:
            raise ValueError("yearly_fen or percent_of_base, not both")


class DecidesSettling(Decides, frozen=True):
    """As which care a visit is settled, at which level (none: the institution's own), and how long its quote holds.

    `moved`: what happens to a confirmation when the person's accounts or sums have moved since the quote.
    `unlisted`: what an item is that no catalogue lists, at the counter's screen: of the class that the cashier says, or one's own.
    """

    care: Care
    moved: Literal["recompute", "refuse"]
    quote_minutes: Annotated[int, Meta(ge=1, le=1_440)]
    level: Literal[1, 2, 3] | None = None
    unlisted: Literal["as_said", "own"] = "as_said"


class DecidesCrossProvince(Decides, frozen=True):
    """Whether a kind of visit is settled at once between provinces."""

    settled: bool


class DecidesAwayRegistration(Decides, frozen=True):
    """Whether somebody may be registered for care in another province, for how many months (none: no end), and what is seen."""

    allowed: bool
    months: Annotated[int, Meta(ge=1, le=120)] | None = None
    documents: tuple[AwayDocument, ...] = ()

    def __post_init__(self) -> None:
        """Refuse terms of what is not allowed, and a registration for which nothing is seen."""
        if self.allowed != bool(self.documents) or (self.months is not None and not self.allowed):
            raise ValueError("what is allowed names the documents that are seen, and nothing else has terms")


class DecidesSettlingProof(Decides, frozen=True):
    """Whether somebody may be settled for by what they show: the card, its electronic form, or an ID document that names it."""

    accepted: bool


class DecidesPayoutAccount(Decides, frozen=True):
    """Where a benefit is paid to: the first of these that can be paid. One that is not active never can."""

    order: Annotated[tuple[PaidTo, ...], Meta(min_length=1)]


class DecidesPayoutFund(Decides, frozen=True):
    """Which fund a benefit is paid out of, and the purpose (ISO 20022's external code list) that banks are told."""

    fund: BenefitFund
    purpose: Annotated[str, Meta(pattern="^[A-Z]{4}$")]


DERIVED: Final[Mapping[str, Any]] = MappingProxyType({"insured_group": str})
"""What one of these sets decides and others ask for."""

SETS: Final[Mapping[str, type[Decides]]] = MappingProxyType(
    {
        "medical_year": DecidesMedicalYear,
        "insured_group": DecidesInsuredGroup,
        "payment_order": DecidesPaymentOrder,
        "deductible": DecidesDeductible,
        "cost_share": DecidesCostShare,
        "fund_cap": DecidesFundCap,
        "stay_year": DecidesStayYear,
        "catalogue": DecidesCatalogue,
        "account_credit": DecidesAccountCredit,
        "contribution": DecidesContribution,
        "settling": DecidesSettling,
        "settling_proof": DecidesSettlingProof,
        "cross_province": DecidesCrossProvince,
        "away_registration": DecidesAwayRegistration,
        "payout_account": DecidesPayoutAccount,
        "payout_fund": DecidesPayoutFund,
    }
)

ASK: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "medical_year": {"scheme": Scheme},
        "insured_group": {
            "scheme": Scheme,
            "status": WorkStatus,
            "age": int,
            "birth_date": date,
            "worked_since": date,
            "retired_on": date,
            "severely_disabled": bool,
        },
        "payment_order": {"scheme": Scheme, "care": Care},
        "deductible": {"scheme": Scheme, "care": Care, "insured_group": str},
        "cost_share": {"scheme": Scheme, "care": Care, "insured_group": str},
        "fund_cap": {"scheme": Scheme},
        "stay_year": {"scheme": Scheme},
        "catalogue": {"catalogue_class": CatalogueClass},
        "account_credit": {"scheme": Scheme, "status": WorkStatus, "age": int},
        "contribution": {"scheme": Scheme, "status": WorkStatus, "age": int, "pupil": bool},
        "settling": {"visit": VisitKind},
        "settling_proof": {"proof": Proof, "visit": VisitKind},
        "cross_province": {"visit": VisitKind},
        "away_registration": {
            "away": AwayKind,
            "registrar": Registrar,
            "scheme": Scheme,
            "status": WorkStatus,
            "age": int,
        },
        "payout_account": {"benefit": Benefit, "card_account": CardAccount},
        "payout_fund": {"benefit": Benefit, "scheme": Literal["employee", "resident", "none"]},
    }
)
"""What their conditions may ask; days are whole days, ages whole years on the day of the care."""
