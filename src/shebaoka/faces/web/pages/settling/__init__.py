"""Settling with the card for institutions without a system, and what differs when a day is reconciled."""

from shebaoka.faces.web.pages.settling import desk, differences
from shebaoka.faces.web.visiting import Menu

MENU = (
    Menu("/staff/settling", "医保结算", "Settling", "settlement.settle"),
    Menu("/staff/settling/differences", "对账差异", "Differences", "settlement.difference"),
)
HANDLERS = (*desk.HANDLERS, *differences.HANDLERS)
