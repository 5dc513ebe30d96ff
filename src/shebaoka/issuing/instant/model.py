"""Values of the instant room. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from shebaoka.chip.numbers import ATR_HEAD, Reset, reset_of
from shebaoka.chip.personalising import Order
from shebaoka.issuing.applications.model import Application, ReplacementReason
from shebaoka.issuing.instant.states import Status
from shebaoka.issuing.stock.model import Ledger
from shebaoka.registry.acting.model import Claim


class GivenUpBecause(StrEnum):
    """Why a clerk gives a session up."""

    HOLDER_LEFT = "holder_left"
    BANK_SILENT = "bank_silent"
    NO_BLANKS = "no_blanks"
    MACHINE_BROKEN = "machine_broken"
    MISTAKE = "mistake"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody at the counter asks for.

    `bank`: by its code; None: the bank of the card that is replaced. `fallback_outlet`: a community centre, needed where
    the card may yet have to go by post; None: the centre itself. `acting`: who acts for the holder, None for the holder.
    """

    id_number: str
    name: str
    replacement: ReplacementReason
    mobile: str
    address: str
    id_checked: bool
    bank: str | None = None
    fallback_outlet: str | None = None
    acting: Claim | None = None


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What the machine read of the chip that it has just written. Codes are hex digits.

    `digest`: of all that stands on it (`chip.personalising.digest`); `proof`: what the chip answered to the order's challenge.
    """

    identification_code: str
    reset_code: str
    digest: bytes
    proof: bytes


@dataclass(frozen=True, slots=True)
class Issue:
    """A card being issued on the spot. `card_number`: of the blank that is being made, or of the card that was.

    `chip_…`: of the chip that was given this blank's order: answer to reset and identification code (hex), keyed digest of all that is
    to stand on it, and the version of the city's keys that it gets. None: no chip has been given it.
    """

    person_id: int
    application_id: int
    outlet_id: int
    status: Status
    attempt: int
    card_number: str | None
    card_id: int | None
    issued_on: date | None
    expires_on: date | None
    begun_by: str
    begun_at: datetime
    updated_at: datetime
    handed_over_at: datetime | None
    reason: str | None
    chip_reset: str | None
    chip_code: str | None
    chip_digest: bytes | None
    chip_keys: int | None

    @property
    def chip(self) -> Reset | None:
        """Give what the chip that was given an order says of itself."""
        return reset_of(ATR_HEAD + bytes.fromhex(self.chip_reset)) if self.chip_reset else None

    @property
    def chip_serial(self) -> str | None:
        """Give the serial number (hex) of the chip that was given an order: whoever goes on puts that one into the reader."""
        return self.chip.serial.hex().upper() if self.chip else None


@dataclass(frozen=True, slots=True)
class Session:
    """An issue with its application: the one says how far the counter is, the other what the rest of the house sees."""

    issue: Issue
    application: Application

    @property
    def key(self) -> tuple[int, int]:
        """Person and application."""
        return self.issue.person_id, self.issue.application_id


@dataclass(frozen=True, slots=True)
class ChipOrder:
    """What one chip is to be given, for whoever writes it: `order` is sealed nowhere and kept nowhere.

    `challenge`: sixteen bytes that the card answers once it is made (internal authentication).
    """

    session: Session
    order: Order
    challenge: bytes


@dataclass(frozen=True, slots=True)
class Listed:
    """A session on the outlet's list. `abandoned`: nobody has touched it for too long; `to_open`: only the opening is left."""

    session: Session
    abandoned: bool
    to_open: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """What a run of the step came to. `ended`: their applications had ended; `abandoned`: somebody must look at these."""

    ended: int = 0
    abandoned: int = 0


@dataclass(frozen=True, slots=True)
class Reconciled:
    """An outlet's blanks beside the cards that were made of them: `being_made` and `made` are cards, told apart from the ledger."""

    ledger: Ledger
    being_made: int
    made: int

    @property
    def adds_up(self) -> bool:
        """Whether every blank that ever came is a card, spoiled, returned, booked away, in somebody's hand or in the drawer."""
        one = self.ledger
        off = (one.drawer_off, one.hand_off, one.in_hand - self.being_made, one.used - self.made)
        return off == (0, 0, 0, 0)
