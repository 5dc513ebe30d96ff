"""SM2 keys in files: a secret one for its owner's eyes only, a public one for a partner's hands."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from shebaoka.kit.key_files import keep_new
from shebaoka.kit.problems import Problem
from shebaoka.kit.sm2 import PublicKey, SecretKey, SmTwoKeyRefused

KEYS_KEPT: Final = 8


class SmTwoFileUnusable(Problem):
    """A file that should hold an SM2 key does not, or lies open to others."""

    slug = "sm-two-file-unusable"
    status = 500
    title_zh = "SM2 密钥文件不可用"
    title_en = "A file with an SM2 key cannot be used"
    remedy_zh = "私钥文件应为 64 位十六进制、仅属主可读（chmod 600）；公钥文件应为 04 开头的 130 位十六进制。请核对配置所指的文件"
    remedy_en = (
        "A secret key's file has 64 hex digits and is readable by its owner only (chmod 600); a public key's has 130 that begin "
        "with 04. Check the file that the setting names"
    )


def read_secret(path: Path) -> SecretKey:
    """Give the secret key in a file (64 hex digits, mode 600); SmTwoFileUnusable."""
    raw = _hex(path)
    mode = path.stat().st_mode
    if mode & 0o077:
        raise SmTwoFileUnusable(
            f"{path}: 其他用户可读 · other users can read it (mode {mode & 0o777:o}); chmod 600 {path}"
        )
    try:
        return _secret(raw)
    except SmTwoKeyRefused as error:
        raise SmTwoFileUnusable(f"{path}: {error.detail}") from error


def read_public(path: Path) -> PublicKey:
    """Give the public key in a file (130 hex digits that begin with 04); SmTwoFileUnusable."""
    try:
        return _public(_hex(path))
    except SmTwoKeyRefused as error:
        raise SmTwoFileUnusable(f"{path}: {error.detail}") from error


def make_secret(path: Path) -> SecretKey:
    """Make a file with a new secret key where there is none, and give the key. The first to be whole gets the name."""
    if not path.exists():
        keep_new(path, SecretKey.new().to_bytes())
    return read_secret(path)


def write_public(path: Path, key: PublicKey) -> None:
    """Write a public key as `read_public` reads it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(key.to_bytes().hex() + "\n", "ascii")


# Steps of every few seconds name the same keys again, and to make one of its bytes takes as long as a signature.
_secret = lru_cache(KEYS_KEPT)(SecretKey.from_bytes)
_public = lru_cache(KEYS_KEPT)(PublicKey.from_bytes)


def _hex(path: Path) -> bytes:
    try:
        return bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError) as error:
        raise SmTwoFileUnusable(f"{path}: {error}") from error
