"""The rule sets of the card in use: what each decides. `service/credential` asks them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final

from msgspec import Meta

from shebaoka.registry.programme.decides import Decides
from shebaoka.registry.programme.model import IdentityConsent, IdentityField


class DecidesTicket(Decides, frozen=True):
    """How long a terminal's ticket lasts, and how many proofs it gives."""

    seconds: Annotated[int, Meta(ge=1, le=3_600)]
    proofs: Annotated[int, Meta(ge=1, le=1_000)]


class DecidesSeconds(Decides, frozen=True):
    """A number of seconds."""

    seconds: Annotated[int, Meta(ge=1, le=3_600)]


class DecidesIdentity(Decides, frozen=True):
    """What a kind of relying party may be answered for a purpose, and how the holder consents; no fields: it may not ask.

    `ages`: those of which it may ask whether they are reached.
    """

    fields: tuple[IdentityField, ...] = ()
    consents: tuple[IdentityConsent, ...] = ()
    ages: tuple[Annotated[int, Meta(ge=1, le=120)], ...] = ()

    def __post_init__(self) -> None:
        """Refuse answers without consent, consent to nothing, and ages that nobody may ask for, or none where one may."""
        if bool(self.fields) != bool(self.consents):
            raise ValueError("what may be answered takes consent, and consent is to something")
        if ("age_over" in self.fields) != bool(self.ages):
            raise ValueError("ages belong to the field age_over")


class DecidesIdentityTerms(Decides, frozen=True):
    """How long a holder's code is good, and for how long a card that was checked stands for consent."""

    code_minutes: Annotated[int, Meta(ge=1, le=60)]
    check_minutes: Annotated[int, Meta(ge=1, le=60)]


class DecidesEcard(Decides, frozen=True):
    """For how long an electronic card is good, and how far the clock of a terminal that is offline may be off, in seconds."""

    seconds: Annotated[int, Meta(ge=10, le=600)]
    clock_seconds: Annotated[int, Meta(ge=0, le=600)]


SETS: Final[Mapping[str, type[Decides]]] = MappingProxyType(
    {
        "card_ticket": DecidesTicket,
        "card_challenge": DecidesSeconds,
        "identity_purpose": DecidesIdentity,
        "identity_terms": DecidesIdentityTerms,
        "ecard": DecidesEcard,
    }
)
