"""Verification: does the population register know this person by this name, and alive?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog

from shebaoka.issuing.applications.commands.moving import Also, Key, move_many
from shebaoka.issuing.applications.states import Action, Status
from shebaoka.issuing.applications.views import waiting
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.partners import Item, Partner, PartnerUnavailable
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.views import load

PEOPLE_AT_ONCE: Final = 5_000
REFUSALS: Final = {
    "name_differs": "register-name-differs",
    "unknown": "register-unknown",
    "deceased": "register-deceased",
}
log = structlog.get_logger()
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Verified:
    """What a run came to: verified, rejected, and left in their place because no usable answer came.

    `partner_down` says why a run ended early; the rest still waits as it was.
    """

    verified: int = 0
    rejected: int = 0
    unanswered: int = 0
    partner_down: str | None = None


async def verify_due(database: Database, register: Partner, progress: Progress | None = None) -> Verified:
    """Verify every submitted application.

    Safe to kill and to repeat: the references are the applications' own, and whoever got no answer is asked about
    again next time. This function will stop, and report it, when the register does not answer.
    """
    done, after = Verified(), 0
    while True:
        keys, items = await _next(database, after)
        if not keys:
            return done
        try:
            answers = await register.batch("/v1/verifications", items)
        except PartnerUnavailable as problem:
            log.warning("applications.register_down", why=problem.detail)
            return replace(done, partner_down=problem.detail)
        outcomes = {reference: answer.get("outcome") for reference, answer in answers.items()}
        done = _sum(done, await _settle(database, keys, outcomes))
        after = keys[-1][1]
        if progress:
            progress(len(keys))
        if len(keys) < PEOPLE_AT_ONCE:
            return done


async def _next(database: Database, after: int) -> tuple[list[Key], list[Item]]:
    async with database.work(SYSTEM) as work:
        found = await waiting(work, Status.SUBMITTED, after, PEOPLE_AT_ONCE)
        keys = [(one.person_id, one.application_id) for one in found]
        if not keys:
            return [], []
        known = await people.identities(work, [person_id for person_id, _ in keys])
        work.record(0, "identity.sent", "register", people=len(keys), purpose="verification")
        return keys, [
            {
                "reference": str(application_id),
                "id_number": known[person_id].id_number,
                "name": known[person_id].name,
            }
            for person_id, application_id in keys
        ]


async def _settle(database: Database, keys: Sequence[Key], outcomes: Mapping[str, object]) -> Verified:
    answered = [(key, outcomes.get(str(key[1]))) for key in keys]
    good = [key for key, outcome in answered if outcome == "match"]
    bad = [
        (key, REFUSALS[outcome])
        for key, outcome in answered
        if isinstance(outcome, str) and outcome in REFUSALS
    ]
    async with database.work(SYSTEM) as work:
        due_on = (await load(work)).due_on(work.today)
        also = Also(verified_at=work.now, due_on=due_on)
        verified = await move_many(work, good, Action.VERIFY, also)
        reasons = [reason for _, reason in bad]
        rejected = await move_many(work, [key for key, _ in bad], Action.REJECT, Also(reasons=reasons))
    return Verified(verified, rejected, len(keys) - len(good) - len(bad))


def _sum(one: Verified, other: Verified) -> Verified:
    return Verified(
        one.verified + other.verified, one.rejected + other.rejected, one.unanswered + other.unanswered
    )
