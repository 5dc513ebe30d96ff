"""Medical insurance: what a bill comes to."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import msgspec
from litestar import post
from litestar.params import JSONBody

from shebaoka.benefits.insurance.errors import CareNotSettled, CaseRefused
from shebaoka.benefits.insurance.model import Amount, Case, InsuredState, Quote
from shebaoka.benefits.insurance.outlook import LEVELS
from shebaoka.benefits.insurance.quoting import quote, read_case
from shebaoka.faces.api.billing import Compared, level_quote
from shebaoka.faces.api.calling import Call
from shebaoka.faces.api.declaring import public
from shebaoka.faces.api.service import service
from shebaoka.faces.api.wire import Body
from shebaoka.kit.clock import today
from shebaoka.registry.programme.errors import NoRuleApplies
from shebaoka.registry.programme.model import Care, Scheme, WorkStatus

OPEN: Final = "it says what the published rules make of a bill, and nothing about anybody"


@post(
    "/benefits/quotes",
    status_code=200,
    **public(
        OPEN, "benefits", "费用测算：由谁支付多少，以及为什么 · What a bill comes to, and why",
        refuses=(CaseRefused, CareNotSettled, NoRuleApplies), unkeyed="it changes nothing",
    ),
)  # fmt: skip
async def quote_bill(request: Call, data: JSONBody[Case]) -> Quote:  # noqa: ARG001 - it describes the body
    """Say who pays what of a bill by the rules of its day, and why: the rules that decided, and sentences for the patient."""
    # Read again, for the framework takes "1" and 1.0 for a number, which an amount is not.
    return quote(await service(request).programme(), read_case(await request.body()))


class CaseWanted(Body, frozen=True):
    """A bill and whose it is, for every level of institutions at once. `on` null: today. All else as in `Case`."""

    scheme: Scheme
    birth_date: date
    care: Care
    in_scope_fen: Amount
    own_expense_fen: Amount
    prepay_fen: Amount
    over_limit_fen: Amount
    state: InsuredState
    on: date | None = None
    status: WorkStatus | None = None
    retired_on: date | None = None
    worked_since: date | None = None
    severely_disabled: bool = False


@post(
    "/benefits/comparisons",
    status_code=200,
    **public(
        OPEN, "benefits", "费用测算：各级医疗机构对比 · What a bill comes to at each level of institutions",
        refuses=(CaseRefused, CareNotSettled, NoRuleApplies), unkeyed="it changes nothing",
    ),
)  # fmt: skip
async def compare_levels(request: Call, data: JSONBody[CaseWanted]) -> Compared:
    """Say who would pay what of the same bill at institutions of level 1, 2 and 3, and why."""
    here = service(request)
    on = data.on or today(here.city.clock)
    asked = msgspec.json.decode(await request.body()) | {"on": on}
    cases = [read_case(msgspec.json.encode(asked | {"level": level})) for level in LEVELS]
    programme = await here.programme()
    return Compared(on, [level_quote(case.level, quote(programme, case)) for case in cases])


HANDLERS: tuple[Any, ...] = (quote_bill, compare_levels)
