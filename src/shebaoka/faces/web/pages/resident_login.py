"""Residents log in with the city's identity provider, and out again.

What the browser keeps meanwhile (state, nonce, PKCE's verifier, and where to go on) is a cookie of ten minutes that is signed:
a value from elsewhere, or an old one, is none.
"""

from __future__ import annotations

import secrets
import time
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.response import Redirect, Template

from shebaoka.faces.web.backend import Refused, new_key
from shebaoka.faces.web.identity import Attempt, Identity, IdentityProvider, ProviderFailed, new_attempt
from shebaoka.faces.web.letting_in import LettingIn
from shebaoka.faces.web.login_words import FAILURES, failure_of
from shebaoka.faces.web.showing import go, show
from shebaoka.faces.web.visiting import (
    WISHES,
    Ask,
    local,
    logged_in,
    no_session,
    page,
    session_cookie,
    visitor_of,
)

UNDER_WAY: Final = "__Host-login"
MINUTES_TEN: Final = 600
SIGNED: Final = ("HS256",)
HOME: Final = "/mine"
OUTSIDE: Final = "/"
CANCELLED: Final = frozenset({"access_denied", "login_required", "consent_required", "interaction_required"})
log = structlog.get_logger()


@get("/login", **page("everybody"))
async def ask_resident(request: Ask) -> Template:
    """Say what is needed to log in; after a try that failed, why."""
    failure = FAILURES.get(request.query_params.get("why", ""))
    return show(
        request, "resident/login.html", back=_next(request), open=_letting_in(request) is not None,
        failure=failure.problem() if failure else None,
    )  # fmt: skip


@get("/login/start", no_page=True, **page("everybody"))
async def begin(request: Ask) -> Redirect:
    """Send the browser to the identity provider."""
    back, means = _next(request), _letting_in(request)
    if means is None:
        return _failed("not-open", back)
    attempt = new_attempt()
    try:
        there = await means.provider.address(attempt, _come_back(request))
    except ProviderFailed as failed:
        return _failed(failed.why, back, failed.said)
    answer = go(there)
    answer.set_cookie(_kept(means.secret, attempt, back))
    return answer


@get("/login/callback", no_page=True, **page("everybody"))
async def let_resident_in(request: Ask) -> Redirect:
    """Take what the provider sends back and start the session, or say why not. What was kept is used up."""
    means = _letting_in(request)
    attempt, back = _under_way(request, means)
    if means is None or attempt is None:
        answer = _failed("expired", back, "no log-in of this browser is under way")
    else:
        answer = await _finish(request, means, attempt, back)
    answer.set_cookie(Cookie(key=UNDER_WAY, value="", max_age=0, secure=True, httponly=True, samesite="lax"))
    return answer


@post("/logout", **page("everybody"))
async def let_resident_out(request: Ask) -> Response[Any]:
    """End the session; one that has ended already is as good."""
    token = logged_in(request, "resident")
    if token:
        with suppress(Refused):
            await visitor_of(request, "resident", token).backend.delete("/api/sessions/current")
    answer = go(OUTSIDE)
    answer.set_cookie(no_session("resident"))
    return answer


async def _finish(request: Ask, means: LettingIn, attempt: Attempt, back: str) -> Redirect:
    try:
        identity = await _identity(request, means.provider, attempt)
        token = await means.platform.admit(request.app.state.api, identity)
    except ProviderFailed as failed:
        return _failed(failed.why, back, failed.said)
    except Refused as refused:
        return _failed(failure_of(refused.slug), back, refused.slug)
    await _keep_elder(request, token)
    answer = go(back)
    answer.set_cookie(session_cookie("resident", token))
    return answer


async def _keep_elder(request: Ask, token: str) -> None:
    """Remember the elder version of this device for whoever logs in with it, unless the person has said otherwise before."""
    asking = visitor_of(request, "resident", token)
    if not asking.elder:
        return
    with suppress(Refused):  # Nobody is kept out for the size of letters.
        if (await asking.backend.get(WISHES))["elder"] is None:
            await asking.backend.post(WISHES, {"elder": True}, key=new_key())


async def _identity(request: Ask, provider: IdentityProvider, attempt: Attempt) -> Identity:
    query = request.query_params
    if not secrets.compare_digest(query.get("state", "").encode(), attempt.state.encode()):
        raise ProviderFailed("expired", "the answer belongs to another log-in")
    if "error" in query:
        cancelled = query["error"] in CANCELLED
        raise ProviderFailed("cancelled" if cancelled else "down", "the provider let nobody in")
    return await provider.identity(attempt, query.get("code", ""), _come_back(request))


def _failed(why: str, back: str, said: str = "") -> Redirect:
    """Tell a failure on the page where one logs in: its address bears no code, and may be loaded again."""
    log.warning("resident_login.failed", why=why, said=said)
    return go(f"/login?{urlencode({'why': why, 'next': back})}")


def _letting_in(request: Ask) -> LettingIn | None:
    means: LettingIn | None = request.app.state.letting_in
    return means


def _next(request: Ask) -> str:
    return local(request.query_params.get("next", HOME), HOME)


def _come_back(request: Ask) -> str:
    """Give our address that the provider knows, as the browser reaches us."""
    return f"{request.url.scheme}://{request.url.netloc}/login/callback"


def _kept(secret: str, attempt: Attempt, back: str) -> Cookie:
    claims = asdict(attempt) | {"next": back, "exp": int(time.time()) + MINUTES_TEN}
    value = jwt.encode({"alg": "HS256"}, claims, _key(secret), algorithms=SIGNED)
    return Cookie(key=UNDER_WAY, value=value, max_age=MINUTES_TEN, secure=True, httponly=True, samesite="lax")


def _under_way(request: Ask, means: LettingIn | None) -> tuple[Attempt | None, str]:
    """Give the log-in that this browser began, and where it goes on; none for a cookie that is old or not ours."""
    if means is None:
        return None, HOME
    try:
        said = jwt.decode(request.cookies.get(UNDER_WAY, ""), _key(means.secret), algorithms=SIGNED).claims
    except (JoseError, ValueError):
        return None, HOME
    attempt = Attempt(said["state"], said["nonce"], said["verifier"])
    return (attempt if time.time() < said["exp"] else None), local(said["next"], HOME)


def _key(secret: str) -> OctKey:
    return OctKey.import_key(sha256(f"log-ins under way {secret}".encode()).digest())


HANDLERS = (ask_resident, begin, let_resident_in, let_resident_out)
