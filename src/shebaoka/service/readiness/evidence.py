"""What a run has seen, as one digest: it stands in the run and, sealed, in the audit fact of its closing. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

import msgspec

from shebaoka.kit.sm import sm3
from shebaoka.service.readiness.model import Run, Seen


def digest(run: Run, seen: Sequence[Seen]) -> bytes:
    """Give the SM3 of a run and all that it saw, in order; moments in UTC, so that no session's time zone tells."""
    told = [
        (one.step, one.request, one.expected, one.observed, one.passed, one.duration_ms, one.actor,
         one.at.astimezone(UTC).isoformat())
        for one in seen
    ]  # fmt: skip
    return sm3(msgspec.json.encode([str(run.run_id), str(run.institution_id), run.script, run.version, told]))
