"""The official account as the settings describe it; without an app id there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shebaoka.faces.wechat.seal import Seal, read_key
from shebaoka.kit.settings import Settings, SettingsRefused, safe_address

NEEDED: Final = ("wechat_token_file", "wechat_aes_key_file", "site_url")


@dataclass(frozen=True, slots=True)
class Account:
    """The account, and where the pages are that its links lead to. `plain_allowed`: messages that are not sealed are taken too."""

    seal: Seal
    site_url: str
    plain_allowed: bool = False


def account(settings: Settings) -> Account | None:
    """Give the account, or None where none is set; SettingsRefused names what is missing or cannot be used."""
    if not settings.wechat_app_id:
        return None
    missing = [name for name in NEEDED if not getattr(settings, name)]
    if missing:
        raise SettingsRefused(f"SHEBAOKA_{missing[0].upper()}: needed beside SHEBAOKA_WECHAT_APP_ID")
    if not safe_address(settings.site_url):
        raise SettingsRefused("SHEBAOKA_SITE_URL: an address that begins with https://")
    try:
        key = read_key(settings.secret("wechat_aes_key_file"))
    except ValueError as error:
        raise SettingsRefused(f"SHEBAOKA_WECHAT_AES_KEY_FILE: no EncodingAESKey: {error}") from None
    seal = Seal(settings.wechat_app_id, settings.secret("wechat_token_file"), key)
    return Account(seal, settings.site_url, settings.wechat_plain)
