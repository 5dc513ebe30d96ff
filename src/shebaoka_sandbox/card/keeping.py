"""A chip as a document, and back: so that a card outlives the process, and one that was pulled can be put back as it was."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from shebaoka.chip.numbers import reset_of
from shebaoka.chip.versions import VERSIONS
from shebaoka_sandbox.card.state import Chip, Content, Key, Life, Lock

FORM = 1


class NotAChip(Exception):  # noqa: N818 - named for the fact
    """The file does not hold a chip."""


def document(chip: Chip) -> dict[str, Any]:
    """Give all that stands on a chip; what it forgets without power is not among it."""
    return {
        "form": FORM,
        "generation": chip.version.generation,
        "atr": chip.reset.atr.hex(),
        "transport": chip.transport.hex(),
        "life": chip.life.value,
        "keys": {f"{number:02X}": [key.value.hex(), *_tries(key.lock)] for number, key in chip.keys.items()},
        "pin": [chip.pin, *_tries(chip.pin_lock)],
        "contents": {f"{title} {file:04X}": _written(held) for (title, file), held in chip.contents.items()},
    }


def chip_of(told: dict[str, Any]) -> Chip:
    """Give the chip of a document; NotAChip where it is none."""
    try:
        chip = Chip(
            VERSIONS[told["generation"] - 1], reset_of(bytes.fromhex(told["atr"])), bytes.fromhex(told["transport"])
        )  # fmt: skip
        chip.life = Life(told["life"])
        chip.keys = {
            int(n, 16): Key(bytes.fromhex(key), Lock(*tries)) for n, (key, *tries) in told["keys"].items()
        }
        chip.pin, *tries = told["pin"]
        chip.pin_lock = Lock(*tries)
        for place, held in told["contents"].items():
            title, file = place.split()
            chip.contents[title, int(file, 16)] = _read(held)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise NotAChip(repr(error)) from error
    return chip


class Kept:
    """A file that holds a chip, renewed whenever the chip has changed."""

    def __init__(self, file: Path, chip: Chip) -> None:
        self._file = file
        self._chip = chip
        self._held = ""

    def keep(self) -> None:
        """Write the chip down, as a whole or not at all; only its owner may read the file, for the keys in it."""
        text = json.dumps(document(self._chip))
        if text == self._held:
            return
        making = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        making.touch(mode=0o600)
        with making.open("w", encoding="utf-8") as there:
            there.write(text)
            there.flush()
            os.fsync(there.fileno())
        making.replace(self._file)
        self._held = text


def from_file(file: Path) -> Chip:
    """Give the chip that a file holds. Raises NotAChip, OSError."""
    try:
        told = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise NotAChip(str(error)) from error
    if not isinstance(told, dict) or told.get("form") != FORM:
        raise NotAChip("form")
    return chip_of(told)


def _tries(lock: Lock) -> tuple[int, int]:
    return lock.tries_max, lock.left


def _written(held: Content) -> str | list[str]:
    return held.hex() if isinstance(held, bytearray) else [record.hex() for record in held]


def _read(held: str | list[str]) -> Content:
    return bytearray.fromhex(held) if isinstance(held, str) else [bytes.fromhex(record) for record in held]
