"""The room's only door to its tables."""

from __future__ import annotations

from typing import Final

from shebaoka.kit import queries

SQL: Final = queries.load(__file__)
HAND_OVER: Final = (
    "person_id", "parcel_id", "collected_as", "collector_id", "signature_kind", "signature_reference",
    "organisation_id", "handed_by", "handed_at", "sealed",
)  # fmt: skip
