"""Elements that several files share, and where what is declared comes from."""

from __future__ import annotations

from typing import Final

READ_OUT: Final = "LD/T 6001.5-2023 headings, public readers and real cards' read-outs"
HEADINGS: Final = "LD/T 6001.5-2023 headings only; the inside is inferred"

MEMBERS: Final = frozenset(f"{number:02d}" for number in range(1, 57)) | {"97", "98", "99"}
"""GB/T 3304: the 56 ethnic groups by number, and the three for others, foreigners and unknown."""
SEXES: Final = frozenset("0129")
"""GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not said."""
