"""A store that a module seals, against a real SoftHSM2: nothing leaves it, and whatever is wrong with it closes the store."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pkcs11
import pytest
from msgspec.structs import replace
from pkcs11 import Attribute, Mechanism
from tests.keys.officers import CITY, SECRETS, cheap
from tools.test_needs import SOFTHSM

from shebaoka.keys.errors import CardKeysClosed
from shebaoka.keys.keeping import configured, files, opened
from shebaoka.keys.keeping.locks import ByModule
from shebaoka.keys.keeping.module import KEY_LABEL, Module
from shebaoka.keys.keeping.passphrases import Passphrases
from shebaoka.kit.settings import Settings

pytestmark = pytest.mark.skipif(
    not Path(SOFTHSM).exists() and "CI" not in os.environ,
    reason="没有 SoftHSM2，密码机的测试没有运行 · there is no SoftHSM2: apt-get install softhsm2",
)
TEXT = ByModule("card-keys", KEY_LABEL)
PARTS = ("314159", "271828")
KEYS = {"3.1.root.0": bytes(range(16))}


@pytest.fixture(scope="module")
def tokens(tmp_path_factory) -> Iterator[Path]:
    """A token of our own, initialised as an operator does. The library reads where it is once, when it is loaded."""
    folder = tmp_path_factory.mktemp("softhsm")
    tokens = folder / "tokens"
    tokens.mkdir()
    conf = folder / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(conf)
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", TEXT.token, "--pin", "".join(PARTS), "--so-pin", "12345678"],
        check=True, capture_output=True,
    )  # fmt: skip
    lock = Module(SOFTHSM, TEXT, "".join(PARTS), new=True)
    assert lock.open(lock.seal(b"x", b"here"), b"here") == b"x"
    yield tokens
    del os.environ["SOFTHSM2_CONF"]


@pytest.fixture
def settings(tokens, tmp_path) -> Settings:
    """A store sealed by the token's key, with both officers' parts of the PIN in their files."""
    settings = Settings(data_dir=str(tmp_path), pkcs11_module=SOFTHSM)
    settings.card_keys_path.parent.mkdir()
    for file, part in zip(configured.secret_files(settings), PARTS, strict=True):
        file.touch(mode=0o600)
        file.write_text(part)
    opened.make(settings.card_keys_path, CITY, TEXT, configured.unlock(settings, TEXT))
    return settings


async def test_keys_are_sealed_by_a_key_in_the_module(settings):
    kept = configured.key_store(settings)
    await kept.put(KEYS)
    assert await configured.key_store(settings).read(KEYS) == KEYS
    assert KEYS["3.1.root.0"].hex() not in settings.card_keys_path.read_bytes().hex()
    assert len(await kept.random(16)) == 16


def test_the_key_never_leaves_the_module(settings):
    session = configured.unlock(settings, TEXT)._open_session()
    key = session.get_key(label=KEY_LABEL)
    assert (key[Attribute.EXTRACTABLE], key[Attribute.SENSITIVE], key[Attribute.NEVER_EXTRACTABLE]) == (
        False, True, True,
    )  # fmt: skip
    with pytest.raises(pkcs11.AttributeSensitive):
        key[Attribute.VALUE]
    wrapping = session.generate_key(pkcs11.KeyType.AES, 256, template={Attribute.WRAP: True})
    with pytest.raises(pkcs11.PKCS11Error):
        wrapping.wrap_key(key, mechanism=Mechanism.AES_KEY_WRAP)
    with pytest.raises(pkcs11.PKCS11Error):
        key[Attribute.EXTRACTABLE] = True


async def test_a_wrong_pin_or_one_officer_alone_closes_it_and_is_tried_once(settings, monkeypatch):
    await configured.key_store(settings).put(KEYS)
    _, two = configured.secret_files(settings)
    two.write_text("000000")
    tries = []
    # As in a process of its own: nobody is logged in, and no pause hides a second try.
    pkcs11.lib(SOFTHSM).reinitialize()
    monkeypatch.setattr(opened, "AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(Module, "_open_session", _counted(tries, Module._open_session))
    kept = configured.key_store(settings)
    for _ in range(3):
        assert "PinIncorrect" in await kept.closed_because()
    with pytest.raises(CardKeysClosed):
        await kept.read(KEYS)
    assert len(tries) == 1, "a real token counts wrong PINs and blocks itself"
    two.write_text(PARTS[1])
    assert await kept.read(KEYS) == KEYS, "with the right one it opens without a restart"


def _counted(tries, does):
    def counted(self):
        try:
            return does(self)
        except pkcs11.PinIncorrect:
            tries.append(1)
            raise

    return counted


async def test_a_module_that_goes_away_closes_the_store_and_opens_it_when_it_is_back(
    settings, tokens, monkeypatch
):
    monkeypatch.setattr(opened, "AGAIN_SECONDS", 0.0)
    kept = configured.key_store(settings)
    await kept.put(KEYS)
    before = settings.card_keys_path.read_bytes()
    away = tokens.with_name("away")
    tokens.rename(away)
    try:
        assert "密码机" in await kept.closed_because()
        with pytest.raises(CardKeysClosed, match="密码机"):
            await kept.read(KEYS)
        with pytest.raises(CardKeysClosed):
            await kept.put({"x": bytes(16)})
        with pytest.raises(CardKeysClosed):
            await kept.random(16)
        assert "密码机" in await configured.key_store(settings).closed_because()
    finally:
        away.rename(tokens)
    assert settings.card_keys_path.read_bytes() == before
    assert await kept.read(KEYS) == KEYS


async def test_what_was_changed_or_moved_does_not_open(settings):
    await configured.key_store(settings).put(KEYS | {"other": bytes(16)})
    content = files.read(settings.card_keys_path)
    for sealed in (content.keys["other"], content.keys["3.1.root.0"][:-1], b""):
        files.write(settings.card_keys_path, replace(content, keys={"3.1.root.0": sealed}))
        with pytest.raises(CardKeysClosed):
            await configured.key_store(settings).read(KEYS)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"pkcs11_module": ""}, "SHEBAOKA_PKCS11_MODULE"),
        ({"pkcs11_module": "/nowhere/libp11.so"}, "密码机"),
    ],
)
async def test_a_library_that_is_not_there_closes_it(settings, change, said):
    assert said in await configured.key_store(replace(settings, **change)).closed_because()


def test_a_key_in_the_module_is_never_made_twice(settings):
    with pytest.raises(CardKeysClosed, match=KEY_LABEL):
        configured.unlock(settings, TEXT, new=True)


async def test_a_city_moves_its_keys_from_passphrases_into_a_module(settings):
    path = settings.card_keys_path
    path.unlink()
    text = cheap()
    old = Passphrases(text, SECRETS)
    opened.make(path, CITY, text, old)
    content = files.read(path)
    files.write(path, replace(content, keys={"a": old.seal(b"k" * 16, content.place("a"))}))
    opened.lock_anew(path, old, TEXT, configured.unlock(settings, TEXT))
    assert await configured.key_store(settings).read(["a"]) == {"a": b"k" * 16}
