"""The audit log: is its chain whole?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import get

from shebaoka.faces.api.calling import Call, reading
from shebaoka.faces.api.declaring import protected
from shebaoka.faces.api.service import service
from shebaoka.kit.audit import Verdict


class LastVerdict(msgspec.Struct, frozen=True):
    """What the last verification of this service found; both null until the first has ended."""

    verified_at: datetime | None
    verdict: Verdict | None


@get(
    "/audit/verification",
    **protected("audit.read", "audit", "审计链核验结果 · The last verdict on the audit chain"),
)
async def verification(request: Call) -> LastVerdict:
    """Give the last verdict. The service verifies the whole chain when it starts and once a day, beside its work.

    `shebaoka audit verify` does it at once.
    """
    async with reading(request) as work:
        work.record(0, "audit.verdict_read", "audit")
    found = service(request).last_verdict
    return LastVerdict(found.at, found.verdict) if found else LastVerdict(None, None)


HANDLERS: tuple[Any, ...] = (verification,)
