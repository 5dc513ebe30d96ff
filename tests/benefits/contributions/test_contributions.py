"""Contributions are taken from the card's account once, counted once, and given back where they were paid otherwise."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from tests.benefits.payouts.payout_town import Town, noon, together
from tests.benefits.payouts.test_payout_faults import Killed, Mortal
from tests.issuing.town import person

from shebaoka.benefits.contributions import commands, views
from shebaoka.benefits.contributions.errors import ContributionAsked, NoActiveAccount
from shebaoka.benefits.contributions.running import collect_due
from shebaoka.benefits.contributions.states import NEXT, Action, Status, after
from shebaoka.benefits.insurance import commands as insurance
from shebaoka.benefits.insurance import views as insured
from shebaoka.benefits.insurance.errors import ContributionNotDue, ContributionPaid, NotInsured
from shebaoka.kit import partners
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.problems import TransitionRefused
from shebaoka.ledger import views as books
from shebaoka.registry.people.commands import upsert_many
from shebaoka.registry.programme.views import load
from shebaoka_sandbox.bank_books import OUTSIDE, Part

YEAR = date(2019, 1, 1)
PREMIUM = 74_000


@pytest.mark.parametrize("status", Status.__args__)
@pytest.mark.parametrize("action", Action.__args__)
def test_every_pair_of_status_and_action(status, action):
    if (status, action) in NEXT:
        assert after(status, action) in Status.__args__
    else:
        with pytest.raises(TransitionRefused):
            after(status, action)


@pytest.fixture
async def town(database, clock, tmp_path, monkeypatch):
    """Everybody is a resident of 39."""
    monkeypatch.setattr(partners, "FIRST_WAIT_SECONDS", 0)
    clock.at = noon("2019-01-10")
    town = Town(database, clock, tmp_path)
    await town.begin()
    rows = [
        person(n, insured="resident", insured_status="none", insured_since=date(2018, 1, 1)) for n in range(3)
    ]
    await town.act(upsert_many, rows)
    await insurance.follow_register(database)
    yield town
    await town.banking.close()


async def carded(town, n: int = 0, fen: int = 100_000, bank: str = "BOSC") -> str:
    """Give somebody an active account with money on it."""
    card = await town.card(n, bank)
    await town.mirror()
    if fen:
        with town.banking.banks.transaction():
            parts = Part(OUTSIDE, -fen), Part(town.accounts[card], fen)
            town.banking.banks.books.entry(bank, f"wages-{card}", "wages", *parts)
    return town.accounts[card]


async def pay(town, n: int = 0, period: date = YEAR):
    async with town.database.work(SYSTEM) as work:
        return await commands.pay(work, await load(work), town.ids[n], period)


async def debits(town, n: int = 0):
    return [one.status for one in await town.act(views.of_person, town.ids[n])]


async def counted(town, n: int = 0) -> list[int]:
    return [
        one.own_fen for one in await town.act(insured.contributions, town.ids[n]) if one.taken_back_by is None
    ]


async def test_a_year_is_paid_from_the_card_once(town):
    account = await carded(town)
    asked = await pay(town)
    assert (asked.own_fen, asked.status, asked.last4) == (PREMIUM, "asked", account[-4:])
    with pytest.raises(ContributionAsked):
        await pay(town)
    done = await collect_due(town.database, town.banking.partner)
    assert (done.paid, done.banks_down) == (1, {})
    assert await collect_due(town.database, town.banking.partner) == type(done)()
    assert town.banking.money("BOSC", account) == 100_000 - PREMIUM
    [receipt] = await town.act(views.of_person, town.ids[0])
    assert (receipt.status, await counted(town)) == ("paid", [PREMIUM])
    assert receipt.contribution_id == (await town.act(insured.contributions, town.ids[0]))[0].contribution_id
    with pytest.raises(ContributionPaid):
        await pay(town)
    sums = {one.account: one.balance_fen for one in (await town.act(books.trial_balance, date.max)).accounts}
    assert sums == {"bank": -PREMIUM, "resident_fund": PREMIUM}


async def test_what_is_not_owed_or_cannot_be_taken_is_refused(town):
    with pytest.raises(NoActiveAccount):
        await pay(town)
    await town.card(1, active=False)
    with pytest.raises(NoActiveAccount, match="opened"):
        await pay(town, 1)
    await carded(town)
    with pytest.raises(ContributionNotDue):
        await pay(town, 0, date(2019, 2, 1))
    with pytest.raises(NotInsured):
        await pay(town, 0, date(2010, 1, 1))


async def test_a_refused_debit_takes_nothing_and_may_be_asked_anew(town):
    account = await carded(town, fen=PREMIUM - 1)
    await pay(town)
    assert (await collect_due(town.database, town.banking.partner)).refused == 1
    [refused] = await town.act(views.of_person, town.ids[0])
    assert (refused.status, refused.reason[:4]) == ("refused", "AM04")
    assert (town.banking.money("BOSC", account), await counted(town)) == (PREMIUM - 1, [])
    with town.banking.banks.transaction():
        town.banking.banks.books.entry("BOSC", "more", "wages", Part(OUTSIDE, -1), Part(account, 1))
    await pay(town)
    assert (await collect_due(town.database, town.banking.partner)).paid == 1
    assert (await debits(town), town.banking.money("BOSC", account)) == (["paid", "refused"], 0)


async def test_what_was_paid_otherwise_meanwhile_goes_back(town):
    account = await carded(town)
    await pay(town)
    async with town.database.work(SYSTEM) as work:
        await insurance.contribute(work, await load(work), town.ids[0], YEAR)
    done = await collect_due(town.database, town.banking.partner)
    assert (done.to_refund, done.refunded) == (1, 1)
    assert (await debits(town), town.banking.money("BOSC", account)) == (["refunded"], 100_000)
    assert await counted(town) == [PREMIUM]
    await collect_due(town.database, town.banking.partner)
    assert town.banking.banks.books.trial("BOSC") == {"sum_fen": 0, "below_zero": 0}


@pytest.mark.parametrize("seed", range(3))
async def test_killed_lost_and_repeated_it_is_taken_once(town, seed):
    chance = random.Random(seed)
    accounts = [await carded(town, n, bank=bank) for n, bank in enumerate(("BOSC", "ICBC", "BOSC"))]
    await together(*(pay(town, n) for n in range(3) for _ in range(3)))
    town.banking.switch("bank", lose=0.5, duplicate=0.5)

    async def run():
        try:
            await collect_due(Mortal(town.database, chance, 0.2), Mortal(town.banking.partner, chance, 0))
        except Killed:
            return

    for _ in range(5):
        await together(run(), run())
        town.clock.at += timedelta(minutes=1)
    await collect_due(town.database, town.banking.partner)
    left = [
        town.banking.money(bank, account)
        for bank, account in zip(("BOSC", "ICBC", "BOSC"), accounts, strict=True)
    ]
    assert left == [100_000 - PREMIUM] * 3
    assert [await counted(town, n) for n in range(3)] == [[PREMIUM]] * 3
    assert [await debits(town, n) for n in range(3)] == [["paid"]] * 3
    assert (await town.act(books.check)).good
