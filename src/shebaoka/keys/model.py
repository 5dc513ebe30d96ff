"""Values of the keys room. No I/O."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from shebaoka.chip.proofs import CARD_KEY, READ_KEY
from shebaoka.keys.hierarchy import CODE_KEY, NUMBERS


class Purpose(StrEnum):
    """What card keys are used for; each use names one and gets the keys of that one only."""

    READ = "read"
    CHECK = "check"
    PERSONALISE = "personalise"


NEEDED: Final = {
    Purpose.READ: frozenset({READ_KEY}),
    Purpose.CHECK: frozenset({CARD_KEY, CODE_KEY}),
    Purpose.PERSONALISE: frozenset(NUMBERS),
}
