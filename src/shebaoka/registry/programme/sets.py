"""The rule sets: in which order they are asked, what each decides, and what its conditions may ask about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, field

from shebaoka.registry.institutions.model import KINDS
from shebaoka.registry.programme import benefit_sets, identity_sets
from shebaoka.registry.programme.decides import Decides, Text
from shebaoka.registry.programme.model import (
    Act,
    ActingAs,
    Authorisation,
    Channel,
    Chooser,
    Document,
    Eligibility,
    Function,
    HelpLevel,
    HelpNeed,
    HelpTopic,
    IdentityPurpose,
    Insured,
    InsuredStatus,
    MessageKind,
    Mobility,
    NoticeState,
    PhotoFault,
    PhotoFlaw,
    PhotoSource,
    Replacement,
    Stage,
    Suggestion,
    Taken,
    TicketPurpose,
    VisitGround,
    WhyNot,
)  # fmt: skip

Days = Annotated[int, Meta(ge=0, le=3660)]
Outlet = Annotated[str, Meta(pattern=f"^(?:{'|'.join(KINDS)})$")]
"""A kind of institution."""


class DecidesEligibility(Decides, frozen=True):
    """Whether a person may have a card; `remedy`: what would change it, and where to go."""

    eligibility: Eligibility
    remedy_zh: str = ""
    remedy_en: str = ""


class DecidesPhase(Decides, frozen=True):
    """How far the programme is."""

    phase: Literal["before", "pilot", "exchange", "after"]


class DecidesPilot(Decides, frozen=True):
    """Whether the person's district is in the pilot."""

    pilot: bool


class DecidesGroup(Decides, frozen=True):
    """The group, by its English name in code and its names for people."""

    group: Text
    name_zh: Text
    name_en: Text


class DecidesWindow(Decides, frozen=True):
    """First and last day."""

    from_: date = field(name="from")
    to: date | None = None

    def __post_init__(self) -> None:
        """Refuse a window that ends before it begins."""
        if self.to is not None and self.to < self.from_:
            raise ValueError("to lies before from")


class DecidesChannel(Decides, frozen=True):
    """The main channel, those always possible, the kinds of outlet."""

    main: Channel
    also: tuple[Channel, ...]
    outlets: tuple[Outlet, ...]


class DecidesBank(Decides, frozen=True):
    """Which bank is suggested and who chooses."""

    chooser: Chooser
    suggest: Suggestion


class DecidesPhoto(Decides, frozen=True):
    """Whether a photo is needed, and the stores in their order."""

    needed: bool
    sources: tuple[PhotoSource, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a photo that nobody could bring."""
        if self.needed and not self.sources:
            raise ValueError("a photo is needed and no source is named")


class DecidesValidity(Decides, frozen=True):
    """How long a card lasts: `years` from the application, or up to a birthday, or (neither) without end."""

    years: Annotated[int, Meta(ge=1, le=100)] | None = None
    until_age: Annotated[int, Meta(ge=1, le=120)] | None = None

    def __post_init__(self) -> None:
        """Refuse two answers."""
        if self.years is not None and self.until_age is not None:
            raise ValueError("years or until_age, not both")


class DecidesDays(Decides, frozen=True):
    """A number of days."""

    days: Days


class DecidesOldCard(Decides, frozen=True):
    """The first day on which no old card is good any more."""

    void_from: date | None = None


class DecidesDocuments(Decides, frozen=True):
    """Who acts and what to bring."""

    by: Literal["holder", "guardian"]
    documents_zh: tuple[Text, ...]
    documents_en: tuple[Text, ...]


class DecidesTarget(Decides, frozen=True):
    """The day by which people like this one should have the new card."""

    complete_by: date | None = None


class DecidesFee(Decides, frozen=True):
    """What it costs the applicant, in fen."""

    fee_fen: Annotated[int, Meta(ge=0)]


class DecidesOpening(Decides, frozen=True):
    """Which functions an outlet opens at once, and which ones `days_later` days later."""

    at_once: tuple[Function, ...] = ()
    later: tuple[Function, ...] = ()
    days_later: Days = 0


class DecidesLoss(Decides, frozen=True):
    """Which loss reports an institution takes in, and whether it lifts them."""

    report: tuple[Literal["temporary", "formal"], ...] = ()
    lift: bool = False


class DecidesUndoing(Decides, frozen=True):
    """For how many minutes a loss report may be taken back by whoever made it; none: not at all."""

    minutes: Annotated[int, Meta(ge=0, le=1_440)]


class DecidesCancelling(Decides, frozen=True):
    """Whether an institution may cancel the cards of somebody who is entitled no more."""

    may: bool


class DecidesAccount(Decides, frozen=True):
    """What becomes of the account on a card that was cancelled, in a sentence for whoever asks."""

    account_zh: Text
    account_en: Text


class DecidesMessage(Decides, frozen=True):
    """How a kind of message is treated: sent at any hour, and whether the person may decline it."""

    urgent: bool = False
    may_decline: bool = False


class DecidesQuietHours(Decides, frozen=True):
    """From when until when (Shanghai time) only urgent messages are sent; the same hour twice: at any time."""

    from_: time = field(name="from")
    until: time


class DecidesReminders(Decides, frozen=True):
    """On which days after receipt the holder of an unopened card is reminded, and then every so many days."""

    days: tuple[Annotated[int, Meta(ge=1, le=3660)], ...] = ()
    then_every: Annotated[int, Meta(ge=1, le=3660)] | None = None

    def __post_init__(self) -> None:
        """Refuse days that do not grow, and a repetition of nothing."""
        if list(self.days) != sorted(set(self.days)):
            raise ValueError("days must grow")
        if self.then_every is not None and not self.days:
            raise ValueError("then_every needs days to go on from")


class DecidesWaiting(Decides, frozen=True):
    """On which days after a card came to its fallback outlet the holder is reminded, and after how many it is recalled."""

    recall_after: Annotated[int, Meta(ge=1, le=3660)]
    remind: tuple[Annotated[int, Meta(ge=1, le=3660)], ...] = ()

    def __post_init__(self) -> None:
        """Refuse days that do not grow, and reminders of a card that is gone."""
        if list(self.remind) != sorted({*self.remind} - set(range(self.recall_after, 3661))):
            raise ValueError("the days to remind must grow, and end before the recall")


class DecidesAuthority(Decides, frozen=True):
    """Whether somebody may act for a holder: `refusal` says why not, else which papers and which authorisation it takes."""

    refusal: WhyNot | None = None
    documents: tuple[Document, ...] = ()
    authorisations: tuple[Authorisation, ...] = ()

    def __post_init__(self) -> None:
        """Refuse papers for what is refused anyway."""
        if self.refusal and (self.documents or self.authorisations):
            raise ValueError("a refusal asks for no documents")


class DecidesAges(Decides, frozen=True):
    """Ages that are plausible, in years, both included."""

    min_age: Annotated[int, Meta(ge=0, le=150)]
    max_age: Annotated[int, Meta(ge=0, le=150)]

    def __post_init__(self) -> None:
        """Refuse a range that nobody is in."""
        if self.max_age < self.min_age:
            raise ValueError("max_age lies below min_age")


Level = Annotated[int, Meta(ge=0, le=255)]
"""How light something is: 0 is black, 255 is white."""


class DecidesPhotoStandard(Decides, frozen=True):
    """What a photo must be; `issuing.photos.quality` measures it. Faults among `hints` are told and not refused.

    `white_share_min`: so many percent of the background are at least at `white_level_min`, in each colour. Lightest
    and darkest part of the figure are `contrast_min` apart; of the face the lightest twentieth part is at least `light_min`, the darkest
    quarter at most `dark_max`.
    """

    width_px: Annotated[int, Meta(ge=1, le=4_000)]
    height_px: Annotated[int, Meta(ge=1, le=4_000)]
    dpi: Annotated[int, Meta(ge=1, le=2_400)]
    bytes_min: Annotated[int, Meta(ge=0)]
    bytes_max: Annotated[int, Meta(ge=1, le=131_072)]
    white_level_min: Level
    white_share_min: Annotated[int, Meta(ge=0, le=100)]
    contrast_min: Level
    light_min: Level
    dark_max: Level
    sharpness_min: Annotated[int, Meta(ge=0)]
    hints: tuple[PhotoFault, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a size that no photo has."""
        if self.bytes_max < self.bytes_min:
            raise ValueError("bytes_max lies below bytes_min")


class DecidesConsent(Decides, frozen=True):
    """Whether using a photo needs consent, whether the application's form gives it, and its wording."""

    needed: bool
    by_form: bool
    version: Text
    wording_zh: str = ""
    wording_en: str = ""

    def __post_init__(self) -> None:
        """Refuse consent to nothing."""
        if self.needed and not (self.wording_zh and self.wording_en):
            raise ValueError("consent is needed and has no wording")


class DecidesReuse(Decides, frozen=True):
    """For how many years a photo may be used; 0: never again."""

    years: Annotated[int, Meta(ge=0, le=100)]


class DecidesKeeping(Decides, frozen=True):
    """How many days a photo that was found wrong is kept; 0: it is destroyed at once."""

    keep_days: Days


class DecidesAccepted(Decides, frozen=True):
    """Whether an application is accepted here and now."""

    accepted: bool


class DecidesInstant(Decides, frozen=True):
    """For which reasons a kind of outlet replaces a card on the spot, and after how long a session counts as abandoned."""

    reasons: tuple[Replacement, ...] = ()
    abandoned_minutes: Annotated[int, Meta(ge=1, le=10_080)] = 60


class DecidesStock(Decides, frozen=True):
    """How an outlet's blank cards are reckoned: use over `use_days`, and when and up to what more are ordered.

    An outlet orders when its stock lasts no more than `reorder_days`, or falls below `blanks_min`; then for `cover_days`.
    `unlisted_chip`: what becomes of a chip that no delivery names, while the outlet has blanks that came without numbers.
    """

    use_days: Annotated[int, Meta(ge=1, le=366)]
    reorder_days: Annotated[int, Meta(ge=0, le=366)]
    cover_days: Annotated[int, Meta(ge=1, le=366)]
    blanks_min: Annotated[int, Meta(ge=0, le=10_000)]
    unlisted_chip: Literal["refuse", "alarm"]

    def __post_init__(self) -> None:
        """Refuse an order that would at once be followed by the next."""
        if self.cover_days <= self.reorder_days:
            raise ValueError("cover_days must lie above reorder_days")


class DecidesReadiness(Decides, frozen=True):
    """Whether a kind of institution must be live before it does business, by which scripts it is tested, how long that lasts."""

    must_be_live: bool
    scripts: tuple[Annotated[str, Meta(pattern=r"^[a-z_]{1,40}$")], ...] = ()
    test_valid_days: Annotated[int, Meta(ge=1, le=3660)] = 365

    def __post_init__(self) -> None:
        """Refuse a kind that must be tested by nothing."""
        if self.must_be_live and not self.scripts:
            raise ValueError("a kind that must be live is tested by a script")


class DecidesSecondFactor(Decides, frozen=True):
    """Whether a role logs in with a second factor beside the password."""

    needed: bool


class DecidesKeyLimit(Decides, frozen=True):
    """For how many cards a day card keys may be used for a purpose, and at how much of it the alarm is raised."""

    cards_a_day: Annotated[int, Meta(ge=0, le=100_000_000)]
    alarm_percent: Annotated[int, Meta(ge=1, le=100)]


class DecidesKeyCustody(Decides, frozen=True):
    """Within how many hours a key ceremony is approved, and days the bureau confirms that keys are destroyed; what it may spoil."""

    approve_hours: Annotated[int, Meta(ge=1, le=720)]
    destroyed_days: Days
    spoilage_percent: Annotated[int, Meta(ge=0, le=100)]


class DecidesCardMaking(Decides, frozen=True):
    """What every new card's chip is given: the version of the specification, the first PIN, and the photo's size on it."""

    version: Annotated[str, Meta(pattern=r"^[1-9]\.[0-9]{2}$")]
    first_pin: Annotated[str, Meta(pattern="^(?:[0-9]{4,12})?$")]
    photo_width_px: Annotated[int, Meta(ge=32, le=358)]
    photo_height_px: Annotated[int, Meta(ge=32, le=441)]
    photo_bytes_max: Annotated[int, Meta(ge=512, le=4096)]


class DecidesStatusList(Decides, frozen=True):
    """How the status list is published, and how long terminals may go by it.

    A file every `every_minutes`, a base every `base_days`, or where a delta would be larger than `delta_bytes_max`; late after
    `overdue_minutes`. A terminal whose clock lags by more than `ahead_minutes` takes none.
    """

    every_minutes: Annotated[int, Meta(ge=1, le=1_440)]
    base_days: Annotated[int, Meta(ge=1, le=365)]
    delta_bytes_max: Annotated[int, Meta(ge=1_000, le=4_000_000)]
    overdue_minutes: Annotated[int, Meta(ge=1, le=10_080)]
    stale_hours: Annotated[int, Meta(ge=1, le=8_760)]
    ahead_minutes: Annotated[int, Meta(ge=0, le=1_440)]

    def __post_init__(self) -> None:
        """Refuse a list that is late, or stale, before the next one is due."""
        if self.overdue_minutes <= self.every_minutes or self.stale_hours * 60 <= self.overdue_minutes:
            raise ValueError("every_minutes < overdue_minutes < stale_hours")


class DecidesTargetCount(Decides, frozen=True):
    """How many institutions of a kind are to be live, and by when; 0: none is counted."""

    institutions: Annotated[int, Meta(ge=0)]
    complete_by: date | None = None


class DecidesVisit(Decides, frozen=True):
    """Whether somebody is visited at home, and on which ground; `remedy`: what else there is for whoever is not."""

    eligible: bool
    ground: VisitGround = "none"
    remedy_zh: str = ""
    remedy_en: str = ""

    def __post_init__(self) -> None:
        """Refuse a visit without a ground, and a refusal with one."""
        if self.eligible != (self.ground != "none"):
            raise ValueError("who is visited has a ground, who is not has none")


class DecidesVisitTerms(Decides, frozen=True):
    """How many members of staff go, and how often they try before the visit is given up."""

    staff: Annotated[int, Meta(ge=1, le=4)]
    tries: Annotated[int, Meta(ge=1, le=10)]


class DecidesCapture(Decides, frozen=True):
    """How old captured work may be when it comes in, and by how much a device's clock may run ahead."""

    days: Days
    minutes_ahead: Annotated[int, Meta(ge=0, le=1_440)]


class DecidesCollection(Decides, frozen=True):
    """A bank's collection at an employer.

    `needs`: what must be taken of everybody; a photo besides, where the application lacks one. `notice_hours`: how long
    before it begins people are called; `close_after_days`: how long after its end those not noted count as not met.
    """

    needs: Annotated[tuple[Taken, ...], Meta(min_length=1)]
    notice_hours: Annotated[int, Meta(ge=0, le=720)]
    close_after_days: Days


class DecidesLine(Decides, frozen=True):
    """Whose a topic is: the hotline with this code and number, or (`own_bank`) the line of the card's own bank."""

    line: str = ""
    number: str = ""
    own_bank: bool = False

    def __post_init__(self) -> None:
        """Refuse a topic of nobody, or of two."""
        if bool(self.line) == self.own_bank or bool(self.line) != bool(self.number):
            raise ValueError("a line with its number, or own_bank")


class DecidesLevel(Decides, frozen=True):
    """How well a caller is known, or must be."""

    level: HelpLevel


class DecidesLock(Decides, frozen=True):
    """After how many failed identifications nobody is identified, and for how many minutes."""

    failures: Annotated[int, Meta(ge=1, le=100)]
    minutes: Annotated[int, Meta(ge=1, le=1_440)]


class DecidesDesk(Decides, frozen=True):
    """How long a hand-over waits, how often a case is handed over, after how many days what is resolved is closed."""

    accept_minutes: Annotated[int, Meta(ge=1, le=1_440)]
    handovers_max: Annotated[int, Meta(ge=1, le=20)]
    close_after_days: Days


PERSON: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "registered": bool,
        "alive": bool,
        "age": int,
        "hukou": bool,
        "insured": Insured,
        "insured_status": InsuredStatus,
        "employed": bool,
        "school_stage": Stage,
        "district": str,
        "has_pension_bank": bool,
        "payroll_bank_count": int,
        "payroll_bank_chosen": bool,
    }
)
"""Facts about a person that conditions may ask for, and their types. Banks count when they are service banks."""

OUTLET: Final[Mapping[str, Any]] = MappingProxyType(
    {"outlet_kind": Outlet, "elsewhere": bool, "own_bank": bool}
)
"""Facts about an outlet: its kind of institution, outside the city, of the card's own bank."""

MESSAGE: Final[Mapping[str, Any]] = MappingProxyType({"message_kind": MessageKind})
"""Facts about a message to a person."""

ACTING: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "act": Act,
        "outlet_kind": Outlet,
        "by": ActingAs,
        "age": int,
        "tie": str,
        "actor_age": int,
        "actor_alive": bool,
    }
)
"""Facts about somebody who wants to act for a holder, as `model.ActingQuestion` says."""

DERIVED: Final[Mapping[str, Any]] = MappingProxyType(
    {"eligibility": Eligibility, "phase": str, "pilot": bool, "group": str, **benefit_sets.DERIVED}
)
"""What some sets decide and later sets may ask for."""

ABOUT_PERSON: Final[Mapping[str, type[Decides]]] = MappingProxyType(
    {
        "eligibility": DecidesEligibility,
        "phase": DecidesPhase,
        "pilot": DecidesPilot,
        "group": DecidesGroup,
        "window": DecidesWindow,
        "channel": DecidesChannel,
        "bank": DecidesBank,
        "photo": DecidesPhoto,
        "documents": DecidesDocuments,
        "validity": DecidesValidity,
        "due": DecidesDays,
        "old_card": DecidesOldCard,
        "target": DecidesTarget,
        "fee": DecidesFee,
    }
)
"""Asked in this order for every person; what one decides, the next may ask for."""

DATED_ONLY: Final = frozenset({"phase", "due", "old_card"})
"""Depend on the day alone: they are also asked where no person is at hand."""

BY_THEMSELVES: Final[Mapping[str, type[Decides]]] = MappingProxyType(
    {
        "opening": DecidesOpening,
        "pupil_notice": DecidesDays,
        "loss": DecidesLoss,
        "temporary_loss": DecidesDays,
        "loss_undo": DecidesUndoing,
        "renewal": DecidesDays,
        "cancelling": DecidesCancelling,
        "account_after": DecidesAccount,
        "message": DecidesMessage,
        "quiet_hours": DecidesQuietHours,
        "opening_reminder": DecidesReminders,
        "waiting_at_outlet": DecidesWaiting,
        "authority": DecidesAuthority,
        "pupil_age": DecidesAges,
        "pupil_online": DecidesAccepted,
        "draft": DecidesDays,
        "photo_standard": DecidesPhotoStandard,
        "photo_consent": DecidesConsent,
        "photo_reuse": DecidesReuse,
        "photo_rejected": DecidesKeeping,
        "instant": DecidesInstant,
        "blank_stock": DecidesStock,
        "readiness": DecidesReadiness,
        "readiness_target": DecidesTargetCount,
        "second_factor": DecidesSecondFactor,
        "status_list": DecidesStatusList,
        "card_key_limit": DecidesKeyLimit,
        "card_key_custody": DecidesKeyCustody,
        "card_making": DecidesCardMaking,
        "visit": DecidesVisit,
        "visit_terms": DecidesVisitTerms,
        "capture": DecidesCapture,
        "collection": DecidesCollection,
        "help_line": DecidesLine,
        "help_due": DecidesDays,
        "help_level": DecidesLevel,
        "help_need": DecidesLevel,
        "help_lock": DecidesLock,
        "help_desk": DecidesDesk,
        **identity_sets.SETS,
        "identity_lock": DecidesLock,
        "identity_kept": DecidesDays,
        **benefit_sets.SETS,
    }
)
ASK: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "opening": OUTLET,
        "loss": OUTLET,
        "loss_undo": OUTLET,
        "cancelling": OUTLET,
        "instant": OUTLET,
        "message": MESSAGE,
        "authority": ACTING,
        "readiness": OUTLET,
        "readiness_target": OUTLET,
        "second_factor": {"role": str},
        "card_key_limit": {"purpose": Literal["read", "check", "personalise", "bureau", "unblock"]},
        "pupil_age": {"stage": Stage},
        "pupil_online": {"notice": NoticeState},
        "photo_consent": {"source": PhotoSource, "channel": Channel},
        "photo_reuse": {"age": int},
        "photo_rejected": {"why": PhotoFlaw},
        "visit": {"age": int, "mobility": Mobility},
        "visit_terms": {"represented": bool},
        "help_line": {"topic": HelpTopic},
        "help_due": {"topic": HelpTopic},
        "help_level": {"named": bool, "answers": int},
        "help_need": {"need": HelpNeed},
        "card_ticket": {"purpose": TicketPurpose},
        "identity_purpose": {"outlet_kind": Outlet, "purpose": IdentityPurpose},
        **benefit_sets.ASK,
    }
)
"""What sets that are asked by themselves may ask about; the others depend on the day alone."""
SETS: Final[Mapping[str, type[Decides]]] = MappingProxyType({**ABOUT_PERSON, **BY_THEMSELVES})


def vocabulary(rule_set: str) -> Mapping[str, Any]:
    """Give the facts that conditions of a rule set may name, with their types.

    This function will offer what earlier sets decide, and nothing at all to sets that depend on the day alone.
    """
    if rule_set in DATED_ONLY or rule_set in BY_THEMSELVES:
        return ASK.get(rule_set, {})
    names = list(ABOUT_PERSON)
    earlier = set(names[: names.index(rule_set)])
    return {**PERSON, **{name: kind for name, kind in DERIVED.items() if name in earlier}}
