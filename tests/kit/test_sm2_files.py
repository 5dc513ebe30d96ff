"""SM2 keys in files: what is no key, or lies open to others, is refused by name."""

from __future__ import annotations

import pytest

from shebaoka.kit.sm2 import SecretKey
from shebaoka.kit.sm2_files import SmTwoFileUnusable, make_secret, read_public, read_secret, write_public


def test_a_secret_key_is_made_once_for_its_owner_s_eyes(tmp_path):
    path = tmp_path / "keys" / "ours.key"
    with pytest.raises(SmTwoFileUnusable, match="No such file"):
        read_secret(path)
    key = make_secret(path)
    assert make_secret(path).public == read_secret(path).public == key.public
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["xyz", "ab" * 31, "00" * 32, "ff" * 32])
def test_what_is_no_secret_key_is_refused(tmp_path, text):
    path = tmp_path / "ours.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(SmTwoFileUnusable, match=str(path)):
        read_secret(path)


def test_a_secret_key_that_others_can_read_is_refused(tmp_path):
    path = tmp_path / "ours.key"
    path.write_text(SecretKey.new().to_bytes().hex())
    path.chmod(0o640)
    with pytest.raises(SmTwoFileUnusable, match="chmod 600"):
        read_secret(path)


def test_a_public_key_is_read_as_it_was_written(tmp_path):
    path, key = tmp_path / "theirs.pub", SecretKey.new().public
    write_public(path, key)
    assert read_public(path) == key
    path.write_text(key.to_bytes().hex()[2:])
    with pytest.raises(SmTwoFileUnusable, match=str(path)):
        read_public(path)
