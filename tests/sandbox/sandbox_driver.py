"""A sandbox as its users have it: a process of its own, spoken to over real HTTP and through real folders."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from stdnum.cn import ric

from shebaoka.kit.sm2 import SecretKey
from shebaoka.kit.sm2_files import write_public

TOKEN = "token-of-the-tests"
CITY = SecretKey.from_bytes(bytes(range(1, 33)))
MAKER = SecretKey.from_bytes(bytes(range(2, 34)))
"""The keys of the two sides of the exchange with the bureau."""
PATIENCE_SECONDS = 20


def id_number(serial: int, born: str = "19900101") -> str:
    """An ID number no real person can hold: no place has a code that begins with 10."""
    digits = f"{100000 + serial // 1000}{born}{serial % 1000:03}"
    return digits + ric.calc_check_digit(digits)


@dataclass(frozen=True)
class Someone:
    id_number: str
    name: str
    deceased: int = 0
    id_card_photo: int = 1
    student_card_photo: int = 0
    home: int = 1

    def row(self) -> str:
        return f"{self.id_number},{self.name},{self.deceased},{self.id_card_photo},{self.student_card_photo},{self.home}"


PEOPLE = [
    Someone(id_number(n), f"张{n}", int(n % 50 == 7), int(n % 3 != 0), int(n % 4 == 0), int(n % 5 != 0))
    for n in range(500)
]


class Sandbox:
    """A running sandbox and a client that speaks to it."""

    def __init__(self, process: subprocess.Popen[str], url: str, exchange: Path) -> None:
        self.process = process
        self.url = url
        self.exchange = exchange
        self.http = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=PATIENCE_SECONDS
        )

    def ask(self, path: str, items: list[dict[str, Any]], **more: Any) -> list[dict[str, Any]]:
        response = self.http.post(path, json={"items": items, **more})
        assert response.status_code == 200, response.text
        answered: list[dict[str, Any]] = response.json()["items"]
        return answered

    def faults(self, partner: str, **switches: Any) -> None:
        assert self.http.put("/_faults", json={"partner": partner, **switches}).status_code == 200

    def stats(self, partner: str) -> dict[str, int]:
        counted: dict[str, int] = self.http.get("/_stats").json()[partner]
        return counted


def until(what: Callable[[], bool]) -> None:
    """Look again until it is so; another process does it, and says so in no other way."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def command(folder: Path, *more: str) -> list[str]:
    """The command line of a sandbox that keeps all it has under a folder."""
    return [
        sys.executable, "-m", "shebaoka_sandbox.main", "--port", "0", "--world", str(folder), "--state", str(folder / "state"),
        "--exchange", str(folder / "exchange"), "--bureau-key", str(folder / "bureau.key"),
        "--city-key", str(folder / "city.pub"), "--token", TOKEN, "--die-with-parent", *more,
    ]  # fmt: skip


@contextmanager
def started(folder: Path, *more: str) -> Iterator[Sandbox]:
    with subprocess.Popen(command(folder, *more), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        ready = json.loads(process.stdout.readline())
        sandbox = Sandbox(process, ready["url"], folder / "exchange")
        try:
            with sandbox.http:
                yield sandbox
        finally:
            process.send_signal(signal.SIGTERM)


def furnished(folder: Path, people: list[Someone] = PEOPLE) -> Path:
    """Lay a world, the bureau's key and the city's public one into a folder."""
    lines = ["id_number,name,deceased,id_card_photo,student_card_photo,home", *(one.row() for one in people)]
    (folder / "world.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    lay_keys(folder)
    return folder


def lay_keys(folder: Path) -> None:
    """Lay the bureau's key and the city's public one where a sandbox finds them."""
    (folder / "bureau.key").touch(mode=0o600)
    (folder / "bureau.key").write_text(MAKER.to_bytes().hex() + "\n")
    write_public(folder / "city.pub", CITY.public)
