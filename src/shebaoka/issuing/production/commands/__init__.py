"""Everything that writes in the production room."""

from shebaoka.issuing.production.commands.excepting import give_up, order_again
from shebaoka.issuing.production.commands.ordering import last_days, order_due
from shebaoka.issuing.production.commands.repicturing import replace_photo
from shebaoka.issuing.production.commands.returning import lapse_due, take_returns
from shebaoka.issuing.production.commands.writing import write_due

__all__ = [
    "give_up",
    "lapse_due",
    "last_days",
    "order_again",
    "order_due",
    "replace_photo",
    "take_returns",
    "write_due",
]
