"""Values of the helpdesk. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from msgspec import Struct

from shebaoka.registry.programme.model import HelpLevel, HelpTopic
from shebaoka.service.helpdesk import states

WaitingFor = Literal["caller", "card_centre", "bank", "courier", "bureau", "community_centre"]
Question = Literal[
    "when", "where", "bank", "documents", "photo", "open", "lost", "renewal", "where_is_my_card", "old_card", "fee",
    "validity", "who_may_act", "whom_to_call", "account_after",
]  # fmt: skip
LEVELS: Final[tuple[HelpLevel, ...]] = ("anonymous", "named", "matched")
"""From nobody known to known well."""
NUMBER_DIGITS: Final = 9
"""Of a case's number, before its check digit: enough for a city, few enough to say on the telephone."""
_SCRAMBLE: Final = 0x9E3779B97F4A7C15


@dataclass(frozen=True, slots=True)
class Case:
    """A case without what is sealed. `owners`: the lines that have had it; `reach`: those that may see it."""

    case_id: int
    number: str
    topic: HelpTopic
    status: states.Case
    waiting_for: WaitingFor | None
    line_id: int
    agent: str | None
    holder_id: int | None
    level: HelpLevel
    reason: str
    due_on: date
    opened_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    calls: int
    handovers: int
    owners: Sequence[int]
    reach: Sequence[int]
    decided_at: datetime | None
    escalated_at: datetime | None
    holder_died: bool
    version: int


@dataclass(frozen=True, slots=True)
class Call:
    """A call as one line has it. `caller_id`: the guardian who speaks for the holder."""

    call_id: int
    case_id: int
    line_id: int
    agent: str
    status: states.Call
    topic: HelpTopic
    level: HelpLevel
    holder_id: int | None
    caller_id: int | None
    number_digest: bytes | None
    came_from: int | None
    reason: str
    opened_at: datetime
    ended_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Handover:
    """A case on its way to another line, with the call when the caller is still there."""

    handover_id: int
    case_id: int
    call_id: int | None
    from_line: int
    to_line: int
    topic: HelpTopic
    status: states.Handover
    handed_at: datetime
    accept_by: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was said or done in a case; `text` is opened from its seal, `detail` holds codes."""

    entry_id: int
    at: datetime
    actor: str
    line_id: int
    kind: str
    detail: Mapping[str, Any]
    text: str | None


@dataclass(frozen=True, slots=True)
class Proof:
    """What a caller says to be known by, beside name and ID number."""

    card_tail: str | None = None
    mobile_tail: str | None = None
    waybill: str | None = None


@dataclass(frozen=True, slots=True)
class Guardian:
    """Somebody who speaks for the holder, or wants to."""

    role: Literal["guardian", "agent"]
    id_number: str
    name: str


@dataclass(frozen=True, slots=True)
class Lapsed:
    """What a run of the step did."""

    handovers_lapsed: int = 0
    cases_closed: int = 0


class RuleRef(Struct, frozen=True):
    """A rule that an answer rests on, with the days on which it counts. `source` begins with its mark of trust."""

    rule_set: str
    rule_id: str
    valid_from: date
    valid_to: date | None
    reason_zh: str
    reason_en: str
    source: str


class Answer(Struct, frozen=True):
    """An answer in plain words, made of the values of the rules of a day. `personal`: for one person, else for anybody."""

    question: Question
    title_zh: str
    title_en: str
    on: date
    personal: bool
    sentences_zh: tuple[str, ...]
    sentences_en: tuple[str, ...]
    why: tuple[RuleRef, ...]


class Owner(Struct, frozen=True):
    """Whose a topic is: the number to call (empty for a bank's own line), and why."""

    topic: HelpTopic
    topic_zh: str
    topic_en: str
    number: str
    line_code: str
    own_bank: bool
    why: RuleRef


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing on a person's timeline, in plain words."""

    at: datetime
    kind: str
    subject: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Next:
    """Where something stands now, what comes next, and by when."""

    zh: str
    en: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that happened to a person's card, oldest first, and where it stands."""

    happened: Sequence[Happened]
    now: Sequence[Next]


class CallCount(Struct, frozen=True):
    """How many calls of a topic a line took."""

    line_id: int
    topic: HelpTopic
    calls: int


class HandoverCount(Struct, frozen=True):
    """How many hand-overs came to what."""

    status: states.Handover
    handovers: int


class OverdueCount(Struct, frozen=True):
    """How many cases of a line are overdue, and the day of the oldest."""

    line_id: int
    cases: int
    oldest_due_on: date


class Figures(Struct, frozen=True):
    """What became of calls and cases since a moment; `overdue` and `waiting` as they now stand."""

    since: datetime
    calls: Sequence[CallCount]
    handovers: Sequence[HandoverCount]
    loops_refused: int
    cases: int
    resolved: int
    resolved_at_first_call: int
    overdue: Sequence[OverdueCount]


def entry_place(entry_id: int) -> str:
    """Name the place that a text in a case's history is bound to."""
    return f"help_entry:{entry_id}"


def case_number(case_id: int) -> str:
    """Give the number under which a case is known to its caller.

    This function will scatter neighbours, so that one number does not tell the next; a clash is drawn again.
    """
    digits = f"{case_id * _SCRAMBLE % 2**64 % 10**NUMBER_DIGITS:0{NUMBER_DIGITS}}"
    return digits + _check_digit(digits)


def read_case_number(text: str) -> str | None:
    """Give a case's number as it was said, without blanks and hyphens; None when its check digit does not fit."""
    digits = "".join(one for one in text if one not in " -　")
    if len(digits) != NUMBER_DIGITS + 1 or not (digits.isascii() and digits.isdigit()):
        return None
    return digits if _check_digit(digits[:-1]) == digits[-1] else None


def _check_digit(digits: str) -> str:
    """Give the Luhn digit: it catches a wrong digit, and nearly all neighbours that changed places."""
    total = sum(
        sum(divmod(int(digit) * (2 if place % 2 == 0 else 1), 10))
        for place, digit in enumerate(reversed(digits))
    )
    return str(-total % 10)


def enough(level: HelpLevel, needed: HelpLevel) -> bool:
    """Tell whether a caller is known well enough."""
    return LEVELS.index(level) >= LEVELS.index(needed)
