"""The identity provider's addresses: discovery and tokens for the site, a page for the browser. None asks for the sandbox's token."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from binascii import Error as NotBase64
from typing import Annotated, Any, Final
from urllib.parse import unquote_plus, urlencode, urlsplit

from jinja2 import Environment, PackageLoader
from litestar import MediaType, Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.handlers import BaseRouteHandler
from litestar.params import Body
from litestar.response import Redirect

from shebaoka_sandbox.identity import CLIENT, IDENTITY, GrantRefused, IdentityProvider

PATH: Final = f"/{IDENTITY}"
SEE_OTHER: Final = 303
OPEN: Final[dict[str, Any]] = {"opt": {"open": True}}
HERE: Final = frozenset({"127.0.0.1", "localhost", "::1"})
BACK: Final = "/login/callback"
ASKED: Final = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
)  # fmt: skip
HEADERS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
}
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
Asking = Request[Any, Any, Any]
_TEMPLATES: Final = Environment(loader=PackageLoader("shebaoka_sandbox"), autoescape=True)


def handlers(provider: IdentityProvider, delay: Any) -> list[BaseRouteHandler]:
    """Give the provider's addresses. `delay`: tells how many milliseconds an answer waits now."""

    @get(f"{PATH}/.well-known/openid-configuration", **OPEN)
    async def discover(request: Asking) -> dict[str, Any]:
        provider.enter("discovery")
        return _described(_issuer(request))

    @get(f"{PATH}/keys", **OPEN)
    async def keys() -> Any:
        provider.enter("keys")
        return provider.keys()

    @get(f"{PATH}/authorize", **OPEN)
    async def ask(request: Asking) -> Response[Any]:
        provider.enter("authorize")
        given = dict(request.query_params)
        return _wrong(given) or _page(provider, given, given.get("q", ""))

    @post(f"{PATH}/authorize", **OPEN)
    async def answer(data: Form) -> Response[Any]:
        provider.enter("authorize")
        return _wrong(data) or _answered(provider, data)

    @post(f"{PATH}/token", status_code=200, **OPEN)
    async def redeem(request: Asking, data: Form) -> Response[Any]:
        provider.enter("token")
        await asyncio.sleep(delay() / 1000)
        return _token(provider, request, data)

    return [discover, keys, ask, answer, redeem]


def _issuer(request: Asking) -> str:
    return f"{request.url.scheme}://{request.url.netloc}{PATH}"


def _described(issuer: str) -> dict[str, Any]:
    """Give the provider's description (OpenID Connect Discovery 1.0, 3)."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/keys",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "profile"],
        "claims_supported": ["sub", "name", "id_number"],
    }


def _wrong(asked: dict[str, str]) -> Response[Any] | None:
    """Refuse what the site asked for wrongly: to the browser when the site itself is doubtful, else back to the site."""
    target = urlsplit(asked.get("redirect_uri", ""))
    ours = target.scheme in ("http", "https") and target.hostname in HERE and target.path == BACK
    if asked.get("client_id") != CLIENT or not ours or target.query or target.fragment:
        return _shown(
            400, wrong="client_id 或 redirect_uri 未登记 · client_id or redirect_uri is not registered"
        )
    if asked.get("response_type") != "code":
        return _back(asked, error="unsupported_response_type")
    if "openid" not in asked.get("scope", "").split():
        return _back(asked, error="invalid_scope")
    if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
        return _back(asked, error="invalid_request")
    return None


def _answered(provider: IdentityProvider, given: dict[str, str]) -> Response[Any]:
    if "cancel" in given:
        return _back(given, error="access_denied")
    someone = provider.recognise(given.get("id_number", "").strip(), given.get("name"))
    if someone is None:
        return _page(provider, given, "", refused=True)
    code = provider.grant(
        someone,
        redirect_uri=given["redirect_uri"],
        nonce=given.get("nonce", ""),
        challenge=given["code_challenge"],
    )
    return _back(given, code=code)


def _page(
    provider: IdentityProvider, given: dict[str, str], text: str, *, refused: bool = False
) -> Response[Any]:
    asked = {name: given[name] for name in ASKED if name in given}
    return _shown(200, asked=asked, people=provider.people(text), q=text, refused=refused)


def _shown(status: int, **given: Any) -> Response[Any]:
    text = _TEMPLATES.get_template("identity.html").render(**({"wrong": ""} | given))
    return Response(text, status_code=status, media_type=MediaType.HTML, headers=HEADERS)


def _back(asked: dict[str, str], **answer: str) -> Redirect:
    query = urlencode(answer | ({"state": asked["state"]} if "state" in asked else {}))
    return Redirect(f"{asked['redirect_uri']}?{query}", status_code=SEE_OTHER, headers=HEADERS)


def _token(provider: IdentityProvider, request: Asking, data: dict[str, str]) -> Response[Any]:
    if data.get("grant_type") != "authorization_code":
        return _declined(GrantRefused("unsupported_grant_type"))
    try:
        client = _client(request, data)
        said = provider.redeem(
            client, data.get("code", ""), data.get("redirect_uri", ""), data.get("code_verifier", ""), _issuer(request)
        )  # fmt: skip
    except GrantRefused as refusal:
        return _declined(refusal)
    return Response(said, headers=HEADERS)


def _declined(refusal: GrantRefused) -> Response[Any]:
    return Response({"error": refusal.error}, status_code=refusal.status, headers=HEADERS)


def _client(request: Asking, data: dict[str, str]) -> tuple[str, str]:
    """Give the client and its secret, from the header or the form (RFC 6749, 2.3.1)."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return data.get("client_id", ""), data.get("client_secret", "")
    try:
        name, _, secret = b64decode(encoded, validate=True).decode().partition(":")
    except (NotBase64, ValueError):
        raise GrantRefused("invalid_client", 401) from None
    return unquote_plus(name), unquote_plus(secret)
