"""A terminal's key file: reading keys only, one passphrase, two officers to get it."""

from __future__ import annotations

import pytest
from tests.keys.officers import ONE, SECRETS, TWO, in_force

from shebaoka.chip.numbers import make_reset
from shebaoka.chip.proofs import CHALLENGE_BYTES, READ_KEY, WRITE_KEY
from shebaoka.chip.versions import DES, SM4
from shebaoka.keys.commands import export_terminal_keys
from shebaoka.keys.errors import (
    CardKeyNotHeld,
    CardKeysClosed,
    NoCardKeys,
    PassphraseRefused,
    SecondOfficerNeeded,
)
from shebaoka.keys.model import Purpose
from shebaoka.keys.terminal_file import opened

FACTOR = make_reset("3100", b"\0\0\0\1").factor


async def exported(database, keys, *, passphrase=SECRETS[0], second=TWO):
    async with database.work(second) as work:
        return await export_terminal_keys(work, keys, "药店 7 号", passphrase, "试验", opened_by=ONE)


async def test_a_terminal_reads_cards_of_all_versions_in_the_field_and_does_nothing_else(
    database, keys, clerk
):
    with pytest.raises(NoCardKeys):
        await exported(database, keys)
    await in_force(database, keys)
    await in_force(database, keys, version=2)
    await in_force(database, keys, DES)
    file = await exported(database, keys)
    new, old = opened(file, SECRETS[0])
    async with database.work(clerk) as work:
        for ring, algorithm, version in ((new, SM4, 2), (new, DES, 1), (old, SM4, 1)):
            ours = await keys.using(work, Purpose.READ, algorithm=algorithm, version=version)
            asked = (algorithm, READ_KEY, FACTOR, bytes(CHALLENGE_BYTES[algorithm]))
            assert ring.prove(*asked) == ours.prove(*asked)
    assert {number for ring in (new, old) for _, number in ring.keys} == {READ_KEY}
    with pytest.raises(CardKeyNotHeld):
        new.prove(SM4, WRITE_KEY, FACTOR, bytes(16))
    assert not any(key.hex().encode() in file for ring in (new, old) for key in ring.keys.values())
    async with database.work(clerk) as work:
        action, facts = await work.row(
            "SELECT action, facts FROM card_key_record ORDER BY record_id DESC LIMIT 1"
        )
        assert action == "terminal_exported"
        assert '"opened_by":"staff:71"' in facts


async def test_one_officer_or_a_weak_passphrase_gets_none(database, keys):
    await in_force(database, keys)
    with pytest.raises(SecondOfficerNeeded):
        await exported(database, keys, second=ONE)
    with pytest.raises(PassphraseRefused):
        await exported(database, keys, passphrase="1234")


async def test_a_wrong_passphrase_or_a_changed_file_opens_nothing(database, keys):
    await in_force(database, keys)
    file = await exported(database, keys)
    for raw, passphrase in (
        (file, SECRETS[1]),
        (file.replace("药店 7 号".encode(), "药店 8 号".encode()), SECRETS[0]),
        (file[:-9], SECRETS[0]),
        (b"", SECRETS[0]),
        (b"{}", SECRETS[0]),
    ):
        with pytest.raises(CardKeysClosed):
            opened(raw, passphrase)
