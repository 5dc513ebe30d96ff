"""Everything that reads about care in another province."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Final, get_args

import msgspec

from shebaoka.benefits.cross_province import places
from shebaoka.benefits.cross_province.model import Bill, Clearing, Guest, Registration, Stay, Terms
from shebaoka.benefits.cross_province.store import SQL, place
from shebaoka.benefits.insurance import views as insurance
from shebaoka.benefits.settlement import views as settled
from shebaoka.benefits.settlement.reconciling import Difference
from shebaoka.kit.work import Row, Work
from shebaoka.registry.programme.asking import age_on
from shebaoka.registry.programme.benefit_sets import DecidesAwayRegistration
from shebaoka.registry.programme.model import AwayKind, Registrar
from shebaoka.registry.programme.programme import Programme

KINDS: Final[tuple[AwayKind, ...]] = get_args(AwayKind)
ROWS_MAX: Final = 200
FILE_ROWS: Final = 20_000


async def registrations(work: Work, person_id: int) -> list[Registration]:
    """Give somebody's registrations, newest first; at most `ROWS_MAX`."""
    asked = {"person_id": person_id, "rows_max": ROWS_MAX}
    return await work.rows(SQL["registrations"], asked, Registration)


async def registered(work: Work, person_id: int, place: str, on: date) -> Registration | None:
    """Give the registration by which somebody is treated in a place on a day, or None."""
    found = await registrations(work, person_id)
    return next((one for one in found if one.holds(on) and places.covers(one.place, place)), None)


async def bill(work: Work, person_id: int, bill_id: int) -> Bill | None:
    """Give a bill between provinces, or None."""
    return await work.row(SQL["bill"], {"person_id": person_id, "bill_id": bill_id}, Bill)


async def bill_of_number(work: Work, person_id: int, institution_id: int, number: str) -> Bill | None:
    """Give what a message of a hospital, or of the hub for a province, asked to be settled, or None."""
    asked = {"person_id": person_id, "institution_id": institution_id, "number": number}
    return await work.row(SQL["bill_of_number"], asked, Bill)


async def claimed(work: Work, one: Bill) -> Stay:
    """Give the stay that a bill is about, as the place of care divided it."""
    asked = {"person_id": one.person_id, "institution_id": one.institution_id, "number": one.number}
    return msgspec.convert(await work.value(SQL["says"], asked), Stay)


async def bills(work: Work, person_id: int) -> list[Bill]:
    """Give somebody's bills between provinces, newest first; at most `ROWS_MAX`."""
    return await work.rows(SQL["bills"], {"person_id": person_id, "rows_max": ROWS_MAX}, Bill)


async def waiting(work: Work) -> list[Bill]:
    """Give what waits for the hub, oldest first; at most `ROWS_MAX`."""
    return await work.rows(SQL["bills_due"], {"after": 0, "rows_max": ROWS_MAX}, Bill)


async def guest(work: Work, person_id: int) -> Guest | None:
    """Open who a guest is, or give None for somebody who is none; the caller records why."""
    sealed = await work.value(SQL["guest"], {"person_id": person_id})
    return (
        None if sealed is None else msgspec.json.decode(work.vault.open(sealed, place(person_id)), type=Guest)
    )


async def open_differences(work: Work) -> list[tuple[int, Difference]]:
    """Give what is to be worked off with the hub, each with its province."""
    return [
        (province_id, one)
        for province_id in await provinces(work)
        for one in await settled.open_differences(work, province_id)
    ]


async def provinces(work: Work) -> list[int]:
    """Give the provinces with which anything was ever settled."""
    return [row[0] for row in await work.rows(SQL["provinces"])]


async def clearings(work: Work, province_id: int | None = None, month: date | None = None) -> list[Clearing]:
    """Give clearings, of a province or month or all, newest month first; at most `ROWS_MAX`."""
    asked = {"province_id": province_id, "month": month, "rows_max": ROWS_MAX}
    return await work.rows(SQL["clearings"], asked, Clearing)


async def cleared(work: Work, province_id: int, month: date) -> AsyncIterator[list[Row]]:
    """Give what a clearing counted, some at a time: as the columns of `cleared_bills`."""
    after = (0, 0)
    while True:
        rows = await work.rows(SQL["cleared_bills"], {
            "province_id": province_id, "month": month, "after_person": after[0], "after_bill": after[1],
            "rows_max": FILE_ROWS,
        })  # fmt: skip
        if not rows:
            return
        yield rows
        after = rows[-1][:2]


async def terms(
    work: Work, programme: Programme, person_id: int, kind: AwayKind, registrar: Registrar, on: date
) -> Terms:
    """Give on which terms somebody may be registered. Raises NotFound, NotInsured."""
    who = await insurance.who(work, person_id, on)
    facts = {
        "away": kind,
        "registrar": registrar,
        "scheme": who.scheme,
        "status": None if who.spell.status == "none" else who.spell.status,
        "age": age_on(who.birth_date, on),
    }
    rule = programme.rule("away_registration", facts, on)
    decides = rule.decides
    assert isinstance(decides, DecidesAwayRegistration)
    return Terms(
        kind=kind,
        allowed=decides.allowed,
        months=decides.months,
        documents=decides.documents,
        why=rule.reason,
    )
