"""Everything that writes about settlement."""

from shebaoka.benefits.settlement.commands.comparing import close_difference, compare_details, compare_totals
from shebaoka.benefits.settlement.commands.confirming import confirm, confirm_together, settle_guest
from shebaoka.benefits.settlement.commands.designating import designate
from shebaoka.benefits.settlement.commands.quoting import quote, settling
from shebaoka.benefits.settlement.commands.reversing import reverse
from shebaoka.benefits.settlement.commands.serving import add_lines, put_divided, regroup_lines, remove_lines
from shebaoka.benefits.settlement.commands.telling import note_care
from shebaoka.benefits.settlement.commands.visiting import (
    admit_guest,
    cancel,
    discharge,
    locked,
    readmit,
    register,
    register_elsewhere,
)

__all__ = [
    "add_lines",
    "admit_guest",
    "cancel",
    "close_difference",
    "compare_details",
    "compare_totals",
    "confirm",
    "confirm_together",
    "designate",
    "discharge",
    "locked",
    "note_care",
    "put_divided",
    "quote",
    "readmit",
    "register",
    "register_elsewhere",
    "regroup_lines",
    "remove_lines",
    "reverse",
    "settle_guest",
    "settling",
]
