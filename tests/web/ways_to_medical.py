"""Ways to the pages of one's medical insurance."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from tests.faces.medical_town import at_the_doctors
from tests.web.browsing import Web
from tests.web.paying_town import pays_for_oneself, refused
from tests.web.payouts_town import rejected

WHO = 98
"""Who looks where no resident is named."""


async def ill(web: Web, page: str = "") -> str:
    await at_the_doctors(web.town, WHO)
    return f"/mine/medical{page}"


async def bill(web: Web, nth: int = 1) -> str:
    """Give the way to a bill; the newest was taken back."""
    await ill(web)
    own = await web.town.person_id(WHO)
    found = (await web.town.call("GET", "/api/family/bills", "resident", own)).json()["items"]
    return f"/mine/medical/bills/{found[nth]['settlement_id']}"


async def paid(web: Web) -> str:
    """One benefit came back from the bank."""
    await rejected(web.town, WHO)
    return "/mine/benefits?year=2018"


async def owing(web: Web) -> str:
    """A resident who owes a year, and to whom a bank has not paid an earlier one."""
    own = await pays_for_oneself(web.town, WHO)
    await refused(web.town, own, "2018-01-01")
    return "/mine/medical/paying?period=2019-01-01"


LOOKS: dict[str, tuple[str, str | Callable[[Web], Awaitable[str]]]] = {
    "/mine/medical": ("resident", ill),
    "/mine/medical/entries": ("resident", partial(ill, page="/entries")),
    "/mine/medical/bills": ("resident", partial(ill, page="/bills")),
    "/mine/medical/bills/{settlement_id}": ("resident", bill),
    "/mine/medical/contributions": ("resident", partial(ill, page="/contributions?year=2018")),
    "/mine/benefits": ("resident", paid),
    "/mine/medical/paying": ("resident", owing),
    "/calculator": ("", "/calculator"),
}
