"""Somebody is registered for care in another province, or is so no more."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from psycopg import errors as pg

from shebaoka.benefits.cross_province import places, states, views
from shebaoka.benefits.cross_province.errors import RegistrationInForce, RegistrationRefused
from shebaoka.benefits.cross_province.model import Registering, Registration, Terms
from shebaoka.benefits.cross_province.store import SQL
from shebaoka.benefits.cross_province.words import DOCUMENTS
from shebaoka.kit.problems import NotFound
from shebaoka.kit.violations import VIOLATIONS, constraint
from shebaoka.kit.work import Work
from shebaoka.registry.programme.programme import Programme

FAR_DAYS = 366
"""How far ahead, or back, a registration may begin: care that has been given is not registered afterwards for years."""


async def register(work: Work, programme: Programme, home: str, one: Registering) -> Registration:
    """Register somebody, by the rules of today; the same number again gives the same registration. `home`: our division code.

    Raises NotFound, NotInsured, PlaceRefused, RegistrationRefused, RegistrationInForce (also for a number that said
    something else).
    """
    places.province_of(one.place, home)
    if await work.value(SQL["lock_person"], {"person_id": one.person_id}) is None:
        raise NotFound(f"人员 person {one.person_id}")
    keys = {"person_id": one.person_id, "registrar": one.registrar, "number": one.number}
    before = await work.row(SQL["registration_of_number"], keys, Registration)
    by = await views.terms(work, programme, one.person_id, one.kind, one.registrar, work.today)
    until_on = _until(one, by)
    if before is not None:
        if before.says != (one.kind, one.place, one.from_on, until_on):
            raise RegistrationInForce(f"编号已使用 · the number was used: {one.number}")
        return before
    _check(one, by, until_on, work.today)
    await work.run(
        SQL["end_registrations"], {"person_id": one.person_id, "kind": one.kind, "today": work.today}
    )
    registration_id = work.ids.one()
    try:
        await work.run(SQL["add_registration"], keys | {
            "registration_id": registration_id, "kind": one.kind, "place": one.place, "from_on": one.from_on,
            "until_on": until_on, "documents": list(one.documents), "institution_id": work.actor.organisation_id,
            "rule_id": by.why.rule_id, "now": work.now, "actor": work.actor.name,
        })  # fmt: skip
    except VIOLATIONS as error:
        raise _refusal(error) from error
    work.record(one.person_id, "cross_province.registered", registration_id, kind=one.kind, place=one.place,
                registrar=one.registrar, rule=by.why.rule_id)  # fmt: skip
    made = await work.row(SQL["registration_of_number"], keys, Registration)
    assert made is not None
    return made


async def withdraw(work: Work, person_id: int, registration_id: int, reason: str) -> Registration:
    """Withdraw a registration, from today on. Raises NotFound, TransitionRefused, RegistrationRefused (no reason)."""
    if not reason.strip():
        raise RegistrationRefused("reason: 须写明原因 · a reason is needed")
    await work.value(SQL["lock_person"], {"person_id": person_id})
    found = await _of(work, person_id, registration_id)
    status = states.after(found.status, "withdraw")
    await work.run(SQL["withdraw_registration"], {
        "person_id": person_id, "registration_id": registration_id, "status": status, "now": work.now,
        "actor": work.actor.name, "reason": reason.strip(),
    })  # fmt: skip
    work.record(person_id, "cross_province.withdrawn", registration_id)
    return await _of(work, person_id, registration_id)


async def _of(work: Work, person_id: int, registration_id: int) -> Registration:
    held = await views.registrations(work, person_id)
    found = next((one for one in held if one.registration_id == registration_id), None)
    if found is None:
        raise NotFound(f"备案 registration {registration_id}")
    return found


def _check(one: Registering, by: Terms, until_on: date | None, today: date) -> None:
    if not by.allowed:
        raise RegistrationRefused(f"{by.why.reason_zh} · {by.why.reason_en}", rule=by.why.rule_id)
    lacking = [name for name in by.documents if name not in one.documents]
    if lacking:
        zh, en = (side for side in zip(*(DOCUMENTS[name] for name in lacking), strict=True))
        raise RegistrationRefused(f"缺少：{'、'.join(zh)} · not seen: {', '.join(en)}", rule=by.why.rule_id)
    if abs(one.from_on - today) > timedelta(days=FAR_DAYS):
        raise RegistrationRefused(
            f"from_on {one.from_on}: 起始日离今天超过一年 · more than a year from today"
        )
    if until_on is not None and until_on < max(one.from_on, today):
        raise RegistrationRefused(f"until_on {until_on}: 已过或早于起始日 · it is over, or before it begins")


def _until(one: Registering, by: Terms) -> date | None:
    """Give the last day: what was asked, and no later than the rules' term."""
    if by.months is None:
        return one.until_on
    last = _months_after(one.from_on, by.months) - timedelta(days=1)
    return last if one.until_on is None else min(one.until_on, last)


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _refusal(error: pg.Error) -> Exception:
    return RegistrationInForce() if constraint(error) == "cross_province_registration_one_in_force" else error
