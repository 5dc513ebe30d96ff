"""`shebaoka card unopened`: how many have not opened their cards, by where they belong and for how long."""

from __future__ import annotations

import asyncio
import csv
import io
import random
from datetime import timedelta

import pytest
from tests.cards.holders import enter, made
from tests.chain.command_line import bilingual, here, open_folder

from shebaoka import wiring
from shebaoka.cards.commands import note_received, take_made_cards
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.clock import SystemClock
from shebaoka.kit.database import Database
from shebaoka.kit.ids import Ids
from shebaoka.kit.settings import Settings
from shebaoka.kit.vault import Vault

INSTITUTIONS = """
INSERT INTO institution (institution_id, code, kind, name_zh, name_en)
SELECT bank_id, 'BOSC', 'bank', '上海银行', 'Bank of Shanghai' FROM card GROUP BY bank_id;
INSERT INTO institution (institution_id, code, kind, name_zh, name_en) VALUES (77, 'FIRM', 'employer', '某单位', 'Firm');
UPDATE person SET district_code = '310101', employer_id = 77 WHERE person_id IN (1, 2)
"""


async def settle(settings: Settings, url: str) -> None:
    """Let four people have cards, three of them in hand since twenty days ago."""
    clock = SystemClock()
    ids, vault = Ids(clock, random.Random(1)), Vault(wiring.master_key(settings))
    async with Database.open(url, clock=clock, ids=ids, vault=vault, connections_max=4) as database:
        await enter(database, range(1, 5))
        async with database.work(SYSTEM) as work:
            await take_made_cards(work, [made(person) for person in range(1, 5)])
            day = work.today - timedelta(days=20)
            await note_received(work, [(person, made(person).card_id, day) for person in (1, 2, 3)])
            for statement in INSTITUTIONS.strip().split(";\n"):
                await work.run(statement)


@pytest.fixture(scope="module")
def home():
    with open_folder() as folder:
        settings = Settings(data_dir=str(folder))
        with wiring.ready_database(settings) as url:
            asyncio.run(settle(settings, url))
            yield folder


@pytest.mark.parametrize(
    ("by", "counted"),
    [
        ("district", [("310101", 2), ("", 1)]), ("bank", [("BOSC", 3)]), ("employer", [("FIRM", 2)]),
        ("age", [("0", 0), ("14", 3), ("30", 0), ("60", 0), ("90", 0)]),
    ],
)  # fmt: skip
def test_cards_in_hand_are_counted_where_they_belong(home, by, counted):
    told = here(home, "card", "unopened", "--by", by, "--json").did()["lines"]
    assert [(one["value"], one["cards"]) for one in told] == counted


def test_it_is_a_table_too_and_names_nobody(home):
    rows = list(csv.DictReader(io.StringIO(here(home, "card", "unopened", "--csv").out.lstrip("\ufeff"))))
    assert rows == [{"value": "310101", "cards": "2"}, {"value": "", "cards": "1"}]
    told = here(home, "card", "unopened")
    assert "共 in all: 3" in told.out
    assert bilingual(told.out)
    assert here(home, "card", "unopened", "--by", "street").code == 2
