"""Residents' identity provider, as OpenID Connect has it: where a log-in goes, and what is believed of its answer.

The flow is the code flow with PKCE; the ID token comes from the provider itself over its back channel and is verified all the same:
signature by one of the provider's published keys, algorithm, issuer, audience, nonce, time.
"""

from __future__ import annotations

import secrets
import ssl
import time
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote, urlencode

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

ALGORITHMS: Final = ("RS256", "PS256", "ES256")
"""Neither `none` nor anything symmetric, whose key would be one that everybody knows."""
LEEWAY_SECONDS: Final = 60
PATIENCE_SECONDS: Final = 10.0
KEPT_SECONDS: Final = 600.0
BASIC: Final = "client_secret_basic"
DESCRIPTION: Final = "/.well-known/openid-configuration"


class ProviderFailed(Exception):  # noqa: N818 - named for the fact
    """A log-in did not succeed. `why`: the failure that the page tells; `said`: what the log notes, nothing about the person."""

    def __init__(self, why: str, said: str) -> None:
        super().__init__(said)
        self.why = why
        self.said = said


@dataclass(frozen=True, slots=True)
class Registration:
    """The site as the identity provider knows it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: str = "openid profile"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A log-in under way: what the browser keeps of it until it comes back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider has authenticated. `assertion`: the number of its word, which is used once."""

    id_number: str = field(repr=False)
    name: str = field(repr=False)
    assertion: str = field(repr=False)


def new_attempt() -> Attempt:
    """Begin a log-in, with numbers that nobody can guess."""
    return Attempt(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))


class IdentityProvider:
    """The provider behind an issuer's address. Its description and keys are asked for when needed and kept ten minutes."""

    def __init__(self, registration: Registration) -> None:
        self.registration = registration
        self._tls = ssl.create_default_context()
        self._kept: dict[str, tuple[float, Any]] = {}

    async def address(self, attempt: Attempt, come_back: str) -> str:
        """Give where the browser is sent to log in; ProviderFailed. `come_back`: our address that the provider knows."""
        described = await self._description()
        query = {
            "response_type": "code", "client_id": self.registration.client_id, "redirect_uri": come_back,
            "scope": self.registration.scopes, "state": attempt.state, "nonce": attempt.nonce,
            "code_challenge": create_s256_code_challenge(attempt.verifier), "code_challenge_method": "S256",
        }  # fmt: skip
        there = str(described["authorization_endpoint"])
        return f"{there}{'&' if '?' in there else '?'}{urlencode(query)}"

    async def identity(self, attempt: Attempt, code: str, come_back: str) -> Identity:
        """Exchange a code for the identity that the provider vouches for; ProviderFailed."""
        described = await self._description()
        said = await self._exchange(described, attempt, code, come_back)
        claims = await self._verified(str(said.get("id_token", "")), attempt.nonce, described)
        number, name = claims.get("id_number"), claims.get("name")
        if not (isinstance(number, str) and isinstance(name, str) and number and name):
            raise ProviderFailed("unverified", "the ID token names no ID number and name")
        return Identity(number, name, _assertion(claims, said["id_token"]))

    async def _exchange(
        self, described: dict[str, Any], attempt: Attempt, code: str, come_back: str
    ) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": come_back,
            "code_verifier": attempt.verifier,
        }  # fmt: skip
        mine = self.registration
        pair = quote(mine.client_id, safe=""), quote(mine.client_secret, safe="")
        if BASIC in described.get("token_endpoint_auth_methods_supported", [BASIC]):
            return await self._ask("POST", described["token_endpoint"], data=form, auth=pair)
        form |= {"client_id": mine.client_id, "client_secret": mine.client_secret}
        return await self._ask("POST", described["token_endpoint"], data=form)

    async def _verified(self, id_token: str, nonce: str, described: dict[str, Any]) -> dict[str, Any]:
        mine = self.registration
        wanted = {
            "iss": {"essential": True, "value": mine.issuer},
            "aud": {"essential": True, "value": mine.client_id},
            "nonce": {"essential": True, "value": nonce},
        }
        try:
            token = await self._signed(id_token, described["jwks_uri"])
            more = {"nonce": nonce, "client_id": mine.client_id}
            CodeIDToken(token.claims, token.header, wanted, more).validate(leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise ProviderFailed("untrusted", _named(error)) from None
        return dict(token.claims)

    async def _signed(self, id_token: str, keys_at: str) -> jwt.Token:
        """Check a signature; a key that is not known may be new since we last asked."""
        try:
            return jwt.decode(id_token, await self._keys(keys_at, KEPT_SECONDS), algorithms=ALGORITHMS)
        except InvalidKeyIdError:
            return jwt.decode(id_token, await self._keys(keys_at, 0), algorithms=ALGORITHMS)

    async def _keys(self, address: str, kept_seconds: float) -> KeySet:
        return KeySet.import_key_set(await self._kept_document(address, kept_seconds))

    async def _description(self) -> dict[str, Any]:
        issuer = self.registration.issuer
        described: dict[str, Any] = await self._kept_document(issuer.rstrip("/") + DESCRIPTION, KEPT_SECONDS)
        wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if described.get("issuer") != issuer or not all(
            isinstance(described.get(one), str) for one in wanted
        ):
            raise ProviderFailed("untrusted", "the provider describes itself as another")
        return described

    async def _kept_document(self, address: str, kept_seconds: float) -> Any:
        asked_at, document = self._kept.get(address, (0.0, None))
        if document is None or time.monotonic() > asked_at + kept_seconds:
            document = await self._ask("GET", address)
            self._kept[address] = time.monotonic(), document
        return document

    async def _ask(self, method: str, address: str, **more: Any) -> dict[str, Any]:
        try:
            # trust_env off: a proxy meant for the web must never see what is asked here.
            async with httpx.AsyncClient(
                verify=self._tls, trust_env=False, timeout=PATIENCE_SECONDS
            ) as client:
                answer = await client.request(method, address, **more)
            document = answer.json() if answer.is_success else {}
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise ProviderFailed("down", type(error).__name__) from None
        if not answer.is_success or not isinstance(document, dict):
            raise ProviderFailed(_why(answer), f"HTTP {answer.status_code}")
        return document


def _why(answer: httpx.Response) -> str:
    """Tell a provider that is ill from one that does not take what the browser brought (a code too old, or used)."""
    return "expired" if answer.status_code == httpx.codes.BAD_REQUEST else "down"


def _assertion(claims: dict[str, Any], id_token: str) -> str:
    """Give the number of the provider's word: by its `jti`, or where it has none by its signature, which no two words share."""
    number = claims.get("jti") or id_token.rpartition(".")[2]
    return sha256(f"{claims['iss']} {number}".encode()).hexdigest()


def _named(error: Exception) -> str:
    """Name what is wrong with a token for the log: an error's kind and the claim it is about, never what stands in it."""
    return f"{type(error).__name__} {getattr(error, 'claim', '') or ''}".strip()
