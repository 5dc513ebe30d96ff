"""A real PC/SC service with two virtual readers, for one test at a time on this machine, and cards to put into them.

    from tests.readers import readers  # the fixture

The service (`pcscd`) is started where none runs, and ended with the test. Its virtual readers listen on ports that are the same for
everybody, so whoever wants them waits here for whoever has them, in other workers and in other runs too.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import NoReturn

import pytest

from shebaoka.kit.problems import Problem
from shebaoka.terminal.pcsc import Reader, Service
from shebaoka_sandbox.card import slot
from shebaoka_sandbox.card.contact import Contact
from shebaoka_sandbox.card.state import Chip

LOCKS = Path("/run/lock") if Path("/run/lock").is_dir() else Path(tempfile.gettempdir())
SECONDS_MAX = 10.0
DRIVER, SLOTS = "Virtual PCD", 2


class Readers:
    """Two readers and what lies in them."""

    def __init__(self, stop: Callable[[], None] | None) -> None:
        self._stop = stop
        self.service = until(self._both)
        self._slots: dict[int, slot.Slot] = {}
        self._next: dict[int, Contact] = {}
        self._inserted: dict[int, int] = {}

    def unplug(self) -> None:
        """End the PC/SC service, as an unplugged cable does. One that ran before us is not ours to end, and is named."""
        if self._stop is None:
            not_here(
                "a pcscd that is not ours runs; end it (systemctl stop pcscd.socket pcscd.service) and run again"
            )
        self._stop()

    def _both(self) -> Service | None:
        service = Service()
        self.names = [one.name for one in service.readers() if one.name.startswith(DRIVER)]
        if len(self.names) == SLOTS:
            return service
        service.close()
        return None

    def insert(self, *cards: Contact | Chip | None) -> None:
        """Put a card into the first reader, another into the second."""
        for place, card in enumerate(cards):
            if card is not None:
                there = slot.Slot(
                    contact(card), after_power_off=lambda place=place: self._next.pop(place, None)
                )
                until(lambda there=there, place=place: there.connect(port=slot.PORT + place) or True)
                Thread(target=there.answer_until_gone, daemon=True).start()
                self._slots[place] = there
        self._seen(lambda: all(self.lies(place) for place in self._slots))
        self._inserted = {place: self._events(place) for place in self._slots}

    def lay(self, card: Contact | Chip, place: int = 0) -> None:
        """Put a card into a reader; one that lies there is swapped for it, which takes no time."""
        if place not in self._slots:
            self.insert(*[None] * place, card)
            return
        self._next[place] = contact(card)
        with self.service.card(self.found()[place]):
            pass

    def pull(self, place: int = 0) -> None:
        """Take the card out, and wait for the service to see it."""
        self.pulled(place)
        self.gone(place)

    def pulled(self, place: int = 0) -> None:
        """Take the card out, from within its own answer; `gone` waits for the service to see it."""
        self._slots.pop(place).pull()

    def gone(self, place: int = 0) -> None:
        # Not only empty: the service that has not counted the removal takes the next card for this one.
        self._seen(lambda: not self.lies(place) and self._events(place) > self._inserted[place])

    def _events(self, place: int) -> int:
        """How often something came or went, as the service counts."""
        scard, context = self.service._scard, self.service._context
        _, [(_name, state, _atr)] = scard.SCardGetStatusChange(context, 0, [(self.names[place], 0)])
        return state >> 16

    def lies(self, place: int) -> bool:
        return self.found()[place].card

    def found(self) -> list[Reader]:
        return [one for one in self.service.readers() if one.name in self.names]

    def _seen(self, so: Callable[[], bool]) -> None:
        """Wait for the service to see it: it looks two or three times a second."""
        end = time.monotonic() + SECONDS_MAX
        while not so():
            assert time.monotonic() < end
            self.service.wait(self.found(), 500)

    def close(self) -> None:
        for place in [*self._slots]:
            self.pulled(place)
            if self._stop is None:
                # It lives on, and the next test is not to find this one's card.
                self.gone(place)
        with suppress(Problem):
            self.service.close()


def contact(card: Contact | Chip) -> Contact:
    return card if isinstance(card, Contact) else Contact(card)


def until(there):
    """Try until there is something, and give it."""
    end = time.monotonic() + SECONDS_MAX
    while True:
        try:
            found = there()
        except (Problem, OSError):
            found = None
            if time.monotonic() > end:
                raise
        if found is not None:
            return found
        assert time.monotonic() < end
        time.sleep(0.002)


@pytest.fixture
def readers() -> Iterator[Readers]:
    """The machine's readers, for this test alone."""
    if not (find_spec("smartcard") and shutil.which("pcscd")):
        not_here("pcscd, vsmartcard-vpcd and pyscard are needed")
    with (LOCKS / "shebaoka-readers.lock").open("a") as lock:
        with suppress(PermissionError):
            os.fchmod(lock.fileno(), 0o666)
        fcntl.flock(lock, fcntl.LOCK_EX)
        with service() as stop:
            here = Readers(stop)
            try:
                yield here
            finally:
                here.close()


@contextmanager
def service() -> Iterator[Callable[[], None] | None]:
    """The PC/SC service: the one that runs, or one of our own."""
    try:
        Service().close()
    except Problem:
        pass
    else:
        yield None
        return
    if os.geteuid():
        not_here("no pcscd runs, and only root can start one")
    Path("/run/pcscd").mkdir(exist_ok=True)
    with subprocess.Popen(
        ["pcscd", "--foreground", "--auto-exit"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:

        def stop() -> None:
            process.terminate()
            process.wait()

        try:
            yield stop
        finally:
            stop()


def not_here(why: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"never without a reader in CI: {why}")
    pytest.skip(f"NOT RUN, no card reader: {why}")
