"""Ways to the pages of settling."""

from __future__ import annotations

from tests.faces.settling_town import ROLE, designated, differing, insured, quoted
from tests.web.browsing import Web


async def at_the_desk(web: Web) -> str:
    await designated(web.town)
    await quoted(web.town, await insured(web.town, 1), 5_000)
    return "/staff/settling"


async def one_visit(web: Web) -> str:
    await designated(web.town)
    way, _ = await quoted(web.town, await insured(web.town, 1), 200_001, 3_000)
    return way.replace("/api/settling/visits", "/staff/settling")


async def differences(web: Web) -> str:
    await designated(web.town)
    await differing(web.town)
    return "/staff/settling/differences?status=all&from=2019-01-01"


async def one_difference(web: Web) -> str:
    await designated(web.town)
    return f"/staff/settling/differences/{(await differing(web.town))[0]}"


LOOKS = {
    "/staff/settling": (ROLE, at_the_desk), "/staff/settling/{person_id}/{visit_id}": (ROLE, one_visit),
    "/staff/settling/differences": ("benefits_clerk", differences),
    "/staff/settling/differences/{difference_id}": ("benefits_clerk", one_difference),
}  # fmt: skip
