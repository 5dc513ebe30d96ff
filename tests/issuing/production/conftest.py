from __future__ import annotations

from tests.issuing.production.handmade import batch, handed

__all__ = ["batch", "handed"]
