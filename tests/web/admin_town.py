"""Accounts in a town, and ways to the pages about them."""

from __future__ import annotations

from base64 import b32decode
from datetime import timedelta

from tests.faces.api_town import CENTRE, COMMUNITY_A
from tests.web.browsing import Web

from shebaoka.faces.web.visiting import TICKET_COOKIE
from shebaoka.kit.actor import SYSTEM
from shebaoka.registry.staff import totp
from shebaoka.registry.staff.commands import create_staff

PASSWORD = "虚构的密码 of nobody"


async def member(
    web: Web, login: str = "clerk.one", role: str = "community_clerk", *, temporary: bool = False
) -> int:
    """Make an account, and give its number."""
    at = COMMUNITY_A if role == "community_clerk" else CENTRE
    async with web.town.database.work(SYSTEM) as work:
        return await create_staff(
            work,
            login=login,
            name="虚一",
            role=role,
            institution_id=at,
            password=PASSWORD,
            temporary=temporary,
        )


def code(web: Web, secret: str, later: int = 0) -> str:
    """Give the code of an app, so many steps later."""
    at = web.town.database.clock.now() + timedelta(seconds=totp.STEP_SECONDS * later)
    return totp.code(b32decode(secret), totp.step_at(at))


async def enrolled(web: Web, login: str = "auditor.one") -> str:
    """Make an auditor with a second factor, and give its secret; the code of now is used."""
    await member(web, login, "auditor")
    ticket = {"ticket": (await _begun(web, login))["ticket"]}
    secret = str((await web.town.http.post("/api/sessions/enrolment", json=ticket)).json()["secret"])
    done = await web.town.http.post("/api/sessions/code", json=ticket | {"code": code(web, secret)})
    assert done.status_code == 201
    return secret


async def _begun(web: Web, login: str):
    return (await web.town.http.post("/api/sessions", json={"login": login, "password": PASSWORD})).json()


async def log_in_at(web: Web, step: str) -> str:
    """Give the way to a step of a log-in, and every visitor its ticket."""
    match step:
        case "code":
            await enrolled(web)
        case "enrolment":
            await member(web, "auditor.one", "auditor")
        case _:
            await member(web, "auditor.one", "community_clerk", temporary=True)
    begun = await _begun(web, "auditor.one")
    assert begun["next"] == step
    web.cookies[TICKET_COOKIE] = begun["ticket"]
    return f"/staff/login/{step}"


async def accounts(web: Web) -> str:
    await member(web)
    return "/staff/accounts"


async def account(web: Web) -> str:
    return f"/staff/accounts/{await member(web)}"


async def clients(web: Web) -> str:
    body = {"client_id": "bosc-core", "institution": "BOSC", "role": "bank_system"}
    await web.town.post("/api/clients", "administrator", json=body)
    return "/staff/clients"
