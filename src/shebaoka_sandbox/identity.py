"""The identity provider: OpenID Connect with discovery, codes bound by PKCE, and ID tokens about invented people.

What a browser shows is `identity_pages.py`. Codes and keys are forgotten at a restart: whoever was logging in begins again.
"""

from __future__ import annotations

import hmac
import json
import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from shebaoka_sandbox.desk import Desks
from shebaoka_sandbox.world import World

IDENTITY: Final = "identity"
CLIENT: Final = "citizen-site"
"""The one client that is known here; its secret is the sandbox's token."""
CODE_SECONDS: Final = 60
TOKEN_SECONDS: Final = 300
PEOPLE_SHOWN: Final = 20


class GrantRefused(Exception):  # noqa: N818 - the fact itself
    """A token is not given; `error` is OAuth's word for why (RFC 6749, 5.2)."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.status = status


@dataclass(frozen=True, slots=True)
class Someone:
    """Whom the provider lets in."""

    id_number: str
    name: str


@dataclass(frozen=True, slots=True)
class Granted:
    """What a code stands for, once."""

    someone: Someone
    redirect_uri: str
    nonce: str
    challenge: str
    until: float


class IdentityProvider:
    """Knows the world's people, and the one site that they log in to."""

    def __init__(self, desks: Desks, world: World, secret: str) -> None:
        self._desks = desks
        self._world = world
        self._secret = secret
        self._codes: dict[str, Granted] = {}
        self._keys: list[RSAKey | ECKey] = [RSAKey.generate_key(2048, {"use": "sig", "kid": "first"})]

    def enter(self, desk: str) -> None:
        """Count a call, or decline it when the provider is down."""
        self._desks.enter(IDENTITY, f"{IDENTITY}:{desk}")

    def keys(self) -> Any:
        """Give the public keys: the one that signs, and the newest that was made by a switch (RFC 7517)."""
        return KeySet([*self._keys]).as_dict(private=False)

    def people(self, text: str) -> list[Someone]:
        """Find people by a part of the name, or by how the ID number begins."""
        return [Someone(*one) for one in self._world.search(text, PEOPLE_SHOWN)]

    def recognise(self, id_number: str, name: str | None) -> Someone | None:
        """Give the person of an ID number, when they live and the name (where one is given) is theirs."""
        (found,) = self._world.find([id_number])
        if found is None or found.deceased or (name is not None and name != found.name):
            return None
        refused = self._desks.faults.hits(IDENTITY, "refuse", id_number)
        return None if refused else Someone(id_number, found.name)

    def grant(self, someone: Someone, *, redirect_uri: str, nonce: str, challenge: str) -> str:
        """Give a code for one person and one log-in."""
        code = secrets.token_urlsafe(24)
        until = time.monotonic() + CODE_SECONDS
        self._codes[code] = Granted(someone, redirect_uri, nonce, challenge, until)
        return code

    def redeem(
        self, client: tuple[str, str], code: str, redirect_uri: str, verifier: str, issuer: str
    ) -> dict[str, Any]:
        """Exchange a code for an ID token; GrantRefused. A code is used up by the first who brings it, rightly or not."""
        if client[0] != CLIENT or not hmac.compare_digest(client[1].encode(), self._secret.encode()):
            raise GrantRefused("invalid_client", 401)
        granted = self._codes.pop(code, None)
        fits = granted is not None and granted.redirect_uri == redirect_uri
        if granted is None or not fits or time.monotonic() > granted.until:
            raise GrantRefused("invalid_grant")
        if not hmac.compare_digest(_challenge(verifier), granted.challenge):
            raise GrantRefused("invalid_grant")
        return {
            "access_token": secrets.token_urlsafe(24),
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "id_token": self._signed(granted, issuer),
        }

    def _signed(self, granted: Granted, issuer: str) -> str:
        flaw = self._desks.faults.of(IDENTITY).flaw
        if flaw == "new_key":
            newest = ECKey.generate_key("P-256", {"use": "sig", "kid": secrets.token_hex(4)})
            self._keys = [self._keys[0], newest]
        claims = self._claims(granted, issuer) | _spoilt(flaw)
        key = self._keys[-1 if flaw == "new_key" else 0]
        return _sealed(flaw, {name: value for name, value in claims.items() if value is not None}, key)

    def _claims(self, granted: Granted, issuer: str) -> dict[str, Any]:
        now = int(time.time())
        whose = f"{self._desks.faults.seed}:{granted.someone.id_number}"
        return {
            "iss": issuer, "aud": CLIENT, "sub": sha256(whose.encode()).hexdigest()[:32], "jti": secrets.token_urlsafe(16),
            "iat": now, "exp": now + TOKEN_SECONDS, "nonce": granted.nonce,
            "id_number": granted.someone.id_number, "name": granted.someone.name,
        }  # fmt: skip


def _spoilt(flaw: str) -> dict[str, Any]:
    """Give the claims that a switched-on flaw puts in place of the true ones; None takes a claim out."""
    long_ago = int(time.time()) - 3600
    spoilt: dict[str, dict[str, Any]] = {
        "nonce": {"nonce": "of-another-log-in"},
        "audience": {"aud": "another-site"},
        "issuer": {"iss": "https://elsewhere.example"},
        "expired": {"iat": long_ago, "exp": long_ago + TOKEN_SECONDS},
        "unverified": {"id_number": None, "name": None},
    }
    return spoilt.get(flaw, {})


def _sealed(flaw: str, claims: dict[str, Any], key: RSAKey | ECKey) -> str:
    """Sign the claims, or as a switched-on flaw does it: not at all, with a key of nobody, or with the public key as a secret."""
    algorithm = "RS256" if isinstance(key, RSAKey) else "ES256"
    header = {"alg": algorithm, "kid": key.kid or ""}
    match flaw:
        case "unsigned":
            return f"{_written({'alg': 'none'}, claims)}."
        case "forged":
            return jwt.encode(header, claims, type(key).generate_key(), algorithms=[algorithm])
        case "symmetric":
            text = _written(header | {"alg": "HS256"}, claims)
            return f"{text}.{_text(hmac.digest(key.as_pem(private=False), text.encode(), 'sha256'))}"
        case _:
            return jwt.encode(header, claims, key, algorithms=[algorithm])


def _written(header: dict[str, str], claims: dict[str, Any]) -> str:
    """Write by hand what no library signs."""
    return ".".join(_text(json.dumps(part).encode()) for part in (header, claims))


def _challenge(verifier: str) -> str:
    return _text(sha256(verifier.encode()).digest())


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
