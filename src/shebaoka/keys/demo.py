"""Keys of a city that does not exist: published, so that anybody may try a terminal with virtual cards. Pure.

No division of China begins with a 9 (GB/T 2260): what these keys open is nobody's card.
"""

from __future__ import annotations

from typing import Final

from shebaoka.chip.versions import DES, SM4
from shebaoka.keys.hierarchy import Ring, application_keys, city_key

DEMO_CITY: Final = "9999"
ROOTS: Final = {DES: b"shebaoka demo 3D", SM4: b"shebaoka demo S4"}


def demo_ring() -> Ring:
    """Give all application keys of the city that does not exist."""
    return Ring(
        DEMO_CITY,
        {
            (algorithm, number): key
            for algorithm, root in ROOTS.items()
            for number, key in application_keys(algorithm, city_key(algorithm, root, DEMO_CITY)).items()
        },
    )
