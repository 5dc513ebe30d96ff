"""Everything that reads about insurance: who is insured in what on a day, and where they stand."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Final

from shebaoka.benefits.insurance.catalogue import Listed
from shebaoka.benefits.insurance.errors import NotInsured
from shebaoka.benefits.insurance.insured import AccountYear, Contribution, Insured, Life, Spell
from shebaoka.benefits.insurance.model import InsuredState
from shebaoka.benefits.insurance.outlook import YearStanding, limits
from shebaoka.benefits.insurance.store import SQL
from shebaoka.benefits.insurance.years import MedicalYear, medical_year
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.ledger import views as ledger
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.model import Scheme
from shebaoka.registry.programme.programme import Programme

CONTRIBUTIONS_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who is insured on a day."""

    person_id: int
    scheme: Scheme
    spell: Spell
    birth_date: date
    pupil: bool


async def who(work: Work, person_id: int, on: date) -> Who:
    """Give how somebody is insured on a day. Raises NotFound for nobody of the register, NotInsured."""
    person = (await people.by_ids(work, [person_id])).get(person_id)
    if person is None:
        raise NotFound(f"人员 person {person_id}")
    spell = await work.row(SQL["spell_on"], {"person_id": person_id, "on": on}, Spell)
    if spell is None or spell.scheme == "none":
        raise NotInsured(f"{on}")
    return Who(person_id, spell.scheme, spell, person.birth_date, pupil=person.school_stage is not None)


async def insured_in(work: Work, person_id: int, on: date) -> Scheme | None:
    """Give the scheme that somebody is insured in on a day, None where in none."""
    spell = await work.row(SQL["spell_on"], {"person_id": person_id, "on": on}, Spell)
    return spell.scheme if spell is not None and spell.scheme != "none" else None


def year_of(programme: Programme, one: Who, on: date) -> MedicalYear:
    """Give the medical year of somebody's scheme that a day lies in."""
    return medical_year(programme, one.scheme, on)


async def insured(work: Work, programme: Programme, person_id: int, on: date) -> Insured:
    """Give where somebody stands on a day; whoever settles a bill asks `commands.lock_insured`. Raises NotFound, NotInsured."""
    one = await who(work, person_id, on)
    year = year_of(programme, one, on)
    life = await work.row(SQL["life"], {"person_id": person_id}, Life) or Life()
    held = await ledger.balances(work, person_id)
    counted = await work.row(
        SQL["sums"], {"person_id": person_id, "scheme": one.scheme, "year": year.name}
    ) or (0, 0)
    state = InsuredState(
        current_account_fen=held.current_fen,
        historic_account_fen=held.historic_fen,
        deductible_used_fen=counted[0],
        pooled_used_fen=counted[1],
    )
    return Insured(
        person_id=person_id,
        on=on,
        scheme=one.scheme,
        status=None if one.spell.status == "none" else one.spell.status,
        since=one.spell.begins_on,
        birth_date=one.birth_date,
        life=life,
        year=year,
        state=state,
    )


async def items(work: Work, asked: Collection[tuple[str, date]]) -> dict[tuple[str, date], Listed]:
    """Give what the catalogue says of items, each on a day of its own; what it does not list is left out."""
    codes, days = [code for code, _ in asked], [on for _, on in asked]
    rows = await work.rows(SQL["items"], {"codes": codes, "days": days})
    return {(code, day): Listed(code, *listed) for day, code, *listed in rows}


async def spells(work: Work, person_id: int) -> list[Spell]:
    """Give everything that somebody was insured in, oldest first."""
    return await work.rows(SQL["spells"], {"person_id": person_id}, Spell)


async def account_years(work: Work, person_id: int) -> list[AccountYear]:
    """Give the medical years that somebody's account entered, newest first."""
    return await work.rows(SQL["years"], {"person_id": person_id}, AccountYear)


async def contributions(
    work: Work,
    person_id: int,
    first: date = date.min,
    last: date = date.max,
    before: int | None = None,
    rows_max: int = CONTRIBUTIONS_MAX,
) -> list[Contribution]:
    """Give what somebody paid in for months and years that begin in these days, newest first; from before a number on, some at a time."""
    asked = {"person_id": person_id, "first": first, "last": last, "before": before, "rows_max": rows_max}
    return await work.rows(SQL["contributions"], asked, Contribution)


async def year_standings(
    work: Work, programme: Programme, person_id: int, now: Insured | None
) -> list[YearStanding]:
    """Give where somebody stands in each medical year in which anything counted, and in the present one; newest first.

    `now`: how they are insured today, None where they are not.
    """
    counted = {
        (scheme, year): (deductible_fen, pooled_fen)
        for scheme, year, deductible_fen, pooled_fen in await work.rows(
            SQL["all_sums"], {"person_id": person_id}
        )
    }
    if now is not None:
        counted.setdefault((now.scheme, now.year.name), (0, 0))
    return [
        await _standing(work, programme, person_id, scheme, name, counted[scheme, name], now)
        for scheme, name in sorted(counted, key=lambda key: (-key[1], key[0]))
    ]


async def _standing(
    work: Work, programme: Programme, person_id: int, scheme: Scheme, name: int, counted: tuple[int, int], now: Insured | None
) -> YearStanding:  # fmt: skip
    year = medical_year(programme, scheme, date(name, 12, 31))
    by: tuple[int | None, int | None] = (None, None)
    if now is not None and (now.scheme, now.year.name) == (scheme, name):
        by = limits(programme, now)
    else:
        with suppress(NotInsured):
            then = await insured(work, programme, person_id, min(year.last, work.today))
            by = limits(programme, then) if then.scheme == scheme else by
    return YearStanding(
        scheme=scheme, year=year, deductible_fen=by[0], deductible_used_fen=counted[0], cap_fen=by[1], counted_fen=counted[1],
    )  # fmt: skip
