"""What the pages need to let residents in: an identity provider that knows the site, and a platform that vouches."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from shebaoka.faces.web.identity import IdentityProvider, Registration
from shebaoka.faces.web.vouching import Platform
from shebaoka.kit.settings import Settings, SettingsRefused, safe_address

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
    if not safe_address(settings.oidc_issuer):
        raise SettingsRefused("SHEBAOKA_OIDC_ISSUER: an address that begins with https://")
    site = Registration(
        settings.oidc_issuer, settings.oidc_client_id, settings.secret("oidc_client_secret_file"),
        settings.oidc_scopes,
    )  # fmt: skip
    platform = Platform(settings.platform_client_id, settings.secret("platform_client_secret_file"))
    return LettingIn(IdentityProvider(site), platform, secret)
