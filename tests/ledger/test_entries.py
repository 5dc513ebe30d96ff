"""Entries are booked once, balance, and are taken back once; by hand nothing else is possible either."""

from __future__ import annotations

import asyncio
from datetime import date

import psycopg
import pytest

from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.money import Fen
from shebaoka.kit.problems import NotFound
from shebaoka.ledger import commands, views
from shebaoka.ledger.errors import BalanceTooSmall, EntryBooked, EntryReversed
from shebaoka.ledger.model import Account, Balances, Entry, Kind, Line, moves

BANK, CURRENT, HISTORIC = Account.BANK, Account.PERSONAL_CURRENT, Account.PERSONAL_HISTORIC
POOLED, OWED, ABROAD = Account.POOLED_FUND, Account.INSTITUTION, Account.CROSS_PROVINCE
DAY = date(2019, 10, 8)
PERSON, HOSPITAL = 7, 42


def credit(reference: int = 2019, fen: int = 21_000, person: int = PERSON, day: date = DAY) -> Entry:
    return Entry(
        person_id=person,
        kind=Kind.CREDIT,
        reference=reference,
        booked_on=day,
        lines=moves((POOLED, CURRENT, fen)),
    )


def bill(reference: int, current: int, pooled: int, person: int = PERSON, day: date = DAY) -> Entry:
    lines = moves((CURRENT, OWED, current), (POOLED, OWED, pooled), owner_id=HOSPITAL)
    return Entry(person_id=person, kind=Kind.SETTLEMENT, reference=reference, booked_on=day, lines=lines)


async def post(database, *entries: Entry):
    async with database.work(SYSTEM) as work:
        return await commands.post_many(work, entries)


async def ask(database, view, *given):
    async with database.work(SYSTEM) as work:
        return await view(work, *given)


async def good(database) -> bool:
    return (await ask(database, views.check)).good


def test_money_moves_from_the_debited_to_the_credited():
    assert moves((POOLED, OWED, 300), (CURRENT, OWED, 200), (BANK, POOLED, 0), owner_id=HOSPITAL) == (
        Line(POOLED, Fen(300)), Line(OWED, Fen(-500), HOSPITAL), Line(CURRENT, Fen(200)),
    )  # fmt: skip
    for wrong in (
        lambda: Entry(person_id=1, kind=Kind.CREDIT, reference=1, booked_on=DAY, lines=(Line(POOLED, Fen(1)),)),
        lambda: Entry(person_id=1, kind=Kind.CREDIT, reference=1, booked_on=DAY,
                      lines=(Line(POOLED, Fen(1)), Line(CURRENT, Fen(-2)))),
        lambda: credit(person=0),
        lambda: moves((POOLED, CURRENT, -1)),
        lambda: Line(POOLED, Fen(0)),
        lambda: Line(OWED, Fen(1)),
        lambda: Line(POOLED, Fen(1), HOSPITAL),
    ):  # fmt: skip
        with pytest.raises(AssertionError):
            wrong()


async def test_a_year_s_credit_pays_a_bill_and_is_told_line_by_line(database):
    await post(database, credit())
    settled, second = await post(database, bill(1, 5_000, 20_000), bill(2, 6_000, 0, day=date(2019, 11, 1)))
    assert await ask(database, views.balances, PERSON) == Balances(10_000, 0)
    mine = await ask(database, views.statement_of_person, PERSON, DAY, DAY)
    assert [(line.kind, line.credit_fen, line.debit_fen, line.balance_fen) for line in mine.lines] == [
        ("credit", 21_000, 0, 21_000), ("settlement", 0, 5_000, 16_000),
    ]  # fmt: skip
    later = await ask(database, views.statement_of_person, PERSON, date(2019, 10, 9), date(2020, 6, 30))
    assert (later.opening_fen, later.closing_fen) == (16_000, 10_000)
    theirs = await ask(database, views.statement_of_institution, HOSPITAL, DAY, date(2019, 12, 31))
    assert (theirs.opening_fen, theirs.closing_fen) == (0, 31_000)
    assert [line.entry_id for line in theirs.lines] == [settled, second]
    nobodys = await ask(database, views.statement_of_institution, 0, DAY, date(2019, 12, 31))
    assert nobodys.lines == []
    until = await ask(database, views.trial_balance, DAY)
    assert {one.account: one.balance_fen for one in until.accounts} == {
        "institution": 25_000, "personal_current": 16_000, "pooled_fund": -41_000,
    }  # fmt: skip
    assert until.debit_fen == until.credit_fen == 46_000
    assert await ask(database, views.entry_of, PERSON, Kind.SETTLEMENT, 2) == second
    assert await good(database)


async def test_what_an_account_does_not_hold_is_not_taken(database):
    await post(database, credit(fen=5_000))
    with pytest.raises(BalanceTooSmall):
        await post(database, bill(1, 5_001, 1))
    with pytest.raises(BalanceTooSmall):
        await post(database, bill(2, 1, 1, person=8))
    assert await ask(database, views.balances, PERSON) == Balances(5_000, 0)
    assert await ask(database, views.balances_of, {PERSON, 8}) == {PERSON: Balances(5_000, 0), 8: Balances()}
    assert (await ask(database, views.check)).entries == 1


async def test_the_same_thing_is_booked_once(database):
    await post(database, credit())
    with pytest.raises(EntryBooked):
        await post(database, credit())
    # Another year, and another person's same year, are other things.
    await post(database, credit(2020), credit(person=8))
    assert await good(database)


async def test_an_entry_is_taken_back_once_by_its_mirror(database):
    _, settled = await post(database, credit(), bill(1, 5_000, 20_000))
    async with database.work(SYSTEM) as work:
        taken_back = await commands.reverse(work, PERSON, settled, 1, date(2019, 10, 9))
    mirror = await ask(database, views.entry, PERSON, taken_back)
    assert mirror.reverses == settled
    assert mirror.kind == "reversal"
    assert [(line.account, int(line.amount), line.owner_id) for line in mirror.lines] == [
        ("personal_current", -5_000, 0), ("institution", 25_000, HOSPITAL), ("pooled_fund", -20_000, 0),
    ]  # fmt: skip
    assert await ask(database, views.balances, PERSON) == Balances(21_000, 0)
    assert await ask(database, views.reversal_of, PERSON, settled) == taken_back
    for again in (settled, taken_back):
        with pytest.raises(EntryReversed):
            await ask(database, commands.reverse, PERSON, again, 9, DAY)
    with pytest.raises(NotFound):
        await ask(database, commands.reverse, PERSON, 1, 9, DAY)
    with pytest.raises(NotFound):
        await ask(database, commands.reverse, 8, settled, 9, DAY)
    assert await good(database)


async def test_a_credit_that_was_spent_is_not_taken_back(database):
    credited, _ = await post(database, credit(fen=5_000), bill(1, 1, 0))
    with pytest.raises(BalanceTooSmall):
        await ask(database, commands.reverse, PERSON, credited, 1, DAY)


async def test_who_locked_the_balance_has_it_to_the_end(database):
    """Two bills at once: each locks, looks and takes what is there; nobody is refused, nothing is taken twice."""
    await post(database, credit(fen=9_000))
    together = asyncio.Barrier(2)

    async def settle(reference: int) -> int:
        async with database.work(SYSTEM) as work:
            await together.wait()
            held = await commands.lock_balances(work, PERSON)
            taken = min(held.current_fen, 6_000)
            await commands.post(work, bill(reference, taken, 6_000))
            return taken

    taken = await asyncio.gather(settle(1), settle(2))
    assert sorted(taken) == [3_000, 6_000]
    assert await ask(database, views.balances, PERSON) == Balances()
    assert await good(database)


async def test_of_two_reversals_at_once_one_is_done(database):
    _, settled = await post(database, credit(), bill(1, 5_000, 20_000))
    together = asyncio.Barrier(2)

    async def take_back(reference: int) -> int:
        async with database.work(SYSTEM) as work:
            await together.wait()
            return await commands.reverse(work, PERSON, settled, reference, DAY)

    answers = await asyncio.gather(take_back(1), take_back(2), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["EntryReversed", "int"]
    assert await good(database)


LINE = (
    "INSERT INTO posting (person_id, entry_id, line_no, lines, kind, reference, reverses, booked_on, posted_at, account,"
    " owner_id, amount_fen) VALUES "
)
WHOLE = "(7, 1, 1, 2, 'credit', 1, NULL, '2019-10-08', now(), 'pooled_fund', 0, 5),"
BY_HAND = {
    "unbalanced": WHOLE + "(7, 1, 2, 2, 'credit', 1, NULL, '2019-10-08', now(), 'bank', 0, -4)",
    "half of it": "(7, 1, 1, 2, 'credit', 1, NULL, '2019-10-08', now(), 'pooled_fund', 0, 5)",
    "one more line": "(7, 9, 3, 2, 'credit', 2019, NULL, '2019-10-08', now(), 'bank', 0, 1),"
    "(7, 9, 4, 2, 'credit', 2019, NULL, '2019-10-08', now(), 'bank', 0, -1)",
    "of two things": WHOLE + "(7, 1, 2, 2, 'credit', 2, NULL, '2019-10-08', now(), 'bank', 0, -5)",
    "on two days": WHOLE + "(7, 1, 2, 2, 'credit', 1, NULL, '2019-10-09', now(), 'bank', 0, -5)",
    "half a reversal": "(7, 1, 1, 2, 'reversal', 1, 9, '2019-10-08', now(), 'pooled_fund', 0, 5),"
    "(7, 1, 2, 2, 'reversal', 1, 8, '2019-10-08', now(), 'bank', 0, -5)",
    "nothing": WHOLE + "(7, 1, 2, 2, 'credit', 1, NULL, '2019-10-08', now(), 'bank', 0, -5),"
    "(7, 2, 1, 2, 'credit', 3, NULL, '2019-10-08', now(), 'bank', 0, 0)",
    "an account that there is not": WHOLE
    + "(7, 1, 2, 2, 'credit', 1, NULL, '2019-10-08', now(), 'purse', 0, -5)",
    "no institution": WHOLE + "(7, 1, 2, 2, 'credit', 1, NULL, '2019-10-08', now(), 'institution', 0, -5)",
    "a fund's institution": WHOLE + "(7, 1, 2, 2, 'credit', 1, NULL, '2019-10-08', now(), 'bank', 42, -5)",
    "nobody's personal account": WHOLE.replace("(7", "(0")
    + "(0, 1, 2, 2, 'credit', 1, NULL, '2019-10-08', now(), 'personal_current', 0, -5)",
    "twice": WHOLE.replace("'credit', 1", "'credit', 2019")
    + "(7, 1, 2, 2, 'credit', 2019, NULL, '2019-10-08', now(), 'bank', 0, -5)",
    "a reversal of nothing": WHOLE.replace("credit", "reversal")
    + "(7, 1, 2, 2, 'reversal', 1, NULL, '2019-10-08', now(), 'bank', 0, -5)",
}
REFUSED = {
    "an amount changed": "UPDATE posting SET amount_fen = amount_fen + 1",
    "a day changed": "UPDATE posting SET booked_on = '2019-01-01'",
    "a line taken out": "DELETE FROM posting",
    "a balance below nothing": "UPDATE personal_balance SET balance_fen = -1",
    **{name: LINE + rows for name, rows in BY_HAND.items()},
}


@pytest.fixture(scope="module")
def by_hand(server):
    """A ledger with one entry, and whoever may write SQL."""
    server.create_database("ledger_by_hand", template="template_shebaoka")
    with psycopg.connect(server.url("ledger_by_hand")) as connection:
        connection.execute(
            LINE + "(7, 9, 1, 2, 'credit', 2019, NULL, '2019-10-08', now(), 'pooled_fund', 0, 5),"
            "(7, 9, 2, 2, 'credit', 2019, NULL, '2019-10-08', now(), 'personal_current', 0, -5)"
        )
        connection.execute("INSERT INTO personal_balance VALUES (7, 'personal_current', 5)")
        connection.commit()
        yield connection
    server.drop_database("ledger_by_hand")


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_sql_by_hand_is_refused(by_hand, statement):
    with pytest.raises((psycopg.errors.IntegrityError, psycopg.errors.InsufficientPrivilege)):
        by_hand.execute(statement)
    by_hand.rollback()


def test_sql_by_hand_that_is_right_is_not_refused(by_hand):
    by_hand.execute(LINE + WHOLE + "(7, 1, 2, 2, 'credit', 1, NULL, '2019-10-08', now(), 'bank', 0, -5)")
    by_hand.rollback()


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        ("UPDATE personal_balance SET balance_fen = 6", (1, 0, 0, 1)),
        ("DELETE FROM personal_balance", (1, 0, 0, 1)),
        (LINE + "(7, 1, 1, 2, 'reversal', 1, 9, '2019-10-08', now(), 'bank', 0, -5),"
         "(7, 1, 2, 2, 'reversal', 1, 9, '2019-10-08', now(), 'resident_fund', 0, 5)", (2, 0, 1, 0)),
        (LINE + "(7, 1, 1, 2, 'reversal', 1, 8, '2019-10-08', now(), 'bank', 0, -5),"
         "(7, 1, 2, 2, 'reversal', 1, 8, '2019-10-08', now(), 'resident_fund', 0, 5)", (2, 0, 1, 0)),
    ],
    ids=["balance", "no balance", "unlike", "of nothing"],
)  # fmt: skip
async def test_what_no_constraint_can_hold_the_check_finds(database, spoil, found):
    async with database.work(SYSTEM) as work:
        await work.run(
            LINE + "(7, 9, 1, 2, 'credit', 2019, NULL, '2019-10-08', now(), 'pooled_fund', 0, 5),"
            "(7, 9, 2, 2, 'credit', 2019, NULL, '2019-10-08', now(), 'personal_current', 0, -5)"
        )
        await work.run("INSERT INTO personal_balance VALUES (7, 'personal_current', 5)")
        await work.run(spoil)
        check = await views.check(work)
    assert (check.entries, check.unbalanced, check.reversals_unlike, check.balances_unlike) == found
    assert not check.good


async def test_ten_thousand_entries_are_one_statement(database):
    entries = [credit(person=person) for person in range(1, 10_001)]
    async with database.work(SYSTEM) as work:
        numbers = await commands.post_many(work, entries)
    assert len(set(numbers)) == 10_000
    assert await ask(database, views.check) == type(await ask(database, views.check))(10_000, 0, 0, 0)
