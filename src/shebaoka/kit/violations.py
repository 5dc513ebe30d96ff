"""Which constraint refused: the same name on one machine and on a cluster."""

from __future__ import annotations

import re
from typing import Final

import psycopg
from psycopg import errors

QUOTED: Final = re.compile(r'"([^"]+)"')
SHARD: Final = re.compile(r"_\d{6,}$")
VIOLATIONS: Final = (
    errors.UniqueViolation,
    errors.CheckViolation,
    errors.ExclusionViolation,
    errors.InternalError_,
)
"""What to catch around a write that a constraint may refuse, before asking `constraint` which one it was."""


def constraint(error: psycopg.Error) -> str:
    """Give the name of the unique, check or exclusion constraint (or unique index) that refused, or "".

    On a cluster the machine that refused tells it in its message only, as the last name that stands in quotes, an
    index with the number of the shard after it: `"application_one_live_102028"`. After COPY, and after INSERT …
    SELECT with neither RETURNING nor ON CONFLICT, even the error's kind is lost and it comes as an internal one
    (both found on Citus 13). Such an error may name a relation instead: compare the answer, do not show it.
    """
    if error.diag.constraint_name:
        return error.diag.constraint_name
    if not isinstance(error, VIOLATIONS):
        return ""
    quoted = QUOTED.findall(error.diag.message_primary or "")
    of_shard = any(SHARD.search(name) for name in quoted)
    return SHARD.sub("", quoted[-1]) if of_shard else ""
