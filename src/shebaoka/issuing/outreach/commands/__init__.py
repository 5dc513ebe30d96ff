"""Everything that writes in the outreach room."""

from shebaoka.issuing.outreach.commands.equipping import (
    block_device,
    close_site,
    open_slots,
    register_device,
    release_device,
    set_up_site,
)
from shebaoka.issuing.outreach.commands.planning import cancel, cancel_for_death, plan, request
from shebaoka.issuing.outreach.commands.settling import settle
from shebaoka.issuing.outreach.commands.synchronising import synchronise
from shebaoka.issuing.outreach.commands.working_off import accept, discard

__all__ = [
    "accept",
    "block_device",
    "cancel",
    "cancel_for_death",
    "close_site",
    "discard",
    "open_slots",
    "plan",
    "register_device",
    "release_device",
    "request",
    "set_up_site",
    "settle",
    "synchronise",
]
