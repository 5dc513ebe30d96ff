"""What was answered lately: WeChat sends a message up to three times, and it is answered once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any, Final

KEPT_SECONDS: Final = 600.0
KEPT_MOST: Final = 20_000
Seconds = Callable[[], float]


class Answers:
    """Answers by the number of their message, under way or given, in this process."""

    def __init__(self, seconds: Seconds) -> None:
        self._seconds = seconds
        self._kept: OrderedDict[str, tuple[float, asyncio.Task[str]]] = OrderedDict()

    def of(self, number: str, make: Callable[[], Coroutine[Any, Any, str]]) -> asyncio.Task[str]:
        """Give the answer to a message: the one that is there, or one that is being made from now on."""
        _forget(self._kept, self._seconds())
        if number not in self._kept:
            self._kept[number] = self._seconds(), asyncio.create_task(make())
        return self._kept[number][1]


class Nonces:
    """Which nonce came with what. The same again is WeChat's repetition; with anything else it is somebody's who listened."""

    def __init__(self, seconds: Seconds) -> None:
        self._seconds = seconds
        self._kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    def takes(self, nonce: str, digest: bytes) -> bool:
        """Tell whether a nonce is new, or came with the very same before."""
        _forget(self._kept, self._seconds())
        return self._kept.setdefault(nonce, (self._seconds(), digest))[1] == digest


def _forget(kept: OrderedDict[str, Any], now: float) -> None:
    """Drop what is old, and the oldest of too many."""
    while kept and (len(kept) >= KEPT_MOST or next(iter(kept.values()))[0] < now - KEPT_SECONDS):
        kept.popitem(last=False)
