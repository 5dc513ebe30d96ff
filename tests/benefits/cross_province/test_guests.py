"""We are the place of care: our catalogue divides, the other province says who pays, and we advance it."""

from __future__ import annotations

import msgspec
import pytest
from tests.benefits.cross_province.provinces import HOME, JIANGSU, THIRD, neighbour
from tests.benefits.insurance.bills import PROGRAMME
from tests.benefits.settlement.clinic_town import FIRST, PHARMACY

from shebaoka.benefits.cross_province import commands
from shebaoka.benefits.cross_province.errors import PlaceRefused
from shebaoka.benefits.cross_province.model import Admitting, Claiming, Exchanged
from shebaoka.benefits.insurance.catalogue import Item
from shebaoka.benefits.settlement import commands as settlement
from shebaoka.benefits.settlement import views as settled
from shebaoka.benefits.settlement.errors import AlreadySettled, MessageWithdrawn, NotDesignated, QuoteUnusable
from shebaoka.kit.partners import PartnerUnavailable
from shebaoka.kit.problems import NotFound

SHARED = Item(amount_fen=100_000, catalogue_class="shared")


async def test_a_guest_is_settled_by_the_rules_of_their_province(provinces):
    """A retiree (3), level three: 20,000.00 in scope of which 900.00 and 100.00 from the shared item; deductible 1,200.00.

    Shared 19,700.00; 87 % is 17,139.00; half of the remaining 2,561.00 is 1,280.50; account 300.00; the rest is cash.
    """
    message = await provinces.guest(3, "A", 2_000_000, SHARED)
    bill = await provinces.claim(message)
    assert (bill.status, bill.province_id) == ("asked", JIANGSU)
    assert await provinces.run() == Exchanged(settled=1)
    bill = await provinces.bill(bill)
    (one,) = await provinces.act(settled.settlements, message.person_id)
    outside = 2_100_000 - one.in_scope_fen
    shares = neighbour.shares(neighbour.person(3), 3, one.in_scope_fen, outside)
    assert outside > 0, "our catalogue has divided it"
    assert (one.pooled_fen, one.supplementary_fen, one.current_account_fen, one.cash_fen) == shares
    assert (bill.status, bill.total_fen, one.card_id) == ("settled", 2_100_000, None)
    advanced = bill.fund_fen + bill.account_fen
    assert await provinces.owed(THIRD) == await provinces.owed_by() == advanced == 2_100_000 - one.cash_fen
    assert await provinces.adds_up()
    assert await provinces.run() == Exchanged(), "nothing waits any more"


async def test_the_hospital_takes_it_back_and_the_hub_is_told(provinces):
    message = await provinces.guest(3, "A", 2_000_000)
    bill = await provinces.claim(message)
    await provinces.run()
    await provinces.undo(message)
    assert await provinces.run() == Exchanged(taken_back=1)
    bill = await provinces.bill(bill)
    assert (bill.status, bill.reversal) == ("reversed", f"RC{bill.bill_id}")
    assert await provinces.owed(THIRD) == await provinces.owed_by() == 0
    assert sorted(one.total_fen for one in await provinces.hub.day(provinces.today)) == [
        -2_000_000,
        2_000_000,
    ]
    # And it may be settled anew, by another message.
    again = await provinces.claim(Claiming(
        institution_id=THIRD, number="M-A2", person_id=message.person_id, visit_id=message.visit_id))  # fmt: skip
    await provinces.run()
    assert (await provinces.bill(again)).status == "settled"


async def test_what_the_hub_refuses_is_told_and_the_patient_pays(provinces):
    message = await provinces.guest(5, "A", 2_000_000)  # Not registered at home.
    bill = await provinces.claim(message)
    assert await provinces.run() == Exchanged(refused=1)
    assert (await provinces.bill(bill)).refusal == "未办理异地就医备案"
    assert await provinces.owed(THIRD) == 0
    assert (await provinces.told("M-A")).fate == "unknown", "nothing was settled"


async def test_the_same_message_again_and_another_for_the_same_stay(provinces):
    message = await provinces.guest(3, "A", 2_000_000)
    bill = await provinces.claim(message)
    assert (await provinces.claim(message)).bill_id == bill.bill_id
    other = Claiming(institution_id=THIRD, number="M-B", person_id=message.person_id, visit_id=message.visit_id)  # fmt: skip
    with pytest.raises(AlreadySettled):
        await provinces.claim(other)


async def test_what_the_hub_is_asked_about_does_not_change(provinces):
    message = await provinces.guest(3, "A", 2_000_000)
    await provinces.claim(message)
    keys = (THIRD, message.person_id, message.visit_id)
    for act in (settlement.readmit, settlement.cancel):
        with pytest.raises(AlreadySettled):
            await provinces.act(act, *keys)
    await provinces.undo(message)
    await provinces.run()
    await provinces.act(settlement.readmit, *keys)


async def test_an_answer_that_does_not_add_up_holds_up_nobody_else(provinces, monkeypatch):
    bad, good = [await provinces.claim(await provinces.guest(n, f"G{n}", 2_000_000)) for n in (3, 7)]
    plain = provinces.hub.settle

    async def spoiled(on, several):
        answers = await plain(on, several)
        wrong = msgspec.structs.replace(answers[bad.reference], cash_fen=0)
        return {**answers, bad.reference: wrong}

    monkeypatch.setattr(provinces.hub, "settle", spoiled)
    assert await provinces.run() == Exchanged(settled=1, waiting=1)
    assert [(await provinces.bill(one)).status for one in (bad, good)] == ["asked", "settled"]
    assert await provinces.adds_up()


async def test_down_it_waits_and_is_settled_once_later(provinces):
    provinces.faults(down=True)
    message = await provinces.guest(3, "A", 2_000_000)
    bill = await provinces.claim(message)
    with pytest.raises(PartnerUnavailable):
        await commands.ask_now(provinces.database, provinces.hub, bill.person_id, bill.bill_id)
    with pytest.raises(PartnerUnavailable):
        await provinces.run()
    assert (await provinces.bill(bill)).status == "asked"
    provinces.faults(lose=1.0)  # It settles, and its first answer is lost.
    assert await provinces.run() == Exchanged(waiting=1)
    provinces.noon("2019-01-03")
    assert (await commands.ask_now(provinces.database, provinces.hub, bill.person_id, bill.bill_id)).status == "settled"  # fmt: skip
    bill = await provinces.bill(bill)
    assert str(bill.settled_on) == "2019-01-02", "the day for which the insured place counts it"
    assert await provinces.owed_by() == bill.fund_fen + bill.account_fen


async def test_taken_back_before_it_was_settled(provinces):
    """Two ways: the hub had never heard of it, and it had settled while its answer was lost."""
    for n, name, lost in ((3, "A", False), (7, "B", True)):
        message = await provinces.guest(n, name, 2_000_000)
        bill = await provinces.claim(message)
        if lost:
            provinces.faults(lose=1.0)
            await provinces.run()
            provinces.faults()
        await provinces.undo(message)
        assert await provinces.run() == Exchanged(taken_back=1)
        assert (await provinces.bill(bill)).status == "withdrawn"
    assert await provinces.owed_by() == await provinces.owed(THIRD) == 0
    assert await provinces.adds_up()


async def test_a_reversal_that_comes_first_bars_the_message(provinces):
    message = await provinces.guest(3, "A", 2_000_000)
    await provinces.undo(message)
    with pytest.raises(MessageWithdrawn):
        await provinces.claim(message)


async def test_who_is_not_admitted_or_not_settled(provinces):
    one = neighbour.person(3)
    asked = {"number": "X", "id_number": one.id_number, "name": one.name, "card_number": "J1"}
    for at, place, refused in ((PHARMACY, "320100", NotDesignated), (FIRST, "310115", PlaceRefused), (999, "320100", NotDesignated)):  # fmt: skip
        with pytest.raises(refused):
            await provinces.act(
                commands.admit, PROGRAMME, HOME, Admitting(institution_id=at, place=place, **asked)
            )
    visit = await provinces.act(
        commands.admit, PROGRAMME, HOME, Admitting(institution_id=FIRST, place="320100", **asked)
    )
    here = await provinces.guest(3, "A", 100)
    early = Claiming(institution_id=FIRST, number="M", person_id=visit.person_id, visit_id=visit.visit_id)
    with pytest.raises(QuoteUnusable):
        await provinces.claim(early)
    with pytest.raises(NotFound):  # By our own rules a guest is nobody.
        await provinces.act(settlement.quote, PROGRAMME, THIRD, here.person_id, here.visit_id, "")
