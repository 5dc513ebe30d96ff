"""Everything that writes in the delivery room."""

from shebaoka.issuing.delivery.commands.bringing_back import note_arrival, send_back
from shebaoka.issuing.delivery.commands.changing import change_destination, relabel
from shebaoka.issuing.delivery.commands.collecting import collect, collect_many
from shebaoka.issuing.delivery.commands.dispatching import dispatch_due
from shebaoka.issuing.delivery.commands.losing import LostParcel, declare_lost
from shebaoka.issuing.delivery.commands.preparing import ask_again, send_again
from shebaoka.issuing.delivery.commands.redirecting import redirect_due
from shebaoka.issuing.delivery.commands.telling import take_events
from shebaoka.issuing.delivery.commands.waiting import look_due

__all__ = [
    "LostParcel",
    "ask_again",
    "change_destination",
    "collect",
    "collect_many",
    "declare_lost",
    "dispatch_due",
    "look_due",
    "note_arrival",
    "redirect_due",
    "relabel",
    "send_again",
    "send_back",
    "take_events",
]
