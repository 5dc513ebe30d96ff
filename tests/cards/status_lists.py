"""A city that publishes its status list, and a terminal that has what was published."""

from __future__ import annotations

from datetime import datetime

from shebaoka.cards.status_list.commands import publish_due
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.sm import sm3
from shebaoka.kit.sm2 import SecretKey
from shebaoka.records.status_list import Presented, StatusList

KEY = SecretKey.from_bytes(sm3(b"the city's key of the tests"))
CITY = "3100"
VERSIONS = {"old": "1.00", "new": "3.00"}


async def publish(database, key=KEY, **how):
    return await publish_due(database, key, CITY, **how)


async def contents(database):
    """Give the newest base and its deltas, as they were published."""
    async with database.work(SYSTEM) as work:
        found = await work.rows(
            "SELECT content FROM status_list_file WHERE epoch = (SELECT max(epoch) FROM status_list_file) ORDER BY sequence",
            binary=True,
        )
    return [row[0] for row in found]


async def terminal(database, now: datetime, key=KEY) -> StatusList:
    base, *deltas = await contents(database)
    return StatusList.load(base, deltas, key.public, now, city=CITY)


async def says(database, held: StatusList, now: datetime) -> dict[int, str]:
    """Give what the terminal says of every card of the city, by its identifier."""
    cards = await all_cards(database)
    return {
        card_id: held.standing(Presented(number, VERSIONS[generation], CITY), now).listed
        for card_id, number, generation, *_ in cards
    }


async def all_cards(database):
    async with database.work(SYSTEM) as work:
        return await work.rows(
            "SELECT card_id, card_number, generation, social, loss_until FROM card ORDER BY card_id"
        )


async def is_so(database, now: datetime) -> dict[int, str]:
    """Give what the database says of every card at a moment, as a terminal would put it."""
    found = {}
    for card_id, _, _, social, until in await all_cards(database):
        lost = social in {"suspended", "lost_unopened"} and (until is None or until > now)
        found[card_id] = "void" if social == "void" else "suspended" if lost else "not_listed"
    return found
