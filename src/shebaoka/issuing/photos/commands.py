"""Everything that writes photos: fetched from the stores that have them, or brought to a counter."""

from __future__ import annotations

import asyncio
import binascii
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import Any, Final

import structlog

from shebaoka.issuing.applications import commands as applications
from shebaoka.issuing.applications import views as application_views
from shebaoka.issuing.applications.commands import Also
from shebaoka.issuing.applications.model import Application
from shebaoka.issuing.applications.states import Action, Status
from shebaoka.issuing.photos import store
from shebaoka.issuing.photos.errors import PhotoRefused
from shebaoka.issuing.photos.model import Source, fault, place
from shebaoka.issuing.photos.sources import sources_of
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.partners import Partner, PartnerUnavailable
from shebaoka.kit.sm import sm3
from shebaoka.kit.work import Work
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import load

PEOPLE_AT_ONCE: Final = 1_000
"""A thousand photos are some 35 MB on the wire: enough for set-based speed, little enough for memory."""
log = structlog.get_logger()
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a run came to. `not_needed`: too young for a photo. `partner_down` says why a run ended early."""

    found: int = 0
    not_needed: int = 0
    none: int = 0
    unanswered: int = 0
    partner_down: str | None = None


@dataclass(frozen=True, slots=True)
class _Wanted:
    person_id: int
    application_id: int
    id_number: str
    sources: tuple[Source, ...] | None


@dataclass(frozen=True, slots=True)
class _Found:
    """A photo that was sent and keeps the standard."""

    wanted: _Wanted
    source: Source
    taken_on: date | None
    jpeg: bytes


@dataclass(slots=True)
class _Answers:
    """How far one chunk has come: photos found, and for the others why not (None: no answer)."""

    found: list[_Found]
    missing: dict[int, tuple[_Wanted, str | None]]


async def fetch_due(database: Database, photos: Partner, progress: Progress | None = None) -> Fetched:
    """Fetch the photos of all verified applications, in the order of sources the programme gives.

    Safe to kill and to repeat. Who has none in any store, or only one that breaks the standard, comes to `needs_photo`
    with the reason. This function will stop, and report it, when the stores do not answer.
    """
    done, after = Fetched(), 0
    async with database.work(SYSTEM) as work:
        programme = await load(work)
    while True:
        wanted, after = await _next(database, programme, after)
        if not wanted:
            return done
        try:
            answers = await _ask(photos, wanted)
        except PartnerUnavailable as problem:
            log.warning("photos.store_down", why=problem.detail)
            return replace(done, partner_down=problem.detail)
        done = _sum(done, await _settle(database, wanted, answers))
        if progress:
            progress(len(wanted))


async def bring(work: Work, application_id: int, jpeg: bytes, taken_on: date | None = None) -> Application:
    """Keep a photo that was taken at a counter and let the application go on with it."""
    reason = fault(jpeg)
    if reason:
        raise PhotoRefused(reason, reason=reason)
    application = await application_views.by_id(work, application_id)
    photo_id = work.ids.one()
    await store.keep(work, [_row(work, application.person_id, photo_id, Source.COUNTER, taken_on, jpeg)])
    return await applications.bring_photo(work, application_id, photo_id)


async def _next(database: Database, programme: Programme, after: int) -> tuple[list[_Wanted], int]:
    async with database.work(SYSTEM) as work:
        found = await application_views.waiting(work, Status.VERIFIED, after, PEOPLE_AT_ONCE)
        if not found:
            return [], after
        ids = [one.person_id for one in found]
        sources = await sources_of(work, ids, programme)
        asked = [person_id for person_id in ids if sources[person_id]]
        known = await people.identities(work, asked)
        work.record(0, "identity.sent", "photo stores", people=len(asked), purpose="photo")
    wanted = [
        _Wanted(
            one.person_id,
            one.application_id,
            known[one.person_id].id_number if one.person_id in known else "",
            sources[one.person_id],
        )
        for one in found
    ]
    return wanted, found[-1].application_id


async def _ask(photos: Partner, wanted: Sequence[_Wanted]) -> _Answers:
    """Ask one store after the other, each only for those whom the one before it had nothing for."""
    answers = _Answers(
        [], {one.application_id: (one, "photo-none") for one in wanted if one.sources is not None}
    )
    for turn, source in product(range(len(Source)), Source):
        asked = [
            one
            for one, why in answers.missing.values()
            if why and (one.sources or ())[turn : turn + 1] == (source,)
        ]
        if asked:
            items = [{"reference": str(one.application_id), "id_number": one.id_number} for one in asked]
            said = await photos.batch(f"/v1/{source}/photos", items)
            # Pictures are decoded off the loop: calls and pages go on meanwhile.
            await asyncio.to_thread(_take, answers, asked, source, said)
    return answers


def _take(
    answers: _Answers, asked: Sequence[_Wanted], source: Source, said: Mapping[str, dict[str, Any]]
) -> None:
    for one in asked:
        found, why = _judge(one, source, said.get(str(one.application_id)))
        if found:
            answers.found.append(found)
            del answers.missing[one.application_id]
        else:
            answers.missing[one.application_id] = (one, why)


def _judge(one: _Wanted, source: Source, answer: dict[str, Any] | None) -> tuple[_Found | None, str | None]:
    if answer is None or answer.get("outcome") not in ("found", "none"):
        return None, None
    if answer["outcome"] == "none":
        return None, "photo-none"
    try:
        jpeg = b64decode(answer["jpeg"], validate=True)
        taken_on = date.fromisoformat(answer["taken_on"]) if answer.get("taken_on") else None
    except (KeyError, TypeError, ValueError, binascii.Error):
        return None, "photo-unreadable"
    reason = fault(jpeg)
    return (None, reason) if reason else (_Found(one, source, taken_on, jpeg), None)


async def _settle(database: Database, wanted: Sequence[_Wanted], answers: _Answers) -> Fetched:
    exempt = [(one.person_id, one.application_id) for one in wanted if one.sources is None]
    none = [
        (one.person_id, one.application_id, why) for one, why in answers.missing.values() if why is not None
    ]
    async with database.work(SYSTEM) as work:
        numbers = work.ids.many(len(answers.found))
        rows = [
            _row(work, one.wanted.person_id, number, one.source, one.taken_on, one.jpeg)
            for one, number in zip(answers.found, numbers, strict=True)
        ]
        keys = [(one.wanted.person_id, one.wanted.application_id) for one in answers.found]
        moved = await applications.move_which(work, keys, Action.FIND_PHOTO, Also(photos=list(numbers)))
        # Whoever withdrew meanwhile leaves no picture behind.
        await store.keep(work, [row for row, key in zip(rows, keys, strict=True) if key in moved])
        not_needed = await applications.move_many(work, exempt, Action.FIND_PHOTO)
        reasons = [why for _, _, why in none]
        missing = await applications.move_many(
            work, [key[:2] for key in none], Action.MISS_PHOTO, Also(reasons=reasons)
        )
    return Fetched(len(moved), not_needed, missing, len(answers.missing) - len(none))


def _row(
    work: Work, person_id: int, photo_id: int, source: Source, taken_on: date | None, jpeg: bytes
) -> tuple[Any, ...]:
    sealed = work.vault.seal(jpeg, place(photo_id))
    return person_id, photo_id, source, taken_on, work.now, sm3(jpeg), sealed


def _sum(one: Fetched, other: Fetched) -> Fetched:
    return Fetched(
        one.found + other.found,
        one.not_needed + other.not_needed,
        one.none + other.none,
        one.unanswered + other.unanswered,
    )
