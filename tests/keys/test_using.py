"""Whoever uses card keys gets those of the purpose, and leaves a fact."""

from __future__ import annotations

import pytest

from shebaoka.chip.proofs import CARD_KEY, READ_KEY
from shebaoka.chip.versions import SM4
from shebaoka.keys.errors import CardKeyNotHeld
from shebaoka.keys.hierarchy import CODE_KEY, NUMBERS, application_keys
from shebaoka.keys.model import Purpose
from shebaoka.keys.using import Keys, key_name


class Held(dict):
    async def read(self, names):
        return {name: self[name] for name in names if name in self}


KEYS = Keys(
    Held({key_name(SM4, 1, number): key for number, key in application_keys(SM4, bytes(16)).items()}), "3100"
)


@pytest.mark.parametrize(
    ("purpose", "numbers"),
    [(Purpose.READ, {READ_KEY}), (Purpose.CHECK, {CARD_KEY, CODE_KEY}), (Purpose.PERSONALISE, set(NUMBERS))],
)
async def test_a_purpose_gets_its_keys_only(database, clerk, purpose, numbers):
    async with database.work(clerk) as work:
        ring = await KEYS.using(work, purpose, cards=3)
    assert set(ring.keys) == {(SM4, number) for number in numbers}
    async with database.work(clerk) as work:
        facts = await work.rows("SELECT action, subject, detail FROM audit_fact")
    assert facts == [
        ("keys.used", "card_key:3.1", {"purpose": purpose.value, "cards": 3, "algorithm": SM4}),
    ]


async def test_what_is_not_held_is_refused_and_leaves_nothing(database, clerk):
    async with database.work(clerk) as work:
        with pytest.raises(CardKeyNotHeld):
            await KEYS.using(work, Purpose.READ, version=2)
    async with database.work(clerk) as work:
        assert await work.rows("SELECT FROM audit_fact") == []
