"""The store that the settings name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from shebaoka.keys.errors import CardKeysClosed
from shebaoka.keys.keeping.locks import ByPassphrases, Lock, LockText, secret_in
from shebaoka.keys.keeping.module import Module
from shebaoka.keys.keeping.opened import SealedFile
from shebaoka.keys.keeping.passphrases import Passphrases
from shebaoka.kit.settings import Settings


def key_store(settings: Settings) -> SealedFile:
    """Give the city's store; it is opened when it is first needed, and says why where it cannot be."""
    return SealedFile(
        settings.card_keys_path,
        settings.city_digits,
        lambda text: unlock(settings, text),
        secret_files(settings),
    )


def secret_files(settings: Settings) -> tuple[Path, Path]:
    """Give where the two officers' secrets are: passphrases, or their parts of the module's PIN."""
    return (
        settings.path("card_keys_officer_one_file", "keys/officer-1.secret"),
        settings.path("card_keys_officer_two_file", "keys/officer-2.secret"),
    )


def unlock(settings: Settings, text: LockText, *, new: bool = False) -> Lock:
    """Open the lock of a store with both officers' secrets; `new`: make the key of a module. CardKeysClosed."""
    return lock_of(settings, text, [secret_in(path) for path in secret_files(settings)], new=new)


def lock_of(settings: Settings, text: LockText, secrets: Sequence[str], *, new: bool = False) -> Lock:
    """Open a lock with two secrets, wherever they are from."""
    if isinstance(text, ByPassphrases):
        return Passphrases(text, secrets)
    if not settings.pkcs11_module:
        raise CardKeysClosed("SHEBAOKA_PKCS11_MODULE: 未配置密码机的库 · the module's library is not named")
    return Module(settings.pkcs11_module, text, "".join(secrets), new=new)
