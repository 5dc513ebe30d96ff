"""What the tests of staff work with."""

from __future__ import annotations

from dataclasses import dataclass

from shebaoka.kit.database import Database
from shebaoka.registry.staff.gatekeeper import Gatekeeper

PASSWORD = "梅花三弄 plum blossom"


@dataclass(frozen=True)
class Staffed:
    """A staffed city; `steady[0]` is what the gatekeeper's steady clock shows, in seconds."""

    database: Database
    ids: dict[str, int]
    staff_id: int
    secret: str
    steady: list[float]
    gatekeeper: Gatekeeper
