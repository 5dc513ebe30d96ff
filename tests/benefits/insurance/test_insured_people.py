"""Who is insured in what follows the register; accounts enter medical years; what was paid in and what counts is kept."""

from __future__ import annotations

import asyncio
import random
from datetime import date, datetime

import pytest
from stdnum.cn.ric import calc_check_digit
from tests.benefits.insurance.bills import PROGRAMME

from shebaoka.benefits.insurance import commands, views
from shebaoka.benefits.insurance.booking import bill_lines
from shebaoka.benefits.insurance.errors import (
    ContributionNotDue,
    ContributionPaid,
    ContributionTakenBack,
    NotInsured,
)
from shebaoka.benefits.insurance.insured import Followed, Life, Parts, Spell
from shebaoka.benefits.insurance.reckoning import reckon
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.problems import NotFound
from shebaoka.ledger import commands as ledger
from shebaoka.ledger import views as books
from shebaoka.ledger.errors import BalanceTooSmall
from shebaoka.ledger.model import Account, Balances, Entry, Kind, moves
from shebaoka.registry.people import commands as people
from shebaoka.registry.people import views as register
from shebaoka.registry.people.model import PersonRow
from shebaoka.registry.programme.commands import load_rules

HOSPITAL = 42
D = date.fromisoformat


def number(n: int, born: str) -> str:
    """Give an ID number that nobody can have: its province is 10."""
    body = f"100101{born.replace('-', '')}{n:03}"
    return body + calc_check_digit(f"{body}0")


def row(n: int, born: str = "1980-05-06", **more) -> PersonRow:
    given = {"insured": "employee", "insured_status": "active", "insured_since": D("2003-07-01")} | more
    return PersonRow(
        id_number=number(n, born), name="测试", mobile="", address="", sex="male", birth_date=D(born), hukou=True, **given
    )  # fmt: skip


class Town:
    def __init__(self, database, clock):
        self.database, self.clock = database, clock
        self.ids: dict[int, int] = {}

    def at(self, day: str) -> None:
        self.clock.at = datetime.combine(D(day), datetime.min.time(), SHANGHAI).replace(hour=9)

    async def act(self, command, *given, **more):
        async with self.database.work(SYSTEM) as work:
            return await command(work, *given, **more)

    async def enter(self, rows: dict[int, PersonRow]) -> None:
        await self.act(people.upsert_many, list(rows.values()))
        found = await self.act(register.find_many, [one.id_number for one in rows.values()])
        self.ids |= {n: found[one.id_number].person_id for n, one in rows.items()}

    async def follow(self) -> Followed:
        return await commands.follow_register(self.database)

    async def standing(self, n: int, on: str):
        return await self.act(views.insured, PROGRAMME, self.ids[n], D(on))

    async def held(self, n: int) -> Balances:
        return await self.act(books.balances, self.ids[n])

    async def adds_up(self) -> bool:
        return (await self.act(books.check)).good


@pytest.fixture
async def town(database, clock) -> Town:
    town = Town(database, clock)
    town.at("2019-01-02")
    await town.act(load_rules)
    return town


async def test_insurance_follows_the_register(town):
    retired = {"insured_status": "retired", "insured_since": None}
    resident = {"insured": "resident", "insured_status": "none", "insured_since": D("2018-01-01")}
    await town.enter({1: row(1), 2: row(2, "1950-01-01", **retired), 3: row(3, "2010-01-01", **resident),
                      4: row(4, insured="none", insured_status="none", insured_since=None)})  # fmt: skip
    assert await town.follow() == Followed(3, 0)
    assert await town.follow() == Followed(0, 0)
    assert await town.act(views.spells, town.ids[1]) == [Spell(D("2003-07-01"), "employee", "active")]
    assert await town.act(views.spells, town.ids[2]) == [Spell(D("2019-01-02"), "employee", "retired")]
    assert await town.act(views.spells, town.ids[3]) == [Spell(D("2018-01-01"), "resident", "none")]
    for n, on in ((4, "2019-01-02"), (1, "2003-06-30")):
        with pytest.raises(NotInsured):
            await town.standing(n, on)
    with pytest.raises(NotFound):
        await town.act(views.insured, PROGRAMME, 999, D("2019-01-02"))


async def test_a_retirement_shows_from_the_day_on_which_the_register_tells_it(town):
    await town.enter({1: row(1, "1959-03-01"), 2: row(2)})
    await town.follow()
    await town.act(commands.note_life, town.ids[2], Life(retired_on=D("2018-12-01")))
    town.at("2019-11-01")
    await town.enter({1: row(1, "1959-03-01", insured_status="retired"), 2: row(2, insured_status="retired")})
    assert await town.follow() == Followed(2, 2)
    before, after = [await town.standing(1, on) for on in ("2019-10-31", "2019-11-01")]
    assert (before.status, after.status) == ("active", "retired")
    assert (before.life.retired_on, after.since) == (D("2019-11-01"), D("2019-11-01"))
    # A day that was stated is not replaced by the one on which it showed.
    assert (await town.standing(2, "2019-11-01")).life.retired_on == D("2018-12-01")
    bill = Parts(in_scope_fen=100_000)
    deductibles = [
        reckon(PROGRAMME, one.case("outpatient", 3, bill)).terms.deductible_fen for one in (before, after)
    ]
    assert deductibles == [150_000, 70_000]


async def test_who_moves_between_schemes_has_a_spell_for_each(town):
    await town.enter({1: row(1)})
    await town.follow()
    town.at("2019-05-01")
    await town.enter({1: row(1, insured="none", insured_status="none", insured_since=None)})
    await town.follow()
    with pytest.raises(NotInsured):
        await town.standing(1, "2019-05-01")
    town.at("2019-09-10")
    await town.enter({1: row(1, insured="resident", insured_status="none", insured_since=D("2019-09-01"))})
    await town.follow()
    assert [(one.begins_on, one.scheme) for one in await town.act(views.spells, town.ids[1])] == [
        (D("2003-07-01"), "employee"), (D("2019-05-01"), "none"), (D("2019-09-01"), "resident"),
    ]  # fmt: skip
    assert (await town.standing(1, "2019-04-30")).scheme == "employee"
    assert (await town.standing(1, "2019-09-10")).year.first == D("2019-01-01")


async def test_the_register_is_followed_once_a_day(town):
    await town.enter({1: row(1)})
    assert await commands.follow_due(town.database) == Followed(1, 0)
    await town.enter({2: row(2)})
    assert await commands.follow_due(town.database) == Followed(0, 0)
    town.at("2019-01-03")
    assert await commands.follow_due(town.database) == Followed(1, 0)


async def test_a_medical_year_brings_the_credit_and_carries_the_rest_over(town):
    retired = {"insured_status": "retired", "insured_since": D("2012-03-01")}
    resident = {"insured": "resident", "insured_status": "none"}
    dead = {"died_on": D("2018-06-30")}
    await town.enter({1: row(1), 2: row(2, "1940-01-01", **retired), 3: row(3, **resident), 4: row(4, **dead),
                      5: row(5, insured_since=D("2018-07-02"))})  # fmt: skip
    await town.follow()
    opened = await commands.open_year_due(town.database)
    # Year 2018: 38 years → 280; 78 years, retired → 1,260; who was not insured by 1 July 2018 has nothing yet.
    assert (opened.year, opened.accounts, opened.credited_fen, opened.carried_fen) == (2018, 2, 154_000, 0)
    assert [await town.held(n) for n in (1, 2, 3, 4, 5)] == [
        Balances(28_000, 0), Balances(126_000, 0), Balances(), Balances(), Balances(),
    ]  # fmt: skip
    assert (await commands.open_year_due(town.database)).accounts == 0
    assert (await commands.open_year(town.database)).accounts == 0
    town.at("2019-07-01")
    opened = await commands.open_year_due(town.database)
    # Year 2019: 39 years → 420; retired → 1,890; the newcomer → 420; what was left goes over.
    assert (opened.year, opened.accounts, opened.credited_fen, opened.carried_fen) == (
        2019,
        3,
        273_000,
        154_000,
    )
    assert [await town.held(n) for n in (1, 2, 5)] == [
        Balances(42_000, 28_000), Balances(189_000, 126_000), Balances(42_000, 0),
    ]  # fmt: skip
    (newer, older) = await town.act(views.account_years, town.ids[1])
    assert (newer.year, newer.carried_fen, newer.credit_fen, newer.rule_id) == (
        2019,
        28_000,
        42_000,
        "active_from_35",
    )
    assert (older.year, older.carried_fen, older.credit_fen) == (2018, 0, 28_000)
    assert await town.adds_up()


async def test_a_bill_before_the_batch_opens_the_year_for_itself(town):
    await town.enter({1: row(1)})
    await town.follow()
    insured = await town.act(commands.lock_insured, PROGRAMME, town.ids[1], D("2019-01-02"))
    assert insured.state.current_account_fen == 28_000
    assert (await commands.open_year_due(town.database)).accounts == 0
    assert await town.held(1) == Balances(28_000, 0)


async def count(work, insured, bill, sign: int = 1) -> None:
    """Let a bill count, or no more, as `settlement` does."""
    deductible, pooled = bill.counted
    await work.run(
        "UPDATE medical_year_sum SET deductible_fen = deductible_fen + %(d)s, pooled_fen = pooled_fen + %(p)s"
        " WHERE person_id = %(n)s AND scheme = %(s)s AND year = %(y)s",
        {"d": sign * int(deductible), "p": sign * int(pooled), "n": insured.person_id, "s": insured.scheme,
         "y": insured.year.name},
    )  # fmt: skip


async def settle(town: Town, n: int, on: str, parts: Parts, reference: int, care: str = "outpatient"):
    async with town.database.work(SYSTEM) as work:
        insured = await commands.lock_insured(work, PROGRAMME, town.ids[n], D(on))
        bill = reckon(PROGRAMME, insured.case(care, 3, parts))
        lines = bill_lines(insured.scheme, bill, HOSPITAL)
        if lines:
            await ledger.post(work, Entry(
                person_id=town.ids[n], kind=Kind.SETTLEMENT, reference=reference, booked_on=D(on), lines=lines
            ))  # fmt: skip
        await count(work, insured, bill)
    return insured, bill


async def test_what_counts_in_a_year_adds_up_bill_by_bill_and_is_taken_away_again(town):
    await town.enter({1: row(1)})
    await town.follow()
    # 2018: credit 280. First bill 1,000: account 280, deductible 720.
    _, first = await settle(town, 1, "2019-01-02", Parts(in_scope_fen=100_000), 1)
    assert (int(first.current_account), int(first.deductible), int(first.shared)) == (28_000, 72_000, 0)
    # Second bill 1,000: 780 of the deductible are left, 220 shared at 50 %.
    insured, second = await settle(town, 1, "2019-01-03", Parts(in_scope_fen=100_000), 2)
    assert insured.state.deductible_used_fen == 72_000
    assert (int(second.deductible), int(second.supplementary)) == (78_000, 11_000)
    # A stay of 11,500: its own deductible, 10,000 count against the cap.
    _, stay = await settle(town, 1, "2019-01-04", Parts(in_scope_fen=1_150_000), 3, "inpatient")
    assert int(stay.pooled) == 850_000
    then = await town.standing(1, "2019-01-05")
    assert (then.state.deductible_used_fen, then.state.pooled_used_fen) == (150_000, 1_000_000)
    await town.act(count, insured, second, -1)
    again = await town.standing(1, "2019-01-05")
    assert (again.state.deductible_used_fen, again.state.pooled_used_fen) == (72_000, 1_000_000)
    # The next medical year begins with nothing.
    fresh = await town.standing(1, "2019-07-01")
    assert (fresh.year.name, fresh.state.deductible_used_fen, fresh.state.pooled_used_fen) == (2019, 0, 0)
    owed = await town.act(books.statement_of_institution, HOSPITAL, D("2019-01-01"), D("2019-12-31"))
    assert owed.closing_fen == 28_000 + 11_000 + 850_000
    assert await town.adds_up()


async def test_two_bills_at_once_take_turns(town):
    """Both want the whole account and deductible; whoever is second reckons with what the first has left."""
    await town.enter({1: row(1)})
    await town.follow()
    bills = await asyncio.gather(
        *(settle(town, 1, "2019-01-02", Parts(in_scope_fen=100_000), n) for n in (1, 2))
    )
    assert sorted(int(bill.current_account) for _, bill in bills) == [0, 28_000]
    assert sum(int(bill.deductible) for _, bill in bills) == 150_000
    then = await town.standing(1, "2019-01-03")
    assert (then.state.current_account_fen, then.state.deductible_used_fen) == (0, 150_000)
    assert await town.adds_up()


async def test_the_batch_and_a_bill_meet_at_the_beginning_of_a_year(town):
    await town.enter({n: row(n) for n in range(1, 9)})
    await town.follow()
    await commands.open_year_due(town.database)
    town.at("2019-07-01")
    await asyncio.gather(
        commands.open_year(town.database),
        *(settle(town, n, "2019-07-01", Parts(in_scope_fen=10_000), n) for n in (3, 5, 7)),
    )
    await commands.open_year(town.database)
    for n in range(1, 9):
        assert await town.held(n) == Balances(32_000 if n in (3, 5, 7) else 42_000, 28_000), n
    assert await town.adds_up()


async def test_somebody_whose_account_moves_while_it_is_carried_over_is_met_alone(town, monkeypatch):
    """The account was read, then spent, then carried over: the others are not held up, and nobody loses a fen."""
    await town.enter({n: row(n) for n in (1, 2, 3)})
    await town.follow()
    await commands.open_year_due(town.database)
    town.at("2019-07-01")
    lock_many, spent = ledger.lock_many, []

    async def spending(work, people):
        if not spent:
            spent.append(True)
            lines = moves((Account.PERSONAL_CURRENT, Account.INSTITUTION, 20_000), owner_id=HOSPITAL)
            await town.act(ledger.post, Entry(
                person_id=town.ids[2], kind=Kind.SETTLEMENT, reference=1, booked_on=D("2019-07-01"), lines=lines
            ))  # fmt: skip
        await lock_many(work, people)

    monkeypatch.setattr(ledger, "lock_many", spending)
    opened = await commands.open_year(town.database)
    assert (opened.accounts, opened.carried_fen) == (3, 28_000 + 8_000 + 28_000)
    assert await town.held(2) == Balances(42_000, 8_000)
    assert await town.adds_up()


async def test_contributions_are_by_the_rules_and_paid_once(town):
    pupil = {"insured": "resident", "insured_status": "none", "insured_since": D("2018-01-01")}
    await town.enter({1: row(1), 2: row(2, "1950-01-01", **pupil), 3: row(3, "2010-01-01", school_stage="primary", **pupil),
                      4: row(4, "1950-01-01", insured_status="retired")})  # fmt: skip
    await town.follow()

    async def pay(n: int, period: str, *fen: int):
        return await town.act(commands.contribute, PROGRAMME, town.ids[n], D(period), *fen)

    # 2 % of 8,000 = 160 to the account, which enters the year first and is credited with 280; the employer's 760 to the pooled fund.
    month = await pay(1, "2019-01-01", 800_000, 76_000)
    assert (month.own_fen, await town.held(1)) == (16_000, Balances(44_000, 0))
    # Half a fen goes up: 2 % of 25 fen.
    assert (await pay(1, "2019-02-01", 25)).own_fen == 1
    assert [(await pay(n, "2019-01-01")).own_fen for n in (2, 3)] == [55_500, 13_000]
    sums = {
        one.account: one.balance_fen
        for one in (await town.act(books.trial_balance, D("2019-12-31"))).accounts
    }
    assert sums == {
        "bank": -160_501,
        "personal_current": 44_001,
        "pooled_fund": 48_000,
        "resident_fund": 68_500,
    }
    for n, period, refusal in ((1, "2019-01-01", ContributionPaid), (2, "2019-01-01", ContributionPaid),
                               (2, "2019-02-01", ContributionNotDue), (4, "2019-01-01", ContributionNotDue),
                               (1, "2019-03-02", ContributionNotDue), (1, "2003-06-01", NotInsured)):  # fmt: skip
        with pytest.raises(refusal):
            await pay(n, period, 800_000)
    await town.act(commands.take_back, town.ids[1], month.contribution_id)
    with pytest.raises(ContributionTakenBack):
        await town.act(commands.take_back, town.ids[1], month.contribution_id)
    with pytest.raises(NotFound):
        await town.act(commands.take_back, town.ids[2], month.contribution_id)
    assert await town.held(1) == Balances(28_001, 0)
    anew = await pay(1, "2019-01-01", 900_000)
    told = await town.act(views.contributions, town.ids[1])
    assert [one.own_fen for one in told if one.taken_back_by is None] == [1, anew.own_fen]
    assert await town.adds_up()


async def test_a_contribution_that_was_spent_is_not_taken_back(town):
    await town.enter({1: row(1, insured_since=D("2019-01-01"))})
    await town.follow()
    paid = await town.act(commands.contribute, PROGRAMME, town.ids[1], D("2019-01-01"), 800_000)
    await settle(town, 1, "2019-01-02", Parts(in_scope_fen=1), 1)
    with pytest.raises(BalanceTooSmall):
        await town.act(commands.take_back, town.ids[1], paid.contribution_id)
    (told,) = await town.act(views.contributions, town.ids[1])
    assert told.taken_back_by is None


async def test_what_stands_in_the_books_is_what_the_quotes_say(town):
    """Bills of all kinds, drawn from a seed: funds and accounts of the ledger hold what the reckonings sum to."""
    chance = random.Random(7)
    resident = {"insured": "resident", "insured_status": "none", "insured_since": D("2018-01-01")}
    await town.enter(
        {1: row(1), 2: row(2, "1940-01-01", insured_status="retired"), 3: row(3, "2012-01-01", **resident)}
    )
    await town.follow()
    await commands.open_year_due(town.database)
    sums = dict.fromkeys(("pooled", "supplementary", "current_account", "historic_account"), 0)
    for reference in range(30):
        parts = Parts(in_scope_fen=chance.choice([0, 99, 40_000, 900_000]), prepay_fen=chance.randrange(500))
        care = chance.choice(["outpatient", "inpatient"])
        _, bill = await settle(town, chance.choice([1, 2, 3]), "2019-02-03", parts, reference, care)
        for name in sums:
            sums[name] += int(getattr(bill, name))
    books_say = {
        one.account: one.balance_fen
        for one in (await town.act(books.trial_balance, D("2019-12-31"))).accounts
    }
    assert books_say["institution"] == sum(sums.values())
    assert -books_say["pooled_fund"] - books_say.get("resident_fund", 0) == sums["pooled"] + 28_000 + 126_000
    assert -books_say["supplementary_fund"] == sums["supplementary"]
    assert await town.adds_up()
