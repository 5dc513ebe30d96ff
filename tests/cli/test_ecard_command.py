"""`shebaoka status-list check-ecard`: a terminal without a network or a database, in a folder of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.chain.command_line import bilingual, here

from shebaoka.kit.sm2 import SecretKey
from shebaoka.records import ecard
from shebaoka.records.card_number import luhn_mod_36
from shebaoka.records.ecard import Ecard
from shebaoka.records.status_list import Head, Sections, Version, digest, fingerprint, write

KEY, SALT = SecretKey.new(), bytes(16)
GOOD, VOID, LOST = (f"0000000{n}{luhn_mod_36(f'0000000{n}')}" for n in (1, 2, 3))
ALONE = ("--public-key", KEY.public.to_bytes().hex(), "--city", "3100")


def mark(number):
    return fingerprint(digest(SALT, number.encode()))


def shown(number, before=timedelta()):
    now = datetime.now(UTC).replace(microsecond=0) - before
    return ecard.write(KEY, Ecard("3100", number, 1, now, 600, 60))


def test_a_token_is_verified_and_looked_up(tmp_path):
    now = datetime.now(UTC).replace(microsecond=0)
    head = Head("3100", Version(1, 0), now, 3_600, 60, None, SALT, bytes(32))
    (base := tmp_path / "base").write_bytes(write(head, Sections.of([mark(VOID)], {mark(LOST): 0}), KEY))
    for number, listed, good in (
        (GOOD, "not_listed", True),
        (VOID, "void", False),
        (LOST, "suspended", False),
    ):
        told = here(tmp_path, "status-list", "check-ecard", shown(number), str(base), *ALONE, "--json").did()
        assert (told["verdict"], told["card_number"], told["listed"]["listed"], told["good"]) == (
            "good", number, listed, good,
        )  # fmt: skip
    alone = here(tmp_path, "status-list", "check-ecard", shown(VOID), *ALONE, "--json").did()
    assert (alone["good"], alone["listed"]) == (True, None), "no list was given"
    late = here(
        tmp_path, "status-list", "check-ecard", shown(GOOD, timedelta(hours=1)), *ALONE, "--json"
    ).did()
    assert (late["verdict"], late["good"]) == ("expired", False)
    assert bilingual(here(tmp_path, "status-list", "check-ecard", "SBE1", *ALONE).out)
