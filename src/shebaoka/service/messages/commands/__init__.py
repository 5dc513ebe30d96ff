"""Everything that writes messages."""

from shebaoka.service.messages.commands.choosing import mark_read, prefer, show
from shebaoka.service.messages.commands.exchanging import exchange_due
from shebaoka.service.messages.commands.mending import send_again, send_again_all
from shebaoka.service.messages.commands.queueing import queue

__all__ = ["exchange_due", "mark_read", "prefer", "queue", "send_again", "send_again_all", "show"]
