"""Who looked at a resident's data, or at a ward's: when, which organisation, and what for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import get
from litestar.params import QueryParameter

from shebaoka.faces.api.access import RESIDENTS_ONLY
from shebaoka.faces.api.calling import Call, reading
from shebaoka.faces.api.declaring import ONE, protected
from shebaoka.faces.api.looking import LOOKS, purpose
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import ID_MAX, Cursor, InstitutionRef, Limit, Page, page_of, references
from shebaoka.kit.audit import reading as audit
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.acting.views import reach_of
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.staff.views import staff_member

STAFF = "staff:"
Whose = Annotated[
    int | None,
    QueryParameter(ge=0, le=ID_MAX, description="本人或被监护人的编号，缺省本人 · number of oneself or a ward; default oneself"),
]  # fmt: skip


class LookView(msgspec.Struct, frozen=True):
    """A look. `organisation` null: the programme itself. `reason`: what was typed for it, without numbers and names of clerks."""

    at: datetime
    organisation: InstitutionRef | None
    what_zh: str
    what_en: str
    reason: str


@get(
    "/family/looks",
    **protected("look.read", "family", "谁查过我的信息 · Who looked at my data", refuses=ONE, residents=RESIDENTS_ONLY),
)  # fmt: skip
async def looks(
    request: Call, person_id: Whose = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[LookView]:
    """Give who looked at one's own data or a ward's, newest first: when, which organisation, what for. No clerk is named."""
    programme = await service(request).programme()
    async with reading(request) as work:
        whose = await whose_of(work, programme, person_id)
        found = await audit.looks(work, whose, LOOKS, cursor, limit)
        work.record(whose, "looks.seen", whose)
        shown = await _shown(work, found)
    return page_of(shown, found[-1].fact_id if len(found) == limit else None)


async def whose_of(work: Work, programme: Programme, person_id: int | None) -> int:
    """Give whose data a resident asks about: one's own, or a ward's. NotFound for anybody else's."""
    reached = await reach_of(work, programme)
    whose = reached[0] if person_id is None else person_id
    if whose not in reached:
        raise NotFound(str(whose))
    return whose


async def _shown(work: Work, found: Sequence[audit.Look]) -> list[LookView]:
    named = await references(work, (one.organisation_id for one in found))
    clerks = await _clerks(work, {one.actor for one in found})
    return [
        LookView(
            one.at,
            named.get(one.organisation_id),
            *LOOKS[one.action],
            purpose(str(one.detail.get("reason") or ""), clerks),
        )
        for one in found
    ]


async def _clerks(work: Work, actors: Collection[str]) -> list[str]:
    """Give names and log-ins of the staff among actors, so that none is shown."""
    numbers = [int(actor.removeprefix(STAFF)) for actor in actors if actor.startswith(STAFF)]
    members = [await staff_member(work, number) for number in numbers]
    return [text for one in members if one for text in (one.name, one.login)]


HANDLERS: tuple[Any, ...] = (looks,)
