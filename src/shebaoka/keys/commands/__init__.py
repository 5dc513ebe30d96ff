"""All that changes card keys: ceremonies, and what the card bureau is given for one batch."""

from shebaoka.keys.commands.ceremonies import approve, begin, lapse_due, withdraw
from shebaoka.keys.commands.handing import confirm_destroyed, export_terminal_keys, hand_out

__all__ = [
    "approve",
    "begin",
    "confirm_destroyed",
    "export_terminal_keys",
    "hand_out",
    "lapse_due",
    "withdraw",
]
