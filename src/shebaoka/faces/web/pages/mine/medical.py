"""One's insurance: medical accounts and where one stands, what moved them, bills with their explanation, contributions, benefits."""

from __future__ import annotations

from typing import Any, Final

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from shebaoka.faces.web.pages.home import Form
from shebaoka.faces.web.pages.mine.family import One, chosen, members
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, amounts_cookie, backend, local, page, shows_amounts

HERE: Final = "/mine/medical"
PAGE: Final = 20


@post(f"{HERE}/amounts", **page("resident"))
async def amounts(data: Form) -> Redirect:
    """Show amounts for a short time, or hide them: somebody may look over one's shoulder."""
    answer: Redirect = go(local(data.get("back", HERE), HERE))
    answer.set_cookie(amounts_cookie(on=data.get("on") == "1"))
    return answer


@get(HERE, **page("resident"))
async def medical(request: Ask) -> Template:
    """Show what the accounts hold, where one stands this year, and what comes next."""
    found = await members(request)
    member = chosen(found, request.query_params.get("person", ""))
    told = await backend(request).get("/api/family/insurance", person_id=member["person_id"])
    return show(request, "medical/standing.html", members=found, member=member, told=told, here_is=HERE, hidden=not shows_amounts(request))  # fmt: skip


@get(f"{HERE}/entries", **page("resident"))
async def entries(request: Ask) -> Template:
    """Show what moved one's accounts in a year, newest first."""
    return await _of_a_year(request, "account-entries", "medical/entries.html", f"{HERE}/entries")


@get(f"{HERE}/bills", **page("resident"))
async def bills(request: Ask) -> Template:
    """Show what was settled in a year, newest first."""
    return await _of_a_year(request, "bills", "medical/bills.html", f"{HERE}/bills")


@get("/mine/benefits", **page("resident"))
async def benefits(request: Ask) -> Template:
    """Show what was paid or is owed for the months of a year, and how the accounts on one's cards stand."""
    return await _of_a_year(request, "benefits", "medical/benefits.html", "/mine/benefits")


@get(f"{HERE}/contributions", **page("resident"))
async def contributions(request: Ask) -> Template:
    """Show what was paid in for the months of a year, and in what one was insured since when."""
    number = request.query_params.get("person") or None
    told = await backend(request).get("/api/family/insurance", person_id=number)
    return await _of_a_year(
        request, "contributions", "medical/contributions.html", f"{HERE}/contributions", told=told
    )


async def _of_a_year(request: Ask, what: str, template: str, path: str, **more: Any) -> Template:
    asked = request.query_params
    found = await members(request)
    member = chosen(found, asked.get("person", ""))
    listed = await backend(request).get(
        f"/api/family/{what}", person_id=member["person_id"], year=asked.get("year"), cursor=asked.get("after"), limit=PAGE,
    )  # fmt: skip
    hidden = not shows_amounts(request)
    return show(
        request, template, members=found, member=member, listed=listed, here_is=path, hidden=hidden, **more
    )


@get(f"{HERE}/bills/{{settlement_id:int}}", **page("resident"))
async def bill(request: Ask, settlement_id: FromPath[int]) -> Template:
    """Show one bill: what it consists of, who paid what, and why; to be printed."""
    path = f"/api/family/bills/{settlement_id}"
    told: One = await backend(request).get(path)
    after = request.query_params.get("lines")
    lines = await backend(request).get(f"{path}/lines", after=after, limit=PAGE)
    return show(
        request, "medical/bill.html", told=told, bill=told["bill"], lines=lines, after=after,
        here_is=f"{HERE}/bills/{settlement_id}",
    )  # fmt: skip


HANDLERS = (medical, amounts, entries, bills, contributions, bill, benefits)
