"""The site as a system of its own: the online platform that vouches for residents whom the identity provider has authenticated."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from litestar.types import ASGIApp

from shebaoka.faces.web.backend import Backend, Refused
from shebaoka.faces.web.identity import Identity

SOURCE: Final = "the pages themselves"
"""A wrong secret of ours counts against nobody who sits before a page."""
PROVIDER: Final = "oidc"
EARLY_SECONDS: Final = 60.0
REVOKED: Final = "token-refused"


class Platform:
    """The platform's institution client. Its token is kept until it ends, and asked for again when it was revoked."""

    def __init__(self, client_id: str, client_secret: str) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._token = ""
        self._until = 0.0
        self._asking = asyncio.Lock()

    async def admit(self, api: ASGIApp, identity: Identity) -> str:
        """Give the token of a session for a resident; Refused."""
        try:
            return await self._vouch(api, identity)
        except Refused as refused:
            if refused.slug != REVOKED:
                raise
        self._until = 0.0
        return await self._vouch(api, identity)

    async def _vouch(self, api: ASGIApp, identity: Identity) -> str:
        said = {
            "id_number": identity.id_number, "name": identity.name, "provider": PROVIDER,
            "assertion": identity.assertion,
        }  # fmt: skip
        session = await Backend(api, await self._current(api), SOURCE).post("/api/resident-sessions", said)
        return str(session["token"])

    async def _current(self, api: ASGIApp) -> str:
        async with self._asking:
            if time.monotonic() >= self._until:
                await self._renew(api)
            return self._token

    async def _renew(self, api: ASGIApp) -> None:
        form = {
            "grant_type": "client_credentials", "client_id": self._client_id, "client_secret": self._client_secret,
        }  # fmt: skip
        answer = (await Backend(api, "", SOURCE).ask("POST", "/oauth/token", data=form)).json()
        self._token = str(answer["access_token"])
        self._until = time.monotonic() + float(answer["expires_in"]) - EARLY_SECONDS
