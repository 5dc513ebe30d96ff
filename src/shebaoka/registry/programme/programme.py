"""The programme of one city on any day: asks every rule set in turn and puts the answer together. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any, Final, TypeVar

from msgspec.structs import asdict, replace

from shebaoka.registry.programme import asking, identity_sets, sets, speech
from shebaoka.registry.programme.decides import Decides
from shebaoka.registry.programme.errors import ProgrammeIncomplete
from shebaoka.registry.programme.model import (
    ActingQuestion,
    Authority,
    BankChoice,
    Channel,
    Documents,
    Explanation,
    Facts,
    Group,
    HelpLevel,
    HelpNeed,
    HelpTopic,
    IdentityPurpose,
    MessageKind,
    Mobility,
    NoticeState,
    Photo,
    PhotoFlaw,
    PhotoSource,
    Reason,
    Stage,
    TicketPurpose,
    When,
    Where,
)  # fmt: skip
from shebaoka.registry.programme.rules import Rule, RuleSet

D = TypeVar("D", bound=Decides)
ALIKE_REMEMBERED: Final = 4_096


class Decided:
    """The rules that decided, by rule set."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self._rules = rules

    def of(self, rule_set: str, kind: type[D]) -> D:
        """Give what a set decided; this function will assert that it is of its kind."""
        decides = self._rules[rule_set].decides
        assert isinstance(decides, kind)
        return decides

    def why(self, rule_set: str) -> Reason:
        """Give the reason of the rule that decided; this function will give it as it stands in the file."""
        return self._rules[rule_set].reason

    def rule(self, rule_set: str) -> Rule:
        """Give the rule that decided, with its days; this function will give it as it was loaded."""
        return self._rules[rule_set]

    def reasons(self) -> tuple[Reason, ...]:
        """Give every rule that decided; this function will keep the order in which they were asked."""
        return tuple(rule.reason for rule in self._rules.values())


class Programme:
    """All rules of a city. Hold it as long as you like; it changes only by being loaded anew."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        ordered = sorted(rules, key=lambda rule: rule.rule_set)
        grouped = groupby(ordered, key=lambda rule: rule.rule_set)
        self.sets = {name: RuleSet(name, list(same)) for name, same in grouped}
        missing = [name for name in sets.SETS if name not in self.sets]
        if missing:
            raise ProgrammeIncomplete(", ".join(missing))
        self._birthday_counts_below = max(map(_until_age, self.sets["validity"].rules), default=0)
        # Of people who are alike in all that can be asked it thinks once; a list asks the same of thousands of its rows.
        self._decided = lru_cache(ALIKE_REMEMBERED)(self._decide)
        self._explained = lru_cache(ALIKE_REMEMBERED)(self.explain)
        self._authority = lru_cache(ALIKE_REMEMBERED)(self._ask_authority)
        self._consent = lru_cache(ALIKE_REMEMBERED)(self._ask_consent)

    def decide(self, facts: Facts, on: date) -> Decided:
        """Ask every set about a person; this function will let later sets ask what earlier ones decided."""
        return self._decided(on, tuple(asking.asked(facts, on).items()))

    def _decide(self, on: date, asked: tuple[tuple[str, Any], ...]) -> Decided:
        known = dict(asked)
        rules: dict[str, Rule] = {}
        for name in sets.ABOUT_PERSON:
            rule = rules[name] = self.sets[name].first(known, on)
            if name in sets.DERIVED:
                known[name] = getattr(rule.decides, name)
        return Decided(rules)

    def explain(self, facts: Facts, on: date) -> Explanation:
        """Answer when, where, with which bank and why; this function will answer for anybody on any day of the rules.

        Raises NoRuleApplies for a day before the first rule.
        """
        return _explanation(self.decide(facts, on), facts, on)

    def explain_many(self, facts: Sequence[Facts], on: date) -> list[Explanation]:
        """Answer for many people; this function will think once about people whose facts come to the same on a day."""
        return [self._explained(self._same(one, on), on) for one in facts]

    def _same(self, facts: Facts, on: date) -> Facts:
        """Give facts with the same answer and the birthday moved to `on`, unless the answer hangs on the birthday."""
        if facts.birth_date is None:
            return facts
        age = asking.age_on(facts.birth_date, on)
        if age < self._birthday_counts_below:
            return facts
        return replace(facts, birth_date=date(on.year - age, on.month, min(on.day, 28)))

    def valid_until(self, facts: Facts, on: date) -> date | None:
        """Give the last day of a card applied for on a day; this function will give None for a card without end."""
        validity = self.decide(facts, on).of("validity", sets.DecidesValidity)
        return asking.valid_until(validity, facts.birth_date, on)

    def due_on(self, verified_on: date) -> date:
        """Give the day by which a card is made; this function will count from the day of verification."""
        return verified_on + timedelta(days=self._dated("due", verified_on, sets.DecidesDays).days)

    def apply_by(self, notified_on: date) -> date:
        """Give the last day of a pupil's notice; this function will count from the day the parent got it."""
        return notified_on + timedelta(days=self._dated("pupil_notice", notified_on, sets.DecidesDays).days)

    def draft_days(self, on: date) -> int:
        """Give how many days a draft is kept after it was last touched; this function will go by the rule of `on`."""
        return self._dated("draft", on, sets.DecidesDays).days

    def collection(self, on: date) -> sets.DecidesCollection:
        """Give what a bank's collection at an employer must take, and its times; this function will go by the rule of `on`."""
        return self._dated("collection", on, sets.DecidesCollection)

    def payroll_rule(self, service_banks: int, on: date) -> Reason:
        """Give the rule that leaves the bank of its staff to an employer; this function will go by how many banks that pay wages serve."""
        facts = Facts(
            hukou=True, insured="employee", insured_status="active", employed=True, birth_date=date(on.year - 40, 1, 1)
        )  # fmt: skip
        known = asking.asked(facts, on) | {
            "group": "employees", "payroll_bank_count": service_banks, "payroll_bank_chosen": False
        }  # fmt: skip
        return self.sets["bank"].first(known, on).reason

    def ages_at(self, stage: Stage, on: date) -> sets.DecidesAges:
        """Give the plausible ages of a school stage; this function will include both."""
        return self._decides("pupil_age", {"stage": stage}, on, sets.DecidesAges)

    def pupil_online(self, notice: NoticeState, on: date) -> tuple[bool, Reason]:
        """Tell whether a pupil's application is accepted online, by how the school's notice stands; this function will say why."""
        rule = self.sets["pupil_online"].first({"notice": notice}, on)
        assert isinstance(rule.decides, sets.DecidesAccepted)
        return rule.decides.accepted, rule.reason

    def photo_standard(self, on: date) -> sets.DecidesPhotoStandard:
        """Give what a photo must be; this function will go by the rule of the day on which it comes."""
        return self._dated("photo_standard", on, sets.DecidesPhotoStandard)

    def photo_consent(
        self, source: PhotoSource, channel: Channel, on: date
    ) -> tuple[sets.DecidesConsent, Reason]:
        """Give whether a photo from a source is used with consent only, in which words, and the rule that says so."""
        return self._consent(source, channel, on)

    def _ask_consent(
        self, source: PhotoSource, channel: Channel, on: date
    ) -> tuple[sets.DecidesConsent, Reason]:
        rule = self.sets["photo_consent"].first({"source": source, "channel": channel}, on)
        assert isinstance(rule.decides, sets.DecidesConsent)
        return rule.decides, rule.reason

    def photo_reuse(self, age: int, on: date) -> tuple[int, Reason]:
        """Give for how many years a photo of somebody of an age may be used; this function will name the rule."""
        rule = self.sets["photo_reuse"].first({"age": age}, on)
        assert isinstance(rule.decides, sets.DecidesReuse)
        return rule.decides.years, rule.reason

    def photo_kept_days(self, why: PhotoFlaw, on: date) -> tuple[int, Reason]:
        """Give how many days a photo that was found wrong is kept; this function will name the rule."""
        rule = self.sets["photo_rejected"].first({"why": why}, on)
        assert isinstance(rule.decides, sets.DecidesKeeping)
        return rule.decides.keep_days, rule.reason

    def authority(self, question: ActingQuestion, on: date) -> Authority:
        """Give whether somebody may act for a holder, with which papers; this function will name the rule that decided."""
        return self._authority(question, on)

    def _ask_authority(self, question: ActingQuestion, on: date) -> Authority:
        rule = self.sets["authority"].first(asdict(question), on)
        assert isinstance(rule.decides, sets.DecidesAuthority)
        return Authority(
            rule.decides.refusal, rule.decides.documents, rule.decides.authorisations, rule.reason
        )

    def old_cards_void_from(self, on: date) -> date | None:
        """Give the first day on which no old card is good, as the rules of `on` say; this function will give None for no end."""
        return self._dated("old_card", on, sets.DecidesOldCard).void_from

    def opening(self, kind: str, on: date, *, elsewhere: bool, own_bank: bool) -> sets.DecidesOpening:
        """Give what an outlet may open; this function will take `own_bank` as: the card's bank is the outlet's."""
        outlet = {"outlet_kind": kind, "elsewhere": elsewhere, "own_bank": own_bank}
        return self._decides("opening", outlet, on, sets.DecidesOpening)

    def loss(self, kind: str, on: date) -> sets.DecidesLoss:
        """Give which loss reports a kind of institution takes in and whether it lifts them."""
        return self._decides("loss", _somewhere(kind), on, sets.DecidesLoss)

    def temporary_loss_days(self, on: date) -> int:
        """Give how many days a temporary loss report lasts that is made on a day."""
        return self._dated("temporary_loss", on, sets.DecidesDays).days

    def loss_undo_minutes(self, kind: str, on: date) -> int:
        """Give for how many minutes a report made at a kind of institution may be taken back; this function will give 0 for never."""
        return self._decides("loss_undo", _somewhere(kind), on, sets.DecidesUndoing).minutes

    def renewable_from(self, expires_on: date, on: date) -> date:
        """Give the first day on which a card may be renewed, as the rules of `on` say; this function will count back from its last day."""
        return expires_on - timedelta(days=self._dated("renewal", on, sets.DecidesDays).days)

    def cancelling(self, kind: str, on: date) -> sets.DecidesCancelling:
        """Give whether a kind of institution may cancel the cards of somebody who is entitled no more."""
        return self._decides("cancelling", _somewhere(kind), on, sets.DecidesCancelling)

    def account_after(self, on: date) -> sets.DecidesAccount:
        """Give what becomes of the account on a card that was cancelled, in a sentence."""
        return self._dated("account_after", on, sets.DecidesAccount)

    def message(self, kind: MessageKind, on: date) -> sets.DecidesMessage:
        """Give how a kind of message is treated; this function will ask the rules of the day on which it is queued."""
        return self._decides("message", {"message_kind": kind}, on, sets.DecidesMessage)

    def quiet_hours(self, on: date) -> sets.DecidesQuietHours:
        """Give the hours in which only urgent messages are sent; this function will give them in Shanghai time."""
        return self._dated("quiet_hours", on, sets.DecidesQuietHours)

    def opening_reminders(self, on: date) -> sets.DecidesReminders:
        """Give the days on which holders of unopened cards are reminded; this function will count them from receipt."""
        return self._dated("opening_reminder", on, sets.DecidesReminders)

    def instant(self, kind: str, on: date) -> sets.DecidesInstant:
        """Give for which reasons a kind of outlet replaces cards on the spot; this function will give none where it may not."""
        return self._decides("instant", _somewhere(kind), on, sets.DecidesInstant)

    def blank_stock(self, on: date) -> sets.DecidesStock:
        """Give how stocks of blank cards are reckoned; this function will ask the rules of the day of the reckoning."""
        return self._dated("blank_stock", on, sets.DecidesStock)

    def readiness(self, kind: str, on: date) -> sets.DecidesReadiness:
        """Give whether a kind of institution must be live before it does business, and how it is tested."""
        return self._decides("readiness", _somewhere(kind), on, sets.DecidesReadiness)

    def readiness_target(self, kind: str, on: date) -> sets.DecidesTargetCount:
        """Give how many institutions of a kind are to be live, as the rules of a day say."""
        return self._decides("readiness_target", _somewhere(kind), on, sets.DecidesTargetCount)

    def second_factor(self, role: str, on: date) -> bool:
        """Tell whether a role logs in with a second factor beside the password."""
        return self._decides("second_factor", {"role": role}, on, sets.DecidesSecondFactor).needed

    def status_list(self, on: date) -> sets.DecidesStatusList:
        """Give how often the status list is published and how long terminals may go by it, as the rules of a day say."""
        return self._dated("status_list", on, sets.DecidesStatusList)

    def card_key_limit(self, purpose: str, on: date) -> sets.DecidesKeyLimit:
        """Give for how many cards a day card keys may be used for a purpose."""
        return self._decides("card_key_limit", {"purpose": purpose}, on, sets.DecidesKeyLimit)

    def card_making(self, on: date) -> sets.DecidesCardMaking:
        """Give what a new card's chip is given; this function will go by the rule of the day on which its file is written."""
        return self._dated("card_making", on, sets.DecidesCardMaking)

    def card_key_custody(self, on: date) -> sets.DecidesKeyCustody:
        """Give how key ceremonies, and keys that the card bureau has, are looked after."""
        return self._dated("card_key_custody", on, sets.DecidesKeyCustody)

    def visit(self, age: int, mobility: Mobility, on: date) -> tuple[sets.DecidesVisit, Reason]:
        """Tell whether somebody of an age, in whole years, is visited at home; this function will say why."""
        rule = self.sets["visit"].first({"age": age, "mobility": mobility}, on)
        assert isinstance(rule.decides, sets.DecidesVisit)
        return rule.decides, rule.reason

    def visit_terms(self, on: date, *, represented: bool) -> sets.DecidesVisitTerms:
        """Give how many go and how often they try; `represented`: somebody is to be authorised or to act at the visit."""
        return self._decides("visit_terms", {"represented": represented}, on, sets.DecidesVisitTerms)

    def capture_terms(self, on: date) -> sets.DecidesCapture:
        """Give how old captured work may be that comes in on a day, and how far a device's clock may run ahead."""
        return self._dated("capture", on, sets.DecidesCapture)

    def waiting_at_outlet(self, arrived_on: date) -> sets.DecidesWaiting:
        """Give when the holder of a card at a fallback outlet is reminded, and when it goes back.

        This function will ask the rules of the day on which it arrived: what a holder was told stays true.
        """
        return self._dated("waiting_at_outlet", arrived_on, sets.DecidesWaiting)

    def rule(self, rule_set: str, facts: Mapping[str, Any], on: date) -> Rule:
        """Give the rule of one set that decides, with its days and its reason; this function will say who is told why."""
        return self.sets[rule_set].first(facts, on)

    def help_level(self, *, named: bool, answers: int, on: date) -> HelpLevel:
        """Give how well a caller is known who gave name and number, and so many right answers."""
        return self._decides("help_level", {"named": named, "answers": answers}, on, sets.DecidesLevel).level

    def help_need(self, need: HelpNeed, on: date) -> HelpLevel:
        """Give how well a caller must be known for something; this function will give the least level that will do."""
        return self._decides("help_need", {"need": need}, on, sets.DecidesLevel).level

    def help_due_days(self, topic: HelpTopic, on: date) -> int:
        """Give within how many days a case of a topic is to be resolved."""
        return self._decides("help_due", {"topic": topic}, on, sets.DecidesDays).days

    def help_lock(self, on: date) -> sets.DecidesLock:
        """Give after how many failed identifications one waits, and how long."""
        return self._dated("help_lock", on, sets.DecidesLock)

    def help_desk(self, on: date) -> sets.DecidesDesk:
        """Give how cases are handed over and closed."""
        return self._dated("help_desk", on, sets.DecidesDesk)

    def card_ticket(self, purpose: TicketPurpose, on: date) -> identity_sets.DecidesTicket:
        """Give how long a terminal's ticket lasts, and how many proofs it gives."""
        return self._decides("card_ticket", {"purpose": purpose}, on, identity_sets.DecidesTicket)

    def challenge_seconds(self, on: date) -> int:
        """Give for how many seconds a challenge to a card may be answered."""
        return self._dated("card_challenge", on, identity_sets.DecidesSeconds).seconds

    def identity(
        self, kind: str, purpose: IdentityPurpose, on: date
    ) -> tuple[identity_sets.DecidesIdentity, Reason]:
        """Give what a kind of relying party may be answered for a purpose; this function will name the rule."""
        rule = self.sets["identity_purpose"].first({"outlet_kind": kind, "purpose": purpose}, on)
        assert isinstance(rule.decides, identity_sets.DecidesIdentity)
        return rule.decides, rule.reason

    def ecard(self, on: date) -> identity_sets.DecidesEcard:
        """Give for how long an electronic card is good."""
        return self._dated("ecard", on, identity_sets.DecidesEcard)

    def identity_terms(self, on: date) -> identity_sets.DecidesIdentityTerms:
        """Give for how long a holder's code is good, and a card that was checked."""
        return self._dated("identity_terms", on, identity_sets.DecidesIdentityTerms)

    def identity_lock(self, on: date) -> sets.DecidesLock:
        """Give after how many requests without consent nobody is answered, and for how long."""
        return self._dated("identity_lock", on, sets.DecidesLock)

    def identity_kept_days(self, on: date) -> int:
        """Give for how many days it is kept who asked who somebody is."""
        return self._dated("identity_kept", on, sets.DecidesDays).days

    def _dated(self, rule_set: str, on: date, kind: type[D]) -> D:
        return self._decides(rule_set, {}, on, kind)

    def _decides(self, rule_set: str, facts: Mapping[str, Any], on: date, kind: type[D]) -> D:
        decides = self.sets[rule_set].first(facts, on).decides
        assert isinstance(decides, kind)
        return decides


def _somewhere(kind: str) -> dict[str, Any]:
    """Give the facts about an institution where it matters only of which kind it is."""
    return {"outlet_kind": kind, "elsewhere": False, "own_bank": False}


def _until_age(rule: Rule) -> int:
    assert isinstance(rule.decides, sets.DecidesValidity)
    return rule.decides.until_age or 0


def _explanation(decided: Decided, facts: Facts, on: date) -> Explanation:
    eligibility = decided.of("eligibility", sets.DecidesEligibility)
    window = decided.of("window", sets.DecidesWindow)
    channel = decided.of("channel", sets.DecidesChannel)
    bank = decided.of("bank", sets.DecidesBank)
    photo = decided.of("photo", sets.DecidesPhoto)
    papers = decided.of("documents", sets.DecidesDocuments)
    group = decided.of("group", sets.DecidesGroup)
    open_today = window.from_ <= on and (window.to is None or on <= window.to)
    answer = Explanation(
        on=on,
        eligible=eligibility.eligibility == "eligible",
        eligibility=eligibility.eligibility,
        remedy_zh=eligibility.remedy_zh,
        remedy_en=eligibility.remedy_en,
        phase=decided.of("phase", sets.DecidesPhase).phase,
        pilot=decided.of("pilot", sets.DecidesPilot).pilot,
        group=Group(group.group, group.name_zh, group.name_en),
        when=When(window.from_, window.to, open_today),
        where=Where(channel.main, channel.also, channel.outlets),
        bank=BankChoice(decided.why("bank").rule_id, bank.chooser, asking.suggested(facts, bank.suggest)),
        photo=Photo(photo.needed, photo.sources),
        documents=Documents(papers.by, papers.documents_zh, papers.documents_en),
        valid_until=asking.valid_until(decided.of("validity", sets.DecidesValidity), facts.birth_date, on),
        due_on=on + timedelta(days=decided.of("due", sets.DecidesDays).days),
        old_card_void_from=decided.of("old_card", sets.DecidesOldCard).void_from,
        target_on=decided.of("target", sets.DecidesTarget).complete_by,
        fee_fen=decided.of("fee", sets.DecidesFee).fee_fen,
        why=decided.reasons(),
        sentences_zh=(),
        sentences_en=(),
    )
    pairs = _sentences(answer, decided)
    return replace(
        answer, sentences_zh=tuple(zh for zh, _ in pairs), sentences_en=tuple(en for _, en in pairs)
    )


def _sentences(answer: Explanation, decided: Decided) -> list[speech.Pair]:
    papers = speech.papers(answer.documents, decided.why("documents"))
    eligible = speech.reason(decided.why("eligibility"))
    if answer.eligibility == "deceased":
        return [eligible, (f"{answer.remedy_zh}。", f"{answer.remedy_en}.")]
    if not answer.eligible:
        return [eligible, (f"{answer.remedy_zh}。", f"{answer.remedy_en}."), papers]
    begun = answer.phase != "before"
    said = [
        eligible,
        speech.reason(decided.why("phase")),
        speech.reason(decided.why("group")),
        speech.reason(decided.why("window")),
        speech.window(answer.when, answer.on, begun=begun),
        speech.reason(decided.why("channel")),
        speech.channels(answer.where),
        speech.bank(answer.bank, decided.why("bank")),
        speech.reason(decided.why("photo")),
        papers,
    ]
    if begun:
        said.append(speech.card(answer.valid_until, answer.due_on))
    return [*said, speech.reason(decided.why("fee")), speech.reason(decided.why("old_card"))]
