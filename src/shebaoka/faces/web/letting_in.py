"""What the pages need to let residents in: an identity provider that knows the site, and a platform that vouches."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from shebaoka.faces.web.identity import IdentityProvider, Registration
from shebaoka.faces.web.vouching import Platform
from shebaoka.kit.settings import Settings, SettingsRefused

NEEDED: Final = (
    "oidc_client_id",
    "oidc_client_secret_file",
    "platform_client_id",
    "platform_client_secret_file",
)


@dataclass(frozen=True, slots=True)
class LettingIn:
    """How residents are let in. `secret` signs what a browser keeps while it is at the provider."""

    provider: IdentityProvider
    platform: Platform
    secret: str = field(repr=False)


def letting_in(settings: Settings, secret: str) -> LettingIn | None:
    """Give how residents are let in, or None where no provider is set; SettingsRefused names what is missing."""
    if not settings.oidc_issuer:
        return None
    missing = [name for name in NEEDED if not getattr(settings, name)]
    if missing:
        raise SettingsRefused(f"SHEBAOKA_{missing[0].upper()}: needed beside SHEBAOKA_OIDC_ISSUER")
    _check(settings.oidc_issuer)
    site = Registration(
        settings.oidc_issuer, settings.oidc_client_id, _secret(settings, "oidc_client_secret_file"),
        settings.oidc_scopes,
    )  # fmt: skip
    platform = Platform(settings.platform_client_id, _secret(settings, "platform_client_secret_file"))
    return LettingIn(IdentityProvider(site), platform, secret)


def _check(issuer: str) -> None:
    """Refuse an issuer whose answers anybody on the way could write; on this machine nobody is on the way."""
    at = urlsplit(issuer)
    if at.scheme != "https" and not (at.scheme == "http" and _is_here(at.hostname or "")):
        raise SettingsRefused("SHEBAOKA_OIDC_ISSUER: an address that begins with https://")


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _secret(settings: Settings, name: str) -> str:
    file = getattr(settings, name)
    try:
        secret = Path(file).read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise SettingsRefused(f"SHEBAOKA_{name.upper()}={file}: {error}") from error
    if not secret:
        raise SettingsRefused(f"SHEBAOKA_{name.upper()}={file}: the file is empty")
    return secret
