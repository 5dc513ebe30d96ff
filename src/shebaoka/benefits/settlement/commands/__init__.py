"""Everything that writes about settlement."""

from shebaoka.benefits.settlement.commands.comparing import close_difference, compare_details, compare_totals
from shebaoka.benefits.settlement.commands.confirming import confirm, confirm_together
from shebaoka.benefits.settlement.commands.designating import designate
from shebaoka.benefits.settlement.commands.quoting import quote
from shebaoka.benefits.settlement.commands.reversing import reverse
from shebaoka.benefits.settlement.commands.serving import add_lines, remove_lines
from shebaoka.benefits.settlement.commands.telling import note_care
from shebaoka.benefits.settlement.commands.visiting import cancel, discharge, readmit, register

__all__ = [
    "add_lines",
    "cancel",
    "close_difference",
    "compare_details",
    "compare_totals",
    "confirm",
    "confirm_together",
    "designate",
    "discharge",
    "note_care",
    "quote",
    "readmit",
    "register",
    "remove_lines",
    "reverse",
]
