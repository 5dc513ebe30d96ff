"""A town for a test: a database of its own, its files, and the outside world that goes with them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
from tests.chain.life import BEFORE_ALL, Life

from shebaoka import wiring
from shebaoka.kit.clock import SetClock
from shebaoka.kit.settings import Settings


@dataclass(frozen=True)
class Town:
    """`files` are the city's, `place` says where its life stands, `gathered` days of the calendar are lived as one."""

    url: str
    files: Path
    place: Path
    settings: Settings
    outside: str
    gathered: int

    @asynccontextmanager
    async def life(self) -> AsyncIterator[Life]:
        """Open the town, ready to live."""
        clock = SetClock(BEFORE_ALL)
        async with wiring.city(self.settings, self.url, clock) as city:
            yield Life(city, clock, self.files, self.place, self.gathered)

    def plan(self, stride: int) -> Path:
        """Write the plan of a life with deaths (tests.chain.mortal)."""
        path = self.place.with_name("plan.json")
        path.write_bytes(msgspec.json.encode({
            "url": self.url, "folder": self.files, "place": self.place, "stride": stride, "gathered": self.gathered,
            "settings": msgspec.to_builtins(self.settings),
        }, enc_hook=str))  # fmt: skip
        return path

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """Ask the sandbox itself."""
        answer = httpx.request(
            method, f"{self.outside}{path}", headers={"Authorization": f"Bearer {self.settings.partner_token}"}, **more
        )  # fmt: skip
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def faults(self, partner: str, **switches: Any) -> None:
        """Let a partner behave badly."""
        self.ask("PUT", "/_faults", json={"partner": partner, **switches})

    def behave(self) -> None:
        """Let every partner behave again."""
        self.ask("DELETE", "/_faults")

    def stats(self) -> dict[str, dict[str, int]]:
        """Give what the partners counted."""
        counted: dict[str, dict[str, int]] = self.ask("GET", "/_stats")
        return counted


Found = Callable[..., Town]
