"""A card is lost, found, or lost for so long that the report ends by itself: the social-security function only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from shebaoka.cards import states, store, views
from shebaoka.cards.commands.changing import locked, saved
from shebaoka.cards.errors import (
    LossMayNotBeLifted,
    LossMayNotBeReported,
    LossNotUndone,
    LossReported,
    void_refusal,
)
from shebaoka.cards.model import Card, LossReport, Outlet
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.work import Work
from shebaoka.registry.programme.programme import Programme

PEOPLE_MAX: Final = 5_000


@dataclass(frozen=True, slots=True)
class Lifted:
    """How many temporary loss reports have ended by themselves."""

    lifted: int


async def report_loss(work: Work, programme: Programme, report: LossReport) -> Card:
    """Report a card lost, opened or not, old or new; it is good for nothing until the report is lifted.

    A temporary report ends by itself after the days of the programme's rule and may become formal; who takes in which
    is a rule too. This function will give the card as it now is. Raises LossMayNotBeReported, CardVoid, LossReported,
    NotFound, CardChangedMeanwhile.
    """
    if report.loss not in programme.loss(report.outlet.kind, work.today).report:
        raise LossMayNotBeReported(f"{report.outlet.kind}: {report.loss}")
    card = await locked(work, report.person_id, report.card_id)
    if card.social == "void":
        raise void_refusal(card)
    if card.loss and (card.loss, report.loss) not in states.REPORTS:
        raise LossReported.of(card)
    days = programme.temporary_loss_days(work.today)
    until = work.now + timedelta(days=days) if report.loss == "temporary" else None
    lost = _lost(work, card, report, until)
    work.record(
        card.person_id,
        "card.loss_reported",
        card.card_id,
        loss=report.loss,
        until=until,
        outlet_kind=report.outlet.kind,
    )
    # The holder hears of it at once: somebody else may have reported the card.
    work.tell(card.person_id, "card.loss_reported", card_id=card.card_id)
    return await saved(work, lost)


async def lift_loss(work: Work, programme: Programme, person_id: int, card_id: int, outlet: Outlet) -> Card:
    """Lift a loss report of either kind, at the holder's wish; the card is what it was before.

    This function will give the card as it now is. Raises LossMayNotBeLifted, CardVoid, TransitionRefused, NotFound,
    CardChangedMeanwhile.
    """
    if not programme.loss(outlet.kind, work.today).lift:
        raise LossMayNotBeLifted(outlet.kind)
    card = await locked(work, person_id, card_id)
    if card.social == "void":
        raise void_refusal(card)
    return await _found(work, card, outlet)


async def undo_loss(work: Work, programme: Programme, person_id: int, card_id: int, outlet: Outlet) -> Card:
    """Take back a temporary report within the minutes of the programme's rule; only whoever made it may.

    This function will give the card as it was before. Raises LossNotUndone, CardVoid, NotFound, CardChangedMeanwhile.
    """
    card = await locked(work, person_id, card_id)
    if card.social == "void":
        raise void_refusal(card)
    if await views.undo_until(work, programme, card, outlet) is None:
        raise LossNotUndone
    return await _found(work, card, outlet, undone=True)


async def _found(work: Work, card: Card, outlet: Outlet, **detail: bool) -> Card:
    social = states.after_social(card.social, "lift")
    work.record(
        card.person_id, "card.loss_lifted", card.card_id, loss=card.loss, outlet_kind=outlet.kind, **detail
    )
    work.tell(card.person_id, "card.loss_lifted", card_id=card.card_id)
    return await saved(work, replace(card, social=social, loss=None, lost_at=None, loss_until=None))


async def keep_lost(work: Work, person_id: int, card_id: int) -> Card:
    """Keep a lost card suspended without end, because its replacement was applied for.

    This function will give the card as it now is, and raise TransitionRefused when the report was lifted meanwhile.
    """
    card = await locked(work, person_id, card_id)
    if card.loss is None:
        raise states.refused("社会保障功能", "social-security function", card.social, "lift")
    if card.loss == "formal":
        return card
    work.record(person_id, "card.loss_kept", card_id, why="replacement")
    return await saved(work, replace(card, loss="formal", loss_until=None))


async def lift_lapsed_due(database: Database, progress: Callable[[int], None] = lambda _: None) -> Lifted:
    """Note the end of temporary loss reports; whoever looks at such a card is told so from that moment on anyway."""
    lifted = 0
    while True:
        async with database.work(SYSTEM) as work:
            people = await store.lapsed(work, PEOPLE_MAX)
            cards = await store.lift_lapsed(work, people)
            work.record_many("card.loss_lapsed", cards)
            work.tell_many(
                "card.loss_lifted", ((person_id, {"card_id": card_id}) for person_id, card_id in cards)
            )
        if not people:
            return Lifted(lifted)
        lifted += len(cards)
        progress(len(cards))


def _lost(work: Work, card: Card, report: LossReport, until: datetime | None) -> Card:
    if card.social_due_on is not None:
        # What an outlet elsewhere promised to open tomorrow is lost today.
        work.record(card.person_id, "card.promise_dropped", card.card_id)
    return replace(
        card, social=states.after_report(card.social, card.loss, report.loss), social_due_on=None,
        loss=report.loss, lost_at=card.lost_at or work.now, loss_until=until,
    )  # fmt: skip
