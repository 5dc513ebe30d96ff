"""Everything that writes about payouts."""

from shebaoka.benefits.payouts.commands.answering import note_gap, take_documents, work_documents
from shebaoka.benefits.payouts.commands.drawing import approve, cancel, draw
from shebaoka.benefits.payouts.commands.filing import file_refused, file_sent, write_run
from shebaoka.benefits.payouts.commands.taking import take_accounts, take_items
from shebaoka.benefits.payouts.commands.working_off import close_difference, note_payer, repay, stop

__all__ = [
    "approve",
    "cancel",
    "close_difference",
    "draw",
    "file_refused",
    "file_sent",
    "note_gap",
    "note_payer",
    "repay",
    "stop",
    "take_accounts",
    "take_documents",
    "take_items",
    "work_documents",
    "write_run",
]
