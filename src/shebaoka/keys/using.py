"""Using card keys: each use names its purpose, gets the keys of that purpose only, is counted, and is audited."""

from __future__ import annotations

from typing import Final

import structlog

from shebaoka.chip.versions import SM4
from shebaoka.keys.errors import CardKeyLimit, CardKeysClosed, NoCardKeys
from shebaoka.keys.hierarchy import Ring, check_value
from shebaoka.keys.model import FOR_NEW_CARDS, NEEDED, SLOTS, Level, Made, Purpose, Version, key_name
from shebaoka.keys.states import USABLE, KeySet
from shebaoka.keys.store import SQL
from shebaoka.kit.key_store import KeyStore
from shebaoka.kit.work import Work
from shebaoka.registry.programme.views import load

log = structlog.get_logger()
PERCENT: Final = 100


class Keys:
    """The card keys of a city, in their store. `city`: its four digits as a card's factor has them."""

    def __init__(self, store: KeyStore, city: str) -> None:
        self.store = store
        self.city = city

    async def using(
        self,
        work: Work,
        purpose: Purpose,
        *,
        cards: int = 1,
        algorithm: int = SM4,
        version: int | None = None,
    ) -> Ring:
        """Give the keys for one use: for so many cards, of one algorithm; `version`: of the cards (None: the one in force).

        This function will count and audit the use in the caller's transaction. Raises NoCardKeys, CardKeyLimit, and
        CardKeysClosed when the store does not open or holds other keys than it should: never are others used instead.
        """
        purpose = Purpose(purpose)
        found = await _version(work, purpose, algorithm, version)
        ring = await self._ring(work, purpose, found)
        await _count(work, purpose, found, cards)
        work.record(
            0, "keys.used", f"card_key:{algorithm}.{found.version}", purpose=purpose, cards=cards, algorithm=algorithm,
            version=found.version,
        )  # fmt: skip
        return ring

    async def usable(self, work: Work, algorithm: int) -> list[int]:
        """Give the versions that cards in the field have, the one in force first, then the newer first; none where the city has no keys of it."""
        known = [one for one in await work.rows(SQL["versions"], None, Version) if one.algorithm == algorithm]
        able = [one for one in known if one.status in USABLE]
        return [
            one.version for one in sorted(able, key=lambda one: (one.status != KeySet.IN_FORCE, -one.version))
        ]

    async def _ring(self, work: Work, purpose: Purpose, found: Version) -> Ring:
        which = {"algorithm": found.algorithm, "version": found.version}
        made = [
            one
            for one in await work.rows(SQL["keys_of"], which, Made)
            if one.level == Level.APPLICATION and one.number in NEEDED[purpose]
        ]
        keys = await held(self.store, made)
        return Ring.of(self.city, found.algorithm, {one.number: keys[one] for one in made}, found.version)


async def held(store: KeyStore, made: list[Made]) -> dict[Made, bytes]:
    """Give keys that were made from the store, each held against its check value; CardKeysClosed when one is not there."""
    names = {one: key_name(one.algorithm, one.version, one.level, one.number) for one in made}
    keys = await store.read(names.values())
    for one, name in names.items():
        if name not in keys or check_value(one.algorithm, keys[name]) != one.check_value:
            raise CardKeysClosed(
                f"密钥库中没有应有的密钥 · the store does not hold the key it should: {name}"
            )
    return {one: keys[name] for one, name in names.items()}


async def _version(work: Work, purpose: Purpose, algorithm: int, version: int | None) -> Version:
    query = "in_force" if version is None else "version"
    found = await work.row(SQL[query], {"algorithm": algorithm, "version": version}, Version)
    usable = {KeySet.IN_FORCE} if purpose in FOR_NEW_CARDS else USABLE
    if found is None or found.status not in usable:
        raise NoCardKeys(f"{algorithm:02X}/{version or '-'}: {purpose}", algorithm=algorithm, purpose=purpose)
    return found


async def _count(work: Work, purpose: Purpose, found: Version, cards: int) -> None:
    limit = (await load(work)).card_key_limit(purpose, work.present_day)
    which = {"purpose": purpose, "day": work.present_day}
    await work.run(
        SQL["count_use"],
        which | {"algorithm": found.algorithm, "version": found.version, "cards": cards,
                 "slot": work.ids.one() % SLOTS[purpose]},
    )  # fmt: skip
    # A statement of its own: one that waited for the row would count what was there before it waited.
    today = await work.value(SQL["cards_of_day"], which)
    if today > limit.cards_a_day:
        log.error("keys.limit_reached", purpose=purpose, cards=today, limit=limit.cards_a_day)
        raise CardKeyLimit(
            f"{purpose}: {today} > {limit.cards_a_day}", purpose=purpose, limit=limit.cards_a_day
        )
    alarm = limit.cards_a_day * limit.alarm_percent // PERCENT
    if today - cards < alarm <= today:
        log.warning("keys.alarm", purpose=purpose, cards=today, limit=limit.cards_a_day)
        work.record(0, "keys.alarmed", f"card_key:{purpose}", cards=today, limit=limit.cards_a_day)
