"""What the pages know of the city: its JSON interface, asked in the same process, as whoever sits before the page.

The pages can do nothing that the interface does not let this person do; who may, what is recorded, and what a refusal says is
decided at one door (ADR 12).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Final

import httpx
from litestar.types import ASGIApp

HERE: Final = "http://shebaoka.internal"
"""Never looked up: the request does not leave the process."""
LONGEST_SECONDS: Final = 600.0
"""A list of a hundred thousand rows is taken in while its sender waits; ASGI itself knows no time-out."""
UNAUTHORIZED: Final = 401
REFUSED: Final = 400


class Refused(Exception):  # noqa: N818 - named for the fact
    """What was asked for was refused; `problem` is the problem document (RFC 9457) that says why and what to do."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(problem.get("type", status))
        self.status = status
        self.problem = problem

    @property
    def slug(self) -> str:
        """The refusal's name, as in docs/problems."""
        return str(self.problem.get("type", "")).rpartition("/")[2]


class Backend:
    """The interface, as one visitor reaches it. `token`: of the session, empty for whoever has not logged in."""

    def __init__(self, api: ASGIApp, token: str, source: str, device: str = "") -> None:
        """`source`: the network address of whoever asks, which the throttle of log-ins goes by; `device`: what the browser says of itself."""
        headers = {"User-Agent": device} | ({"Authorization": f"Bearer {token}"} if token else {})
        transport = httpx.ASGITransport(api, raise_app_exceptions=False, client=(source, 0))  # type: ignore[arg-type]
        self._client = httpx.AsyncClient(
            transport=transport, base_url=HERE, headers=headers, trust_env=False, timeout=LONGEST_SECONDS
        )

    async def get(self, path: str, **query: Any) -> Any:
        """Give what a GET answers; values of None are left out of the query. Refused."""
        return (await self.ask("GET", path, params=_given(query))).json()

    async def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """Give what a POST answers. `key`: the request key that the form was made with; Refused."""
        return _content(await self.ask("POST", path, json=body, key=key))

    async def delete(self, path: str) -> None:
        """Ask for a DELETE; Refused."""
        await self.ask("DELETE", path)

    async def send(
        self, path: str, files: Mapping[str, Any], *, data: Any = None, key: str | None = None
    ) -> Any:
        """Give what a POST of files answers; Refused."""
        return _content(await self.ask("POST", path, files=files, data=data, key=key))

    async def ask(self, method: str, path: str, *, key: str | None = None, **more: Any) -> httpx.Response:
        """Give an answer as it came, such as a file; Refused."""
        headers = {} if key is None else {"Idempotency-Key": key}
        answer = await self._client.request(method, path, headers=headers, **more)
        if answer.status_code >= REFUSED:
            raise Refused(answer.status_code, answer.json())
        return answer


def new_key() -> str:
    """Give a request key for a form: however often it is sent, it is carried out once."""
    return secrets.token_urlsafe(18)


def _given(query: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in query.items() if value is not None}


def _content(answer: httpx.Response) -> Any:
    return answer.json() if answer.content else None
