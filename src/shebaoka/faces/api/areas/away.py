"""Registration for care in another province: by holders themselves, at a counter, by the hospital that refers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from shebaoka.benefits.cross_province import commands, views
from shebaoka.benefits.cross_province.errors import PlaceRefused, RegistrationInForce, RegistrationRefused
from shebaoka.benefits.cross_province.model import Place, Registering, Registration, Terms
from shebaoka.benefits.cross_province.places import NAMES, named
from shebaoka.benefits.cross_province.words import DOCUMENTS, KINDS, REGISTRARS, STATUSES
from shebaoka.benefits.insurance.errors import NotInsured
from shebaoka.faces.api.access import NO_RESIDENTS, RESIDENTS_ONLY
from shebaoka.faces.api.areas.looks import whose_of
from shebaoka.faces.api.calling import CREATED, Call, asking_about, reading, write
from shebaoka.faces.api.counter import ACTING_MAY_REFUSE, ActsFor, check_who_acts, named_holder
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, Id, IdNumberText, Text, own_institution
from shebaoka.issuing.applications.errors import NameDiffers, PersonUnknown
from shebaoka.kit.problems import NotFound, TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.records.id_number import IdNumberRefused
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Person
from shebaoka.registry.programme.model import AwayDocument, AwayKind, Registrar
from shebaoka.registry.programme.programme import Programme

MAY: str = "cross_province.register"
REFUSES = (RegistrationRefused, RegistrationInForce, PlaceRefused, NotInsured)


class AwayWanted(Body, frozen=True):
    """Where, why and for how long. Left out, `from_on` is today and `until_on` what the rules allow.

    `documents`: what was seen; a resident's own pledge is `pledge`. `person_id`: oneself or a ward; left out, oneself.
    """

    kind: AwayKind
    place: Place
    documents: Annotated[tuple[AwayDocument, ...], Meta(max_length=10)]
    from_on: date | None = None
    until_on: date | None = None
    person_id: Id | None = None


class AwayAtCounter(Body, frozen=True):
    """Where, why and for how long, for whoever stands at the counter or is referred; `documents`: what was seen."""

    id_number: IdNumberText
    name: Text
    kind: AwayKind
    place: Place
    documents: Annotated[tuple[AwayDocument, ...], Meta(max_length=10)]
    from_on: date | None = None
    until_on: date | None = None
    acts_for: ActsFor | None = None


class AwaySought(Body, frozen=True):
    """Whose registrations."""

    id_number: IdNumberText
    name: Text


class AwayWithdrawal(Body, frozen=True):
    """Which registration ends today, and why. `person_id`: oneself or a ward; left out, oneself."""

    registration_id: Id
    reason: Text
    person_id: Id | None = None


class AwayEnd(Body, frozen=True):
    """Whose registration ends today, which, and why."""

    id_number: IdNumberText
    name: Text
    registration_id: Id
    reason: Text


class Named(msgspec.Struct, frozen=True):
    """A code with its words."""

    code: str
    zh: str
    en: str


class RegistrationView(msgspec.Struct, frozen=True):
    """A registration. `counts`: whether it holds today; `registrar`: who registered it."""

    registration_id: str
    kind: Named
    place: Named
    status: Named
    counts: bool
    from_on: date
    until_on: date | None
    documents: list[Named]
    registrar: Named
    registered_at: datetime
    reason: str | None


class TermsView(msgspec.Struct, frozen=True):
    """Whether a kind may be registered now, for how many months (null: no end), on which documents, and why."""

    kind: Named
    allowed: bool
    months: int | None
    documents: list[Named]
    why_zh: str
    why_en: str


class AwayView(msgspec.Struct, frozen=True):
    """Somebody's registrations, newest first, and what may be registered; nothing where they are not insured today.

    `places`: the other provinces, by their own codes; a code within one of them is as good.
    """

    items: list[RegistrationView]
    terms: list[TermsView]
    places: list[Named]


@get("/family/away-registrations", **protected(MAY, "benefits", "我的异地就医备案 · My registrations for care in another province",
                                               residents=RESIDENTS_ONLY, refuses=ONE))  # fmt: skip
async def own(request: Call, person_id: Annotated[int | None, QueryParameter(ge=0)] = None) -> AwayView:
    """Give one's registrations or a ward's, and what may be registered by oneself."""
    programme, home = await service(request).programme(), service(request).city.settings.division_code
    async with reading(request) as work:
        whose = await whose_of(work, programme, person_id)
        return await _shown(work, programme, home, whose, "holder")


@post("/family/away-registrations", status_code=CREATED, **protected(
    MAY, "benefits", "自助异地就医备案 · Register for care in another province", keyed=True, residents=RESIDENTS_ONLY,
    refuses=(*ONE, *ACTING_MAY_REFUSE, *REFUSES)))  # fmt: skip
async def register_own(
    request: Call, data: JSONBody[AwayWanted], key: RequestKey = None
) -> Response[RegistrationView]:
    """Register oneself or a ward, by the rules of today."""
    programme, home = await service(request).programme(), service(request).city.settings.division_code

    async def act(work: Work) -> RegistrationView:
        whose = await whose_of(work, programme, None if data.person_id is None else int(data.person_id))
        holder = (await people.by_ids(work, [whose]))[whose]
        await check_who_acts(work, programme, holder, None, subject="away_registration")
        return _view(await commands.register(work, programme, home, _asked(work, whose, data, "holder", key)), work.today)  # fmt: skip

    return await write(request, key, data, act, status=CREATED)


@post("/family/away-registrations/ending", status_code=200, **protected(
    MAY, "benefits", "撤销我的异地就医备案 · Withdraw my registration", keyed=True, residents=RESIDENTS_ONLY,
    refuses=(*ONE, *ACTING_MAY_REFUSE, RegistrationRefused, TransitionRefused)))  # fmt: skip
async def withdraw_own(
    request: Call, data: JSONBody[AwayWithdrawal], key: RequestKey = None
) -> Response[RegistrationView]:
    """Withdraw one's registration or a ward's; stays that began before are settled all the same."""
    programme = await service(request).programme()

    async def act(work: Work) -> RegistrationView:
        whose = await whose_of(work, programme, None if data.person_id is None else int(data.person_id))
        holder = (await people.by_ids(work, [whose]))[whose]
        await check_who_acts(work, programme, holder, None, subject=data.registration_id)
        return _view(await commands.withdraw(work, whose, int(data.registration_id), data.reason), work.today)

    return await write(request, key, data, act)


@post("/away-registrations", status_code=CREATED, **protected(
    MAY, "benefits", "窗口或医院办理异地就医备案 · Register somebody for care in another province", keyed=True, residents=NO_RESIDENTS,
    refuses=(*ONE, IdNumberRefused, PersonUnknown, NameDiffers, *ACTING_MAY_REFUSE, *REFUSES)))  # fmt: skip
async def register_at_counter(
    request: Call, data: JSONBody[AwayAtCounter], key: RequestKey = None
) -> Response[RegistrationView]:
    """Register whoever stands at the counter, or whom the hospital refers; the documents were seen."""
    programme, home = await service(request).programme(), service(request).city.settings.division_code

    async def act(work: Work) -> RegistrationView:
        holder = await named_holder(work, data.id_number, data.name)
        registrar = await _registrar(work)
        if registrar == "centre":
            await check_who_acts(work, programme, holder, data.acts_for, subject="away_registration")
        asked = _asked(work, holder.person_id, data, registrar, key)
        return _view(await commands.register(work, programme, home, asked), work.today)

    async with asking_about(request, data.id_number):
        return await write(request, key, data, act, status=CREATED)


@post("/away-registrations/search", status_code=200, **protected(
    MAY, "benefits", "查询异地就医备案 · Somebody's registrations", unkeyed="it changes nothing",
    refuses=(IdNumberRefused, PersonUnknown, NameDiffers)))  # fmt: skip
async def search(request: Call, data: JSONBody[AwaySought]) -> AwayView:
    """Give somebody's registrations and what may be registered here; a hospital sees its own only. The look is recorded."""
    programme, home = await service(request).programme(), service(request).city.settings.division_code
    async with asking_about(request, data.id_number), reading(request) as work:
        holder = await named_holder(work, data.id_number, data.name)
        registrar = await _registrar(work)
        work.record(holder.person_id, "cross_province.seen", holder.person_id)
        return await _shown(
            work,
            programme,
            home,
            holder.person_id,
            registrar,
            work.actor.organisation_id if registrar == "hospital" else None,
        )


@post("/away-registrations/ending", status_code=200, **protected(
    MAY, "benefits", "撤销异地就医备案 · Withdraw somebody's registration", keyed=True,
    refuses=(*ONE, IdNumberRefused, PersonUnknown, NameDiffers, RegistrationRefused, TransitionRefused)))  # fmt: skip
async def withdraw_at_counter(
    request: Call, data: JSONBody[AwayEnd], key: RequestKey = None
) -> Response[RegistrationView]:
    """Withdraw a registration; a hospital withdraws what it registered itself."""

    async def act(work: Work) -> RegistrationView:
        holder = await named_holder(work, data.id_number, data.name)
        if await _registrar(work) == "hospital":
            await _must_be_own(work, holder, int(data.registration_id))
        return _view(
            await commands.withdraw(work, holder.person_id, int(data.registration_id), data.reason),
            work.today,
        )

    async with asking_about(request, data.id_number):
        return await write(request, key, data, act)


async def _registrar(work: Work) -> Registrar:
    return "hospital" if (await own_institution(work)).kind == "hospital" else "centre"


async def _must_be_own(work: Work, holder: Person, registration_id: int) -> None:
    held = await views.registrations(work, holder.person_id)
    if not any(one.registration_id == registration_id and one.institution_id == work.actor.organisation_id for one in held):  # fmt: skip
        raise NotFound(f"备案 registration {registration_id}")


def _asked(
    work: Work, person_id: int, data: AwayWanted | AwayAtCounter, registrar: Registrar, key: str | None
) -> Registering:
    return Registering(
        person_id=person_id, kind=data.kind, place=data.place, registrar=registrar, documents=data.documents,
        number=f"{work.actor.organisation_id} {key}", from_on=data.from_on or work.today, until_on=data.until_on,
    )  # fmt: skip


async def _shown(
    work: Work, programme: Programme, home: str, person_id: int, registrar: Registrar, of: int | None = None
) -> AwayView:
    held = [one for one in await views.registrations(work, person_id) if of in (None, one.institution_id)]
    try:
        terms = [await views.terms(work, programme, person_id, kind, registrar, work.today) for kind in views.KINDS]  # fmt: skip
    except NotInsured:
        terms = []
    there = [Named(f"{code}0000", *words) for code, words in NAMES.items() if code != home[:2]]
    return AwayView([_view(one, work.today) for one in held], [_terms(one) for one in terms], there)


def _view(one: Registration, today: date) -> RegistrationView:
    return RegistrationView(
        registration_id=str(one.registration_id), kind=Named(one.kind, *KINDS[one.kind]),
        place=Named(one.place, *named(one.place)), status=Named(one.status, *STATUSES[one.status]),
        counts=one.holds(today), from_on=one.from_on, until_on=one.until_on, documents=_named(one.documents),
        registrar=Named(one.registrar, *REGISTRARS[one.registrar]), registered_at=one.registered_at, reason=one.reason,
    )  # fmt: skip


def _terms(one: Terms) -> TermsView:
    return TermsView(
        Named(one.kind, *KINDS[one.kind]), one.allowed, one.months, _named(one.documents), one.why.reason_zh,
        one.why.reason_en,
    )  # fmt: skip


def _named(documents: tuple[AwayDocument, ...]) -> list[Named]:
    return [Named(one, *DOCUMENTS[one]) for one in documents]


HANDLERS: tuple[Any, ...] = (
    own,
    register_own,
    withdraw_own,
    register_at_counter,
    search,
    withdraw_at_counter,
)
