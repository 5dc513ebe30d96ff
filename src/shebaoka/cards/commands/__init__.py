"""Everything that writes cards."""

from shebaoka.cards.commands.deaths import void_for_death, void_of_dead
from shebaoka.cards.commands.opening import open_functions, open_many, open_promised_due
from shebaoka.cards.commands.reminding import note_received, remind_due
from shebaoka.cards.commands.taking import allocate_numbers, take_made_cards, take_old_cards

__all__ = [
    "allocate_numbers",
    "note_received",
    "open_functions",
    "open_many",
    "open_promised_due",
    "remind_due",
    "take_made_cards",
    "take_old_cards",
    "void_for_death",
    "void_of_dead",
]
