"""Who is told how a demo goes on: a terminal with progress bars, or nobody."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

Progress = Callable[[int], None]


class Story(Protocol):
    """Told of each part of the work, and how far it is."""

    def part(self, zh: str, en: str, total: int | None = None) -> AbstractContextManager[Progress]:
        """Open a part of the work; the function given counts what is done of it."""
        ...

    def close(self) -> None:
        """End the telling; once more does no harm."""
        ...


class Silent:
    """Tells nobody."""

    def part(self, _zh: str, _en: str, _total: int | None = None) -> AbstractContextManager[Progress]:
        """Open a part of the work that nobody watches."""
        return nullcontext(lambda _: None)

    def close(self) -> None:
        """Nothing was begun."""
