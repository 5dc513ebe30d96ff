"""Every page that can be looked at, who looks, and how to get there: what `test_every_page` walks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.web.browsing import Web

Way = Callable[[Web], Awaitable[str]]


@dataclass(frozen=True)
class Look:
    """Who looks at a page, and its address in the town, or what makes one."""

    role: str
    address: str | Way
    at: int | None = None


WALK: dict[str, Look] = {
    "/": Look("", "/"),
    "/login": Look("", "/login?next=%2F&why=cancelled"),
    "/staff/login": Look("", "/staff/login"),
    "/staff": Look("community_clerk", "/staff"),
}
"""By the path of the route, as the site declares it. A page without an entry fails `test_every_page`."""
