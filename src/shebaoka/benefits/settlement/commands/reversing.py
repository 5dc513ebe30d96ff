"""What a message settled is taken back, once, by another message that names it; or barred where it has not come."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from shebaoka.benefits.settlement import errors, store
from shebaoka.benefits.settlement.model import Reversed, Reversing
from shebaoka.benefits.settlement.store import SQL
from shebaoka.kit.work import Work

REFUSED: Final = MappingProxyType(
    {
        "withdrawn": (errors.MessageWithdrawn, ""),
        "message_differs": (errors.MessageDiffers, ""),
        "reversed_already": (errors.NotReversible, "此前已冲正 · it was taken back before"),
        "names_reversal": (errors.NotReversible, "所指的是一笔冲正 · it names a reversal"),
    }
)


async def reverse(work: Work, one: Reversing) -> Reversed:
    """Take back what a message settled, with its entry and what it counts; the same message again gives the same answer.

    A message that has not come is barred: should it come later it is refused. Every refusal must roll the transaction
    back: raises MessageDiffers, MessageWithdrawn, NotReversible.
    """
    if one.number == one.names:
        raise errors.MessageDiffers(one.number)
    entry_id, fact_id = work.ids.many(2)
    row = await work.row(SQL["reverse"], {
        "institution_id": one.institution_id, "number": one.number, "names": one.names, "entry_id": entry_id,
        "fact_id": fact_id, "actor": work.actor.name, "organisation_id": work.actor.organisation_id, "now": work.now,
        "today": work.today,
    })  # fmt: skip
    assert row is not None
    outcome, settled = row
    if outcome in REFUSED:
        refused, why = REFUSED[outcome]
        raise refused(why)
    settlement = None if settled is None else store.settlement_of(settled)
    if settlement is not None and settlement.card_id is None and outcome == "reversed":
        work.tell(
            settlement.person_id, "settlement.guest_reversed", settlement_id=str(settlement.settlement_id)
        )
    return Reversed(settlement=settlement, repeated=outcome == "repeated")
