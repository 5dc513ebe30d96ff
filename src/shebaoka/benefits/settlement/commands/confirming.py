"""A quote is confirmed: once, while nothing has moved, by a card that is good at that moment."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from shebaoka.benefits.settlement import errors, store
from shebaoka.benefits.settlement.commands.quoting import quote, settling
from shebaoka.benefits.settlement.model import Confirming, Settled
from shebaoka.benefits.settlement.store import SQL
from shebaoka.cards.judging import judged
from shebaoka.kit.work import Row, Work
from shebaoka.registry.programme.programme import Programme

REFUSED: Final = MappingProxyType(
    {
        "withdrawn": (errors.MessageWithdrawn, ""),
        "message_differs": (errors.MessageDiffers, ""),
        "not_holder": (errors.NotHolder, ""),
        "no_quote": (errors.QuoteUnusable, "没有此试算 · there is no such quote"),
        "quote_used": (errors.QuoteUnusable, "此试算已确认过 · this quote was confirmed before"),
        "quote_expired": (errors.QuoteUnusable, "试算已过有效时间 · the quote has expired"),
        "visit_moved": (
            errors.QuoteUnusable,
            "试算后就诊或明细有变动 · visit or lines have changed since the quote",
        ),
        "not_discharged": (errors.QuoteUnusable, "尚未办理出院 · the patient is not discharged"),
        "settled_already": (errors.AlreadySettled, ""),
    }
)
OF_THE_MESSAGE: Final = frozenset({"withdrawn", "message_differs", "not_holder"})
"""Refusals for which no card is looked at."""


async def confirm(work: Work, programme: Programme, one: Confirming) -> Settled:
    """Settle what was quoted; the same message again gives the same answer.

    When accounts or sums have moved since, the rule of the day (`settling`) says whether it is reckoned anew. Every refusal
    must roll the transaction back: raises MessageDiffers, MessageWithdrawn, NotHolder, CardNotUsable, QuoteUnusable,
    AlreadySettled, StandingMoved.
    """
    settlement_id, entry_id, fact_id = work.ids.many(3)
    asked = {
        "person_id": one.person_id, "institution_id": one.institution_id, "number": one.number, "says": one.says,
        "quote_id": one.quote_id, "card_number": one.card_number, "settlement_id": settlement_id, "entry_id": entry_id,
        "fact_id": fact_id, "actor": work.actor.name, "organisation_id": work.actor.organisation_id, "now": work.now,
        "today": work.today,
    }  # fmt: skip
    row = await _ask(work, asked)
    if row[0] == "repeated":
        return Settled(settlement=store.settlement_of(row[1]), bills=store.bills_of(row[2]), repeated=True)
    if row[0] not in OF_THE_MESSAGE:
        _judge(work, programme, row[3:])
    recomputed = row[0] == "state_moved"
    if recomputed:
        row = await _ask(work, asked | {"quote_id": await _anew(work, programme, one)})
    if row[0] != "settled":
        refused, why = REFUSED[row[0]]
        raise refused(why)
    return Settled(
        settlement=store.settlement_of(row[1]), bills=store.bills_of(row[2]), recomputed=recomputed
    )


async def _ask(work: Work, asked: dict[str, object]) -> Row:
    row = await work.row(SQL["confirm"], asked)
    assert row is not None
    return row


def _judge(work: Work, programme: Programme, card: Row) -> None:
    """Hold the card as it stood when the person was locked against today: whatever was written is rolled back if it is not good."""
    today = work.today
    standing = judged(card, today, programme.old_cards_void_from(today), programme.account_after(today))
    if not standing.good:
        raise errors.CardNotUsable(f"{standing.zh} · {standing.en}", reason=standing.reason)


async def _anew(work: Work, programme: Programme, one: Confirming) -> int:
    """Quote what a message confirms anew, everything being locked. Raises StandingMoved where the rule refuses."""
    keys = {"person_id": one.person_id, "quote_id": one.quote_id}
    row = await work.row(SQL["kind_of_quote"], keys)
    assert row is not None, "its state has moved, so it was found"
    visit_id, batch, kind = row
    if settling(programme, kind, work.today).moved == "refuse":
        raise errors.StandingMoved
    return (await quote(work, programme, one.institution_id, one.person_id, visit_id, batch)).quote_id
