"""Everything that writes in the production room."""

from shebaoka.issuing.production.commands.excepting import give_up, order_again
from shebaoka.issuing.production.commands.holding import call_off, release
from shebaoka.issuing.production.commands.lapsing import lapse_due
from shebaoka.issuing.production.commands.ordering import last_days, order_due
from shebaoka.issuing.production.commands.repicturing import replace_photo
from shebaoka.issuing.production.commands.taking import take_returns
from shebaoka.issuing.production.commands.writing import write_due

__all__ = [
    "call_off",
    "give_up",
    "lapse_due",
    "last_days",
    "order_again",
    "order_due",
    "release",
    "replace_photo",
    "take_returns",
    "write_due",
]
