"""Everything that writes cards."""

from shebaoka.cards.commands.accounting import note_financial
from shebaoka.cards.commands.cancelling import (
    cancel,
    void_entitled_no_more,
    void_lost_in_post,
    void_not_handed_over,
)
from shebaoka.cards.commands.deaths import void_for_death, void_of_dead
from shebaoka.cards.commands.losing import (
    Lifted,
    keep_lost,
    lift_lapsed_due,
    lift_loss,
    report_loss,
    undo_loss,
)
from shebaoka.cards.commands.opening import open_functions, open_many, open_promised_due
from shebaoka.cards.commands.reminding import note_received, remind_due
from shebaoka.cards.commands.taking import allocate_numbers, take_made_cards, take_old_cards

__all__ = [
    "Lifted",
    "allocate_numbers",
    "cancel",
    "keep_lost",
    "lift_lapsed_due",
    "lift_loss",
    "note_financial",
    "note_received",
    "open_functions",
    "open_many",
    "open_promised_due",
    "remind_due",
    "report_loss",
    "take_made_cards",
    "take_old_cards",
    "undo_loss",
    "void_entitled_no_more",
    "void_for_death",
    "void_lost_in_post",
    "void_not_handed_over",
    "void_of_dead",
]
