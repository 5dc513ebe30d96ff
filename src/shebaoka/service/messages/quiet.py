"""Quiet hours: when only urgent messages go. Pure."""

from __future__ import annotations

from datetime import datetime

from shebaoka.kit.clock import SHANGHAI
from shebaoka.registry.programme.sets import DecidesQuietHours


def is_quiet(hours: DecidesQuietHours, now: datetime) -> bool:
    """Tell whether it is quiet, Shanghai time; the first moment is quiet, the last one is not. Hours may run over midnight."""
    at = now.astimezone(SHANGHAI).time()
    if hours.from_ <= hours.until:
        return hours.from_ <= at < hours.until
    return at >= hours.from_ or at < hours.until
