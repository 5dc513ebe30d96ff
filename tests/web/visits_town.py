"""Ways to the pages of visits, with something to see on each."""

from __future__ import annotations

from tests.faces.api_town import OUTLET_B, id_number, person
from tests.faces.outreach_town import SITE, application, batch, equip, held, item, visit_asked, visit_planned
from tests.web.browsing import Web

BANK = "bank_clerk"


async def day(web: Web) -> str:
    """A day with a visit, and others that are to be planned."""
    await equip(web.town)
    await visit_planned(web.town, 1)
    await visit_asked(web.town, 2)
    return "/staff/visits?on=2019-01-03"


async def one(web: Web) -> str:
    """A visit that is planned."""
    await equip(web.town)
    return f"/staff/visits/{await visit_planned(web.town, 1)}"


async def places(web: Web) -> str:
    """An outlet with places."""
    await equip(web.town)
    return "/staff/visits/places"


async def sites(web: Web) -> str:
    """A station, and a device that could go to the next."""
    await equip(web.town)
    assert (await web.town.post("/api/outreach/sites", BANK, json=SITE)).status_code == 201
    return "/staff/visits/sites"


async def devices(web: Web) -> str:
    """An outlet's device."""
    await equip(web.town)
    return "/staff/visits/devices"


async def clashing(web: Web, device) -> str:
    """Give the number of an application that was captured while somebody applied elsewhere."""
    await web.town.applied(7, at=OUTLET_B, bank="ICBC")
    content = application(web.town, 7)["content"] | {"id_number": id_number(7), "name": person(7).name}
    one = item(web.town, 7, "application", content)
    answer = await web.town.post("/api/outreach/sync", BANK, key=None, json=batch(device, one))
    (result,) = answer.json()["items"]
    assert result["result"] == "conflict"
    return result["capture_id"]


async def conflicts(web: Web) -> str:
    """One that somebody else was faster with, and one of whom nobody knows who captured it."""
    device = await equip(web.town)
    await clashing(web, device)
    await held(web.town, device, 8)
    return "/staff/visits/conflicts"


LOOKS = {
    "/staff/visits/request": ("hotline_agent", "/staff/visits/request"),
    "/staff/visits": (BANK, day),
    "/staff/visits/{visit_id}": (BANK, one),
    "/staff/visits/places": (BANK, places),
    "/staff/visits/sites": (BANK, sites),
    "/staff/visits/devices": (BANK, devices),
    "/staff/visits/conflicts": (BANK, conflicts),
}
