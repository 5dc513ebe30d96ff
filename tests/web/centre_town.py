"""Ways to the card centre's pages, with something to see on each."""

from __future__ import annotations

from datetime import timedelta

from tests.web.browsing import Web

from shebaoka.cards.status_list.commands import publish_due
from shebaoka.kit.sm2_files import make_secret


async def production(web: Web) -> str:
    """A card that failed for good, and an answer of the bureau that fits no order."""
    await web.town.failed_for_good(1)
    return "/staff/centre"


async def held_batch(web: Web) -> str:
    """A batch that was stopped, its keys not reported destroyed."""
    return f"/staff/centre/batches/{await web.town.held_batch(1)}"


async def card_face(web: Web) -> str:
    """The face of a card that failed for good."""
    return f"/staff/centre/orders/{await web.town.failed_for_good(1)}/face"


async def parcels(web: Web) -> str:
    """A parcel that came back, and one that waits at an outlet."""
    await web.town.parcel_waiting(1, status="returned")
    await web.town.parcel_waiting(2)
    return "/staff/centre/parcels"


async def blanks(web: Web) -> str:
    """An outlet that issues on the spot, with ten blanks."""
    await web.town.counter()
    return "/staff/blanks"


async def deliveries(web: Web) -> str:
    """A delivery, ten of it at an outlet."""
    await web.town.delivered("M1", 1, 40)
    await web.town.counter(numbers=("00000001", "0000000A"))
    return "/staff/blanks/deliveries?chip=00000003"


async def publish(web: Web) -> None:
    """The status list is published."""
    key = make_secret(web.town.city.settings.status_list_key_path)
    await publish_due(web.town.database, key, web.town.city.settings.city_digits)


async def status_list(web: Web) -> str:
    """A list that should have been followed by the next one an hour ago."""
    clock = web.town.database.clock
    clock.at -= timedelta(hours=4)
    await publish(web)
    clock.at += timedelta(hours=4)
    return "/staff/status-list"
