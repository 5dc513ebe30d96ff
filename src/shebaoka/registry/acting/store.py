"""The room's only door to its tables."""

from __future__ import annotations

from typing import Final

from shebaoka.kit import queries

SQL: Final = queries.load(__file__)
COLUMNS: Final = (
    "person_id", "proxy_act_id", "act", "subject", "acted_as", "actor_id", "authorisation", "documents",
    "documents_named", "rule_id", "checked_by", "organisation_id", "acted_at", "sealed",
)  # fmt: skip
