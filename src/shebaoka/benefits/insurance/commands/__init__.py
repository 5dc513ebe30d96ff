"""Everything that writes about insurance."""

from shebaoka.benefits.insurance.commands.cataloguing import note_items
from shebaoka.benefits.insurance.commands.contributing import Owed, contribute, owed_for, take_back
from shebaoka.benefits.insurance.commands.counting import begin_year, lock_insured
from shebaoka.benefits.insurance.commands.following import follow_due, follow_register
from shebaoka.benefits.insurance.commands.noting import note_life, note_spell
from shebaoka.benefits.insurance.commands.opening import open_account, open_year, open_year_due

__all__ = [
    "Owed",
    "begin_year",
    "contribute",
    "follow_due",
    "follow_register",
    "lock_insured",
    "note_items",
    "note_life",
    "note_spell",
    "open_account",
    "open_year",
    "open_year_due",
    "owed_for",
    "take_back",
]
