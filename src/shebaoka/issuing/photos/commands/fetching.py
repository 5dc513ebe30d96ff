"""Photos of verified applications: one that is held is used again, else the stores that have them are asked."""

from __future__ import annotations

import asyncio
import binascii
from base64 import b64decode
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import product
from typing import Any, Final

import structlog

from shebaoka.issuing.applications import commands as applications
from shebaoka.issuing.applications import views as application_views
from shebaoka.issuing.applications.commands import Also, Key
from shebaoka.issuing.applications.model import Application, ReplacementReason
from shebaoka.issuing.applications.states import Action, Status
from shebaoka.issuing.photos import store
from shebaoka.issuing.photos.commands.rejecting import mark_wrong
from shebaoka.issuing.photos.consenting import consent_to
from shebaoka.issuing.photos.model import Consent, New, Photo, Source, Statement
from shebaoka.issuing.photos.quality import Standard, judge, refusals
from shebaoka.issuing.photos.sources import needs_of, usable, young_enough
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
NONE: Final = "photo-none"
UNREADABLE: Final = "photo-unreadable"
WITHHELD: Final = "photo-consent-withheld"
WRONG_ON_CARD: Final = "photo-wrong-on-card"
log = structlog.get_logger()
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a run came to. `not_needed`: too young for a photo; `reused`: one that is held was used again.

    `partner_down` says why a run ended early.
    """

    found: int = 0
    not_needed: int = 0
    none: int = 0
    unanswered: int = 0
    partner_down: str | None = None
    reused: int = 0


@dataclass(frozen=True, slots=True)
class _Rules:
    """What holds for a whole run."""

    programme: Programme
    standard: Standard
    on: date


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Whose photo is wanted. `stores`: to be asked, in this order, each with the consent to it; None: no photo is needed.

    `why`: what to say when no store gives one. `wrong`: digests of photos of this person that were found wrong.
    """

    person_id: int
    application_id: int
    stores: tuple[Source, ...] | None
    consents: Mapping[Source, Consent] = field(default_factory=dict)
    why: str = NONE
    wrong: frozenset[bytes] = frozenset()
    id_number: str = ""
    held: tuple[int, Consent] | None = None

    @property
    def key(self) -> Key:
        return self.person_id, self.application_id


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
    """Give all verified applications their photos: one that is held and young enough, else from the stores.

    The programme names the stores and their order, and whose consent it takes. Safe to kill and to repeat. Who has none
    anywhere, or only one that breaks the standard, comes to `needs_photo` with the reason. This function will stop, and
    report it, when the stores do not answer.
    """
    done, after = Fetched(), 0
    async with database.work(SYSTEM) as work:
        programme = await load(work)
        rules = _Rules(programme, programme.photo_standard(work.today), work.today)
    while True:
        wanted, after = await _next(database, rules, after)
        if not wanted:
            return done
        try:
            answers = await _ask(photos, rules.standard, wanted)
        except PartnerUnavailable as problem:
            log.warning("photos.store_down", why=problem.detail)
            return replace(done, partner_down=problem.detail)
        done = _sum(done, await _settle(database, rules, wanted, answers))
        if progress:
            progress(len(wanted))
        if len(wanted) < PEOPLE_AT_ONCE:
            return done


async def use_held(work: Work, programme: Programme, application: Application) -> bool:
    """Let a verified application at a counter go on with a photo that is held, or without one where none is needed.

    No store is asked. This function will tell whether it goes on; where it does not, one is to be taken at the counter.
    """
    person_id = application.person_id
    rules = _Rules(programme, programme.photo_standard(work.today), work.today)
    needs = await needs_of(work, [person_id], programme)
    photos = (await store.of_people(work, [person_id])).get(person_id, [])
    stated = (await store.statements(work, [person_id])).get(person_id)
    one = _wanted(rules, application, needs.stores[person_id], needs.ages[person_id], photos, stated)
    if one.stores is None:
        return bool(await applications.move_many(work, [one.key], Action.FIND_PHOTO))
    if one.held is None:
        await _reject_on_card(work, programme, [person_id] if one.why == WRONG_ON_CARD else [])
        return False
    reused, _ = await _reuse(work, [one])
    return bool(reused)


async def _next(database: Database, rules: _Rules, after: int) -> tuple[list[_Wanted], int]:
    async with database.work(SYSTEM) as work:
        found = await application_views.waiting(work, Status.VERIFIED, after, PEOPLE_AT_ONCE)
        if not found:
            return [], after
        ids = [one.person_id for one in found]
        needs = await needs_of(work, ids, rules.programme)
        asked_for = await application_views.by_keys(
            work, [(one.person_id, one.application_id) for one in found]
        )
        photos, stated = await store.of_people(work, ids), await store.statements(work, ids)
        wanted = [
            _wanted(
                rules, asked_for[one.application_id], needs.stores[one.person_id], needs.ages[one.person_id],
                photos.get(one.person_id, []), stated.get(one.person_id),
            )
            for one in found
        ]  # fmt: skip
        asked = [one.person_id for one in wanted if one.stores and one.held is None]
        known = await people.identities(work, asked)
        work.record(0, "identity.sent", "photo stores", people=len(asked), purpose="photo")
    return [
        replace(one, id_number=known[one.person_id].id_number) if one.person_id in known else one
        for one in wanted
    ], found[-1].application_id


def _wanted(
    rules: _Rules,
    application: Application,
    stores: tuple[Source, ...] | None,
    age: int,
    photos: Sequence[Photo],
    stated: Statement | None,
) -> _Wanted:
    one = _Wanted(application.person_id, application.application_id, stores)
    if stores is None:
        return one
    held = _held(rules, application, age, photos, stated)
    if held is not None:
        return replace(one, held=held)
    if application.replacement_reason == ReplacementReason.PHOTO_WRONG:
        return replace(one, stores=(), why=WRONG_ON_CARD)
    consents = {
        source: consent_to(rules.programme, source, application, stated, rules.on) for source in stores
    }
    allowed = {source: consent for source, consent in consents.items() if consent is not None}
    return replace(
        one,
        stores=tuple(allowed),
        consents=allowed,
        why=WITHHELD if stores and not allowed else NONE,
        wrong=frozenset(photo.digest for photo in photos if photo.rejected_at is not None),
    )


def _held(
    rules: _Rules, application: Application, age: int, photos: Sequence[Photo], stated: Statement | None
) -> tuple[int, Consent] | None:
    """Give the newest photo that may be used again, with the consent to it and the rule of age that lets it be used."""
    if not photos:
        return None
    years, why = rules.programme.photo_reuse(age, rules.on)
    for photo in usable(photos, application):
        source = Source(photo.source)
        consent = consent_to(rules.programme, source, application, stated, rules.on)
        if consent is not None and young_enough(photo.dated_on, years, rules.on):
            return photo.photo_id, replace(consent, rule_id=why.rule_id)
    return None


async def _ask(photos: Partner, standard: Standard, wanted: Sequence[_Wanted]) -> _Answers:
    """Ask one store after the other, each only for those whom the one before it had nothing for."""
    answers = _Answers(
        [],
        {one.application_id: (one, one.why) for one in wanted if one.stores is not None and one.held is None},
    )
    for turn, source in product(range(len(Source)), Source):
        asked = [
            one
            for one, why in answers.missing.values()
            if why and (one.stores or ())[turn : turn + 1] == (source,)
        ]
        if asked:
            items = [{"reference": str(one.application_id), "id_number": one.id_number} for one in asked]
            said = await photos.batch(f"/v1/{source}/photos", items)
            # Pictures are decoded off the loop: calls and pages go on meanwhile.
            await asyncio.to_thread(_take, answers, standard, asked, source, said)
    return answers


def _take(
    answers: _Answers,
    standard: Standard,
    asked: Sequence[_Wanted],
    source: Source,
    said: Mapping[str, dict[str, Any]],
) -> None:
    for one in asked:
        found, why = _judge(one, standard, source, said.get(str(one.application_id)))
        if found:
            answers.found.append(found)
            del answers.missing[one.application_id]
        else:
            answers.missing[one.application_id] = (one, why)


def _judge(
    one: _Wanted, standard: Standard, source: Source, answer: dict[str, Any] | None
) -> tuple[_Found | None, str | None]:
    if answer is None or answer.get("outcome") not in ("found", "none"):
        return None, None
    if answer["outcome"] == "none":
        return None, NONE
    try:
        jpeg = b64decode(answer["jpeg"], validate=True)
        taken_on = date.fromisoformat(answer["taken_on"]) if answer.get("taken_on") else None
    except (KeyError, TypeError, ValueError, binascii.Error):
        return None, UNREADABLE
    if one.wrong and sm3(jpeg) in one.wrong:
        return None, "photo-known-wrong"
    faults = refusals(judge(jpeg, standard, thorough=False))
    return (None, faults[0].slug) if faults else (_Found(one, source, taken_on, jpeg), None)


async def _settle(database: Database, rules: _Rules, wanted: Sequence[_Wanted], answers: _Answers) -> Fetched:
    exempt = [one.key for one in wanted if one.stores is None]
    none = [(one, why) for one, why in answers.missing.values() if why is not None]
    async with database.work(SYSTEM) as work:
        kept, late = await _keep(work, answers.found)
        reused, later = await _reuse(work, wanted)
        not_needed = await applications.move_many(work, exempt, Action.FIND_PHOTO)
        reasons = [why for _, why in none]
        missing = await applications.move_many(
            work, [one.key for one, _ in none], Action.MISS_PHOTO, Also(reasons=reasons)
        )
        on_card = [one.person_id for one, why in none if why == WRONG_ON_CARD]
        await _reject_on_card(work, rules.programme, on_card)
    return Fetched(kept, not_needed, missing + late + later, len(answers.missing) - len(none), reused=reused)


async def _keep(work: Work, found: Sequence[_Found]) -> tuple[int, int]:
    """Keep photos that were found; whoever withdrew meanwhile leaves no picture behind. Gives how many stay and go."""
    numbers = list(work.ids.many(len(found)))
    by_key = {one.wanted.key: (one, number) for one, number in zip(found, numbers, strict=True)}
    stay, gone = await _move(work, list(by_key), numbers, set(by_key))
    chosen = [by_key[key] for key in by_key if key in stay]
    await store.keep(work, [
        New(one.wanted.person_id, number, one.source, one.taken_on, one.jpeg) for one, number in chosen
    ])  # fmt: skip
    await store.note_uses(work, "fetched", [
        (*one.wanted.key, number, one.wanted.consents[one.source]) for one, number in chosen
    ])  # fmt: skip
    return len(stay), gone


async def _reuse(work: Work, wanted: Sequence[_Wanted]) -> tuple[int, int]:
    held = {one.key: one.held for one in wanted if one.held is not None}
    shared = {key for key, (_, consent) in held.items() if consent.version is not None}
    stay, gone = await _move(work, list(held), [photo_id for photo_id, _ in held.values()], shared)
    used = [(*key, *held[key]) for key in held if key in stay]
    await store.note_reuses(work, used)
    work.record_many("photo.reused", [(person_id, photo_id) for person_id, _, photo_id, _ in used])
    return len(stay), gone


async def _move(
    work: Work, keys: Sequence[Key], photos: Sequence[int], shared: Collection[Key]
) -> tuple[set[Key], int]:
    """Move applications that have a photo now, and back those whose consent to a shared one was withdrawn meanwhile.

    Whoever withdraws it holds the application while doing so: it is seen here, or the withdrawal sees the photo.
    """
    moved = await applications.move_which(work, keys, Action.FIND_PHOTO, Also(photos=list(photos)))
    if not moved:
        return moved, 0
    stated = await store.statements(work, [person_id for person_id, _ in moved])
    withheld = [
        key
        for key in keys
        if key in moved and key in shared and key[0] in stated and not stated[key[0]].given
    ]
    also = Also(reasons=[WITHHELD] * len(withheld), without_photo=True)
    gone = await applications.move_many(work, withheld, Action.REJECT_PHOTO, also)
    return moved - set(withheld), gone


async def _reject_on_card(work: Work, programme: Programme, ids: Sequence[int]) -> None:
    """Mark the photos of people whose card bears a wrong one: none of them is used again."""
    photos = (await store.of_people(work, ids)).values() if ids else []
    wrong = [(one.person_id, one.photo_id) for some in photos for one in some]
    await mark_wrong(work, programme, wrong, "on_the_card")


def _sum(one: Fetched, other: Fetched) -> Fetched:
    return Fetched(
        one.found + other.found,
        one.not_needed + other.not_needed,
        one.none + other.none,
        one.unanswered + other.unanswered,
        reused=one.reused + other.reused,
    )
