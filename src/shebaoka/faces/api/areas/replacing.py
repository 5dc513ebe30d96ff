"""Residents apply for another card in place of one that is lost or broken, for themselves and their wards."""

from __future__ import annotations

from typing import Any, Literal

from litestar import Response, post
from litestar.params import JSONBody

from shebaoka.faces.api.access import RESIDENTS_ONLY
from shebaoka.faces.api.areas.applications import APPLYING_MAY_REFUSE
from shebaoka.faces.api.areas.holding import within_reach
from shebaoka.faces.api.areas.showing import ApplicationView, shown
from shebaoka.faces.api.calling import CREATED, Call, write
from shebaoka.faces.api.counter import claim_of_resident
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body, Code, LongText, PathId, Text
from shebaoka.issuing.applications import commands, views
from shebaoka.issuing.applications.model import ApplyRequest, Channel, Contact, ReplacementReason
from shebaoka.kit.work import Work
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Identity, Person


class ReplacingBody(Body, frozen=True):
    """Why the card is replaced, and where the next one goes. Codes of institutions.

    `mobile` and `address`: left out, those of the newest application count, else the register's.
    """

    replacement: Literal["lost", "worn", "unreadable", "damaged"]
    fallback_outlet: Code
    bank: Code
    mobile: Text | None = None
    address: LongText | None = None


@post(
    "/family/cards/{card_id:int}/replacement",
    status_code=CREATED,
    **protected("application.apply", "family", "申请补换卡 · Apply for another card in its place", keyed=True,
                residents=RESIDENTS_ONLY, refuses=(*ONE, *APPLYING_MAY_REFUSE)),
)  # fmt: skip
async def replace_mine(
    request: Call, card_id: PathId, data: JSONBody[ReplacingBody], key: RequestKey = None
) -> Response[ApplicationView]:
    """Apply for another card. A lost one is reported lost first, and stays suspended until the next one opens."""
    programme = await service(request).programme()

    async def act(work: Work) -> ApplicationView:
        _, holder = await within_reach(work, programme, card_id)
        # What opens the contact that is known, where none is given.
        work.record(holder.person_id, "card.replacement_asked", card_id)
        made = await commands.apply(work, await _request(work, holder, data), programme)
        (view,) = await shown(work, [made])
        return view

    return await write(request, key, data, act, status=CREATED)


async def _request(work: Work, holder: Person, data: ReplacingBody) -> ApplyRequest:
    identity = (await people.identities(work, [holder.person_id]))[holder.person_id]
    known = await _contact(work, holder, identity)
    resident = work.actor.person_id
    assert resident is not None, "only residents come in here"
    return ApplyRequest(
        id_number=identity.id_number,
        name=identity.name,
        channel=Channel.ONLINE,
        organisation_id=work.actor.organisation_id,
        mobile=data.mobile or known.mobile,
        address=data.address or known.address,
        fallback_outlet=data.fallback_outlet,
        bank=data.bank,
        replacement=ReplacementReason(data.replacement),
        acting=await claim_of_resident(work, resident, holder),
    )


async def _contact(work: Work, holder: Person, identity: Identity) -> Contact:
    found = (await views.newest_contacts(work, [holder.person_id])).get(holder.person_id)
    return found[1] if found else Contact(identity.mobile, identity.address)


HANDLERS: tuple[Any, ...] = (replace_mine,)
