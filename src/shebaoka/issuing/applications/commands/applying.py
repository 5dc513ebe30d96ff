"""Applying for a card: one person at a counter or thousands from a list, by the same rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from itertools import compress
from typing import Any

import msgspec

from shebaoka.cards import commands as cards
from shebaoka.issuing.applications.commands.moving import Also, move_many
from shebaoka.issuing.applications.deciding import Decision, Live, decide
from shebaoka.issuing.applications.errors import ApplicationExists, PersonUnknown
from shebaoka.issuing.applications.knowing import Knowledge, gather, live_of
from shebaoka.issuing.applications.model import Application, ApplyRequest, Contact, Outcome, place
from shebaoka.issuing.applications.states import Action, Status
from shebaoka.issuing.applications.store import SQL, binaries, moments, numbers, words
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.problems import Problem
from shebaoka.kit.work import Work
from shebaoka.registry.acting.commands import Done, keep
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import load

REQUESTS_MAX = 5_000
NOT_YET = 0
CARD_REPLACED = "card-replaced"


async def apply(work: Work, request: ApplyRequest, programme: Programme | None = None) -> Application:
    """Apply for one card.

    Whatever the channels do at the same instant, one application comes about. This function will raise the Problem
    that says why not, `ApplicationExists` with channel and day when another channel was first.
    """
    outcome = (await apply_many(work, [request], programme))[0]
    if outcome.refusal:
        raise outcome.refusal
    found = await work.row(
        SQL["by_keys"],
        {"people": [outcome.person_id], "applications": [outcome.application_id]},
        Application,
    )
    assert found, "what was just written is there"
    return found


async def apply_many(
    work: Work, requests: Sequence[ApplyRequest], programme: Programme | None = None
) -> list[Outcome]:
    """Apply for up to 5,000 cards in a handful of statements.

    This function will answer every request in its place, as if they had come one after the other: with an application,
    or with the refusal that it would have met alone. A row of a list that has become an application before is answered with that application. Callers
    that apply often pass the programme they keep; otherwise it is read here.
    """
    assert len(requests) <= REQUESTS_MAX, "a larger list comes in chunks"
    knowledge = await gather(work, requests, programme or await load(work))
    judged = [await _clear(work, _judge(request, knowledge, work)) for request in requests]
    decisions = [one for one in judged if isinstance(one, Decision)]
    chosen = [isinstance(one, Decision) for one in judged]
    written = iter(await _insert(work, list(compress(requests, chosen)), decisions))
    return [next(written) if isinstance(one, Decision) else one for one in judged]


def _judge(request: ApplyRequest, knowledge: Knowledge, work: Work) -> Decision | Outcome:
    known = knowledge.about(request)
    if known is None:
        return Outcome(None, None, PersonUnknown())
    if known.live and _is_this(request, known.live):
        return Outcome(known.person.person_id, known.live.application_id)
    try:
        decision = decide(request, known, work.today)
    except Problem as refusal:
        return Outcome(known.person.person_id, None, refusal)
    # Whoever comes again in the same call meets this one.
    knowledge.lives[decision.person_id] = Live(
        decision.person_id, NOT_YET, request.channel, Status.SUBMITTED, _applied_at(work, request), None, None
    )
    return decision


async def _clear(work: Work, judged: Decision | Outcome) -> Decision | Outcome:
    """Clear the way for a replacement: the lost card stays suspended, an application for an unopened card ends.

    This function will give the refusal when somebody has found or opened the card, or asked for another, meanwhile.
    """
    if not isinstance(judged, Decision):
        return judged
    person_id = judged.person_id
    try:
        if judged.lost_card_id is not None:
            await cards.keep_lost(work, person_id, judged.lost_card_id)
    except Problem as refusal:
        return Outcome(person_id, None, refusal)
    if judged.ends is None:
        return judged
    also = Also(reasons=[CARD_REPLACED])
    if await move_many(work, [(person_id, judged.ends)], Action.REPLACE, also):
        return judged
    faster = (await live_of(work, [person_id])).get(person_id)
    return Outcome(person_id, None, faster.refusal() if faster else ApplicationExists())


def _is_this(request: ApplyRequest, live: Live) -> bool:
    here = (request.list_id, request.row_no)
    return request.list_id is not None and (live.list_id, live.row_no) == here


async def _insert(
    work: Work, requests: Sequence[ApplyRequest], decisions: Sequence[Decision]
) -> list[Outcome]:
    if not requests:
        return []
    ids = work.ids.many(len(requests))
    written = {row[0] for row in await work.rows(SQL["insert"], _columns(work, requests, decisions, ids))}
    keys = [(decision.person_id, number) for decision, number in zip(decisions, ids, strict=True)]
    work.record_many(f"application.{Status.SUBMITTED}", [key for key in keys if key[1] in written])
    _note_reasons(work, decisions, [number if number in written else None for number in ids])
    await keep(work, [
        (Done(decision.person_id, "apply", number, request.organisation_id), decision.acting)
        for request, decision, number in zip(requests, decisions, ids, strict=True) if number in written
    ])  # fmt: skip
    # Somebody was faster, perhaps another row of the same list: say where and when.
    faster = await live_of(work, [person_id for person_id, number in keys if number not in written])
    return [
        Outcome(person_id, number) if number in written else _late(request, person_id, faster.get(person_id))
        for request, (person_id, number) in zip(requests, keys, strict=True)
    ]


def _note_reasons(work: Work, decisions: Sequence[Decision], written: Sequence[int | None]) -> None:
    for decision, number in zip(decisions, written, strict=True):
        if number is not None and decision.replacement_reason:
            work.record(
                decision.person_id, "application.replaces", number, reason=decision.replacement_reason
            )


def _late(request: ApplyRequest, person_id: int, faster: Live | None) -> Outcome:
    if faster and _is_this(request, faster):
        return Outcome(person_id, faster.application_id)
    return Outcome(person_id, None, faster.refusal() if faster else ApplicationExists())


def _columns(
    work: Work, requests: Sequence[ApplyRequest], decisions: Sequence[Decision], ids: range
) -> dict[str, Any]:
    seal, encode = work.vault.seal, msgspec.json.encode
    return {
        "people": numbers(decision.person_id for decision in decisions),
        "applications": numbers(ids),
        "kinds": words(decision.kind for decision in decisions),
        "channels": words(request.channel for request in requests),
        "groups": words(decision.group_code for decision in decisions),
        "organisations": numbers(request.organisation_id for request in requests),
        "banks": numbers(decision.bank_id for decision in decisions),
        "bank_reasons": words(decision.bank_reason for decision in decisions),
        "outlets": numbers(decision.fallback_outlet_id for decision in decisions),
        "sealed": binaries(
            seal(encode(Contact(request.mobile, request.address)), place(number))
            for request, number in zip(requests, ids, strict=True)
        ),
        "guardians": numbers(decision.guardian_id for decision in decisions),
        "lists": numbers(request.list_id for request in requests),
        "row_nos": numbers(request.row_no for request in requests),
        "replacements": words(decision.replacement_reason for decision in decisions),
        "instants": [request.instant for request in requests],
        "bank_rules": words(decision.bank_rule for decision in decisions),
        "applied": moments(_applied_at(work, request) for request in requests),
        "status": Status.SUBMITTED,
        "now": work.now,
    }


def _applied_at(work: Work, request: ApplyRequest) -> datetime:
    if request.taken_on is None or request.taken_on >= work.present_day:
        return work.now
    return datetime.combine(request.taken_on, time(), SHANGHAI)
