"""All steps that `shebaoka jobs run` does: the chain of issuing, and what serves the programme as a whole."""

from __future__ import annotations

from typing import Any, Final

from shebaoka.issuing import stages as issuing
from shebaoka.issuing.stages import Progress, Stage
from shebaoka.kit.city import City
from shebaoka.service.dashboard.commands import count_due


async def _figures(city: City, _progress: Progress) -> Any:
    return {"counted": int(await count_due(city.database))}


STAGES: Final = (
    *issuing.STAGES,
    Stage("figures", "进度统计", "the programme's figures, once an hour", _figures),
)
