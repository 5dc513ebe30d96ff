"""Everything that writes in the delivery room."""

from shebaoka.issuing.delivery.commands.collecting import collect, collect_many
from shebaoka.issuing.delivery.commands.dispatching import dispatch_due
from shebaoka.issuing.delivery.commands.losing import LostParcel, declare_lost
from shebaoka.issuing.delivery.commands.preparing import send_again
from shebaoka.issuing.delivery.commands.telling import take_events

__all__ = [
    "LostParcel",
    "collect",
    "collect_many",
    "declare_lost",
    "dispatch_due",
    "send_again",
    "take_events",
]
