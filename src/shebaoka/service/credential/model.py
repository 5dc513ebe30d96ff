"""Values of the card in use. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from shebaoka.cards.model import Standing
from shebaoka.kit.actor import Actor
from shebaoka.kit.sm import sm3
from shebaoka.records.ecard import EcardVerdict
from shebaoka.registry.programme.model import IdentityConsent, IdentityField, IdentityPurpose, TicketPurpose

Verdict = Literal[
    "genuine", "unbound", "challenge_used", "challenge_expired", "other_city", "another_chip", "code_refused", "proof_wrong",
    "cannot_prove", "unknown_number", "another_card",
]  # fmt: skip
"""What a card's answer showed; `judging.WORDS` says each in a sentence."""
EcardWorth = EcardVerdict | Literal["used", "unknown_number"]
"""What the city says of an electronic card: the token's own verdict, or that it was shown elsewhere, or that no card has its number."""
PROVEN: Final[tuple[Verdict, ...]] = ("genuine", "unbound")
"""The chip is one of ours."""
PinTold = Literal["verified", "wrong", "blocked", "not_asked"]
"""What a terminal tells of the PIN: only the card has seen it."""
Refused = Literal["not_registered", "not_allowed", "no_consent"]
"""Why a relying party was not answered. It is the same whether or not the register knows whom it asked about."""
CODE_DIGITS: Final = 8


@dataclass(frozen=True, slots=True)
class Ticket:
    """What lets a terminal prove itself to one card, and who asked for it. `session`: digest of the token that they came with."""

    ticket_id: int
    purpose: TicketPurpose
    application_id: int | None
    actor: str
    organisation_id: int
    role: str
    session: bytes
    expires_at: datetime
    factor: bytes | None
    proofs: int

    @property
    def asker(self) -> Actor:
        """Give who asked for it: all that is done with it is done by them."""
        return Actor(self.actor, self.organisation_id, self.role)


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket as it is given out, this once."""

    text: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ProofWanted:
    """What a card asks of a terminal: proof of a key over a challenge. `factor`: the eight bytes that are the card's own.

    `version`: of the keys that the card has; None: those in force.
    """

    algorithm: int
    key: int
    factor: bytes
    challenge: bytes
    version: int | None = None


class Proof(NamedTuple):
    """What a card asked for. `older`: the version of the keys to prove with when the card does not believe this; None: no other."""

    proof: bytes
    older: int | None


class ShownEcard(NamedTuple):
    """An electronic card as it is shown: the text of its square code, and until when it is good."""

    text: str
    expires_at: datetime


class EcardChecked(NamedTuple):
    """What an electronic card is worth: `standing` and `card_number` when it is ours, in time, and shown here first."""

    verdict: EcardWorth
    card_number: str | None = None
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a card is to answer. A card whose algorithm has shorter blocks answers its beginning."""

    challenge_id: int
    challenge: bytes
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """What a terminal brings back of a card. `historical`: of its answer to reset; `proof` None: the card gave none."""

    challenge_id: int
    algorithm: int
    historical: bytes
    identification_code: bytes
    card_number: str
    proof: bytes | None
    pin: PinTold = "not_asked"


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a card's answer. `standing`: how the card stands, once its chip has proved itself."""

    verdict: Verdict
    holder_id: int | None = None
    card_id: int | None = None
    standing: Standing | None = None

    @property
    def good(self) -> bool:
        """Whether this is a card of ours, and good now."""
        return self.verdict in PROVEN and self.standing is not None and self.standing.good


@dataclass(frozen=True, slots=True)
class NewCode:
    """A holder's code as it is shown, this once."""

    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ByCode:
    """The holder consents by a code from the holder's own page."""

    code: str


@dataclass(frozen=True, slots=True)
class ByCard:
    """The holder consents with the card that was just checked: by its PIN, or in person before whoever asks."""

    challenge_id: int
    in_person: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What a relying party asks, for what, and on which consent. What is compared is given with it."""

    purpose: IdentityPurpose
    fields: frozenset[IdentityField]
    consent: ByCode | ByCard
    id_number: str | None = None
    name: str | None = None
    age: int | None = None


class Told(Struct, frozen=True):
    """What is sealed of a request: what was asked, and what was answered."""

    asked: tuple[IdentityField, ...]
    age: int | None = None
    yes: Mapping[IdentityField, bool] = {}
    name_masked: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A request, as it is kept. `given_by`: who consented, the holder or a guardian."""

    person_id: int
    request_id: int
    asked_at: datetime
    organisation_id: int
    purpose: IdentityPurpose
    consent: IdentityConsent | None
    given_by: int | None
    refused: Refused | None
    rule_id: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Registered:
    """A purpose for which an institution may ask."""

    institution_id: int
    purpose: IdentityPurpose
    registered_by: str
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What a run of the step removed."""

    requests: int = 0


def ticket_digest(text: str) -> bytes:
    """Give what is kept of a ticket."""
    return sm3(text.encode(errors="surrogatepass"))


def request_place(request_id: int) -> str:
    """Name the place that what was asked and answered is bound to."""
    return f"identity_request:{request_id}"
