"""Whether an application may be made, from what is known: one pure function for one request and for many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from shebaoka.cards.model import Card
from shebaoka.issuing.applications import errors, replacing
from shebaoka.issuing.applications.model import (
    CHANNEL_ZH,
    OUTLET_KINDS,
    ApplyRequest,
    BankReason,
    Channel,
    Kind,
    ReplacementReason,
)
from shebaoka.issuing.applications.states import Action, Status, before
from shebaoka.kit.clock import SHANGHAI
from shebaoka.registry.acting.errors import GuardianIsWard
from shebaoka.registry.acting.judging import judge
from shebaoka.registry.acting.model import Acting, Parties, Place
from shebaoka.registry.institutions.liveness import live
from shebaoka.registry.institutions.model import FALLBACKS, Institution
from shebaoka.registry.people.model import Person
from shebaoka.registry.programme.programme import Programme


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the programme says about a person: may they have a card, and in which group.

    `banks`: the codes of those suggested, `bank_reason` why they are, and `bank_rule` the rule that says so.
    """

    eligible: bool
    group_code: str
    banks: frozenset[str] = frozenset()
    bank_reason: BankReason = BankReason.CHOSEN
    bank_rule: str = ""
    remedy: str = ""

    @property
    def bank_code(self) -> str | None:
        """The one bank that is suggested; None where none is, or several are."""
        return next(iter(self.banks)) if len(self.banks) == 1 else None


@dataclass(frozen=True, slots=True)
class Live:
    """The live application of a person. `card_id`: the card that was made for it."""

    person_id: int
    application_id: int
    channel: Channel
    status: str
    applied_at: datetime
    list_id: int | None
    row_no: int | None
    card_id: int | None = None

    def refusal(self) -> errors.ApplicationExists:
        """Say that it exists, where and since when."""
        day = self.applied_at.astimezone(SHANGHAI).date()
        return errors.ApplicationExists(
            f"{CHANNEL_ZH[Channel(self.channel)]}，{day:%Y-%m-%d}",
            channel=self.channel,
            applied_on=day.isoformat(),
        )


@dataclass(frozen=True, slots=True)
class Known:
    """All that `decide` looks at, besides the request itself.

    `new_card`: the one that an application would replace; `renewable_from`: the day from which it may be renewed.
    `actor`: whoever acts for the holder, where the register knows them; `tie`: the guardianship between the two.
    """

    person: Person
    name_fits: bool
    ruling: Ruling
    live: Live | None
    new_card: Card | None
    renewable_from: date | None
    has_old_card: bool
    programme: Programme
    actor: Person | None
    tie: str
    bank: Institution | None
    outlet: Institution | None


@dataclass(frozen=True, slots=True)
class Decision:
    """An application that may be made.

    `lost_card_id`: the lost card that it replaces, which stays suspended. `ends`: the live application whose card was
    never opened and which gives way to this one.
    """

    person_id: int
    kind: Kind
    group_code: str
    bank_id: int
    bank_reason: BankReason
    bank_rule: str
    fallback_outlet_id: int
    acting: Acting
    replacement_reason: ReplacementReason | None = None
    lost_card_id: int | None = None
    ends: int | None = None

    @property
    def guardian_id(self) -> int | None:
        """Who acted for the holder, where the register knows them."""
        return self.acting.actor_id


def decide(request: ApplyRequest, known: Known, on: date) -> Decision:
    """Decide on one request. This function will refuse aloud with the first rule that it breaks."""
    # Before anything else is told of somebody, even whether the name fits: of another employer's people it is told that
    # they are, and no more.
    if request.channel == Channel.EMPLOYER and known.person.employer_id != request.organisation_id:
        raise errors.NotEmployedHere
    if not known.name_fits:
        raise errors.NameDiffers
    _check_person(known)
    acting = _acting(request, known, on)
    ends = _gives_way(request, known)
    if known.live and ends is None:
        raise known.live.refusal()
    card = known.new_card
    replacing.check(request.replacement, card, known.renewable_from, on)
    bank = _bank(request, known, on)
    if known.outlet is None or known.outlet.kind not in FALLBACKS or not live(known.outlet, on):
        raise errors.OutletNotServing
    if not (request.mobile.strip() and request.address.strip()):
        raise errors.ContactMissing
    return Decision(
        person_id=known.person.person_id,
        kind=_kind(known),
        replacement_reason=replacing.reason_of(request.replacement, card),
        lost_card_id=card.card_id if card and card.social in replacing.LOST else None,
        ends=ends,
        group_code=known.ruling.group_code,
        bank_id=bank.institution_id,
        bank_reason=_bank_reason(request, known.ruling, bank),
        bank_rule=known.ruling.bank_rule,
        fallback_outlet_id=known.outlet.institution_id,
        acting=acting,
    )


def _check_person(known: Known) -> None:
    if known.person.died_on is not None:
        raise errors.PersonDeceased
    if not known.ruling.eligible:
        raise errors.NotEligible(known.ruling.remedy)


def _acting(request: ApplyRequest, known: Known, on: date) -> Acting:
    claim = request.claim
    if claim and claim.id_number == request.id_number:
        raise GuardianIsWard
    place = Place("apply", OUTLET_KINDS[request.channel])
    return judge(known.programme, place, Parties(known.person, known.actor, known.tie), claim, on)


def _gives_way(request: ApplyRequest, known: Known) -> int | None:
    """Give the live application that ends for this one: its card was handed out and never opened, and is to be replaced."""
    live_one, card = known.live, known.new_card
    if request.replacement is None or live_one is None or card is None or live_one.card_id != card.card_id:
        return None
    handed_out = Status(live_one.status) in before(Action.REPLACE)
    return live_one.application_id if handed_out and card.social in replacing.UNOPENED else None


def _kind(known: Known) -> Kind:
    if known.new_card is not None:
        return Kind.REPLACEMENT
    return Kind.EXCHANGE if known.has_old_card else Kind.FIRST_ISSUE


def _bank(request: ApplyRequest, known: Known, on: date) -> Institution:
    if not (request.bank or known.ruling.bank_code):
        raise errors.BankMissing
    if known.bank is None or known.bank.kind != "bank" or not live(known.bank, on):
        raise errors.BankNotServing
    return known.bank


def _bank_reason(request: ApplyRequest, ruling: Ruling, bank: Institution) -> BankReason:
    if request.bank_reason:
        return request.bank_reason
    return ruling.bank_reason if bank.code in ruling.banks else BankReason.CHOSEN
