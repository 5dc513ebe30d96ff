"""Medical insurance: what a bill comes to."""

from __future__ import annotations

from typing import Any, Final

from litestar import post
from litestar.params import JSONBody

from shebaoka.benefits.insurance.errors import CareNotSettled, CaseRefused
from shebaoka.benefits.insurance.model import Case, Quote
from shebaoka.benefits.insurance.quoting import quote, read_case
from shebaoka.faces.api.calling import Call
from shebaoka.faces.api.declaring import public
from shebaoka.faces.api.service import service
from shebaoka.registry.programme.errors import NoRuleApplies

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


HANDLERS: tuple[Any, ...] = (quote_bill,)
