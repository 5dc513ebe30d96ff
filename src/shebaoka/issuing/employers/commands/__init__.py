"""Everything that writes collections and payroll choices."""

from shebaoka.issuing.employers.commands.choosing import choose_bank, declare_banks
from shebaoka.issuing.employers.commands.noting import close, close_due, note
from shebaoka.issuing.employers.commands.planning import call, cancel, move, set_up

__all__ = [
    "call",
    "cancel",
    "choose_bank",
    "close",
    "close_due",
    "declare_banks",
    "move",
    "note",
    "set_up",
]
