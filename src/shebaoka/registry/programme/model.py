"""What the programme is asked with, and what it answers. Values only."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct, field

Insured = Literal["employee", "resident", "none"]
InsuredStatus = Literal["active", "retired", "none"]
Scheme = Literal["employee", "resident"]
"""The two schemes of medical insurance: of employees, and of residents."""
WorkStatus = Literal["active", "retired"]
Care = Literal["outpatient", "inpatient", "emergency_observation", "major_illness", "home_bed"]
"""What is paid for: a visit, a stay, a night under observation, treatment of a major illness without a stay, care at home."""
CatalogueClass = Literal["full", "shared", "own"]
"""How the catalogue counts an item: wholly (甲类), after a part of the patient's own (乙类), or not at all (自费)."""
Fund = Literal["pooled", "supplementary"]
VisitKind = Literal["outpatient", "pharmacy", "inpatient"]
"""What is settled: a visit to a clinic, a purchase at a pharmacy, a stay in hospital."""
Proof = Literal["card", "ecard", "id_card"]
"""What somebody shows to be settled for: the card, its electronic form, or an ID document."""
AwayKind = Literal["resettled", "referral"]
"""Why somebody is registered for care in another province: retired and settled there, or referred there."""
Registrar = Literal["holder", "centre", "hospital"]
"""Who registers: the holder by their own pages, staff of a centre, the hospital that refers."""
AwayDocument = Literal["pledge", "residence_proof", "referral_letter"]
"""What was seen: the holder's own written pledge, a proof of residence there, the hospital's letter of referral."""
Benefit = Literal["pension", "unemployment", "work_injury", "medical"]
"""What is paid out: pensions, unemployment benefits, benefits after an injury at work, medical costs that were advanced."""
CardAccount = Literal["none", "opened", "active", "frozen", "closed"]
"""How the account of somebody's newest card stands at its bank; none: there is no such account."""
PaidTo = Literal["card", "former_card", "on_file"]
"""Whereto: the newest card's account, one of a card before, the account that benefits went to before there was a card."""
BenefitFund = Literal["pension_fund", "unemployment_fund", "injury_fund", "pooled_fund", "resident_fund"]
Stage = Literal["kindergarten", "primary", "junior", "senior", "university", "none"]
Eligibility = Literal["eligible", "not_eligible", "unknown", "deceased"]
Channel = Literal["bank_outlet", "community_centre", "online", "employer"]
Chooser = Literal["applicant", "guardian", "employer"]
Suggestion = Literal["pension_bank", "chosen_bank", "payroll_banks", "any"]
Function = Literal["social", "financial"]
PhotoSource = Literal["id_card", "student_card", "counter", "online"]
PhotoFault = Literal[
    "photo-bytes", "photo-unreadable", "photo-pixels", "photo-dpi", "photo-colours", "photo-background", "photo-uneven",
    "photo-empty", "photo-dark", "photo-bright", "photo-blurred", "photo-day", "photo-known-wrong",
]  # fmt: skip
PhotoFlaw = Literal["another_person", "unlike", "outdated", "spoiled", "on_the_card", "consent_withdrawn"]
MessageKind = Literal[
    "application_rejected", "photo_needed", "bank_refused", "card_dispatched", "card_at_outlet", "card_waiting",
    "card_opened", "card_unopened", "pupil_notice", "loss_reported", "loss_lifted", "card_recalled", "card_at_centre", "card_lost_in_post",
    "delivery_changed", "redirect_refused", "collection_called", "collection_moved", "collection_cancelled",
    "collection_missed", "pupil_notice_over", "visit_planned", "visit_moved", "visit_not_met",
]  # fmt: skip
Taken = Literal["identity", "consent", "signature", "photo"]
Act = Literal["apply", "open", "collect", "read", "other"]
ActingAs = Literal["holder", "guardian", "agent"]
Proxy = Literal["guardian", "agent"]
Authorisation = Literal["written", "notarised", "home_witness"]
Document = Literal[
    "holder_id", "child_id", "guardian_id", "guardianship_proof", "guardianship_ruling", "agent_id",
    "written_authorisation", "notarised_mandate",
]  # fmt: skip
WhyNot = Literal["guardian_needed", "guardian_not_tied", "agent_unfit", "agent_not_here"]
Replacement = Literal[
    "lost", "worn", "unreadable", "damaged", "data_changed", "expiring", "expired", "photo_wrong"
]
NoticeState = Literal["none", "open", "missed"]
Mobility = Literal["none", "stated", "documented"]
"""Whether somebody says that they can hardly leave home, and has shown a document that says so."""
VisitGround = Literal["very_old", "mobility", "none"]
HelpTopic = Literal[
    "apply", "replace", "deliver", "open", "loss", "social_use", "medical_use", "financial", "other",
]  # fmt: skip
HelpLevel = Literal["anonymous", "named", "matched"]
HelpNeed = Literal["own_answers", "timeline", "temporary_loss", "medical"]
TicketPurpose = Literal["read", "personalise", "unblock"]
"""What a terminal proves itself to a card for: to read its holder, or to write a blank one."""
IdentityPurpose = Literal["hotel_check_in", "library_card", "public_service", "age_benefit"]
"""What a relying party asks for who somebody is."""
IdentityField = Literal["holder", "card_good", "name_matches", "age_over", "name_masked"]
"""What it may be answered: whether the ID number is the holder's, the card good, the name the holder's, the age reached; the name, masked."""
IdentityConsent = Literal["code", "card_pin", "card_in_person"]
"""How the holder consents: by a code from the holder's own page, by card and PIN, by card and word."""


class Bank(Struct, frozen=True):
    """A service bank, by its code."""

    code: str
    name_zh: str
    name_en: str


class Facts(Struct, frozen=True, kw_only=True):
    """What the rules may ask about one person. `birth_date` None: not known.

    Banks stand here only when they are service banks; `payroll_banks` are those that pay the employer's wages,
    `chosen_bank` the one that the employer has picked.
    """

    registered: bool = True
    alive: bool = True
    birth_date: date | None = None
    hukou: bool = False
    insured: Insured = "none"
    insured_status: InsuredStatus = "none"
    employed: bool = False
    school_stage: Stage = "none"
    district: str = ""
    pension_bank: Bank | None = None
    payroll_banks: tuple[Bank, ...] = ()
    chosen_bank: Bank | None = None


class Reason(Struct, frozen=True):
    """A rule that decided, and why it says what it says. `source` begins with its mark of trust."""

    rule_set: str
    rule_id: str
    reason_zh: str
    reason_en: str
    source: str


class Group(Struct, frozen=True):
    """The group a person belongs to."""

    group: str
    name_zh: str
    name_en: str


class When(Struct, frozen=True):
    """The window, both days included; `to` None has no end. It steers: a counter never refuses for it."""

    from_: date = field(name="from")
    to: date | None
    open_today: bool
    soft: bool = True


class Where(Struct, frozen=True):
    """The main channel, those that are always possible, and the kinds of institution that stand for them."""

    channel: Channel
    also: tuple[Channel, ...]
    outlets: tuple[str, ...]


class BankChoice(Struct, frozen=True):
    """Which bank: the rule, who chooses, and what is suggested (empty: any of the service banks)."""

    rule: str
    chooser: Chooser
    suggested: tuple[Bank, ...]


class Photo(Struct, frozen=True):
    """Whether a photo is needed, and the stores to ask in this order."""

    needed: bool
    sources: tuple[PhotoSource, ...]


class Documents(Struct, frozen=True):
    """Who acts, and with which papers."""

    by: Literal["holder", "guardian"]
    documents_zh: tuple[str, ...]
    documents_en: tuple[str, ...]


class ActingQuestion(Struct, frozen=True, kw_only=True):
    """Who wants to act for a holder, how, and where.

    `age` is the holder's and `actor_age` that of whoever acts, in years. `tie`: the kind of guardianship that the register
    knows between the two, empty for none. `outlet_kind`: the kind of institution where it happens.
    """

    act: Act
    outlet_kind: str
    by: ActingAs
    age: int
    tie: str = ""
    actor_age: int = 0
    actor_alive: bool = True


class Authority(Struct, frozen=True):
    """Whether somebody may act. `authorisations`: one of these is needed, none when empty. `why`: the rule that decided."""

    refusal: WhyNot | None
    documents: tuple[Document, ...]
    authorisations: tuple[Authorisation, ...]
    why: Reason


class Explanation(Struct, frozen=True, kw_only=True):
    """When, where and with which bank a person changes the card, and why: everything a clerk is asked.

    For somebody who may not have a card, window, channel and bank are those that would apply after the remedy.
    `valid_until` None: no end. `old_card_void_from` None: no end is set.
    """

    on: date
    eligible: bool
    eligibility: Eligibility
    remedy_zh: str
    remedy_en: str
    phase: str
    pilot: bool
    group: Group
    when: When
    where: Where
    bank: BankChoice
    photo: Photo
    documents: Documents
    valid_until: date | None
    due_on: date
    old_card_void_from: date | None
    target_on: date | None
    fee_fen: int
    why: tuple[Reason, ...]
    sentences_zh: tuple[str, ...]
    sentences_en: tuple[str, ...]
