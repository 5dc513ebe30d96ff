"""What people can do at an outlet on a day: asked of the dated rules, never stored. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Final

from shebaoka.registry.institutions.liveness import live
from shebaoka.registry.institutions.model import FALLBACKS, Institution
from shebaoka.registry.programme.model import Explanation, Group
from shebaoka.registry.programme.outlook import anybody
from shebaoka.registry.programme.programme import Programme


class Service(StrEnum):
    """Something that people go to an outlet for."""

    APPLY = "apply"
    COLLECT = "collect"
    OPEN = "open"
    REPLACE = "replace"
    PHOTO = "photo"
    LOSS = "loss"


WORDS: Final[Mapping[Service, tuple[str, str]]] = {
    Service.APPLY: ("申请新卡", "Apply"),
    Service.COLLECT: ("领取寄存的卡", "Collect a card that waits here"),
    Service.OPEN: ("开通新卡", "Open the card"),
    Service.REPLACE: ("当场补换", "Replace a card on the spot"),
    Service.PHOTO: ("拍照", "Photo"),
    Service.LOSS: ("挂失、解挂", "Report a loss, or lift it"),
}


class Offers:
    """What the rules of one day say to each kind of outlet; asked once, for however many outlets."""

    def __init__(self, programme: Programme, on: date) -> None:
        self._programme, self._on = programme, on
        told = [programme.explain(facts, on) for facts in anybody(on).values()]
        self._told: list[Explanation] = [one for one in told if one.phase != "before"]
        self._asked = cache(self._ask)
        self._held_back = cache(lambda kind: programme.readiness(kind, on).must_be_live)

    def serves(self, one: Institution, bank: Institution | None) -> bool:
        """Tell whether an outlet does business: it is live, and its bank too, where the rules ask for that."""
        both = [one] if bank is None else [one, bank]
        return all(live(place, self._on) or not self._held_back(place.kind) for place in both)

    def of(self, one: Institution) -> tuple[Service, ...]:
        """Give what people can do at an outlet that serves."""
        return self._asked(one.kind, instant=one.instant, elsewhere=one.elsewhere)

    def mainly_for(self, kind: str) -> tuple[Group, ...]:
        """Give the groups that the rules send to this kind of outlet first; others may come too."""
        return tuple(told.group for told in self._told if told.where.channel == kind)

    def _ask(self, kind: str, *, instant: bool, elsewhere: bool) -> tuple[Service, ...]:
        rules, on = self._programme, self._on
        here = {
            Service.APPLY: self._applies(kind),
            Service.COLLECT: kind in FALLBACKS,
            Service.OPEN: bool(rules.opening(kind, on, elsewhere=elsewhere, own_bank=True).at_once),
            Service.REPLACE: instant and bool(rules.instant(kind, on).reasons),
            Service.PHOTO: self._applies(kind)
            and any("counter" in told.photo.sources for told in self._told),
            Service.LOSS: bool(rules.loss(kind, on).report),
        }
        return tuple(service for service, offered in here.items() if offered)

    def _applies(self, kind: str) -> bool:
        return any(kind in (told.where.channel, *told.where.also) for told in self._told)
