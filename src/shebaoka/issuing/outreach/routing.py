"""In which order a day's visits are made: an order that staff can follow and explain, without a map. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from shebaoka.issuing.outreach.model import SLOT_ORDER, SLOT_WORDS, Route, Stop

DISTRICT: Final = re.compile(r"^(?:上海市)?(?P<district>[^\d\s]{1,6}?(?:新区|区|县))")
STREET: Final = re.compile(r"(?P<street>[^\d\s]{1,12}?(?:街道|大道|[镇乡路街弄村]))")
NUMBER: Final = re.compile(r"\d{1,6}")


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """What an address says of where it lies. Parts that it does not name are empty, or 0."""

    district: str
    street: str
    number: int

    @property
    def place(self) -> str:
        """District and street, for people."""
        return " · ".join(filter(None, (self.district, self.street)))


def read(address: str) -> Address:
    """Read district, first street and first number after it; this function will leave empty what it does not find."""
    found = DISTRICT.search(address.strip())
    rest = address.strip()[found.end() :] if found else address.strip()
    street = STREET.search(rest)
    number = NUMBER.search(rest, street.end() if street else 0)
    return Address(
        found["district"] if found else "",
        street["street"] if street else "",
        int(number[0]) if number else 0,
    )


def routes(stops: Sequence[Stop]) -> list[Route]:
    """Give a route for each set of members of staff: by half day, then district, street and number, then age of the request."""
    by_staff = sorted(stops, key=lambda stop: (tuple(sorted(stop.visit.staff)), *_order(stop)))
    return [
        Route(staff, tuple(same))
        for staff, same in groupby(by_staff, key=lambda stop: tuple(sorted(stop.visit.staff)))
    ]


def why(stop: Stop) -> tuple[str, str]:
    """Say why a visit stands where it does."""
    assert stop.visit.slot, "who is on a route has a time"
    zh, en = SLOT_WORDS[stop.visit.slot]
    place = stop.place or "地址未写明街道 · no street in the address"
    return f"{zh}，{place}", f"{en}, {place}"


def _order(stop: Stop) -> tuple[int, Address, int]:
    assert stop.visit.slot, "who is on a route has a time"
    return SLOT_ORDER.index(stop.visit.slot), read(stop.contact.address), stop.visit.visit_id
