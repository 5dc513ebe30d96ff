"""Answers to what people ask, made of the values that the rules of a day decide: no text here knows a number. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar, get_args

from msgspec.structs import asdict, replace

from shebaoka.cards.model import Card
from shebaoka.registry.acting.model import AUTHORISATIONS, DOCUMENTS
from shebaoka.registry.programme import asking, sets
from shebaoka.registry.programme.decides import Decides
from shebaoka.registry.programme.model import ActingQuestion, Bank, Facts
from shebaoka.registry.programme.outlook import anybody, born
from shebaoka.registry.programme.programme import Decided, Programme
from shebaoka.registry.programme.rules import Rule
from shebaoka.registry.programme.speech import CHANNEL_EN, CHANNEL_ZH
from shebaoka.service.helpdesk.lines import owners, reference
from shebaoka.service.helpdesk.model import Answer, Next, Question

_WORDS: Final = tomllib.loads(Path(__file__).with_name("sentences.toml").read_text("utf-8"))
SENTENCES: Final[Mapping[str, Mapping[str, str]]] = _WORDS["sentences"]
NAMES: Final[Mapping[str, Mapping[str, str]]] = _WORDS["names"]
TITLES: Final[Mapping[Question, Mapping[str, str]]] = _WORDS["titles"]
OPENING_AT: Final[tuple[tuple[str, Mapping[str, Any]], ...]] = (
    ("own_outlet", {"outlet_kind": "bank_outlet", "elsewhere": False, "own_bank": True}),
    ("own_outlet_elsewhere", {"outlet_kind": "bank_outlet", "elsewhere": True, "own_bank": True}),
    *((kind, {"outlet_kind": kind, "elsewhere": False, "own_bank": False})
      for kind in ("community_centre", "hotline", "kiosk", "online_platform")),
)  # fmt: skip
LOSING_AT: Final = ("hotline", "online_platform", "community_centre")
ACTING_AT: Final = ("community_centre", "bank_outlet", "hotline")
AGES: Final = range(101)
GROWN_UP: Final = 40
"""The age of whoever would act, where the question is about papers only."""
ANY_TIE: Final = "guardian"

D = TypeVar("D", bound=Decides)
Pair = tuple[str, str]
"""The same in Chinese and in English."""
Value = Pair | date | int | str


@dataclass(frozen=True, slots=True)
class Asker:
    """The person for whom is answered: what the rules may ask, the cards, and where things stand."""

    facts: Facts
    cards: tuple[Card, ...]
    standing: tuple[Next, ...]


@dataclass(frozen=True, slots=True)
class _Band:
    """Ages at which a set decides the same; `last` None: up to any age."""

    first: int
    last: int | None
    rule: Rule


class _Composer:
    """Gathers sentences, and the rules that they rest on."""

    def __init__(self, programme: Programme, on: date, asker: Asker | None) -> None:
        self.programme, self.on, self.asker = programme, on, asker
        self.said: list[Pair] = []
        self.used: dict[tuple[str, str], Rule] = {}

    def say(self, sentence: str, **values: Value) -> None:
        """Add a sentence; the same one is said once."""
        words = SENTENCES[sentence]
        zh, en = ({name: _told(value, n) for name, value in values.items()} for n in (0, 1))
        pair = words["zh"].format(**zh), _begun(words["en"].format(**en))
        if pair not in self.said:
            self.said.append(pair)

    def by(self, rule: Rule, kind: type[D]) -> D:
        """Give what a rule decides, and note that the answer rests on it."""
        assert isinstance(rule.decides, kind)
        self.used[rule.rule_set, rule.rule_id] = rule
        return rule.decides

    def ask(self, rule_set: str, kind: type[D], facts: Mapping[str, Any] | None = None) -> D:
        """Ask one set that is asked by itself."""
        return self.by(self.programme.rule(rule_set, facts or {}, self.on), kind)

    def decided(self) -> list[Decided]:
        """Ask everything about the person, or about one of each group of people."""
        some = [self.asker.facts] if self.asker else list(anybody(self.on).values())
        return [self.programme.decide(facts, self.on) for facts in some]

    def bands(self, rule_set: str) -> list[_Band]:
        """Ask one set about people of every age; about the person, where there is one."""
        if self.asker:
            return [_Band(0, None, self.programme.decide(self.asker.facts, self.on).rule(rule_set))]
        rules = [self.programme.decide(_aged(age, self.on), self.on).rule(rule_set) for age in AGES]
        return _bands(rules)


def answer(programme: Programme, question: Question, on: date, asker: Asker | None = None) -> Answer:
    """Answer a question for anybody, or for one person, by the rules of a day.

    This function will name every rule that the answer rests on, with its days. Raises NoRuleApplies for a day before the rules.
    """
    made = _Composer(programme, on, asker)
    COMPOSE[question](made)
    title = TITLES[question]
    return Answer(
        question, title["zh"], title["en"], on, asker is not None, tuple(zh for zh, _ in made.said),
        tuple(en for _, en in made.said), tuple(map(reference, made.used.values())),
    )  # fmt: skip


def answer_all(programme: Programme, on: date) -> list[Answer]:
    """Answer every question for anybody."""
    return [answer(programme, question, on) for question in get_args(Question)]


def _when(made: _Composer) -> None:
    for decided in made.decided():
        group = made.by(decided.rule("group"), sets.DecidesGroup)
        window = made.by(decided.rule("window"), sets.DecidesWindow)
        name = (group.name_zh, group.name_en)
        if window.to is None:
            made.say("when_since", group=name, first=window.from_)
        else:
            made.say("when_span", group=name, first=window.from_, last=window.to)
    made.say("when_steers")


def _where(made: _Composer) -> None:
    for decided in made.decided():
        group = made.by(decided.rule("group"), sets.DecidesGroup)
        channel = made.by(decided.rule("channel"), sets.DecidesChannel)
        others = [one for one in channel.also if one != channel.main]
        made.say(
            "where" if others else "where_only", group=(group.name_zh, group.name_en),
            main=(CHANNEL_ZH[channel.main], CHANNEL_EN[channel.main]),
            also=_or((CHANNEL_ZH[one], CHANNEL_EN[one]) for one in others),
        )  # fmt: skip


def _bank(made: _Composer) -> None:
    for whose, decided in _with_banks(made):
        group = made.by(decided.rule("group"), sets.DecidesGroup)
        choice = made.by(decided.rule("bank"), sets.DecidesBank)
        banks = asking.suggested(made.asker.facts, choice.suggest) if made.asker else ()
        name, condition = (group.name_zh, group.name_en), _name("whose", whose)
        said: dict[str, Value] = {
            "group": (name[0] + condition[0], name[1] + condition[1]),
            "chooser": _name("chooser", choice.chooser),
        }
        if banks:
            made.say("bank_suggested", banks=_banks(banks), **said)
        else:
            made.say("bank", suggestion=_name("suggestion", choice.suggest), **said)


def _with_banks(made: _Composer) -> list[tuple[str, Decided]]:
    """Give the person; else one of each group, and of those whose bank may count one whose bank does."""
    if made.asker:
        return [("any", made.decided()[0])]
    retiree, pupil, employee, other = anybody(made.on).values()
    bank = Bank("", "", "")
    some = [
        ("pension_bank", replace(retiree, pension_bank=bank)), ("no_pension_bank", retiree), ("any", pupil),
        ("payroll_bank", replace(employee, payroll_banks=(bank,))), ("no_payroll_bank", employee), ("any", other),
    ]  # fmt: skip
    return [(whose, made.programme.decide(facts, made.on)) for whose, facts in some]


def _documents(made: _Composer) -> None:
    for band in made.bands("documents"):
        papers = made.by(band.rule, sets.DecidesDocuments)
        listed = "、".join(papers.documents_zh), "; ".join(papers.documents_en)
        made.say("documents", ages=_ages(band, made), by=_name("by", papers.by), documents=listed)


def _photo(made: _Composer) -> None:
    for band in made.bands("photo"):
        photo = made.by(band.rule, sets.DecidesPhoto)
        sources = _and(_name("photo", one) for one in photo.sources)
        made.say("photo" if photo.needed else "no_photo", ages=_ages(band, made), sources=sources)
    for decided in made.decided():
        rule = decided.rule("photo")
        if (rule.rule_set, rule.rule_id) not in made.used:
            group = made.by(decided.rule("group"), sets.DecidesGroup)
            sources = _and(_name("photo", one) for one in made.by(rule, sets.DecidesPhoto).sources)
            made.say("photo", ages=(group.name_zh, group.name_en), sources=sources)


def _open(made: _Composer) -> None:
    for place, facts in OPENING_AT:
        opens = made.ask("opening", sets.DecidesOpening, facts)
        outlet = _name("outlet", place)
        if opens.at_once:
            made.say("open", outlet=outlet, functions=_and(_name("function", one) for one in opens.at_once))
        if opens.later:
            later = _and(_name("function", one) for one in opens.later)
            made.say("open_later", outlet=outlet, functions=later, days=opens.days_later)
    made.say("open_ends_old")


def _lost(made: _Composer) -> None:
    taken: dict[str, list[Pair]] = {"temporary": [], "formal": [], "lift": []}
    for kind in LOSING_AT:
        loss = made.ask(
            "loss", sets.DecidesLoss, {"outlet_kind": kind, "elsewhere": False, "own_bank": False}
        )
        for one in (*loss.report, *(["lift"] if loss.lift else [])):
            taken[one].append(_name("outlet", kind))
    days = made.ask("temporary_loss", sets.DecidesDays).days
    for one, outlets in taken.items():
        if outlets:
            made.say(f"lost_{one}", outlets=_or(outlets), days=days)
    made.say("lost_financial")


def _renewal(made: _Composer) -> None:
    days = made.ask("renewal", sets.DecidesDays).days
    made.say("renewal", days=days)
    for card in _good_new(made.asker.cards if made.asker else ()):
        if card.expires_on is None:
            made.say("renewal_endless", tail=card.card_number[-4:])
        else:
            first = card.expires_on - timedelta(days=days)
            made.say("renewal_own", tail=card.card_number[-4:], ends=card.expires_on, first=first)


def _where_is_my_card(made: _Composer) -> None:
    if made.asker and not made.asker.standing:
        made.say("nothing_under_way")
    for one in made.asker.standing if made.asker else ():
        made.said.append((f"{one.zh}。", f"{one.en}."))
        if one.due_on is not None:
            made.say("due_on", day=one.due_on)
    decided = made.decided()[0]
    made.say("made_within", days=made.by(decided.rule("due"), sets.DecidesDays).days)


def _old_card(made: _Composer) -> None:
    void_from = made.by(made.decided()[0].rule("old_card"), sets.DecidesOldCard).void_from
    if void_from is None:
        made.say("old_card_no_end")
    else:
        made.say("old_card_until" if made.on < void_from else "old_card_ended", day=void_from)


def _fee(made: _Composer) -> None:
    for decided in made.decided():
        fee = made.by(decided.rule("fee"), sets.DecidesFee).fee_fen
        made.say("fee" if fee else "no_fee", yuan=f"{fee / 100:.2f}")


def _validity(made: _Composer) -> None:
    for band in made.bands("validity"):
        lasts = made.by(band.rule, sets.DecidesValidity)
        ages = _ages(band, made)
        if lasts.years is not None:
            made.say("validity_years", ages=ages, years=lasts.years)
        elif lasts.until_age is not None:
            made.say("validity_until_age", ages=ages, age=lasts.until_age)
        else:
            made.say("validity_endless", ages=ages)


def _who_may_act(made: _Composer) -> None:
    ages = list(AGES)
    if made.asker and made.asker.facts.birth_date:
        ages = [asking.age_on(made.asker.facts.birth_date, made.on)]
    alone = [_authority(made, "holder", age, "community_centre") for age in ages]
    for band in _bands(alone, ages[0]):
        if made.by(band.rule, sets.DecidesAuthority).refusal is None:
            made.say("act_alone", ages=_span(band))
            _say_acting(made, "agent", band)
        else:
            made.say("act_guardian", ages=_span(band))
            _say_acting(made, "guardian", band)


def _say_acting(made: _Composer, by: str, band: _Band) -> None:
    for place in ACTING_AT:
        papers = made.by(_authority(made, by, band.first, place), sets.DecidesAuthority)
        said = {"outlet": _name("outlet", place), "by": _name("by", by)}
        if papers.refusal is not None:
            made.say("act_not_here", **said)
            continue
        documents = _and(DOCUMENTS[one] for one in papers.documents)
        kinds = _or(AUTHORISATIONS[one] for one in papers.authorisations)
        if papers.authorisations:
            made.say("act_authorised", documents=documents, kinds=kinds, **said)
        else:
            made.say("act_documents" if papers.documents else "act_register", documents=documents, **said)


def _authority(made: _Composer, by: Any, age: int, place: str) -> Rule:
    tie = ANY_TIE if by == "guardian" else ""
    asked = ActingQuestion(act="apply", outlet_kind=place, by=by, age=age, tie=tie, actor_age=GROWN_UP)
    return made.programme.rule("authority", asdict(asked), made.on)


def _whom_to_call(made: _Composer) -> None:
    for one in owners(made.programme, made.on):
        made.ask("help_line", sets.DecidesLine, {"topic": one.topic})
        topic = (one.topic_zh, one.topic_en)
        if one.own_bank:
            made.say("call_bank", topic=topic)
        else:
            made.say("call", topic=topic, number=one.number)


def _account_after(made: _Composer) -> None:
    account = made.ask("account_after", sets.DecidesAccount)
    made.said.append((f"{account.account_zh}。", f"{account.account_en}."))


COMPOSE: Final[Mapping[Question, Callable[[_Composer], None]]] = MappingProxyType(
    {
        "when": _when, "where": _where, "bank": _bank, "documents": _documents, "photo": _photo, "open": _open,
        "lost": _lost, "renewal": _renewal, "where_is_my_card": _where_is_my_card, "old_card": _old_card, "fee": _fee,
        "validity": _validity, "who_may_act": _who_may_act, "whom_to_call": _whom_to_call,
        "account_after": _account_after,
    }
)  # fmt: skip


def _aged(age: int, on: date) -> Facts:
    return Facts(birth_date=born(age, on), hukou=True, insured="resident")


def _bands(rules: Sequence[Rule], first: int = 0) -> list[_Band]:
    """Put neighbouring ages together at which the same rule decides; the last band has no end."""
    starts = [n for n in range(len(rules)) if n == 0 or rules[n].rule_id != rules[n - 1].rule_id]
    ends = [*(n - 1 for n in starts[1:]), None]
    return [
        _Band(first + start, None if end is None else first + end, rules[start])
        for start, end in zip(starts, ends, strict=True)
    ]


def _ages(band: _Band, made: _Composer) -> Pair:
    return _named("for_you") if made.asker else _span(band)


def _span(band: _Band) -> Pair:
    if band.last is None:
        words = _named("ages_from" if band.first else "any_age")
    else:
        words = _named("ages_to" if band.first == 0 else "ages")
    below = "" if band.last is None else band.last + 1
    return words[0].format(first=band.first, below=below), words[1].format(first=band.first, below=below)


def _good_new(held: Iterable[Card]) -> list[Card]:
    return [card for card in held if card.generation == "new" and card.social != "void"]


def _named(word: str) -> Pair:
    return _name("word", word)


def _name(kind: str, code: str) -> Pair:
    named = NAMES[f"{kind}_{code}"]
    return named["zh"], named["en"]


def _banks(banks: Sequence[Bank]) -> Pair:
    return "、".join(bank.name_zh for bank in banks), ", ".join(bank.name_en for bank in banks)


def _and(pairs: Iterable[Pair]) -> Pair:
    some = list(pairs)
    return "、".join(zh for zh, _ in some), ", ".join(en for _, en in some)


def _or(pairs: Iterable[Pair]) -> Pair:
    some = list(pairs)
    return "或".join(zh for zh, _ in some), " or ".join(en for _, en in some)


def _begun(sentence: str) -> str:
    """Begin a sentence with a capital, whatever was put in first."""
    return sentence[:1].upper() + sentence[1:]


def _told(value: Value, language: int) -> str:
    if isinstance(value, tuple):
        return value[language]
    if isinstance(value, date) and language == 0:
        return f"{value.year}年{value.month}月{value.day}日"
    return str(value)
