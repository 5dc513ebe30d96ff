"""Everything that writes readiness."""

from shebaoka.service.readiness.commands.calling import CallCounts, call_due, call_partner
from shebaoka.service.readiness.commands.moving import BEFORE, build, go_live, suspend, take_over
from shebaoka.service.readiness.commands.running import close_run, note_seen, open_run

__all__ = [
    "BEFORE", "CallCounts", "build", "call_due", "call_partner", "close_run", "go_live", "note_seen", "open_run", "suspend", "take_over",
]  # fmt: skip
