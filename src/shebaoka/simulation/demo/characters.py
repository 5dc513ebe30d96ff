"""Residents of a demo city whom one may log in as: each shows another side of the pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Final

from shebaoka.cards import views as cards
from shebaoka.cards.model import UnopenedOf
from shebaoka.kit.work import Work
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Person

GROWN_AT: Final = 18
LOOKED_AT: Final = 50
RETIREE: Final = "退休人员 a retiree"
PARENT: Final = "有孩子的家长 a parent with children"
HOLDER: Final = "新卡还未开通 holds a card that is not open yet"


async def characters(work: Work) -> list[str]:
    """Give who to log in as, a line each: name, ID number and what is to be seen; a small city may lack one of them."""
    found = await chosen(work)
    known = await people.identities(work, list(found.values()))
    return [f"{known[one].name:　<4} {known[one].id_number}  {who}" for who, one in found.items()]


async def chosen(work: Work) -> dict[str, int]:
    """Give the number of each of them, by what is to be seen."""
    some = [one for one in await anext(people.everybody(work), []) if one.died_on is None]
    grown = {one.person_id: one for one in some if _is_grown(work, one)}
    found = {
        HOLDER: await _holder(work),
        PARENT: await _parent(work, some, grown.keys()),
        RETIREE: next((one.person_id for one in grown.values() if one.insured_status == "retired"), None),
    }
    return {who: person_id for who, person_id in found.items() if person_id is not None}


def _is_grown(work: Work, one: Person) -> bool:
    return work.today.year - one.birth_date.year > GROWN_AT


async def _holder(work: Work) -> int | None:
    held = await cards.unopened(work, UnopenedOf(), limit=LOOKED_AT)
    holders = await people.by_ids(work, [one.person_id for one in held])
    good = (one for one in holders.values() if one.died_on is None and _is_grown(work, one))
    return next((one.person_id for one in good), None)


async def _parent(work: Work, some: list[Person], grown: Collection[int]) -> int | None:
    """Give whoever has most children among some people."""
    children = [one.person_id for one in some if not _is_grown(work, one)]
    tied = await people.guardians(work, children)
    counted = Counter(guardian for guardians in tied.values() for guardian in guardians & set(grown))
    return max(counted, key=lambda one: (counted[one], -one), default=None)
