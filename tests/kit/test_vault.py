"""Sealed data opens only in its own place, under keys that rotate, and only with the right master key."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from shebaoka.kit.sm import SealBroken, sm3, sm4_open, sm4_seal
from shebaoka.kit.vault import MasterKeyUnusable, Vault, key_number, make_master_key, read_master_key

MASTER_KEY = bytes(range(16))


async def opened(database):
    vault = Vault(MASTER_KEY)
    async with database.connection() as connection:
        await vault.refresh(connection)
    return vault


async def test_sealed_data_opens_in_its_own_place_only(database):
    vault = await opened(database)
    sealed = vault.seal("张三".encode(), "person:1")
    assert vault.open(sealed, "person:1") == "张三".encode()
    with pytest.raises(SealBroken):
        vault.open(sealed, "person:2")
    for i in range(len(sealed)):
        changed = bytearray(sealed)
        changed[i] ^= 1
        with pytest.raises(SealBroken):
            vault.open(bytes(changed), "person:1")


async def test_the_same_text_is_never_sealed_the_same_twice_but_found_the_same(database):
    vault = await opened(database)
    assert vault.seal(b"x", "p") != vault.seal(b"x", "p")
    assert vault.digest("id_number", "x") == vault.digest("id_number", "x") != vault.digest("name", "x")


async def test_what_a_person_is_found_by_hangs_on_the_city_s_own_key(database):
    """Whoever has the tables, and all ID numbers there can be, must not be able to match them without the key."""
    vault = await opened(database)
    async with database.connection() as connection:
        await vault.add_key(connection, "index")
    assert (await opened(database)).digest("id_number", "x") != vault.digest("id_number", "x")


async def test_a_new_key_seals_only_after_everybody_had_time_to_learn_it(database):
    old = await opened(database)
    before = old.seal(b"x", "p")
    async with database.connection() as connection:
        number = await old.add_key(connection, "seal")
    fresh = await opened(database)
    assert key_number(fresh.seal(b"x", "p")) == key_number(before)
    async with database.connection() as connection:
        await connection.execute("UPDATE data_key SET made_at = now() - interval '1 hour'")
    later = await opened(database)
    assert key_number(later.seal(b"x", "p")) == number
    assert later.open(before, "p") == b"x"
    assert fresh.open(later.seal(b"x", "p"), "p") == b"x", "a process that read the keys earlier opens it too"


async def test_another_master_key_is_refused_with_what_to_do(database):
    async with database.connection() as connection:
        with pytest.raises(MasterKeyUnusable, match="another master key"):
            await Vault(bytes(16)).refresh(connection)


def test_a_master_key_file_is_made_once_and_kept_private(tmp_path):
    path = tmp_path / "keys" / "master.key"
    key = make_master_key(path)
    assert make_master_key(path) == read_master_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(MasterKeyUnusable, match="chmod 600"):
        read_master_key(path)


def test_a_key_file_bears_its_name_only_when_it_is_whole_and_on_the_disk(tmp_path, monkeypatch):
    path = tmp_path / "keys" / "master.key"
    synced = []

    def killed(descriptor):
        synced.append(os.fstat(descriptor).st_size)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", killed)
        with pytest.raises(KeyboardInterrupt):
            make_master_key(path)
    assert synced == [33]
    assert list(path.parent.iterdir()) == []
    assert make_master_key(path) == make_master_key(path)


def test_processes_that_make_a_key_at_once_agree(tmp_path):
    path = tmp_path / "master.key"
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(lambda _: make_master_key(path), range(8)))) == 1


@pytest.mark.parametrize("text", ["", "zz", "00" * 15, "00" * 17])
def test_a_file_that_holds_no_key_is_refused(tmp_path, text):
    path = tmp_path / "k"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(MasterKeyUnusable):
        read_master_key(path)


def test_sm3_gives_the_digest_of_the_standard():
    # GB/T 32905-2016, annex A.1
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_sm4_gcm_round_trip_of_every_length():
    key = os.urandom(16)
    for length in range(40):
        plain = os.urandom(length)
        assert sm4_open(key, sm4_seal(key, plain, b"p"), b"p") == plain
    with pytest.raises(SealBroken):
        sm4_open(key, b"short", b"p")
