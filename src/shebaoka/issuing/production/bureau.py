"""The card bureau as the production room works with it: where files lie, whose keys seal and sign, and the card keys."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shebaoka.keys.using import Keys
from shebaoka.kit.sm2 import PublicKey, SecretKey


@dataclass(frozen=True, slots=True)
class Bureau:
    """Our partner. `ours`: our secret key in the exchange; `theirs`: the bureau's public one; `division`: who issues the cards."""

    folder: Path
    ours: SecretKey
    theirs: PublicKey
    keys: Keys
    division: str
