"""Text messages go out: whom and what is opened from the seals only now, and nothing of it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.partners import Partner, PartnerAnswerRefused
from shebaoka.kit.work import Work
from shebaoka.service.messages.commands.moving import Move, move_many
from shebaoka.service.messages.composing import Composed, compose
from shebaoka.service.messages.model import FIRST_WAIT, TRIES_MAX, ExchangeCounts, Queued, Reason
from shebaoka.service.messages.states import Action
from shebaoka.service.messages.store import SQL

MESSAGES: Final = "/v1/messages"
MESSAGES_AT_ONCE: Final = 2_000
"""Four calls of 500, sent side by side."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one batch."""

    messages: int
    sent: int = 0
    given_up: int = 0
    dropped: int = 0
    unanswered: int = 0

    def added_to(self, counts: ExchangeCounts) -> ExchangeCounts:
        """Add this batch to what a run has done."""
        names = ("sent", "given_up", "dropped", "unanswered")
        return replace(counts, **{name: getattr(counts, name) + getattr(self, name) for name in names})


async def send_next(database: Database, gateway: Partner, *, urgent: bool) -> Taken | None:
    """Send the next messages that are due; None when there are none.

    This function will open no transaction while the gateway thinks. What it does not answer is postponed, each time
    twice as long, and given up after eight tries.
    """
    async with database.work(SYSTEM) as work:
        due = await work.rows(
            SQL["due"], {"urgent": urgent, "now": work.now, "messages_max": MESSAGES_AT_ONCE}, Queued
        )
        composed, held = await compose(work, due)
        taken = Taken(len(due), **await _hold(work, held))
    if not due:
        return None
    if not composed:
        return taken
    answers = await gateway.batch(MESSAGES, [one.item() for one in composed])
    async with database.work(SYSTEM) as work:
        return await _settle(work, taken, composed, answers)


async def _hold(work: Work, held: Mapping[Reason, Sequence[Queued]]) -> dict[str, int]:
    """Settle what is not sent at all: the dead and who declined are let be, who has no mobile is for a person to see."""
    moves = {reason: [Move.of(one, reason) for one in some] for reason, some in held.items()}
    stranded = moves.pop(Reason.NO_MOBILE, [])
    return {
        "dropped": await move_many(work, [one for some in moves.values() for one in some], Action.DROP),
        "given_up": await move_many(work, stranded, Action.GIVE_UP),
    }


async def _settle(
    work: Work, taken: Taken, composed: Sequence[Composed], answers: Mapping[str, Mapping[str, Any]]
) -> Taken:
    outcomes = {
        one.message.reference: answers.get(one.message.reference, {}).get("outcome") for one in composed
    }
    if set(outcomes.values()) - {"accepted", "refused", None}:
        raise PartnerAnswerRefused("sms gateway: an outcome that is neither accepted nor refused")
    by_outcome = {
        outcome: [one for one in composed if outcomes[one.message.reference] == outcome]
        for outcome in ("accepted", "refused", None)
    }
    sent = await move_many(
        work, [Move.of(one.message, parts=one.parts) for one in by_outcome["accepted"]], Action.ACCEPT
    )
    refused = [Move.of(one.message, Reason.REFUSED) for one in by_outcome["refused"]]
    waiting = [one.message for one in by_outcome[None]]
    over = [Move.of(one, Reason.NO_ANSWER) for one in waiting if one.attempts + 1 >= TRIES_MAX]
    given_up = await move_many(work, refused + over, Action.GIVE_UP)
    postponed = await _postpone(work, [one for one in waiting if one.attempts + 1 < TRIES_MAX])
    return replace(taken, sent=sent, given_up=taken.given_up + given_up, unanswered=postponed)


async def _postpone(work: Work, messages: Sequence[Queued]) -> int:
    if not messages:
        return 0
    ordered = sorted(messages, key=lambda one: (one.person_id, one.message_id))
    return await work.run(SQL["postpone"], {
        "people": [one.person_id for one in ordered],
        "messages": [one.message_id for one in ordered],
        "editions": [one.edition for one in ordered],
        "moments": [work.now + FIRST_WAIT * 2**one.attempts for one in ordered],
        "now": work.now,
    })  # fmt: skip
