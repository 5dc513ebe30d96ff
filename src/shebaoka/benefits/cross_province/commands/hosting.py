"""We are the place of care: a guest stays in one of our hospitals, and their own province is to say who pays."""

from __future__ import annotations

from datetime import date

import msgspec
from psycopg.types.json import Jsonb

from shebaoka.benefits.cross_province import places, store, views
from shebaoka.benefits.cross_province.errors import NotSettledAway
from shebaoka.benefits.cross_province.model import Admitting, Bill, Claiming, Day, Guest, Hospital, Stay
from shebaoka.benefits.cross_province.store import SQL
from shebaoka.benefits.settlement import commands as settlement
from shebaoka.benefits.settlement import views as settled
from shebaoka.benefits.settlement.errors import (
    AlreadySettled,
    MessageDiffers,
    MessageWithdrawn,
    NothingToSettle,
    QuoteUnusable,
)
from shebaoka.benefits.settlement.model import Visit
from shebaoka.kit.problems import NotFound
from shebaoka.kit.violations import VIOLATIONS, constraint
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.programme.benefit_sets import DecidesCrossProvince
from shebaoka.registry.programme.programme import Programme


def check_settled(programme: Programme, on: date) -> None:
    """Refuse where stays are not settled between provinces on a day; by the rule. Raises NotSettledAway."""
    rule = programme.rule("cross_province", {"visit": "inpatient"}, on)
    assert isinstance(rule.decides, DecidesCrossProvince)
    if not rule.decides.settled:
        raise NotSettledAway(f"{rule.reason.reason_zh} · {rule.reason.reason_en}")


async def admit(work: Work, programme: Programme, home: str, one: Admitting) -> Visit:
    """Admit a guest; the same again gives the same stay. The hub is not asked: who is admitted may be settled later.

    Raises PlaceRefused, NotSettledAway, NotDesignated, VisitDiffers.
    """
    province_id = places.province_of(one.place, home)
    began_on = one.began_on or work.today
    check_settled(programme, began_on)
    person_id = await _guest(work, province_id, Guest(id_number=one.id_number, name=one.name, card_number=one.card_number))  # fmt: skip
    return await settlement.admit_guest(work, person_id, one.institution_id, one.number, began_on)


async def claim(work: Work, one: Claiming) -> Bill:
    """Ask for a guest's stay to be settled, once by this message; from now on the hub is asked until it answers.

    Raises NotFound, QuoteUnusable (not discharged), NothingToSettle, AlreadySettled, MessageDiffers, MessageWithdrawn.
    """
    visit = await settlement.locked(work, one.institution_id, one.person_id, one.visit_id)
    before = await views.bill_of_number(work, one.person_id, one.institution_id, one.number)
    if before is not None:
        if before.visit_id != one.visit_id:
            raise MessageDiffers(one.number)
        return before
    fate = (await settled.message(work, one.institution_id, one.number)).fate
    if fate != "unknown":
        raise MessageWithdrawn(one.number) if fate == "withdrawn" else MessageDiffers(one.number)
    stay = await stay_of(work, visit)
    return await _add(work, one, await guest_province(work, one.person_id), stay)


async def stay_of(work: Work, visit: Visit) -> Stay:
    """Give a guest's stay as their province is told of it. Raises QuoteUnusable (not discharged), NothingToSettle."""
    if visit.ended_on is None:
        raise QuoteUnusable("尚未办理出院 · the patient is not discharged")
    days = await settled.days(work, visit)
    if not days:
        raise NothingToSettle(visit.number)
    serving = await settled.serving(work, visit.institution_id, visit.began_on)
    at = await institutions.by_id(work, visit.institution_id)
    assert at is not None, "who was admitted is in a hospital"
    assert serving.level is not None, "and a hospital has a level"
    return Stay(
        stay=visit.number, hospital=Hospital(at.code, at.name_zh, serving.level), admitted_on=visit.began_on,
        discharged_on=visit.ended_on,
        days=tuple(Day(on=on, **msgspec.structs.asdict(parts)) for on, parts in sorted(days.items())),
    )  # fmt: skip


async def guest_province(work: Work, person_id: int) -> int:
    """Give where a guest is insured. Raises NotFound for somebody who is no guest."""
    found: int | None = await work.value(SQL["guest_province"], {"person_id": person_id})
    if found is None:
        raise NotFound(f"异地参保人 guest {person_id}")
    return found


async def _guest(work: Work, province_id: int, one: Guest) -> int:
    """Give the guest of a number and province, entered where they have not come before; what they say now is kept."""
    digest = work.vault.digest("guest", one.id_number)
    fresh = work.ids.one()
    keys = {"digest": digest, "province_id": province_id, "person_id": fresh}
    person_id: int = await work.value(SQL["enter_guest"], keys)
    sealed = work.vault.seal(msgspec.json.encode(one), store.place(person_id))
    await work.run(SQL["put_guest"], {
        "person_id": person_id, "province_id": province_id, "sealed": sealed, "now": work.now,
    })  # fmt: skip
    return person_id


async def _add(work: Work, one: Claiming, province_id: int, stay: Stay) -> Bill:
    bill_id = work.ids.one()
    try:
        await work.run(SQL["add_bill"], {
            "person_id": one.person_id, "bill_id": bill_id, "role": "care", "province_id": province_id,
            "visit_id": one.visit_id, "institution_id": one.institution_id, "number": one.number,
            "says": Jsonb(msgspec.to_builtins(stay)), "now": work.now,
        })  # fmt: skip
    except VIOLATIONS as error:
        if constraint(error) == "cross_province_bill_one_live":
            raise AlreadySettled(stay.stay) from error
        raise
    work.record(one.person_id, "cross_province.asked", bill_id)
    found = await views.bill(work, one.person_id, bill_id)
    assert found is not None
    return found
