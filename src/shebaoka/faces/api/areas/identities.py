"""The card as an identity credential: relying parties ask with consent; holders consent, and see who asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, get_args

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody
from msgspec import Meta

from shebaoka.faces.api.access import RESIDENTS_ONLY
from shebaoka.faces.api.areas.looks import Whose, whose_of
from shebaoka.faces.api.calling import CREATED, Call, reading, write
from shebaoka.faces.api.counter import ACTING_MAY_REFUSE, check_who_acts
from shebaoka.faces.api.declaring import ONE, RequestKey, protected, public
from shebaoka.faces.api.rendering import malformed
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import (
    Body,
    Cursor,
    Id,
    IdNumberText,
    InstitutionRef,
    Limit,
    Page,
    Text,
    page_of,
    read_id_number,
    references,
)
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.work import Work
from shebaoka.records.id_number import IdNumberRefused
from shebaoka.registry.institutions.model import RELYING
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.model import IdentityConsent, IdentityField, IdentityPurpose
from shebaoka.service.credential import commands, views
from shebaoka.service.credential.errors import IdentityLocked
from shebaoka.service.credential.model import CODE_DIGITS, ByCard, ByCode, Question, Refused, Request, Told
from shebaoka.service.credential.words import PURPOSES, REFUSED, in_words

IdentityCode = Annotated[
    str,
    Meta(
        pattern=rf"^[0-9 ]{{{CODE_DIGITS},{CODE_DIGITS + 4}}}$", description="身份码，8 位数字 · eight digits"
    ),
]
Age = Annotated[int, Meta(ge=1, le=120)]
COMPARED: Final[Mapping[IdentityField, str]] = {
    "holder": "id_number",
    "name_matches": "name",
    "age_over": "age",
}
"""What is given with what is asked: it is compared, and the answer is yes or no."""


class IdentityQuestion(Body, frozen=True):
    """What is asked of a holder, for what, and on which consent: the holder's code, or the card that was just checked.

    `challenge_id`: of that check (`/api/card-checks`), by whose PIN the holder consents, or with `in_person` by word before
    whoever asks. `id_number`, `name`, `age`: what is compared, each with its field.
    """

    purpose: IdentityPurpose
    fields: Annotated[list[IdentityField], Meta(min_length=1, max_length=len(get_args(IdentityField)))]
    code: IdentityCode | None = None
    challenge_id: Id | None = None
    in_person: bool = False
    id_number: IdNumberText | None = None
    name: Text | None = None
    age: Age | None = None


class IdentityAnswer(msgspec.Struct, frozen=True):
    """What a relying party is told: yes and no of what it may see. A field that was not asked for is null.

    `refused`: why it is told nothing; it is the same whether or not anybody has the ID number. All of it is kept for the holder.
    """

    request_id: str
    answered: bool
    refused: Refused | None
    zh: str
    en: str
    holder: bool | None = None
    card_good: bool | None = None
    name_matches: bool | None = None
    age_over: bool | None = None
    name_masked: str | None = None


class _Kept(msgspec.Struct, frozen=True):
    """What is stored under the request key: nothing that was told."""

    request_id: str


class FieldTerm(msgspec.Struct, frozen=True):
    """Something that may be asked, with its words."""

    field: IdentityField
    zh: str
    en: str


class PurposeTerms(msgspec.Struct, frozen=True):
    """What a kind of institution may be told for a purpose, and on which consent. `ages`: of which it may ask."""

    kind: str
    purpose: IdentityPurpose
    zh: str
    en: str
    why_zh: str
    why_en: str
    fields: list[FieldTerm]
    consents: list[IdentityConsent]
    ages: list[int]


class IdentityTerms(msgspec.Struct, frozen=True):
    """Who may ask what, by the rules of today, and how long a code is good."""

    items: list[PurposeTerms]
    code_minutes: int
    kept_days: int


class CodeWanted(Body, frozen=True):
    """For what the holder consents. `person_id`: oneself or a ward; left out, oneself."""

    purpose: IdentityPurpose
    person_id: Id | None = None


class CodeGiven(msgspec.Struct, frozen=True):
    """A code for one request, shown this once; the one before is good no more."""

    code: str
    expires_at: datetime


class FieldTold(msgspec.Struct, frozen=True):
    """What was asked, in words, and what was answered; null: nothing was."""

    zh: str
    en: str
    yes: bool | None


class IdentityRequestView(msgspec.Struct, frozen=True):
    """Who asked who one is: when, which organisation, for what, and what it was told. No clerk is named."""

    request_id: str
    at: datetime
    organisation: InstitutionRef | None
    purpose_zh: str
    purpose_en: str
    consent: IdentityConsent | None
    by_guardian: bool
    refused: Refused | None
    said_zh: str
    said_en: str
    told: list[FieldTold]


@get(
    "/identity-purposes",
    **public(
        "who may ask what of holders is for everybody to know", "identity", "谁可核验什么 · Who may ask what"
    ),
)
async def purposes(request: Call) -> IdentityTerms:
    """Give what each kind of institution may be told for each purpose today."""
    programme = await service(request).programme()
    async with service(request).city.database.work(SYSTEM) as work:
        on = work.today
    items = []
    for kind in RELYING:
        for purpose in get_args(IdentityPurpose):
            rule, why = programme.identity(kind, purpose, on)
            if rule.fields:
                items.append(PurposeTerms(
                    kind, purpose, *PURPOSES[purpose], why.reason_zh, why.reason_en,
                    [FieldTerm(field, *in_words(field, *rule.ages)) for field in rule.fields], list(rule.consents),
                    list(rule.ages),
                ))  # fmt: skip
    return IdentityTerms(items, programme.identity_terms(on).code_minutes, programme.identity_kept_days(on))


@post(
    "/identity-requests",
    status_code=CREATED,
    **protected("identity.ask", "identity", "经同意核验身份 · Ask who a holder is, with consent", keyed=True,
                refuses=(*ONE, IdNumberRefused, IdentityLocked)),
)  # fmt: skip
async def ask(
    request: Call, data: JSONBody[IdentityQuestion], key: RequestKey = None
) -> Response[IdentityAnswer]:
    """Answer with yes and no what this institution may be told for this purpose, and keep it for the holder to see."""
    programme = await service(request).programme()
    _check_form(data)

    async def act(work: Work) -> _Kept:
        return _Kept(str(await commands.ask(work, programme, await _question(work, data))))

    kept = await write(request, key, data, act, status=CREATED)
    async with reading(request) as work:
        found, told = await views.request(work, int(kept.content["request_id"]))
    return Response(_answer(found, told), status_code=kept.status_code, headers=kept.headers)


def _check_form(data: IdentityQuestion) -> None:
    if (data.code is None) == (data.challenge_id is None):
        raise malformed("code", "code 与 challenge_id 给出一项 · one of code and challenge_id")
    for field in data.fields:
        given = COMPARED.get(field)
        if given and getattr(data, given) is None:
            raise malformed(given, f"核验 {field} 时须给出 · {field} is compared with it")


async def _question(work: Work, data: IdentityQuestion) -> Question:
    number = None if data.id_number is None else await read_id_number(work, data.id_number)
    consent = (
        ByCode(data.code.replace(" ", ""))
        if data.code is not None
        else ByCard(int(data.challenge_id or 0), data.in_person)
    )
    return Question(data.purpose, frozenset(data.fields), consent, number, data.name, data.age)


def _answer(found: Request, told: Told) -> IdentityAnswer:
    return IdentityAnswer(
        request_id=str(found.request_id),
        answered=found.refused is None,
        refused=found.refused,
        zh=REFUSED[found.refused][0],
        en=REFUSED[found.refused][1],
        holder=told.yes.get("holder"),
        card_good=told.yes.get("card_good"),
        name_matches=told.yes.get("name_matches"),
        age_over=told.yes.get("age_over"),
        name_masked=told.name_masked or None,
    )


@post(
    "/family/identity-codes",
    status_code=CREATED,
    **protected("identity.consent", "identity", "出示身份码 · A code by which a holder consents to one request",
                residents=RESIDENTS_ONLY, refuses=(*ONE, *ACTING_MAY_REFUSE),
                unkeyed="each code takes the place of the one before, and is shown once"),
)  # fmt: skip
async def give_code(request: Call, data: JSONBody[CodeWanted]) -> CodeGiven:
    """Give a code by which a resident consents, for oneself or a ward, to one request for one purpose."""
    programme = await service(request).programme()
    async with reading(request) as work:
        whose = await whose_of(work, programme, None if data.person_id is None else int(data.person_id))
        holder = (await people.by_ids(work, [whose]))[whose]
        await check_who_acts(work, programme, holder, None, subject="identity_code")
        made = await commands.give_code(work, programme, whose, data.purpose)
    return CodeGiven(made.code, made.expires_at)


@get(
    "/family/identity-requests",
    **protected(
        "look.read",
        "identity",
        "谁核验过我的身份 · Who asked who I am",
        refuses=ONE,
        residents=RESIDENTS_ONLY,
    ),
)
async def requests(
    request: Call, person_id: Whose = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[IdentityRequestView]:
    """Give who asked who one is, or a ward, newest first: when, which organisation, for what, what it was told, or why not."""
    programme = await service(request).programme()
    async with reading(request) as work:
        whose = await whose_of(work, programme, person_id)
        found = await views.about(work, whose, cursor, limit)
        named = await references(work, (one.organisation_id for one, _ in found))
        work.record(whose, "identity.requests_seen", whose)
    shown = [_shown(one, told, named.get(one.organisation_id)) for one, told in found]
    return page_of(shown, found[-1][0].request_id if len(found) == limit else None)


def _shown(one: Request, told: Told, organisation: InstitutionRef | None) -> IdentityRequestView:
    return IdentityRequestView(
        str(one.request_id), one.asked_at, organisation, *PURPOSES[one.purpose], one.consent,
        one.given_by not in (None, one.person_id), one.refused, *REFUSED[one.refused],
        [_field(field, told) for field in told.asked],
    )  # fmt: skip


def _field(field: IdentityField, told: Told) -> FieldTold:
    yes = bool(told.name_masked) or None if field == "name_masked" else told.yes.get(field)
    return FieldTold(*in_words(field, told.age or 0), yes)


HANDLERS: tuple[Any, ...] = (purposes, ask, give_code, requests)
