"""Bills to quote by the packaged rules."""

from __future__ import annotations

from typing import Any

import msgspec

from shebaoka.benefits.insurance.model import Case, Quote
from shebaoka.benefits.insurance.quoting import quote, read_case
from shebaoka.registry.programme import checks, files
from shebaoka.registry.programme.programme import Programme

PLACED = files.read(files.PACKAGED)
checks.check(PLACED)
PROGRAMME = Programme(rule for rule, _ in PLACED)

NO_STATE = {
    "current_account_fen": 0,
    "historic_account_fen": 0,
    "deductible_used_fen": 0,
    "pooled_used_fen": 0,
}
ACTIVE: dict[str, Any] = {
    "scheme": "employee", "status": "active", "birth_date": "1980-05-06", "retired_on": None,
    "worked_since": "2003-07-01", "care": "outpatient", "level": 3, "on": "2019-10-08", "in_scope_fen": 0,
    "own_expense_fen": 0, "prepay_fen": 0, "over_limit_fen": 0, "state": NO_STATE,
}  # fmt: skip
RETIRED = ACTIVE | {"status": "retired", "birth_date": "1957-03-01", "retired_on": "2012-03-01"}
RESIDENT = ACTIVE | {"scheme": "resident", "status": "active", "worked_since": None}


def case(base: dict[str, Any], state: dict[str, int] | None = None, **changes: Any) -> Case:
    return read_case(msgspec.json.encode(base | {"state": NO_STATE | (state or {})} | changes))


def quoted(base: dict[str, Any], state: dict[str, int] | None = None, **changes: Any) -> Quote:
    return quote(PROGRAMME, case(base, state, **changes))


def money(found: Quote) -> dict[str, int]:
    """Give all amounts of a quote that are not nothing, without `_fen`."""
    values = msgspec.to_builtins(found)
    return {
        name.removesuffix("_fen"): value for name, value in values.items() if name.endswith("_fen") and value
    }


def deciding(found: Quote) -> set[str]:
    return {f"{why.rule_set}/{why.rule_id}" for why in found.rules}
