"""The bank of an employer's staff's cards: the banks declared, the choice with its reason, and all choices before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import Ask, Menu, backend, page, visitor

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
HERE = "/staff/payroll-bank"


@get(HERE, **page("staff", "payroll_bank.read"))
async def payroll(request: Ask) -> Template:
    """Show the banks that pay the wages, which of them was chosen, and by whom, when and why."""
    return await _shown(request, request.query_params, {})


@post(f"{HERE}/choice", **page("staff", "payroll_bank.choose"))
async def choose(request: Ask, data: Form) -> Response[Any]:
    """Choose a bank; a change after applications were made needs a reason."""
    body = {"bank": data.get("bank", ""), **_employer(data)}
    if data.get("why", "").strip():
        body["why"] = data["why"].strip()
    return await _done(request, data, "", body, "chosen")


@post(f"{HERE}/declaration", **page("staff", "payroll_bank.choose"))
async def declare(request: Ask, data: Form) -> Response[Any]:
    """Say which banks pay the wages, one a line, the main one first."""
    banks = [line.strip() for line in data.get("banks", "").splitlines() if line.strip()]
    return await _done(request, data, "/declaration", {"banks": banks, **_employer(data)}, "declared")


async def _done(
    request: Ask, data: Mapping[str, str], what: str, body: Mapping[str, Any], done: str
) -> Response[Any]:
    try:
        await backend(request).post(f"/api/payroll-bank{what}", body, key=data.get("key"))
    except Refused as refused:
        return await _shown(request, data, data, refused)
    employer = f"&employer={body['employer']}" if "employer" in body else ""
    return go(f"{HERE}?done={done}{employer}")


def _employer(said: Mapping[str, str]) -> dict[str, str]:
    """Give for which employer the card centre acts; an employer acts for itself."""
    code = said.get("employer", "").strip()
    return {"employer": code} if code else {}


async def _shown(
    request: Ask, asked: Mapping[str, str], typed: Mapping[str, str], refused: Refused | None = None
) -> Template:
    me = visitor(request).me or {}
    mine = (me.get("organisation") or {}).get("kind") == "employer"
    whose = _employer(asked)
    found, problem = None, refused
    if mine or whose:
        try:
            found = await backend(request).get("/api/payroll-bank", **whose)
        except Refused as unknown:
            problem = problem or unknown
    return show(
        request, "employers/payroll.html", refused=problem, found=found, mine=mine, employer=whose.get("employer", ""),
        typed=typed, done=asked.get("done", ""), options=_options(found),
    )  # fmt: skip


def _options(found: Mapping[str, Any] | None) -> list[tuple[str, str, str]]:
    return [(one["code"], one["name_zh"], one["name_en"]) for one in found["selectable"]] if found else []


HANDLERS = (payroll, choose, declare)
MENU = (Menu(HERE, "代发银行", "Payroll bank", "payroll_bank.read"),)
