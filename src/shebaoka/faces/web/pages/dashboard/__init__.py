"""The programme dashboard: key figures, curves, drill-down, tables and pictures for reports."""

from __future__ import annotations

from typing import Final

from shebaoka.faces.web.pages.dashboard import beside, handing, settled, showing
from shebaoka.faces.web.visiting import Menu

HANDLERS: Final = (*showing.HANDLERS, *beside.HANDLERS, *settled.HANDLERS, *handing.HANDLERS)
MENU: Final = (Menu(showing.HERE, "进度看板", "Dashboard", "report.read"),)
