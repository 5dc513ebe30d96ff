"""Everything that writes drafts. Who is logged in owns them; whose they may be, `registry.acting` says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

import msgspec

from shebaoka.issuing.applications import commands as applications
from shebaoka.issuing.applications import views as application_views
from shebaoka.issuing.applications.model import Application, ApplyRequest, Channel
from shebaoka.issuing.drafts import views
from shebaoka.issuing.drafts.errors import DraftChangedMeanwhile, DraftIncomplete, OnlineClosed
from shebaoka.issuing.drafts.model import Content, Draft, place
from shebaoka.issuing.drafts.states import Action, Status, after
from shebaoka.issuing.drafts.store import SQL
from shebaoka.issuing.drafts.window import nearest_centre, window
from shebaoka.issuing.lists import views as lists
from shebaoka.issuing.photos.commands import Brought, bring, check_picture, state_with_application
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.acting.errors import GuardianNotTied
from shebaoka.registry.acting.model import Claim
from shebaoka.registry.acting.views import reach_of
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import facts_of

PEOPLE_AT_ONCE: Final = 5_000
SAID: Final = {
    Action.SAVE: "draft.saved",
    Action.SUBMIT: "draft.submitted",
    Action.DISCARD: "draft.discarded",
}


async def begin(work: Work, programme: Programme, person_id: int) -> Draft:
    """Begin a draft for the resident or a ward, or give the one that is live. GuardianNotTied for anybody else.

    This function will fill in the mobile and address that the register has, a child's mobile being mostly the owner's.
    """
    owner = await _check_reach(work, programme, person_id)
    draft_id = work.ids.one()
    known = await people.identities(work, {person_id, owner})
    content = Content(known[person_id].mobile or known[owner].mobile, known[person_id].address)
    begun = await work.run(SQL["begin"], {
        "person_id": person_id, "draft_id": draft_id, "owner_id": owner, "now": work.now,
        "sealed": _sealed(work, draft_id, content), "lapses_on": _last_day(work, programme),
    })  # fmt: skip
    if begun:
        work.record(person_id, "draft.begun", draft_id)
    live = await views.live(work, person_id, owner)
    assert live, "what was begun, here or elsewhere, is there"
    return live


async def begin_like(work: Work, programme: Programme, person_id: int, application_id: int) -> Draft:
    """Begin a draft with bank, address, mobile and outlet of an application within reach, such as a brother's.

    This function will put nothing over what is filled in already: only a draft that was not saved yet takes all of it over.
    NotFound, GuardianNotTied.
    """
    draft = await begin(work, programme, person_id)
    if draft.version > 1:
        return draft
    like = await _content_of(work, application_id)
    return await _move(work, programme, draft, Action.SAVE, like)


async def _content_of(work: Work, application_id: int) -> Content:
    one = await application_views.by_id(work, application_id)
    contact = (await application_views.contacts(work, [(one.person_id, application_id)]))[application_id]
    named = await institutions.by_ids(work, [one.bank_id or 0, one.fallback_outlet_id])
    work.record(one.person_id, "contact.reused", application_id)
    bank, outlet = (named.get(number or 0) for number in (one.bank_id, one.fallback_outlet_id))
    return Content(contact.mobile, contact.address, outlet.code if outlet else "", bank.code if bank else "")


async def opened(work: Work, programme: Programme, draft: Draft) -> Content:
    """Give what is filled in, as long as the owner may act for the person. GuardianNotTied."""
    await _check_reach(work, programme, draft.person_id)
    return await views.content(work, draft)


async def save(work: Work, programme: Programme, draft_id: int, version: int, content: Content) -> Draft:
    """Keep what has been filled in so far. NotFound, TransitionRefused, DraftChangedMeanwhile, GuardianNotTied.

    This function will keep a picture that was sent before, until a shared photo is wanted instead.
    """
    draft = await _locked(work, programme, draft_id, Action.SAVE, version)
    photo = None if content.shared_photo else (await views.content(work, draft)).photo
    return await _move(work, programme, draft, Action.SAVE, msgspec.structs.replace(content, photo=photo))


async def keep_photo(
    work: Work, programme: Programme, draft_id: int, version: int, brought: Brought
) -> Draft:
    """Keep a picture that is good enough for the card; it is brought with the application. Refuses as `save`; PhotoRefused."""
    draft = await _locked(work, programme, draft_id, Action.SAVE, version)
    await check_picture(work, programme, draft.person_id, brought)
    content = await views.content(work, draft)
    kept = msgspec.structs.replace(content, shared_photo=False, photo=brought.jpeg)
    return await _move(work, programme, draft, Action.SAVE, kept)


async def discard(work: Work, programme: Programme, draft_id: int) -> Draft:
    """Throw a draft away at its owner's wish, whatever was saved last. NotFound, TransitionRefused."""
    draft = await _locked(work, programme, draft_id, Action.DISCARD, None)
    return await _move(work, programme, draft, Action.DISCARD, None)


async def submit(work: Work, programme: Programme, draft_id: int, version: int) -> Application:
    """Hand a draft in: an application under the identity of the person it is for, made once.

    This function will refuse as `save` and `applications.apply` do, with DraftIncomplete, and for a pupil outside the two
    weeks of the school's notice with OnlineClosed; the draft stays as it was.
    """
    draft = await _locked(work, programme, draft_id, Action.SUBMIT, version)
    content = await views.content(work, draft)
    if missing := content.missing():
        raise DraftIncomplete(", ".join(missing), missing=missing)
    await _check_window(work, programme, draft.person_id)
    made = await applications.apply(work, await _request(work, draft, content), programme)
    if content.shared_photo is not None:
        await state_with_application(work, programme, made, given=content.shared_photo)
    if content.photo is not None:
        await bring(work, programme, made.application_id, Brought(content.photo))
    await _move(work, programme, draft, Action.SUBMIT, None, made.application_id)
    return made


async def lapse_due(database: Database, progress: Callable[[int], None] = lambda _: None) -> int:
    """Throw away drafts that nobody touched for as long as the rules keep them; safe to kill and to repeat."""
    lapsed = 0
    while True:
        async with database.work(SYSTEM) as work:
            status = after(Status.OPEN, Action.LAPSE)
            due = await work.rows(
                SQL["lapse"],
                {"status": status, "now": work.now, "on": work.today, "people_max": PEOPLE_AT_ONCE},
            )
            work.record_many("draft.lapsed", due)
        if not due:
            return lapsed
        lapsed += len(due)
        progress(len(due))


async def _check_reach(work: Work, programme: Programme, person_id: int) -> int:
    owner = work.actor.person_id
    if owner is None or person_id not in await reach_of(work, programme):
        raise GuardianNotTied
    return owner


async def _locked(
    work: Work, programme: Programme, draft_id: int, action: Action, version: int | None
) -> Draft:
    found = await views.by_id(work, draft_id)
    draft = await work.row(SQL["lock"], {"person_id": found.person_id, "draft_id": draft_id}, Draft)
    if draft is None:
        raise NotFound(str(draft_id))
    await _check_reach(work, programme, draft.person_id)
    after(Status(draft.status), action)
    if version is not None and version != draft.version:
        raise DraftChangedMeanwhile(version=draft.version)
    return draft


async def _move(
    work: Work, programme: Programme, draft: Draft, action: Action, content: Content | None, application_id: int | None = None
) -> Draft:  # fmt: skip
    saved = await work.run(SQL["save"], {
        "person_id": draft.person_id, "draft_id": draft.draft_id, "version": draft.version, "now": work.now,
        "status": after(Status(draft.status), action), "application_id": application_id,
        "sealed": _sealed(work, draft.draft_id, content) if content else None, "lapses_on": _last_day(work, programme),
    })  # fmt: skip
    assert saved == 1, "the draft is locked"
    work.record(draft.person_id, SAID[action], draft.draft_id)
    return await views.by_id(work, draft.draft_id)


async def _check_window(work: Work, programme: Programme, person_id: int) -> None:
    person = (await people.by_ids(work, [person_id]))[person_id]
    facts = (await facts_of(work, [person], work.today))[person_id]
    group = programme.explain(facts, work.today).group.group
    found = window(programme, group, await lists.notices_of(work, person_id), work.today)
    if found.accepted:
        return
    assert found.why, "what is not accepted has its reason"
    address = (await people.identities(work, [person_id]))[person_id].address
    centre = await nearest_centre(work, person.district_code, address)
    where = f": {centre.name_zh} · {centre.name_en}" if centre else ""
    raise OnlineClosed(
        f"{found.why.reason_zh} · {found.why.reason_en}{where}",
        rule=found.why.rule_id,
        centre={"code": centre.code, "name_zh": centre.name_zh, "name_en": centre.name_en}
        if centre
        else None,
    )


async def _request(work: Work, draft: Draft, content: Content) -> ApplyRequest:
    known = await people.identities(work, {draft.person_id, draft.owner_id})
    holder, owner = known[draft.person_id], known[draft.owner_id]
    alone = draft.person_id == draft.owner_id
    return ApplyRequest(
        id_number=holder.id_number,
        name=holder.name,
        channel=Channel.ONLINE,
        organisation_id=work.actor.organisation_id,
        mobile=content.mobile,
        address=content.address,
        fallback_outlet=content.fallback_outlet,
        bank=content.bank or None,
        acting=None if alone else Claim("guardian", owner.id_number, name=owner.name),
    )


def _sealed(work: Work, draft_id: int, content: Content) -> bytes:
    return work.vault.seal(msgspec.json.encode(content), place(draft_id))


def _last_day(work: Work, programme: Programme) -> date:
    return work.today + timedelta(days=programme.draft_days(work.today))
