"""Going to people: visits at home and their places, stations and stalls, devices, and what came back from them in doubt."""

from typing import Final

from shebaoka.faces.web.pages.visits import asking, conflicts, devices, one, overview, places, sites
from shebaoka.faces.web.visiting import Menu

HANDLERS: Final = (
    *asking.HANDLERS, *overview.HANDLERS, *places.HANDLERS, *sites.HANDLERS, *devices.HANDLERS, *conflicts.HANDLERS, *one.HANDLERS,
)  # fmt: skip
MENU: Final = (Menu("/staff/visits", "上门服务", "Home visits", "outreach.plan"),)
