"""The address that WeChat sends to: who it is, whether it is new, and an answer within its five seconds."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

import structlog
from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.types import ASGIApp

from shebaoka.faces.wechat import envelope
from shebaoka.faces.wechat.account import Account
from shebaoka.faces.wechat.answering import NOTHING, TEXTS, Answering
from shebaoka.faces.wechat.envelope import Message, Unreadable
from shebaoka.faces.wechat.memory import Answers, Nonces, Seconds
from shebaoka.faces.wechat.seal import CHANCE_BYTES, SealBroken

PATH: Final = "/wechat"
BODY_BYTES_MAX: Final = 16 * 2**10
FRESH_SECONDS: Final = 300
PATIENCE_SECONDS: Final = 4.0
"""WeChat waits five."""
SUCCESS: Final = b"success"
"""What WeChat takes for: there is no reply, and all is well."""
AES: Final = "aes"
Query = Mapping[str, str]
Asked = Request[Any, Any, Any]
log = structlog.get_logger()


class NotWeChat(Exception):  # noqa: N818 - named for the fact
    """What came is not WeChat's, or not new; it says why, for the log."""


class Endpoint:
    """Takes the messages of one account."""

    def __init__(
        self, account: Account, answering: Answering, *, seconds: Seconds, patience_seconds: float
    ) -> None:
        self._account, self._seal = account, account.seal
        self._answering = answering
        self._seconds = seconds
        self._patience_seconds = patience_seconds
        self._answers, self._nonces = Answers(seconds), Nonces(seconds)

    def greet(self, query: Query) -> str:
        """Give back what WeChat sends when the address is entered there; NotWeChat."""
        self._check(query)
        return query.get("echostr", "")

    async def take(self, query: Query, request: Asked) -> bytes:
        """Answer a message; NotWeChat, Unreadable, SealBroken. Nothing is read of a body before the query is known to be WeChat's."""
        self._check(query)
        body = await request.body()
        sealed = query.get("encrypt_type", "") == AES
        message = envelope.message(self._opened(query, body) if sealed else self._plain(body))
        if not self._nonces.takes(f"{query['nonce']} {query['timestamp']}", sha256(body).digest()):
            raise NotWeChat("the nonce came before with another message")
        text = await self._in_time(message)
        if text == NOTHING:
            return SUCCESS
        written = envelope.reply(message, text, int(self._seconds()))
        return self._sealed(written) if sealed else written

    def _check(self, query: Query) -> None:
        at, nonce = query.get("timestamp", ""), query.get("nonce", "")
        if not self._seal.fits(query.get("signature", ""), at, nonce):
            raise NotWeChat("the signature is wrong")
        if not at.isdigit() or abs(self._seconds() - int(at)) > FRESH_SECONDS:
            raise NotWeChat("the timestamp is not fresh")

    def _opened(self, query: Query, body: bytes) -> dict[str, str]:
        sealed = envelope.fields(body).get("Encrypt", "")
        if not self._seal.fits(query.get("msg_signature", ""), query["timestamp"], query["nonce"], sealed):
            raise NotWeChat("the message's signature is wrong")
        return envelope.fields(self._seal.open(sealed))

    def _plain(self, body: bytes) -> dict[str, str]:
        if not self._account.plain_allowed:
            raise NotWeChat("the message is not sealed: choose the safe mode (安全模式) at WeChat")
        return envelope.fields(body)

    async def _in_time(self, message: Message) -> str:
        """Give the answer, or say that it takes longer. It goes on being made: WeChat's next try finds it."""
        making = self._answers.of(message.number, lambda: self._answering.answer(message))
        try:
            return await asyncio.wait_for(asyncio.shield(making), self._patience_seconds)
        except TimeoutError:
            log.warning("wechat.late", kind=message.kind)
            return TEXTS["busy"]

    def _sealed(self, written: bytes) -> bytes:
        sealed = self._seal.close(written, secrets.token_bytes(CHANCE_BYTES))
        at, nonce = str(int(self._seconds())), secrets.token_hex(8)
        return envelope.sealed(sealed, self._seal.signature(at, nonce, sealed), at, nonce)


def create_wechat(
    api: ASGIApp,
    account: Account,
    *,
    seconds: Seconds = time.time,
    patience_seconds: float = PATIENCE_SECONDS,
) -> Litestar:
    """Give the application that answers an account. `seconds`: the clock, as WeChat's: since 1970."""
    answering = Answering(api, account.site_url)
    endpoint = Endpoint(account, answering, seconds=seconds, patience_seconds=patience_seconds)

    @get(PATH, media_type=MediaType.TEXT)
    async def greet(request: Asked) -> str:
        return endpoint.greet(request.query_params)

    @post(PATH, status_code=200)
    async def take(request: Asked) -> Response[bytes]:
        return Response(await endpoint.take(request.query_params, request), media_type="application/xml")

    return Litestar(
        [greet, take],
        exception_handlers={NotWeChat: _not_taken, Unreadable: _not_taken, SealBroken: _not_taken},
        request_max_body_size=BODY_BYTES_MAX,
        openapi_config=None,
        logging_config=None,
    )


def _not_taken(_request: Asked, error: Exception) -> Response[str]:
    """Refuse without a word about why; the log has it, and nothing of the message."""
    log.warning("wechat.refused", why=f"{type(error).__name__}: {error}")
    return Response("forbidden", status_code=403, media_type=MediaType.TEXT)
