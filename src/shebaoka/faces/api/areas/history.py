"""What happened to a resident's applications and cards, or to a ward's, in plain words."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import msgspec
from litestar import get

from shebaoka.cards import views as cards
from shebaoka.faces.api.access import RESIDENTS_ONLY
from shebaoka.faces.api.areas.looks import Whose, whose_of
from shebaoka.faces.api.calling import Call, reading
from shebaoka.faces.api.declaring import ONE, protected
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Limit
from shebaoka.service.helpdesk import timeline

CARDS: Final = "card."
"""What the names of whatever happens to a card begin with; it is about the card's number."""


class StepView(msgspec.Struct, frozen=True):
    """One thing that happened. `card_tail`: the last of the card's number, where it was a card's."""

    at: datetime
    kind: str
    card_tail: str | None
    zh: str
    en: str


class HistoryView(msgspec.Struct, frozen=True):
    """What happened, newest first."""

    items: list[StepView]


@get(
    "/family/history",
    **protected("card.read", "family", "卡的经过 · What happened to one's card", refuses=ONE, residents=RESIDENTS_ONLY),
)  # fmt: skip
async def history(request: Call, person_id: Whose = None, limit: Limit = 50) -> HistoryView:
    """Give the newest of what happened to one's own applications, cards and visits, or a ward's. The look is recorded."""
    programme = await service(request).programme()
    async with reading(request) as work:
        whose = await whose_of(work, programme, person_id)
        tails = {str(one.card_id): one.card_number[-4:] for one in (await cards.of_people(work, [whose])).get(whose, [])}  # fmt: skip
        found = await timeline.history(work, whose)
        work.record(whose, "card.seen", whose)
    return HistoryView([
        StepView(one.at, one.kind, tails.get(one.subject) if one.kind.startswith(CARDS) else None, one.zh, one.en)
        for one in reversed(found[-limit:])
    ])  # fmt: skip


HANDLERS: tuple[Any, ...] = (history,)
