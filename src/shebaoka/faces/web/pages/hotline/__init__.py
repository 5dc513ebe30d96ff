"""The hotlines' pages: a call from its opening to its end, cases, warm hand-overs, and whose a case is."""

from __future__ import annotations

from typing import Final

from shebaoka.faces.web.pages.hotline import calls, cases, desk
from shebaoka.faces.web.visiting import Menu

HANDLERS: Final = (*desk.HANDLERS, *calls.HANDLERS, *cases.HANDLERS)
MENU: Final = (Menu("/staff/hotline", "热线", "Hotline", "help.case"),)
