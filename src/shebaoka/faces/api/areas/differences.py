"""Where a day's reconciliation with an institution does not agree: listed, looked at from both sides, and closed with a reason."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import JSONBody, QueryParameter

from shebaoka.benefits.settlement import commands, views
from shebaoka.benefits.settlement.errors import DetailsRefused
from shebaoka.benefits.settlement.model import Fate
from shebaoka.benefits.settlement.reconciling import Amounts, Difference, DifferenceKind
from shebaoka.faces.api.areas.settling_views import SettlementView
from shebaoka.faces.api.calling import OK, Call, reading, write
from shebaoka.faces.api.declaring import ONE, RequestKey, protected
from shebaoka.faces.api.wire import Body, InstitutionRef, PathId, Why, institution_of, references
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.staff.roles import Scope, allowed

BEGINNING: Final = date(2018, 1, 1)
CLOSED: Final = {"open": False, "closed": True, "all": None}
At = Annotated[
    str | None,
    QueryParameter(min_length=1, max_length=64, description="机构代码，缺省全部 · an institution's code; default all", required=False),
]  # fmt: skip
Which = Annotated[
    Literal["open", "closed", "all"],
    QueryParameter(description="待处理、已处理或全部 · to be worked off, closed, or both", required=False),
]
First = Annotated[date | None, QueryParameter(name="from", description="首日 · first day", required=False)]
Last = Annotated[date | None, QueryParameter(name="to", description="末日 · last day", required=False)]


class DifferenceView(msgspec.Struct, frozen=True):
    """A message on which an institution and we do not agree; null is the side that does not know it.

    Amounts in fen, a reversal negative; `reason` and `closed_at` once it was worked off.
    """

    difference_id: str
    institution: InstitutionRef
    day: date
    number: str
    kind: DifferenceKind
    theirs: Amounts | None
    ours: Amounts | None
    found_at: datetime
    closed_at: datetime | None
    reason: str | None


class Differences(msgspec.Struct, frozen=True):
    """Differences, oldest day first; at most 500."""

    items: list[DifferenceView]


class BothSides(msgspec.Struct, frozen=True):
    """A difference with what became of the message here: `fate`, and the settlement that it made or took back, if any."""

    difference: DifferenceView
    fate: Fate
    settlement: SettlementView | None


class Worked(Body, frozen=True):
    """Why a difference is closed."""

    reason: Why


@get(
    "/settling/differences",
    **protected("settlement.difference", "settling", "对账差异 · Differences of reconciliation", refuses=ONE),
)
async def differences(
    request: Call, institution: At = None, status: Which = "open", first: First = None, last: Last = None
) -> Differences:
    """Give differences, oldest day first. An institution sees its own, whatever it asks for; the benefits office all."""
    async with reading(request) as work:
        at = await _reach(work, institution)
        found = await views.differences(
            work, at, first or BEGINNING, last or work.today, closed=CLOSED[status]
        )
        return Differences(await _shown(work, found))


@get(
    "/settling/differences/{difference_id:int}",
    **protected(
        "settlement.difference", "settling", "一笔差异的双方记录 · Both sides of a difference", refuses=ONE
    ),
)
async def one_difference(request: Call, difference_id: PathId) -> BothSides:
    """Give a difference with what became of its message here. The look at the settlement is recorded."""
    async with reading(request) as work:
        found = await _one(work, difference_id)
        told = await views.message(work, found.institution_id, found.number)
        if told.settlement is not None:
            work.record(told.settlement.person_id, "settlement.message_seen", told.settlement.settlement_id)
        (view,) = await _shown(work, [found])
        settled = None if told.settlement is None else SettlementView.of(told.settlement)
        return BothSides(view, told.fate, settled)


@post(
    "/settling/differences/{difference_id:int}/closing",
    status_code=OK,
    **protected("settlement.close_difference", "settling", "处理完毕，注明原因 · Close a difference with a reason", keyed=True,
                refuses=(*ONE, DetailsRefused)),
)  # fmt: skip
async def close_difference(
    request: Call, difference_id: PathId, data: JSONBody[Worked], key: RequestKey = None
) -> Response[DifferenceView]:
    """Close a difference that was worked off, for good."""

    async def act(work: Work) -> DifferenceView:
        found = await _one(work, difference_id)
        if found.closed_at is not None:
            raise NotFound(f"未处理的差异 open difference {difference_id}")
        await commands.close_difference(work, found.institution_id, found.day, found.number, data.reason)
        (view,) = await _shown(work, [await views.difference(work, difference_id)])
        return view

    return await write(request, key, data, act)


async def _one(work: Work, difference_id: int) -> Difference:
    found = await views.difference(work, difference_id)
    if _own_only(work) and found.institution_id != work.actor.organisation_id:
        raise NotFound(f"差异 difference {difference_id}")
    return found


async def _reach(work: Work, code: str | None) -> int | None:
    """Give whose differences are shown; None: all. Raises NotFound for an institution that is not one's own, or unknown."""
    asked = None if code is None else (await institution_of(work, code)).institution_id
    if not _own_only(work):
        return asked
    own = work.actor.organisation_id
    if asked not in (None, own):
        raise NotFound(f"机构代码 institution {code}")
    return own


def _own_only(work: Work) -> bool:
    return allowed(work.actor, "settlement.difference") is Scope.OWN


async def _shown(work: Work, found: list[Difference]) -> list[DifferenceView]:
    places = await references(work, {one.institution_id for one in found})
    return [
        DifferenceView(
            str(one.difference_id), places[one.institution_id], one.day, one.number, one.kind, one.theirs, one.ours,
            one.found_at, one.closed_at, one.reason,
        )
        for one in found
    ]  # fmt: skip


HANDLERS: tuple[Any, ...] = (differences, one_difference, close_difference)
