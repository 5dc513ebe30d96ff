"""Benefits are paid through the banks, each exactly once; what is rejected or comes back is worked off."""

from __future__ import annotations

from datetime import date

import pytest
from stdnum import luhn
from tests.benefits.payouts.payout_town import APPROVES, BANKS, DRAWS, PAYERS, id_number, line, together
from tests.issuing.town import person

from shebaoka.benefits.payouts import commands, views
from shebaoka.benefits.payouts.errors import NothingToPay, PayoutListRefused, SecondOfficerForPayout
from shebaoka.benefits.payouts.model import Check, PaidOut
from shebaoka.kit.problems import TransitionRefused
from shebaoka.ledger import views as books
from shebaoka.registry.people.commands import upsert_many


async def test_a_pension_reaches_the_card(town):
    card = await town.card(0)
    await town.mirror()
    taken = await town.owe(line(0), line(0, "12.34", more="b"))
    assert (taken.lines, taken.taken, taken.repeated, taken.faults) == (2, 2, 0, [])
    drawn = await town.draw()
    assert (drawn.run.payments, drawn.run.total_fen, drawn.left, drawn.more) == (2, 301_234, {}, False)
    assert (await town.pay()).files_written == 0  # nothing leaves before a second officer
    with pytest.raises(SecondOfficerForPayout):
        await town.approve(drawn.run, actor=DRAWS)
    run = await town.approve(drawn.run)
    assert (run.status, run.drawn_by, run.closed_by) == ("approved", DRAWS.name, APPROVES.name)
    done = await town.pay()
    assert (done.files_sent, done.accepted, done.booked, done.banks_down) == (1, 2, 2, None)
    assert town.banking.money("BOSC", town.accounts[card]) == 301_234
    assert town.banking.money("BOSC", PAYERS["BOSC"]) == 10**9 - 301_234
    assert await town.statuses(0) == [("paid", ["booked"]), ("paid", ["booked"])]
    assert await town.pay() == PaidOut(differences=0)
    await town.adds_up()
    for again in (town.approve, town.cancel):
        with pytest.raises(TransitionRefused):
            await again(run)


async def test_each_benefit_comes_out_of_its_own_fund(town):
    await town.card(0)
    await town.mirror()
    amounts = {"pension": 100, "unemployment": 200, "work_injury": 300, "medical": 400}
    await town.owe(*(line(0, f"{fen / 100:.2f}", benefit=benefit) for benefit, fen in amounts.items()))
    for benefit in amounts:
        await town.run(benefit)
    assert (await town.pay()).booked == 4
    sums = {one.account: one.balance_fen for one in (await town.act(books.trial_balance, date.max)).accounts}
    assert sums == {
        "pension_fund": -100, "unemployment_fund": -200, "injury_fund": -300, "pooled_fund": -400, "bank": 1_000,
        "benefits_owed": 0,
    }  # fmt: skip


async def test_the_old_account_keeps_receiving_until_the_new_one_is_active(town):
    old = f"900000000000000001{luhn.calc_check_digit('900000000000000001')}"
    with town.banking.banks.transaction():
        town.banking.banks.books.open("ICBC", old, "虚甲", "plain", status="active")
    assert (await town.on_file(0, old)).taken == 1
    card = await town.card(0, active=False)
    for month in ("2018-11", "2018-12"):
        await town.mirror()
        await town.owe(line(0, "10.00", period=month))
        await town.run()
        await town.pay()
        town.banking.move("BOSC", f"account-{card}", "activate") if month == "2018-11" else None
    assert town.banking.money("ICBC", old) == 1_000
    assert town.banking.money("BOSC", town.accounts[card]) == 1_000
    rules = [paid[0].rule_id for _, paid in await town.items(0)]
    assert rules == ["card_active", "old_one_keeps_receiving"]
    # The bank was changed: until the new card's account is active the one before goes on.
    other = await town.card(0, "ICBC", active=False)
    await town.owe(line(0, "5.00"))
    await town.run()
    await town.pay()
    assert town.banking.money("BOSC", town.accounts[card]) == 1_500
    town.banking.move("ICBC", f"account-{other}", "activate")
    await town.mirror()
    await town.owe(line(0, "7.00", more="b"))
    await town.run()
    await town.pay()
    assert town.banking.money("ICBC", town.accounts[other]) == 700
    await town.adds_up()


async def test_what_cannot_be_paid_yet_stays_due_and_says_why(town):
    await town.card(0, active=False)
    dead = await town.card(2)
    assert dead
    await town.mirror()
    await town.owe(line(0), line(1), line(2))
    await town.act(upsert_many, [person(2, died_on=town.clock.at.date())])
    with pytest.raises(NothingToPay) as refused:
        await town.draw()
    assert refused.value.detail == "holder_dead: 1, no_account: 1, not_active: 1"
    assert [await town.statuses(n) for n in range(3)] == [[("due", [])]] * 3
    await town.card(1)
    await town.mirror()
    drawn = await town.draw()
    assert (drawn.run.payments, drawn.left) == (1, {"not_active": 1, "holder_dead": 1})


async def test_a_returned_payment_goes_to_the_new_account_once(town):
    first = await town.card(0)
    await town.mirror()
    await town.owe(line(0))
    town.banking.switch("bank:BOSC", returned=1.0)
    await town.run()
    assert (await town.pay()).returned == 1
    [(item, paid)] = await town.items(0)
    assert (item.status, paid[0].status, paid[0].code) == ("failed", "returned", "AC04")
    assert town.banking.money("BOSC", town.accounts[first]) == 0
    [(listed, last)] = await town.act(views.failed)
    assert (listed.item_id, last.payment_id) == (item.item_id, paid[0].payment_id)
    town.banking.switch("bank:BOSC")
    repaid = await together(*(
        town.act(commands.repay, item.person_id, item.item_id, "账户已换", actor=DRAWS) for _ in range(3)
    ))  # fmt: skip
    assert sum(not isinstance(one, Exception) for one in repaid) == 1
    # The same account is not tried again: it failed.
    with pytest.raises(NothingToPay, match="account_failed"):
        await town.draw()
    second = await town.card(0, "ICBC")
    await town.mirror()
    await town.run()
    assert (await town.pay()).booked == 1
    assert town.banking.money("ICBC", town.accounts[second]) == 300_000
    assert await town.statuses(0) == [("paid", ["returned", "booked"])]
    await town.adds_up()


@pytest.mark.parametrize(("what", "code"), [("freeze", "AC06"), ("close", "AC04"), ("rename", "BE01")])
async def test_what_a_bank_rejects_is_worked_off(town, what, code):
    card = await town.card(0)
    await town.mirror()
    await town.owe(line(0))
    drawn = await town.draw()
    # Between drawing and paying the account changes; nobody has told us yet.
    if what == "rename":
        town.banking.banks.books.rename("BOSC", f"account-{card}", "别人")
    else:
        town.banking.move("BOSC", f"account-{card}", what)
    await town.approve(drawn.run)
    done = await town.pay()
    assert (done.rejected, done.booked) == (1, 0)
    [(item, paid)] = await town.items(0)
    assert (item.status, paid[0].status, paid[0].code) == ("failed", "rejected", code)
    check = await town.act(views.check)
    assert check == Check(owed_fen=300_000, unpaid_fen=300_000, booked_fen=0, payments_fen=0, paid_twice=0)
    if what == "close":
        await town.act(commands.stop, item.person_id, item.item_id, "重复申报", actor=DRAWS)
        assert (await town.act(views.check)).owed_fen == 0
        with pytest.raises(TransitionRefused):
            await town.act(commands.repay, item.person_id, item.item_id, "再发", actor=DRAWS)
    else:
        town.banking.banks.books.rename("BOSC", f"account-{card}", "虚甲")
        if what == "freeze":
            town.banking.move("BOSC", f"account-{card}", "thaw")
        await town.mirror()
        await town.act(
            commands.repay, item.person_id, item.item_id, "已更正", same_account=what == "rename", actor=DRAWS
        )
        await town.run()
        assert (await town.pay()).booked == 1
    await town.adds_up()


async def test_a_cancelled_run_leaves_everything_due(town):
    await town.card(0)
    await town.mirror()
    await town.owe(line(0))
    drawn = await town.draw()
    await town.cancel(drawn.run)
    assert await town.statuses(0) == [("due", ["cancelled"])]
    await town.run()
    await town.pay()
    assert await town.statuses(0) == [("paid", ["cancelled", "booked"])]
    await town.adds_up()


async def test_a_file_without_funds_is_rejected_whole_and_paid_once_there_are(town):
    card = await town.card(0)
    await town.mirror()
    await town.owe(line(0, "10000000.01"))
    await town.run()
    assert (await town.pay()).rejected == 1
    [(item, paid)] = await town.items(0)
    assert paid[0].code == "AM04"
    await town.fund("BOSC", 10**9)
    await town.act(commands.repay, item.person_id, item.item_id, "已拨款", actor=DRAWS)
    await town.run()
    await town.pay()
    assert town.banking.money("BOSC", town.accounts[card]) == 10**9 + 1
    await town.adds_up()


async def test_lists_lose_nothing_and_take_nothing_twice(town):
    good, wrong = line(0), [
        line(1).replace("3000.00", "3000.001"), line(1).replace("2019-01,", "2019-13,"), line(1).replace("pension,", "gold,", 1),
        line(1).replace(id_number(1), id_number(1)[:-1]), line(1).replace("虚乙", "虚丙"), line(999),
        line(1, benefit="medical").replace(",employee", ","),
    ]  # fmt: skip
    taken = await town.owe(good, *wrong, good, line(0, "1.00"))
    assert (taken.lines, taken.taken, taken.repeated) == (10, 1, 1)
    assert [(one.line, one.column) for one in taken.faults] == [
        (3, "amount"), (4, "period"), (5, "benefit"), (6, "id_number"), (7, "name"), (8, "id_number"), (9, "scheme"), (11, "amount"),
    ]  # fmt: skip
    again = await town.owe(good, line(0, "2.00"))
    assert (again.taken, again.repeated, [one.line for one in again.faults]) == (0, 1, [3])
    for content in (b"", b"\xff", b"a,b\n1,2\n", b"[1]", b"{}", b'[{"benefit": 1}]', b"\x00"):
        with pytest.raises(PayoutListRefused):
            await town.act(commands.take_items, "x", content)
    assert len(await town.act(views.lists)) == 2


async def test_a_bank_without_an_account_of_ours_holds_up_its_own_payments_only(town):
    async with town.database.work(DRAWS) as work:
        await work.run("DELETE FROM payout_payer WHERE bank_id = %(b)s", {"b": town.bank_ids["ICBC"]})
    await town.card(0)
    await town.card(1, "ICBC")
    await town.mirror()
    await town.owe(line(0), line(1))
    await town.run()
    done = await town.pay()
    assert (done.booked, list(done.banks_down)) == (1, ["ICBC"])
    await town.act(commands.note_payer, "ICBC", PAYERS["ICBC"], "中心", actor=DRAWS)
    assert (await town.pay()).booked == 1
    assert set(BANKS) == {"BOSC", "ICBC"}
    await town.adds_up()
