"""The key that signs status lists: a file of its own, readable by its owner only."""

from __future__ import annotations

from pathlib import Path

from shebaoka.cards.status_list.errors import SigningKeyUnusable
from shebaoka.kit.settings import Settings
from shebaoka.kit.sm2 import NUMBER_BYTES, SecretKey, SmTwoKeyRefused
from shebaoka.kit.vault import keep_new


def read_signing_key(path: Path) -> SecretKey:
    """Give the key kept in a file as 64 hex digits; this function will raise SigningKeyUnusable."""
    try:
        mode, raw = path.stat().st_mode, bytes.fromhex(path.read_text("ascii"))
    except OSError as error:
        raise SigningKeyUnusable(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise SigningKeyUnusable(f"{path}: 不是十六进制 · no hex digits") from error
    if mode & 0o077:
        raise SigningKeyUnusable(f"{path}: 他人可读，请执行 · others can read it, run: chmod 600 {path}")
    if len(raw) != NUMBER_BYTES:
        raise SigningKeyUnusable(f"{path}: {2 * len(raw)} 位，应为 64 位 · digits instead of 64")
    try:
        return SecretKey.from_bytes(raw)
    except SmTwoKeyRefused as error:
        raise SigningKeyUnusable(f"{path}: {error.detail}") from error


def make_signing_key(path: Path) -> SecretKey:
    """Make a key file where there is none, and give the key."""
    if not path.exists():
        keep_new(path, SecretKey.new().to_bytes())
    return read_signing_key(path)


def signing_key(settings: Settings) -> SecretKey:
    """Give the city's key; beside the embedded database it is made when there is none."""
    path = settings.status_list_key_path
    return read_signing_key(path) if settings.database_url else make_signing_key(path)
