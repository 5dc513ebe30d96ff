"""`shebaoka card loss`: an operator suspends a card at night, and gives it back."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from tests.chain.command_line import environment, here, open_folder, shebaoka
from tests.faces.api_town import id_number, person

from shebaoka import wiring
from shebaoka.cards.commands import allocate_numbers, take_old_cards
from shebaoka.cards.model import OldCardRow
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.settings import read_settings
from shebaoka.registry.people.commands import upsert_many
from shebaoka.registry.people.views import find


async def settle(settings, url) -> str:
    """Let somebody live in the city who holds an old card; gives its number."""
    async with wiring.city(settings, url) as city, city.database.work(SYSTEM) as work:
        await upsert_many(work, [person(1, employer_id=None)])
        (number,) = await allocate_numbers(work, 1)
        holder = await find(work, id_number(1))
        await take_old_cards(work, [OldCardRow(holder.person_id, number, date(2012, 1, 1))])
    return number


@pytest.fixture(scope="module")
def holder():
    with open_folder() as folder:
        shebaoka(folder, "migrate", "--json").did()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment(folder).items():
                patch.setenv(name, value)
            settings = read_settings()
            with wiring.ready_database(settings) as url:
                yield folder, asyncio.run(settle(settings, url))


def test_a_card_is_suspended_and_given_back(holder):
    folder, number = holder
    lost = here(folder, "card", "loss", "report", "--id-number", id_number(1), "--json").did()
    assert (lost["card_number"], lost["social"], lost["loss"]) == (number, "suspended", "temporary")
    assert lost["lost_until"]
    told = here(folder, "card", "standing", "--card-number", number)
    assert "口头挂失" in told.out
    again = here(folder, "card", "loss", "report", "--card-number", number, "--json").refused("loss-reported")
    assert again["until"]
    formal = here(folder, "card", "loss", "report", "--card-number", number, "--formal")
    assert "书面挂失，没有期限 · formally lost, without end" in formal.out
    found = here(folder, "card", "loss", "lift", "--card-number", number)
    assert "未挂失 · not reported lost" in found.out
    here(folder, "card", "loss", "lift", "--card-number", number, "--json").refused("transition-refused")
    # Lost no more; that old cards have ended altogether by now is another matter.
    assert here(folder, "card", "standing", "--card-number", number, "--json").did()["social"] == "open"
    assert here(folder, "jobs", "run", "loss", "--json").did()["stages"][0]["counts"] == {"lifted": 0}


def test_what_is_not_there_is_told(holder):
    folder, _ = holder
    here(folder, "card", "loss", "report", "--id-number", id_number(2), "--json").refused("not-found")
    here(folder, "card", "loss", "report", "--card-number", "123", "--json").refused("card-number-refused")
    both = here(folder, "card", "loss", "lift")
    assert both.code == 2
    assert "--card-number" in both.err
