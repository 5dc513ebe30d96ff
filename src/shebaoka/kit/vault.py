"""Personal data at rest: sealed with SM4 under rotating data keys, found again by keyed digests."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from psycopg import AsyncConnection

from shebaoka.kit import queries
from shebaoka.kit.key_files import keep_new
from shebaoka.kit.problems import Problem
from shebaoka.kit.sm import KEY_BYTES, SealBroken, sm3_keyed, sm4_open, sm4_seal

SQL = queries.load(__file__)
KEY_NO_BYTES = 2
REFRESH_SECONDS = 60
# Other processes learn a new key within REFRESH_SECONDS; until all have, nobody seals with it.
SETTLING_SECONDS = 2 * REFRESH_SECONDS


class MasterKeyUnusable(Problem):
    """The master key file is missing, unreadable, not a key, or not the one this database was sealed under."""

    slug = "master-key-unusable"
    status = 500
    title_zh = "主密钥不可用"
    title_en = "The master key cannot be used"
    remedy_zh = "请检查 SHEBAOKA_MASTER_KEY_FILE 指向的文件：应为 32 位十六进制、仅属主可读，并与本数据库配套"
    remedy_en = (
        "Check the file that SHEBAOKA_MASTER_KEY_FILE names: 32 hex digits, readable by its owner only, "
        "and the one that belongs to this database"
    )


def read_master_key(path: Path) -> bytes:
    """Give the master key kept in a file as 32 hex digits."""
    try:
        mode, text = path.stat().st_mode, path.read_text("ascii").strip()
        key = bytes.fromhex(text)
    except (OSError, ValueError) as error:
        raise MasterKeyUnusable(f"{path}: {error}") from error
    if len(key) != KEY_BYTES:
        raise MasterKeyUnusable(f"{path}: {len(text)} characters instead of 32")
    if mode & 0o077:
        raise MasterKeyUnusable(
            f"{path}: other users can read it (mode {mode & 0o777:o}); run: chmod 600 {path}"
        )
    return key


def make_master_key(path: Path) -> bytes:
    """Make a master key file where there is none, and give the key."""
    if not path.exists():
        keep_new(path, os.urandom(KEY_BYTES))
    return read_master_key(path)


class Vault:
    """Seals and opens personal data, and gives keyed digests to find it by.

    Sealed bytes are key number (2 bytes) ‖ nonce ‖ ciphertext ‖ tag, bound to the `place` they belong to
    (`person:<id>`), so that a sealed value copied to another row does not open.
    """

    def __init__(self, master_key: bytes) -> None:
        self._master_key = master_key
        self._keys: dict[int, bytes] = {}
        self._index_key = b""
        self._sealing = 0
        self._read_at = float("-inf")

    async def refresh(self, connection: AsyncConnection[Any]) -> None:
        """Read the data keys when the last reading is a minute old."""
        if time.monotonic() - self._read_at < REFRESH_SECONDS:
            return
        cursor = await connection.execute(SQL["data_keys"], {"settling_seconds": SETTLING_SECONDS})
        rows = await cursor.fetchall()
        if not rows:
            raise MasterKeyUnusable("no data keys in the database; run: shebaoka migrate")
        for key_no, purpose, wrapped, settled in rows:
            key = self._unwrap(key_no, wrapped)
            if purpose == "index":
                self._index_key = key
                continue
            self._keys[key_no] = key
            if settled or not self._sealing:
                self._sealing = key_no
        self._read_at = time.monotonic()

    async def add_key(self, connection: AsyncConnection[Any], purpose: str) -> int:
        """Make a new data key (`seal` or `index`), wrapped by the master key, and give its number."""
        cursor = await connection.execute(SQL["next_key_no"])
        row = await cursor.fetchone()
        assert row
        key_no = int(row[0])
        wrapped = sm4_seal(self._master_key, os.urandom(KEY_BYTES), _wrapping(key_no))
        await connection.execute(
            SQL["add_data_key"], {"key_no": key_no, "purpose": purpose, "wrapped": wrapped}
        )
        self._read_at = float("-inf")
        return key_no

    def _unwrap(self, key_no: int, wrapped: bytes) -> bytes:
        try:
            return sm4_open(self._master_key, wrapped, _wrapping(key_no))
        except SealBroken as error:
            raise MasterKeyUnusable(f"data key {key_no} was wrapped by another master key") from error

    @property
    def sealing_key_no(self) -> int:
        """The number of the key that seals now."""
        return self._sealing

    def seal(self, plain: bytes, place: str) -> bytes:
        """Seal for one place."""
        key = self._keys[self._sealing]
        return self._sealing.to_bytes(KEY_NO_BYTES, "big") + sm4_seal(key, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Open what was sealed for this place; SealBroken when it was changed or belongs elsewhere."""
        key = self._keys.get(key_number(sealed))
        if key is None:
            raise SealBroken(f"data key {key_number(sealed)} is not known here")
        return sm4_open(key, sealed[KEY_NO_BYTES:], place.encode())

    def digest(self, kind: str, text: str) -> bytes:
        """Give the keyed digest (16 bytes) by which a value of this kind is found."""
        return sm3_keyed(self._index_key, f"{kind}\x1f{text}".encode())[:16]


def key_number(sealed: bytes) -> int:
    """Give the number of the data key that sealed these bytes."""
    return int.from_bytes(sealed[:KEY_NO_BYTES], "big")


def _wrapping(key_no: int) -> bytes:
    return f"data_key:{key_no}".encode()
