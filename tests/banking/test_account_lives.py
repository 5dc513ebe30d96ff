"""Card accounts mirror what their banks tell, whatever of it is lost, repeated or out of order."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import get_args

import pytest
from tests.benefits.payouts.payout_town import Town, noon

from shebaoka.banking import commands, views
from shebaoka.banking.model import Noted, Told
from shebaoka.banking.states import NEXT, Life, after
from shebaoka.kit import partners
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.problems import TransitionRefused

AT = datetime(2019, 1, 10, tzinfo=SHANGHAI)
LIVES = get_args(Life)


@pytest.mark.parametrize("told", LIVES)
@pytest.mark.parametrize("life", LIVES)
def test_every_pair_of_states(life, told):
    follows = life == told or (life, told) in NEXT
    reachable = follows or (life, told) == ("active", "opened")
    if life == "closed" and told != "closed":
        follows = reachable = False
    for missed, may in ((0, follows), (3, reachable)):
        if may:
            assert after(life, told, missed) == told
        else:
            with pytest.raises(TransitionRefused):
                after(life, told, missed)


@pytest.fixture
async def town(database, clock, tmp_path, monkeypatch):
    monkeypatch.setattr(partners, "FIRST_WAIT_SECONDS", 0)
    clock.at = noon("2019-01-10")
    town = Town(database, clock, tmp_path)
    await town.begin()
    yield town
    await town.banking.close()


async def lives(town) -> dict[int, str]:
    found = await town.act(views.of_people, town.ids.values())
    return {one.application_id: one.life for accounts in found.values() for one in accounts}


async def test_notices_in_any_order_end_as_the_bank_s_truth(town):
    card = await town.card(0, active=False)
    bank = town.bank_ids["BOSC"]
    story = [
        Told(card, bank, life, n, AT) for n, life in enumerate(("active", "frozen", "active", "frozen"), 2)
    ]
    chance = random.Random(1)
    for _ in range(6):
        some = chance.sample(story, chance.randint(1, 4)) + chance.sample(story, 1)
        await town.act(commands.note_told, bank, some)
    assert await town.act(commands.note_told, bank, story[-1:]) in (Noted(1, 0), Noted(0, 1))
    assert (await lives(town))[card] == "frozen"
    other = Told(card, town.bank_ids["ICBC"], "closed", 99, AT)
    assert await town.act(commands.note_told, town.bank_ids["ICBC"], [other]) == Noted(unknown=1)
    await town.act(commands.note_told, bank, [Told(card, bank, "closed", 6, AT)])
    # A closed account lives no more, whatever its bank says afterwards: that is listed.
    assert await town.act(commands.note_told, bank, [Told(card, bank, "active", 7, AT)]) == Noted(
        contradicted=1
    )
    assert (await lives(town))[card] == "closed"
    [(listed)] = await town.act(views.contradictions)
    assert (listed.application_id, listed.contradicted) == (card, "active")


@pytest.mark.parametrize("seed", range(3))
async def test_lost_repeated_and_reordered_notices_are_mended_by_asking(town, seed):
    chance = random.Random(seed)
    cards = {await town.card(n % 3, code, active=False): code for n, code in enumerate(("BOSC", "ICBC") * 4)}
    town.banking.switch("bank", lose=0.5, duplicate=0.5, reorder=0.5)
    for _ in range(4):
        for card, code in cards.items():
            account = town.banking.banks.books.find(code, f"account-{card}")
            can = {
                "opened": ["activate", "freeze"],
                "active": ["freeze", "close"],
                "frozen": ["thaw", "close"],
                "closed": [],
            }
            if (acts := can[account.status]) and chance.random() < 0.7:
                town.banking.move(code, f"account-{card}", chance.choice(acts))
        await town.mirror()
    town.clock.at += timedelta(days=8)
    await town.mirror()
    truth = {
        card: town.banking.banks.books.find(code, f"account-{card}").status for card, code in cards.items()
    }
    assert await lives(town) == truth
    assert await town.act(views.contradictions) == []


async def test_a_bank_that_is_down_holds_up_nobody_else(town):
    cards = {code: await town.card(n, code) for n, code in enumerate(("BOSC", "ICBC"))}
    town.banking.switch("bank:ICBC", down=True)
    done = await town.mirror()
    assert list(done.banks_down) == ["ICBC"]
    assert await lives(town) == {cards["BOSC"]: "active", cards["ICBC"]: "opened"}
    town.banking.switch("bank:ICBC")
    assert (await town.mirror()).banks_down == {}
    assert set((await lives(town)).values()) == {"active"}
    assert await town.act(views.lives) == [
        (town.bank_ids[code], "active", 1) for code in sorted(cards, key=town.bank_ids.get)
    ]
