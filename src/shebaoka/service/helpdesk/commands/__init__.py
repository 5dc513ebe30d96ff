"""Everything that writes calls and cases."""

from shebaoka.service.helpdesk.commands.asking import answer_caller, see_medical, see_timeline
from shebaoka.service.helpdesk.commands.calling import Opening, end_call, open_call, set_topic
from shebaoka.service.helpdesk.commands.handing import (
    Leaving,
    accept,
    decide,
    hand_over,
    lapse_due,
    note_circle,
    settle,
)
from shebaoka.service.helpdesk.commands.identifying import Said, identify
from shebaoka.service.helpdesk.commands.losing import report_lost
from shebaoka.service.helpdesk.commands.moving import Move, move, note_deaths

__all__ = [
    "Leaving",
    "Move",
    "Opening",
    "Said",
    "accept",
    "answer_caller",
    "decide",
    "end_call",
    "hand_over",
    "identify",
    "lapse_due",
    "move",
    "note_circle",
    "note_deaths",
    "open_call",
    "report_lost",
    "see_medical",
    "see_timeline",
    "set_topic",
    "settle",
]
