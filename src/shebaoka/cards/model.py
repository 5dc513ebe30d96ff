"""Cards as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

from msgspec import Struct

from shebaoka.cards.states import Financial, Loss, Social
from shebaoka.kit.actor import Actor
from shebaoka.registry.institutions.model import BANK, BANK_OUTLET, Institution
from shebaoka.registry.programme.model import Function

Generation = Literal["old", "new"]
Verdict = Literal[
    "good",
    "unknown_number",
    "no_card",
    "unopened",
    "void",
    "suspended",
    "expired",
    "holder_dead",
    "old_cards_ended",
]
TakeRefusal = Literal["number_taken", "live_card"]
FinancialReport = Literal["suspend", "lift", "close"]
"""What a bank tells of the financial function: reported lost, found, closed for good."""
Entitlement = Literal["moved_away", "settled_abroad", "insurance_ended"]
"""Why somebody is entitled to a card no more, for good."""
Outcome = Literal[
    "opened", "outlet_may_not", "no_card", "holder_dead", "other_bank", "void", "expired", "social_refused",
    "financial_refused",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """A card. `social_due_on`: the day on which an outlet elsewhere has promised to open it. Codes are hex digits.

    `loss`: how it is reported lost, None when it is not; a temporary report counts until `loss_until`. `replaced_by`: the
    number of the card whose opening made it void.
    """

    person_id: int
    card_id: int
    card_number: str
    generation: Generation
    social: Social
    financial: Financial
    bank_id: int | None
    identification_code: str | None
    reset_code: str | None
    issued_on: date
    expires_on: date | None
    social_due_on: date | None
    social_opened_at: datetime | None
    financial_opened_at: datetime | None
    void_at: datetime | None
    void_reason: str | None
    replaced_by: str | None
    loss: Loss | None
    lost_at: datetime | None
    loss_until: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class OldCardRow:
    """An old card, as the register's extract tells it."""

    person_id: int
    card_number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class MadeCard:
    """A new card, as the card bureau has made it. `expires_on` None: no end."""

    person_id: int
    card_id: int
    card_number: str
    bank_id: int
    issued_on: date
    expires_on: date | None
    identification_code: str
    reset_code: str


@dataclass(frozen=True, slots=True)
class TakeRefused:
    """A card that was not taken: its number is another card's, or the person has a live card already."""

    person_id: int
    card_number: str
    reason: TakeRefusal


@dataclass(frozen=True, slots=True)
class Taken:
    """How many cards were taken, how many were there already, and which were refused."""

    taken: int
    already: int
    refused: tuple[TakeRefused, ...]


@dataclass(frozen=True, slots=True)
class Outlet:
    """Where a card is opened: the kind of institution, outside the city or not, and its bank where it is a bank's."""

    kind: str
    elsewhere: bool = False
    bank_id: int | None = None

    @classmethod
    def of(cls, institution: Institution) -> Outlet:
        """Give the outlet that an institution is; a bank itself (its core system) counts as an outlet of it."""
        banks = {BANK_OUTLET: institution.parent_id, BANK: institution.institution_id}
        return cls(institution.kind, institution.elsewhere, banks.get(institution.kind))


@dataclass(frozen=True, slots=True)
class Opening:
    """What somebody asks to be opened, and where."""

    person_id: int
    card_id: int
    functions: frozenset[Function]
    outlet: Outlet


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of an opening. `functions` opened now, `voided` are the cards that died of it.

    `social_on`: the social-security function will open on that day, as an outlet elsewhere has promised.
    """

    person_id: int
    card_id: int
    outcome: Outcome
    card_number: str | None
    social: Social | None
    financial: Financial | None
    functions: frozenset[Function] = frozenset()
    voided: tuple[int, ...] = ()
    social_on: date | None = None


@dataclass(frozen=True, slots=True)
class Promised:
    """What became of the openings that outlets elsewhere had promised."""

    opened: int
    dropped: int


@dataclass(frozen=True, slots=True)
class LossReport:
    """Somebody reports a card lost, at an institution of this kind."""

    person_id: int
    card_id: int
    loss: Loss
    outlet: Outlet


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What came of a cancelling: the cards that died, and what becomes of the accounts on them."""

    voided: tuple[int, ...]
    account_zh: str
    account_en: str


@dataclass(frozen=True, slots=True)
class Unopened:
    """A card that its holder has had since a day and not opened, with where it belongs."""

    person_id: int
    card_id: int
    bank_id: int
    received_on: date
    reminded_on: date | None
    district_code: str | None
    employer_id: int | None


@dataclass(frozen=True, slots=True)
class UnopenedOf:
    """Whose unopened cards: of a district, a bank, an employer; None asks for all."""

    district: str | None = None
    bank_id: int | None = None
    employer_id: int | None = None


@dataclass(frozen=True, slots=True)
class UnopenedCount:
    """How many unopened cards of a district and bank; `band` counts how many of the reminder days have passed."""

    district_code: str | None
    bank_id: int
    band: int
    cards: int


@dataclass(frozen=True, slots=True)
class Reminded:
    """How many holders of unopened cards were reminded, and how many cards were looked at for it."""

    reminded: int = 0
    looked_at: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """All cards. `lost` counts those reported lost, old and new, opened or not.

    `two_live` counts people with more than one card that is good or may become so: it must be 0.
    """

    old_good: int
    old_void: int
    new_unopened: int
    new_open: int
    new_void: int
    financial_open: int
    lost: int
    two_live: int


class LookUp(NamedTuple):
    """One caller's question: a card number, or else an ID number (18 characters)."""

    actor: Actor
    card_number: str | None = None
    id_number: str | None = None


class Standing(Struct, frozen=True):
    """Whether a card is good now, and if not, why; `zh` and `en` say it in a sentence.

    `lost_until`: when the temporary loss report of a suspended card ends by itself.
    """

    good: bool
    reason: Verdict
    zh: str
    en: str
    card_id: int | None = None
    generation: Generation | None = None
    social: Social | None = None
    financial: Financial | None = None
    lost_until: datetime | None = None
