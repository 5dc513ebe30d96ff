"""Logging in and out of the staff's pages: account and password, and what is asked for after them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import quote

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from shebaoka.faces.web.backend import Refused
from shebaoka.faces.web.showing import go, picture, show
from shebaoka.faces.web.visiting import (
    TICKET_COOKIE,
    Ask,
    backend,
    local,
    no_session,
    page,
    session_cookie,
)

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
HOME: Final = "/staff"
LOG_IN: Final = "/staff/login"
LAPSED: Final = "log-in-lapsed"


@get("/staff", **page("staff"))
async def desk(request: Ask) -> Template:
    """Show a member of staff what there is to do."""
    return show(request, "staff/desk.html")


@get(LOG_IN, **page("everybody"))
async def ask_staff(request: Ask) -> Template:
    """Ask for account and password."""
    return show(request, "staff/login.html", login="", back=_back(request.query_params))


@post(LOG_IN, **page("everybody"))
async def let_staff_in(request: Ask, data: Form) -> Response[Any]:
    """Start a session, lead on to what is next, or say why not."""
    login = data.get("login", "")
    try:
        answer = await backend(request).post(
            "/api/sessions", {"login": login, "password": data.get("password", "")}
        )
    except Refused as refused:
        return show(request, "staff/login.html", refused=refused, login=login, back=_back(data))
    return _on(request, answer, _back(data))


@get(f"{LOG_IN}/code", **page("everybody"))
async def ask_code(request: Ask) -> Response[Any]:
    """Ask for a code of the app."""
    return _step(request, "staff/code.html", back=_back(request.query_params))


@post(f"{LOG_IN}/code", **page("everybody"))
async def take_code(request: Ask, data: Form) -> Response[Any]:
    """Take a code and go on."""
    try:
        answer = await _give(request, "code", data.get("code", ""))
    except Refused as refused:
        return _refused(request, refused, "staff/code.html", data)
    return _on(request, answer, _back(data))


@get(f"{LOG_IN}/enrolment", **page("everybody"))
async def ask_enrolment(request: Ask) -> Response[Any]:
    """Show what to set an app up with."""
    return await _enrolment(request, request.query_params)


@post(f"{LOG_IN}/enrolment", **page("everybody"))
async def take_enrolment(request: Ask, data: Form) -> Response[Any]:
    """Take the first code of an app that was set up, and show the recovery codes."""
    try:
        answer = await _give(request, "code", data.get("code", ""))
    except Refused as refused:
        return await _enrolment(request, data, refused)
    return _on(request, answer, _back(data))


@get(f"{LOG_IN}/password", **page("everybody"))
async def ask_password(request: Ask) -> Response[Any]:
    """Ask for a password of one's own in place of the temporary one."""
    return _step(request, "staff/password.html", back=_back(request.query_params))


@post(f"{LOG_IN}/password", **page("everybody"))
async def take_password(request: Ask, data: Form) -> Response[Any]:
    """Change the password and go on."""
    try:
        answer = await _give(request, "password", data.get("password", ""))
    except Refused as refused:
        return _refused(request, refused, "staff/password.html", data)
    return _on(request, answer, _back(data))


@post("/staff/logout", **page("staff"))
async def let_staff_out(request: Ask) -> Response[Any]:
    """End the session."""
    await backend(request).delete("/api/sessions/current")
    answer = go(LOG_IN)
    answer.set_cookie(no_session("staff"))
    return answer


def _back(given: Mapping[str, str]) -> str:
    return local(given.get("next", HOME), HOME)


async def _give(request: Ask, what: str, given: str) -> Any:
    ticket = request.cookies.get(TICKET_COOKIE, "") or "none"
    return await backend(request).post(f"/api/sessions/{what}", {"ticket": ticket, what: given})


async def _enrolment(request: Ask, given: Mapping[str, str], refused: Refused | None = None) -> Response[Any]:
    ticket = request.cookies.get(TICKET_COOKIE, "") or "none"
    try:
        found = await backend(request).post("/api/sessions/enrolment", {"ticket": ticket})
    except Refused as lapsed:
        return _refused(request, lapsed, "staff/login.html", given)
    return show(
        request, "staff/enrolment.html", refused=refused, back=_back(given), secret=found["secret"],
        drawn=picture(found["address"], "验证器二维码 · code for the app"),
    )  # fmt: skip


def _step(request: Ask, template: str, **given: Any) -> Response[Any]:
    return show(request, template, **given) if TICKET_COOKIE in request.cookies else go(LOG_IN)


def _refused(request: Ask, refused: Refused, template: str, given: Mapping[str, str]) -> Template:
    """Show the step again; after too long the whole log-in begins anew."""
    if refused.slug == LAPSED:
        template = "staff/login.html"
    return show(request, template, refused=refused, login="", back=_back(given))


def _on(request: Ask, answer: Mapping[str, Any], back: str) -> Response[Any]:
    """Lead on to where a log-in stands: to the page that was wanted, or to the next step; recovery codes are shown first."""
    then = back if answer["token"] else f"{LOG_IN}/{answer['next']}?next={quote(back, safe='')}"
    codes = answer["recovery_codes"]
    sent: Response[Any] = (
        show(request, "staff/codes.html", codes=codes, then=then, signed_in=False) if codes else go(then)
    )
    if answer["token"]:
        sent.set_cookie(session_cookie("staff", answer["token"]))
    sent.set_cookie(_ticket(answer["ticket"] or ""))
    return sent


def _ticket(ticket: str) -> Cookie:
    return Cookie(
        key=TICKET_COOKIE,
        value=ticket,
        max_age=None if ticket else 0,
        secure=True,
        httponly=True,
        samesite="lax",
    )


HANDLERS = (
    desk, ask_staff, let_staff_in, ask_code, take_code, ask_enrolment, take_enrolment, ask_password, take_password,
    let_staff_out,
)  # fmt: skip
