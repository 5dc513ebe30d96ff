"""Tokens of institutions' systems: OAuth 2.0 client credentials (RFC 6749), and giving a token back (RFC 7009)."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from contextlib import suppress
from typing import Annotated, Final
from urllib.parse import unquote_plus

import msgspec
from litestar import Response, post
from litestar.params import URLEncodedBody
from msgspec import Meta

from shebaoka.faces.api.calling import Call, source
from shebaoka.faces.api.declaring import public
from shebaoka.faces.api.service import service
from shebaoka.kit.problems import Problem
from shebaoka.registry.staff.errors import LogInRefused, TokenRefused, TooManyFailures
from shebaoka.registry.staff.model import TOKEN_LIFE

GRANT: Final = "client_credentials"
Field = Annotated[str, Meta(max_length=500, pattern=r"^[^\x00]*$")]


class GrantUnsupported(Problem):
    """Only the client-credentials grant is offered."""

    slug = "grant-unsupported"
    title_zh = "不支持该授权方式"
    title_en = "This way to ask for a token is not offered"
    remedy_zh = "请用 grant_type=client_credentials，并给出 client_id 与 client_secret（表单或 Basic 认证）"
    remedy_en = "Send grant_type=client_credentials with client_id and client_secret, in the form or as Basic authentication"


class TokenRequest(msgspec.Struct, frozen=True):
    """A form, as RFC 6749 4.4.2 says; fields it does not name are ignored, as it asks."""

    grant_type: Field = ""
    client_id: Field = ""
    client_secret: Field = ""


class TokenAnswer(msgspec.Struct, frozen=True):
    """A token for an hour."""

    access_token: str
    token_type: str
    expires_in: Annotated[int, Meta(description="有效秒数 · seconds")]


class Revocation(msgspec.Struct, frozen=True):
    """A form, as RFC 7009 2.1 says."""

    token: Field = ""


@post(
    "/oauth/token",
    status_code=200,
    **public(
        "it is where a token comes from", "sessions", "机构领取令牌 · A token for an institution's system",
        refuses=(GrantUnsupported, LogInRefused, TooManyFailures), unkeyed="each request gives a token of its own",
    ),
)  # fmt: skip
async def issue_token(request: Call, data: URLEncodedBody[TokenRequest]) -> TokenAnswer:
    """Give an access token for client credentials, sent in the form or as Basic authentication."""
    if data.grant_type != GRANT:
        raise GrantUnsupported(error="unsupported_grant_type")
    client_id, secret = _basic(request) or (data.client_id, data.client_secret)
    try:
        admission = await service(request).gatekeeper.issue_token(client_id, secret, source(request))
    except LogInRefused as refusal:
        # RFC 6749 5.2 names the member and, for Basic authentication, the header.
        raise LogInRefused(
            error="invalid_client", headers={"WWW-Authenticate": 'Basic realm="shebaoka"'}
        ) from refusal
    return TokenAnswer(admission.token, "Bearer", int(TOKEN_LIFE.total_seconds()))


def _basic(request: Call) -> tuple[str, str] | None:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = b64decode(encoded, validate=True).decode().partition(":")
    except (NotBase64, ValueError):
        raise LogInRefused(
            error="invalid_client", headers={"WWW-Authenticate": 'Basic realm="shebaoka"'}
        ) from None
    return _plain(client_id), _plain(secret)


def _plain(text: str) -> str:
    return unquote_plus(text).replace("\x00", "")


@post(
    "/oauth/revoke",
    status_code=200,
    **public(
        "whoever holds a token may give it back", "sessions", "交回令牌 · Give a token back",
        unkeyed="a token given back twice is given back once",
    ),
)  # fmt: skip
async def revoke_token(request: Call, data: URLEncodedBody[Revocation]) -> Response[None]:
    """Revoke a token; an unknown one is answered the same, as RFC 7009 says."""
    with suppress(TokenRefused):
        await service(request).gatekeeper.revoke(data.token)
    return Response(None)


HANDLERS = (issue_token, revoke_token)
