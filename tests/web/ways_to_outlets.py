"""Ways to the pages about outlets: the city with its sixteen districts, a district with three hundred outlets, one of them."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from tests.faces.outlets_town import settled
from tests.web.browsing import Web

from shebaoka.faces.web.district_map import DISTRICTS
from shebaoka.kit.actor import SYSTEM

CROWD = 300
MONDAY = "2019-05-06T10:00:00+08:00"


async def furnished(web: Web, crowd: int = 0, at: str = MONDAY) -> None:
    """Tell of the town's outlets, on a working day at ten unless told otherwise, and of all sixteen districts."""
    web.town.database.clock.at = datetime.fromisoformat(at)
    with tempfile.TemporaryDirectory() as folder:
        await settled(web.town, Path(folder), crowd)
    async with web.town.database.work(SYSTEM) as work:
        for one in DISTRICTS:
            await work.run(
                "INSERT INTO district VALUES (%(c)s, %(z)s, %(e)s) ON CONFLICT DO NOTHING",
                {"c": one.code, "z": one.zh, "e": one.en},
            )


async def in_the_city(web: Web) -> str:
    await furnished(web)
    return "/outlets?service=collect"


async def in_a_district(web: Web) -> str:
    await furnished(web, CROWD)
    return "/outlets/310101"


async def one_outlet(web: Web) -> str:
    await furnished(web)
    await web.town.post("/api/outlets/waiting", "community_clerk", json={"waiting": 12})
    return "/outlets/310101/C310101002"
