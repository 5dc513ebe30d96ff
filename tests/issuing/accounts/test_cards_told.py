"""Banks hear how the cards with their accounts stand, and act upon it at machines, shops and counters."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import date, datetime, timedelta
from itertools import count, product
from pathlib import Path
from typing import Any, get_args

import pytest
from test_open_accounts import ready
from tests.benefits.payouts.payout_town import Banking
from town import Town

from shebaoka.banking import commands as banking
from shebaoka.banking import views as accounts
from shebaoka.banking.connector import BankCores
from shebaoka.banking.mirroring import mirror_due
from shebaoka.banking.model import BankAccount, CardsTold, Debit
from shebaoka.banking.states import for_bank
from shebaoka.banking.telling import tell_due
from shebaoka.cards import commands as cards
from shebaoka.cards.model import Card, LossReport, MadeCard, Opening, Outlet
from shebaoka.cards.states import Financial, Social
from shebaoka.issuing.accounts.commands import open_due
from shebaoka.issuing.applications.commands import Also, move_many
from shebaoka.issuing.applications.states import Action
from shebaoka.kit import partners
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.outbox import deliver_due
from shebaoka.records.card_number import from_serial
from shebaoka.registry.programme.views import load
from shebaoka.wiring import SUBSCRIPTIONS
from shebaoka_sandbox.bank_counter import Order

CENTRE = Outlet("community_centre")
NOW = datetime(2019, 1, 10, 12, tzinfo=SHANGHAI)


def test_how_a_card_stands_for_its_bank() -> None:
    ends = ((None, True), (NOW + timedelta(seconds=1), True), (NOW, False))
    for social, financial, (until, counts) in product(get_args(Social), get_args(Financial), ends):
        lost = social in ("suspended", "lost_unopened")
        card = Card(
            1, 2, "A00000001", "new", social, financial, 3, None, None, date(2019, 1, 1), None, None, None, None, None, None, None,
            ("temporary" if until else "formal") if lost else None, None, until if lost else None, 1,
        )  # fmt: skip
        good = "open" if financial in ("open", "suspended") else "unopened"
        want = "void" if social == "void" else "lost" if lost and counts else good
        assert for_bank(card, NOW) == want


class Cards:
    """Two people with accounts at two banks, and cards on their way into use."""

    def __init__(self, town: Town, banking: Banking) -> None:
        self.town, self.banking, self.partner = town, banking, banking.partner
        self.keys: list[tuple[int, int]] = []
        self.orders = count(1)

    async def begin(self) -> None:
        self.keys = await ready(self.town, 2)
        await open_due(self.town.database, self.partner)
        for which, code in ((0, "BOSC"), (1, "ICBC")):
            await self.made(which, code)

    async def made(self, which: int, code: str, *, again: bool = False) -> None:
        """Let the card of an application come from the bureau, or once more."""
        person_id, application_id = self.keys[which]
        card_id = 9_000 + which + (100 if again else 0)
        bank_id = self.town.places[code].institution_id
        card = MadeCard(
            person_id,
            card_id,
            from_serial(card_id),
            bank_id,
            date(2019, 1, 2),
            None,
            f"{card_id:032}",
            "cd" * 13,
        )
        async with self.town.database.work(SYSTEM) as work:
            assert not (await cards.take_made_cards(work, [card])).refused
            if not again:
                await move_many(work, [self.keys[which]], Action.ORDER)
                await move_many(work, [self.keys[which]], Action.MAKE, Also(cards=[card_id]))
            else:
                await work.run(
                    "UPDATE application SET card_id = %(card)s WHERE person_id = %(person)s AND application_id = %(number)s",
                    {"card": card_id, "person": person_id, "number": application_id},
                )

    async def do(self, act: Callable[..., Any], *given: Any) -> Any:
        """Do something to cards, let the events reach their rooms, and tell the banks."""
        async with self.town.database.work(SYSTEM) as work:
            programme = await load(work)
            await act(work, *(programme if one is load else one for one in given))
        await deliver_due(self.town.database, SUBSCRIPTIONS)
        return await tell_due(self.town.database, self.partner)

    async def open(self, which: int, *functions: Any, code: str = "BOSC", card_id: int = 0) -> Any:
        outlet = Outlet("bank_outlet", bank_id=self.town.places[code].institution_id)
        opening = Opening(self.keys[which][0], card_id or 9_000 + which, frozenset(functions), outlet)
        return await self.do(cards.open_functions, load, opening)

    async def account(self, which: int) -> BankAccount:
        async with self.town.database.work(SYSTEM) as work:
            (found,) = await accounts.of_application(work, *self.keys[which])
        return found

    def order(self, which: int, what: Any, fen: int, where: Any = "atm", by: Any = "card") -> str:
        """Go to a machine, a shop or a counter; gives the code, empty when it was done."""
        code, account = ("BOSC", "ICBC")[which], f"account-{self.keys[which][1]}"
        order = Order(f"o{next(self.orders)}", where, what, account, fen, by=by)
        return self.banking.banks.counter.act(code, order).code

    async def debit(self, which: int) -> str:
        """Let a contribution of five yuan be taken from an account; gives why not, empty when it was taken."""
        account = self.banking.banks.books.find("BOSC", f"account-{self.keys[which][1]}")
        assert account is not None
        asked = Debit(next(self.orders), account.number, account.name, 500, "医保缴费")
        (answer,) = await BankCores(self.partner).debit("BOSC", [asked])
        return answer.reason or ""


@pytest.fixture
async def held(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Cards]:
    monkeypatch.setattr(partners, "FIRST_WAIT_SECONDS", 0)
    held = Cards(town, Banking(tmp_path))
    await held.begin()
    yield held
    await held.banking.close()


async def test_the_account_follows_its_card(held: Cards) -> None:
    assert await held.open(0, "social") == CardsTold(), "of the other function a bank hears nothing"
    assert held.order(0, "cash_in", 500) == "AG01"
    assert await held.open(0, "financial") == CardsTold(told=1)
    await mirror_due(held.town.database, held.partner)
    assert (await held.account(0)).life == "active"
    assert held.order(0, "cash_in", 10_000) == ""
    person_id = held.keys[0][0]
    lost = LossReport(person_id, 9_000, "formal", CENTRE)
    assert await held.do(cards.report_loss, load, lost) == CardsTold(told=1)
    assert [
        held.order(0, "cash_out", 1),
        held.order(0, "spend", 1, "pos"),
        held.order(0, "cash_out", 1, "counter"),
    ] == ["41"] * 3
    assert (await held.debit(0)).startswith("AC06"), "nor does a contribution come out of it"
    assert (await held.account(0)).life == "active", (
        "the card is lost, not the account: benefits go on coming to it"
    )
    assert await held.do(cards.lift_loss, load, person_id, 9_000, CENTRE) == CardsTold(told=1)
    assert (held.order(0, "cash_out", 500), await held.debit(0)) == ("", "")
    assert await held.do(cards.void_of_dead, [person_id]) == CardsTold(told=1)
    assert held.order(0, "spend", 1, "pos") == "14"
    assert held.order(0, "cash_out", 9_000, "counter", by="id_card") == ""
    assert (await held.account(0)).card == "void"
    assert await held.do(cards.void_of_dead, [person_id]) == CardsTold(), "nothing changed, nobody is told"


async def test_a_bank_that_is_down_hears_later_how_cards_then_stand(held: Cards) -> None:
    held.banking.switch("bank:BOSC", down=True)
    down = await held.open(0, "social", "financial")
    assert (down.told, down.unanswered, list(down.banks_down)) == (0, 1, ["BOSC"])
    assert (await held.open(1, "social", "financial", code="ICBC")).told == 1, (
        "the other bank's people wait for nobody"
    )
    person_id = held.keys[0][0]
    await held.do(cards.report_loss, load, LossReport(person_id, 9_000, "temporary", Outlet("hotline")))
    assert (await held.account(0)).card_waits
    held.banking.switch("bank:BOSC")
    # Every answer comes twice, and the first time not at all: told again, it is the same.
    held.banking.switch("bank:BOSC", lose=1.0, duplicate=1.0)
    first = await tell_due(held.town.database, held.partner)
    assert (first.told, first.unanswered) == (0, 1)
    assert held.order(0, "cash_out", 1) == "AG01", "lost before the bank ever heard that it was open"
    assert (await tell_due(held.town.database, held.partner)).told == 1
    assert not (await held.account(0)).card_waits
    found = await held.do(cards.lift_loss, load, person_id, 9_000, CENTRE)
    assert (found.unanswered, (await tell_due(held.town.database, held.partner)).told) == (1, 1)
    assert held.order(0, "cash_in", 1) == "", "found again: open, and so active"


async def test_a_card_made_once_more_has_the_same_account(held: Cards) -> None:
    person_id, _ = held.keys[0]
    await held.do(cards.void_lost_in_post, person_id, 9_000)
    assert (await held.account(0)).card == "void"
    await held.made(0, "BOSC", again=True)
    assert await held.open(0, "social", "financial", card_id=9_100) == CardsTold(told=1)
    assert held.order(0, "cash_in", 1) == ""
    # What comes late of the dead one changes nothing.
    await held.do(cards.void_entitled_no_more, [])
    assert (await held.account(0)).card == "open"


async def test_what_a_bank_will_not_hear_is_listed_and_told_again(held: Cards) -> None:
    async with held.town.database.work(SYSTEM) as work:
        # The bank has lost the account: another reference than ours stands in its books.
        await work.run(
            "UPDATE bank_account SET application_id = application_id + 777777 WHERE person_id = %(person)s",
            {"person": held.keys[0][0]},
        )
        await work.run(
            "UPDATE application SET application_id = application_id + 777777 WHERE person_id = %(person)s",
            {"person": held.keys[0][0]},
        )
    assert await held.open(0, "financial") == CardsTold(refused=1)
    async with held.town.database.work(SYSTEM) as work:
        (listed,) = await accounts.contradictions(work)
        assert (listed.card, listed.card_refused) == ("open", "AC01 账户不存在")
        assert await banking.tell_again(work) == 1
    assert await tell_due(held.town.database, held.partner) == CardsTold(refused=1)
    assert await tell_due(held.town.database, held.partner) == CardsTold(), (
        "told once, and then left to people"
    )
