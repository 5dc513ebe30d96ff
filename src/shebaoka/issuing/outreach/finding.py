"""Whose a captured item is, and what had happened to this person's card, application or visit when it came in."""

from __future__ import annotations

from typing import Any

import msgspec

from shebaoka.cards import views as cards
from shebaoka.issuing.applications.knowing import live_of
from shebaoka.issuing.outreach import views
from shebaoka.issuing.outreach.model import Item
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.facts import has_invented_people
from shebaoka.kit.problems import Problem
from shebaoka.kit.work import Work
from shebaoka.records import card_number as card_numbers
from shebaoka.records import id_number as numbers
from shebaoka.registry.people import views as people


async def holder_of(work: Work, item: Item) -> int | None:
    """Give whose item it is; None where that cannot be told: the refusal says why."""
    if item.kind == "visit_outcome":
        visit = await views.find_visit(work, item.visit_id) if item.visit_id is not None else None
        return visit.person_id if visit else None
    text = item.content.get("id_number")
    if not isinstance(text, str):
        return None
    try:
        number = numbers.parse(text, on=work.today, invented_allowed=await has_invented_people(work)).text
    except Problem:
        return None
    person = await people.find(work, number)
    return person.person_id if person else None


async def meanwhile(work: Work, item: Item, holder_id: int | None) -> dict[str, Any]:
    """Give the other side of a conflict as it stands now, without personal data."""
    found: dict[str, Any] = {}
    if item.visit_id is not None:
        visit = await views.find_visit(work, item.visit_id)
        if visit is not None:
            found["visit"] = {
                "visit_id": str(visit.visit_id), "status": visit.status, "attempt": visit.attempt,
                "outcome": visit.outcome, "reason": visit.reason, "since": visit.updated_at,
            }  # fmt: skip
    if holder_id is not None:
        found |= await _of_person(work, item, holder_id)
    plain: dict[str, Any] = msgspec.to_builtins(found)
    return plain


async def _of_person(work: Work, item: Item, holder_id: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    person = (await people.by_ids(work, [holder_id]))[holder_id]
    if person.died_on is not None:
        found["died_on"] = person.died_on
    live = (await live_of(work, [holder_id])).get(holder_id)
    if live is not None and item.kind == "application":
        found["application"] = {
            "application_id": str(live.application_id), "channel": live.channel, "status": live.status,
            "applied_on": live.applied_at.astimezone(SHANGHAI).date(),
        }  # fmt: skip
    held = (await cards.of_people(work, [holder_id])).get(holder_id, [])
    meant = cards.meant(held, "new")
    if item.kind == "opening":
        number = _card_number(item)
        meant = next((card for card in held if card.card_number == number), meant)
    if meant is not None and item.kind != "visit_outcome":
        found["card"] = {
            "card_id": str(meant.card_id), "social": meant.social, "financial": meant.financial,
            "social_opened_at": meant.social_opened_at, "void_at": meant.void_at, "void_reason": meant.void_reason,
            "loss": meant.loss,
        }  # fmt: skip
    return found


def _card_number(item: Item) -> str | None:
    text = item.content.get("card_number")
    try:
        return card_numbers.parse(text) if isinstance(text, str) else None
    except Problem:
        return None
