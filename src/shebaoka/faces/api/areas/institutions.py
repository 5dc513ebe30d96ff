"""Institutions."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import get
from litestar.params import QueryParameter

from shebaoka.faces.api.calling import Call, reading
from shebaoka.faces.api.declaring import protected
from shebaoka.faces.api.wire import InstitutionRef, Page
from shebaoka.registry.institutions import views
from shebaoka.registry.institutions.liveness import Status, status_on
from shebaoka.registry.institutions.model import Institution

Kind = Literal[
    "card_centre", "community_centre", "bank", "bank_outlet", "employer", "school", "card_bureau", "courier", "hotline",
    "online_platform", "kiosk", "hospital", "pharmacy", "bank_hotline", "agency", "hotel", "library",
]  # fmt: skip

CodeCursor = Annotated[
    str,
    QueryParameter(
        max_length=64, pattern=r"^[^\x00]*$", description="上一页的 next · `next` of the page before"
    ),
]
LIMIT_MAX: Final = 1_000


class InstitutionView(msgspec.Struct, frozen=True):
    """An organisation that takes part. `live_from`: from when it serves once it is live, before that the day planned.

    `readiness` means something for the kinds that must be live before they do business. `instant`: an outlet that replaces
    cards on the spot.
    """

    institution: InstitutionRef
    parent_id: str | None
    district_code: str | None
    elsewhere: bool
    live_from: date | None
    readiness: Status
    instant: bool


@get("/institutions", **protected("institution.read", "institutions", "机构 · Institutions"))
async def list_institutions(
    request: Call,
    kind: Annotated[Kind, QueryParameter(description="机构类别 · kind of institution")],
    cursor: CodeCursor = "",
    limit: Annotated[
        int, QueryParameter(ge=1, le=LIMIT_MAX, description="每页条数 · how many of them")
    ] = LIMIT_MAX,
    instant: Annotated[
        bool, QueryParameter(description="只列即时补换网点 · only outlets that replace cards on the spot")
    ] = False,
) -> Page[InstitutionView]:
    """Give institutions of one kind, by code: banks and outlets to choose from."""
    async with reading(request) as work:
        found = await views.page_of_kind(work, kind, cursor, limit, instant=instant)
        today = work.today
    return Page([_view(one, today) for one in found], found[-1].code if len(found) == limit else None)


def _view(one: Institution, today: date) -> InstitutionView:
    parent = None if one.parent_id is None else str(one.parent_id)
    return InstitutionView(
        InstitutionRef.of(one),
        parent,
        one.district_code,
        one.elsewhere,
        one.live_from,
        status_on(one, today),
        one.instant,
    )


HANDLERS: tuple[Any, ...] = (list_institutions,)
