"""A session begins: an application at the counter, verified there, with the photo that is held."""

from __future__ import annotations

from shebaoka.cards import views as cards
from shebaoka.issuing.applications import commands as applications
from shebaoka.issuing.applications import replacing
from shebaoka.issuing.applications.commands import Also
from shebaoka.issuing.applications.model import Application, ApplyRequest, Channel
from shebaoka.issuing.applications.states import Action as ApplicationAction
from shebaoka.issuing.delivery.errors import IdentityNotChecked
from shebaoka.issuing.instant import states, views
from shebaoka.issuing.instant.commands.ending import tidy_people
from shebaoka.issuing.instant.commands.stepping import check_bank, counter, step
from shebaoka.issuing.instant.model import Asked, Session
from shebaoka.issuing.instant.store import SQL
from shebaoka.issuing.photos import commands as photo_commands
from shebaoka.issuing.photos.commands import Brought
from shebaoka.issuing.stock import commands as stock
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import COMMUNITY_CENTRE, Institution
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.programme import Programme

NO_PHOTO = "photo-none"


async def begin(work: Work, programme: Programme, asked: Asked) -> Session:
    """Begin to replace a card on the spot, for somebody who is there with an ID.

    The application is the person's one live application, verified at this counter; its photo is one that is held and may be used again.
    No blank is taken yet. This function will refuse as applying does, and with InstantNotHere, InstantOtherBank,
    IdentityNotChecked, StockExhausted.
    """
    outlet = await counter(work, programme, asked.replacement)
    if not asked.id_checked:
        raise IdentityNotChecked
    await stock.require_one(work, outlet.institution_id)
    application = await applications.apply(work, await _request(work, outlet, asked), programme)
    check_bank(outlet, application.bank_id)
    key = (application.person_id, application.application_id)
    also = Also(verified_at=work.now, due_on=programme.due_on(work.today))
    await applications.move_many(work, [key], ApplicationAction.VERIFY, also)
    await _use_photo(work, programme, application)
    # What another door has ended meanwhile, a withdrawal or a death, gives its place here too.
    await tidy_people(work, [application.person_id])
    await work.run(SQL["begin"], {
        "person_id": key[0], "application_id": key[1], "outlet_id": outlet.institution_id, "status": states.FIRST,
        "begun_by": work.actor.name, "now": work.now,
    })  # fmt: skip
    work.record(key[0], f"instant.{states.FIRST}", key[1], outlet_id=str(outlet.institution_id))
    return await views.session(work, application.application_id)


async def bring_photo(work: Work, programme: Programme, application_id: int, brought: Brought) -> Session:
    """Keep a photo that was taken at the counter, where none was held. Raises NotFound, TransitionRefused, PhotoRefused."""
    found = await step(work, application_id, states.Action.TAKE)
    await photo_commands.bring(work, programme, found.issue.application_id, brought)
    return await views.session(work, application_id)


async def _request(work: Work, outlet: Institution, asked: Asked) -> ApplyRequest:
    centre = outlet.kind == COMMUNITY_CENTRE
    return ApplyRequest(
        id_number=asked.id_number,
        name=asked.name,
        channel=Channel.COMMUNITY_CENTRE if centre else Channel.BANK_OUTLET,
        organisation_id=outlet.institution_id,
        mobile=asked.mobile,
        address=asked.address,
        fallback_outlet=asked.fallback_outlet or (outlet.code if centre else ""),
        bank=asked.bank or await _former_bank(work, asked.id_number),
        replacement=asked.replacement,
        acting=asked.acting,
        instant=True,
    )


async def _former_bank(work: Work, id_number: str) -> str | None:
    """Give the code of the bank of the card that is replaced; None where there is none, and applying says so."""
    person = await people.find(work, id_number)
    held = (await cards.of_people(work, [person.person_id])).get(person.person_id, []) if person else []
    card = replacing.counts(held, work.today)
    bank = await institutions.by_id(work, card.bank_id) if card and card.bank_id is not None else None
    return bank.code if bank else None


async def _use_photo(work: Work, programme: Programme, application: Application) -> None:
    """Use a photo that is held and may be used again; where there is none it is taken here, and no store is waited for."""
    if not await photo_commands.use_held(work, programme, application):
        key = (application.person_id, application.application_id)
        await applications.move_many(work, [key], ApplicationAction.LACK_PHOTO, Also(reasons=[NO_PHOTO]))
