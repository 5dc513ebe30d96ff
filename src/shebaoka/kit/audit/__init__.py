"""The audit log: facts written with the change, sealed in SM3-chained batches off the hot path, verified by anyone."""

from shebaoka.kit.audit.sealing import seal_due
from shebaoka.kit.audit.verifying import Verdict, verify

__all__ = ["Verdict", "seal_due", "verify"]
