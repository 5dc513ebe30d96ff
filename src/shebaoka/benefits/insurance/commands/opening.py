"""A medical year begins: what is left of the current-year account goes over to the historic one, and the year's credit comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from shebaoka.benefits.insurance.booking import fund
from shebaoka.benefits.insurance.insured import YearsOpened
from shebaoka.benefits.insurance.store import SQL
from shebaoka.benefits.insurance.years import MedicalYear, medical_year
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.database import Database
from shebaoka.kit.work import Row, Work
from shebaoka.ledger import commands as ledger
from shebaoka.ledger.errors import BalanceTooSmall
from shebaoka.ledger.model import Account, Entry, Kind, moves
from shebaoka.registry.programme.asking import age_on
from shebaoka.registry.programme.benefit_sets import DecidesAccountCredit
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import load

PEOPLE_AT_ONCE: Final = 2_000
SCHEME: Final = "employee"
"""The scheme that has personal accounts; its medical year is theirs."""


async def open_year_due(database: Database, progress: Callable[[int], None] = lambda _: None) -> YearsOpened:
    """Open the present medical year for everybody, once; this function will do nothing where that was done."""
    async with database.work(SYSTEM) as work:
        year = medical_year(await load(work), SCHEME, work.present_day)
        done = await work.value(SQL["step_done"], {"step": _step(year)})
    return YearsOpened(year.name, 0, 0, 0) if done else await open_year(database, progress)


async def open_year(database: Database, progress: Callable[[int], None] = lambda _: None) -> YearsOpened:
    """Open the present medical year for whoever was insured by its first day and has not entered it.

    Killed and run again this function will go on where it was: the year's row, its entries in the ledger and nothing else
    are one transaction. Somebody whose account moves meanwhile is met alone.
    """
    accounts = carried = credited = after = 0
    while True:
        async with database.work(SYSTEM) as work:
            programme = await load(work)
            year = medical_year(programme, SCHEME, work.present_day)
            due = await _due(work, year, after)
            if not due:
                await work.run(SQL["note_step"], {"step": _step(year), "now": work.now})
                return YearsOpened(year.name, accounts, carried, credited)
        for opened in await _open_many(database, programme, year, due):
            accounts += 1
            carried, credited = carried + opened[0], credited + opened[1]
        after = due[-1][0]
        progress(len(due))


async def open_account(work: Work, programme: Programme, person_id: int, on: date) -> None:
    """Let somebody's account enter the medical year of a day, where it has not; the balances are locked from now on."""
    await ledger.lock_balances(work, person_id)
    year = medical_year(programme, SCHEME, on)
    await _enter(work, programme, year, await _due(work, year, person_id - 1, person_id))


async def _due(work: Work, year: MedicalYear, after: int, person_id: int | None = None) -> list[Row]:
    return await work.rows(SQL["accounts_to_open"], {
        "year": year.name, "first": year.first, "after": after, "person_id": person_id, "people_max": PEOPLE_AT_ONCE,
    })  # fmt: skip


async def _open_many(
    database: Database, programme: Programme, year: MedicalYear, due: Sequence[Row]
) -> list[tuple[int, int]]:
    try:
        async with database.work(SYSTEM) as work:
            # Accounts first, as whoever settles a bill has them: the other way round two wait for each other.
            await ledger.lock_many(work, [person_id for person_id, *_ in due])
            return await _enter(work, programme, year, due)
    except BalanceTooSmall:  # Somebody was at the doctor's meanwhile.
        opened = []
        for person_id, *_ in due:
            async with database.work(SYSTEM) as work:
                await ledger.lock_balances(work, person_id)
                opened += await _enter(
                    work, programme, year, await _due(work, year, person_id - 1, person_id)
                )
        return opened


async def _enter(
    work: Work, programme: Programme, year: MedicalYear, due: Sequence[Row]
) -> list[tuple[int, int]]:
    """Enter accounts; give what was carried over and credited for each that entered now."""
    found = {}
    for person_id, scheme, status, birth_date, current_fen in due:
        facts = {"scheme": scheme, "status": status, "age": age_on(birth_date, year.first)}
        credit, rule_id = _credit(programme, facts, year.first) if scheme == SCHEME else (0, None)
        if current_fen or rule_id:
            found[person_id] = (current_fen, credit, rule_id)
    if not found:
        return []
    entered = {row[0] for row in await work.rows(SQL["enter_years"], {
        "year": year.name, "now": work.now, "people": list(found), "carried": [one[0] for one in found.values()],
        "credits": [one[1] for one in found.values()], "rule_ids": [one[2] for one in found.values()],
    })}  # fmt: skip
    opened = {person: one for person, one in found.items() if person in entered}
    await ledger.post_many(
        work, _entries(year, {person: one[0] for person, one in opened.items()}, Kind.YEAR_END)
    )
    await ledger.post_many(
        work, _entries(year, {person: one[1] for person, one in opened.items()}, Kind.CREDIT)
    )
    return [(carried, credit) for carried, credit, _ in opened.values()]


def _credit(programme: Programme, facts: dict[str, object], on: date) -> tuple[int, str]:
    rule = programme.rule("account_credit", facts, on)
    assert isinstance(rule.decides, DecidesAccountCredit)
    return rule.decides.credit_fen, rule.rule_id


def _entries(year: MedicalYear, amounts: dict[int, int], kind: Kind) -> list[Entry]:
    current = Account.PERSONAL_CURRENT
    debited, credited = (
        (current, Account.PERSONAL_HISTORIC) if kind is Kind.YEAR_END else (fund(SCHEME, "pooled"), current)
    )
    return [
        Entry(person_id=person, kind=kind, reference=year.name, booked_on=year.first, lines=moves((debited, credited, fen)))
        for person, fen in amounts.items() if fen
    ]  # fmt: skip


def _step(year: MedicalYear) -> str:
    return f"year {year.name}"
