"""What was captured without a network is done as at a counter of the device's outlet: the same bodies, the same commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta

from shebaoka.faces.api.areas.applications import NewApplication, apply_at
from shebaoka.faces.api.areas.cards import OpeningBody, open_at
from shebaoka.faces.api.rendering import malformed
from shebaoka.faces.api.wire import Body, LongText
from shebaoka.issuing.outreach import commands
from shebaoka.issuing.outreach.model import CarryOut, Item, Outcome, Told
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.programme.programme import Programme

T = TypeVar("T", bound=Body)
PATH: Final = " - at `$."


class VisitOutcome(Body, frozen=True):
    """How a visit went. `attempt`: the how many-th it was, as the device knew it; a reason where nobody was met."""

    attempt: Annotated[int, Meta(ge=1, le=100)]
    outcome: Outcome
    reason: LongText | None = None


def as_at_a_counter(programme: Programme, *, correcting: bool = False) -> CarryOut:
    """Give what carries captured items out. `correcting`: a person has looked at them, and they count after all."""

    async def carry_out(work: Work, item: Item, here: Institution, device_id: int) -> Mapping[str, Any]:
        match item.kind:
            case "application":
                asked = read(item.content, NewApplication)
                return _plain(await apply_at(work, programme, asked, here, taken_on=work.today))
            case "opening":
                return _plain(await open_at(work, programme, read(item.content, OpeningBody), here))
            case "visit_outcome":
                told = _told(item, read(item.content, VisitOutcome), device_id)
                return await _settled(work, programme, item.visit_id, told, correcting=correcting)

    return carry_out


def read(content: Mapping[str, Any], kind: type[T]) -> T:
    """Read what a device says as the body that a counter sends; RequestMalformed names the field."""
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        # The refusal is stored, and PostgreSQL keeps no NUL.
        message, _, path = str(error).replace("\x00", "").partition(PATH)
        raise malformed(path.rstrip("`"), message) from None


def _told(item: Item, outcome: VisitOutcome, device_id: int) -> Told:
    return Told(
        outcome.attempt, outcome.outcome, item.noted_at, item.staff_id, outcome.reason, device_id, item.request_key
    )  # fmt: skip


async def _settled(
    work: Work, programme: Programme, visit_id: int | None, told: Told, *, correcting: bool
) -> Mapping[str, Any]:
    if visit_id is None:
        raise NotFound("上门编号 visit_id")
    visit = await commands.settle(work, programme, visit_id, told, correcting=correcting)
    return {"visit_id": str(visit.visit_id), "status": str(visit.status), "attempt": visit.attempt}


def _plain(view: msgspec.Struct) -> Mapping[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(view)
    return plain
