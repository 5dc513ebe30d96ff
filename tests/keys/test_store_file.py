"""The store in a file: both officers needed, nobody else reads it, whole or not at all, and whatever is wrong closes it."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from msgspec.structs import replace
from tests.keys.officers import CITY, SECRETS, cheap, store

from shebaoka.keys.errors import CardKeysClosed, PassphraseRefused
from shebaoka.keys.keeping import configured, files, passphrases
from shebaoka.keys.keeping.opened import lock_anew, make
from shebaoka.keys.keeping.passphrases import Passphrases
from shebaoka.kit.settings import Settings

ROOT = Path(__file__).parents[2]
KEYS = {"3.1.root.0": bytes(range(16)), "3.1.application.10": bytes(range(1, 17))}


async def test_what_is_put_is_read_and_what_is_forgotten_is_gone(path):
    kept = store(path)
    await kept.put(KEYS)
    assert await kept.read(KEYS) == KEYS
    assert await kept.read(["3.1.root.0", "nobody"]) == {"3.1.root.0": KEYS["3.1.root.0"]}
    assert await kept.names() == sorted(KEYS)
    await kept.forget(["3.1.root.0", "nobody"])
    assert await kept.names() == ["3.1.application.10"]
    assert len(await kept.random(16)) == 16
    assert await kept.closed_because() == ""


async def test_only_its_owner_reads_it_and_no_key_stands_in_it(path):
    kept = store(path)
    await kept.put(KEYS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    raw = path.read_bytes()
    assert not any(key in raw or key.hex().encode() in raw for key in KEYS.values())
    path.chmod(0o640)
    assert "chmod 600" in await kept.closed_because()
    with pytest.raises(CardKeysClosed):
        await kept.read(KEYS)


@pytest.mark.parametrize(
    "secrets",
    [
        (SECRETS[0], "another passphrase entirely"),
        ("another passphrase entirely", SECRETS[1]),
        (SECRETS[1], SECRETS[0]),
        (SECRETS[0], SECRETS[0]),
        (SECRETS[0], ""),
    ],
)
async def test_one_officer_is_not_enough(path, secrets):
    await store(path).put(KEYS)
    before = path.read_bytes()
    alone = store(path, secrets)
    assert "口令有误" in await alone.closed_because()
    with pytest.raises(CardKeysClosed):
        await alone.put({"x": bytes(16)})
    assert path.read_bytes() == before


async def test_what_was_changed_or_moved_does_not_open(path):
    await store(path).put(KEYS)
    content = files.read(path)
    one, other = sorted(KEYS)
    sealed = bytearray(content.keys[one])
    sealed[-1] ^= 1
    for wrong in (
        {**content.keys, one: bytes(sealed)},
        {**content.keys, one: content.keys[other]},
        {**content.keys, one: b""},
    ):
        files.write(path, replace(content, keys=wrong))
        with pytest.raises(CardKeysClosed):
            await store(path).read([one])


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b'{"format":"shebaoka card keys 2"}', b"\xff" * 100, b" " * (2**20 + 1)]
)
async def test_what_is_no_store_says_so(path, raw):
    path.write_bytes(raw)
    path.chmod(0o600)
    assert "不是卡片密钥库" in await store(path).closed_because()


async def test_a_lock_that_would_eat_the_machine_is_not_tried(path):
    store(path)
    document = json.loads(path.read_bytes())
    document["lock"]["memory_kib"] = 2**31
    path.write_text(json.dumps(document))
    assert "不是卡片密钥库" in await store(path).closed_because()


async def test_where_there_is_none_it_says_how_to_make_one_and_none_is_ever_replaced(path, tmp_path):
    missing = store(path)
    path.unlink()
    assert "card-keys init" in await missing.closed_because()
    text = cheap()
    make(path, CITY, text, Passphrases(text, SECRETS))
    assert await missing.closed_because() == "", "made meanwhile, it opens without a restart"
    with pytest.raises(CardKeysClosed, match="不会覆盖"):
        make(path, CITY, text, Passphrases(text, SECRETS))
    assert [one.name for one in tmp_path.iterdir()] == [path.name], "nothing is left lying about"


async def test_another_citys_store_is_not_opened(path):
    store(path)
    assert "3301" in await store(path, city="3301").closed_because()


@pytest.mark.parametrize(("whose", "what"), [(os, "fsync"), (Path, "replace")])
async def test_a_power_cut_leaves_the_old_file(path, monkeypatch, whose, what):
    kept = store(path)
    await kept.put(KEYS)
    before = path.read_bytes()

    def cut(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whose, what, cut)
    with pytest.raises(CardKeysClosed, match="No space left"):
        await kept.put({"x": bytes(16)})
    assert path.read_bytes() == before
    assert await kept.read(KEYS) == KEYS


WRITES = """
import asyncio, sys
from pathlib import Path
from tests.keys.officers import store
kept = store(Path(sys.argv[1]))
for number in range(int(sys.argv[2]), 10_000):
    asyncio.run(kept.put({str(number): number.to_bytes(16, "big")}))
    print(number, flush=True)
"""


def test_killed_at_any_moment_it_keeps_what_was_acknowledged(path):
    store(path)
    first = 0
    for acknowledged in (3, 25):
        command = [sys.executable, "-c", WRITES, str(path), str(first)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as writer:
            said = [int(writer.stdout.readline()) for _ in range(acknowledged)]
            writer.kill()
            said += [int(line) for line in writer.stdout.read().split()]
        first = said[-1] + 1
        names = asyncio.run(store(path).names())
        held = asyncio.run(store(path).read(names))
        assert {str(number) for number in range(first)} <= set(names)
        assert len(names) <= first + 1, "at most one that was written and not acknowledged"
        assert all(key == int(name).to_bytes(16, "big") for name, key in held.items())


def test_two_processes_that_write_at_once_lose_nothing(path):
    """Two stores of one file are as two processes: a lock on a file beside it lets one write after the other."""
    store(path)
    both = Barrier(2)

    def write(which: int) -> None:
        mine = store(path)
        both.wait()
        for number in range(10):
            asyncio.run(mine.put({f"{which}.{number}": bytes([which] * 16)}))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, (1, 2)))
    assert len(asyncio.run(store(path).names())) == 20


async def test_what_another_process_wrote_is_seen(path):
    mine, other = store(path), store(path)
    await mine.put({"a": bytes(16)})
    assert await other.read(["a"]) == {"a": bytes(16)}
    await mine.put({"b": bytes(16)})
    assert await other.names() == ["a", "b"]


async def test_an_officer_who_leaves_opens_nothing_afterwards(path):
    await store(path).put(KEYS)
    text, secrets = cheap(), (SECRETS[0], "the new second officer's own")
    old = Passphrases(files.read(path).lock, SECRETS)
    lock_anew(path, old, text, Passphrases(text, secrets))
    assert await store(path, secrets).read(KEYS) == KEYS
    assert await store(path).closed_because() != ""
    with pytest.raises(CardKeysClosed):
        lock_anew(path, old, text, old)


@pytest.mark.parametrize(
    "given",
    [
        ("short", SECRETS[1]),
        (SECRETS[0], "password password"),
        (SECRETS[0], SECRETS[0]),
        ("a" * 40, SECRETS[1]),
    ],
)
def test_passphrases_that_are_guessed_or_alike_are_refused(given):
    passphrases.check(SECRETS)
    with pytest.raises(PassphraseRefused):
        passphrases.check(given)


async def test_the_settings_name_it_and_it_opens_as_soon_as_both_secrets_are_there(tmp_path):
    settings = Settings(data_dir=str(tmp_path))
    one, two = configured.secret_files(settings)
    text = cheap()
    make(settings.card_keys_path, settings.city_digits, text, Passphrases(text, SECRETS))
    kept = configured.key_store(settings)
    assert str(one) in await kept.closed_because()
    for file, secret in ((one, SECRETS[0]), (two, "wrong")):
        file.touch(mode=0o600)
        file.write_text(secret + "\n")
    assert "口令有误" in await kept.closed_because()
    two.write_text(SECRETS[1] + "\n")
    assert await kept.closed_because() == ""
    two.chmod(0o644)
    assert await kept.closed_because() == "", "what is open stays open"
    assert str(two) in await configured.key_store(settings).closed_because()
