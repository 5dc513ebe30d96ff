"""Whose line a topic is, as the dated rules say, and which institution of this city that is."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import Final, get_args

from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import BANK_HOTLINE, HOTLINE, Institution
from shebaoka.registry.programme.model import HelpTopic
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.rules import Rule
from shebaoka.registry.programme.sets import DecidesLine
from shebaoka.service.helpdesk.model import Owner, RuleRef

TOPICS: Final = MappingProxyType(
    {
        "apply": ("申领与换发", "applying for a card"),
        "replace": ("补换", "replacing a card"),
        "deliver": ("寄送与领取", "delivery and collection"),
        "open": ("开通社会保障功能", "opening the social-security function"),
        "loss": ("挂失与解挂", "a lost card"),
        "social_use": ("社会保障用卡", "using the card for social security"),
        "medical_use": ("医保用卡", "using the card for medical insurance"),
        "financial": ("金融功能", "the financial function"),
        "other": ("其他", "anything else"),
    }
)
"""What each topic is called."""


def owner(programme: Programme, topic: HelpTopic, on: date) -> Owner:
    """Give whose a topic is on a day, and why; this function will know of no institution, only of the rule."""
    rule = programme.rule("help_line", {"topic": topic}, on)
    assert isinstance(rule.decides, DecidesLine)
    zh, en = TOPICS[topic]
    return Owner(
        topic, zh, en, rule.decides.number, rule.decides.line, rule.decides.own_bank, reference(rule)
    )


def owners(programme: Programme, on: date) -> list[Owner]:
    """Give whose each topic is."""
    return [owner(programme, topic, on) for topic in get_args(HelpTopic)]


async def line_of(work: Work, found: Owner, bank_id: int | None) -> Institution | None:
    """Give the institution that takes over what is an owner's; None where it is not connected, or the bank is not known."""
    if not found.own_bank:
        line = await institutions.by_code(work, found.line_code)
        return line if line and line.kind == HOTLINE and _live(line, work.today) else None
    lines = [one for one in await institutions.of_kind(work, BANK_HOTLINE) if one.parent_id == bank_id]
    return next((one for one in lines if _live(one, work.today)), None)


def reference(rule: Rule) -> RuleRef:
    """Name a rule with the days on which it counts."""
    why = rule.reason
    return RuleRef(
        rule.rule_set, rule.rule_id, rule.valid_from, rule.valid_to, why.reason_zh, why.reason_en, why.source
    )


def _live(line: Institution, on: date) -> bool:
    return line.live_from is not None and line.live_from <= on
