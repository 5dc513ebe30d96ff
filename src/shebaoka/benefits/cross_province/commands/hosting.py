"""We are the place of care: a guest stays in one of our hospitals, and their own province is to say who pays."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Final

import msgspec
from psycopg.types.json import Jsonb

from shebaoka.benefits.cross_province import places, store, views
from shebaoka.benefits.cross_province.errors import GuestRefused, NotSettledAway
from shebaoka.benefits.cross_province.hub import Quoted, Refused
from shebaoka.benefits.cross_province.model import Admitting, Bill, Claiming, Day, Guest, Hospital, Stay
from shebaoka.benefits.cross_province.store import SQL
from shebaoka.benefits.insurance.insured import Parts
from shebaoka.benefits.settlement import commands as settlement
from shebaoka.benefits.settlement import views as settled
from shebaoka.benefits.settlement.errors import (
    AlreadySettled,
    MessageDiffers,
    MessageWithdrawn,
    NotDesignated,
    NothingToSettle,
    QuoteUnusable,
)
from shebaoka.benefits.settlement.model import Visit
from shebaoka.kit.problems import NotFound
from shebaoka.kit.violations import VIOLATIONS, constraint
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.programme.benefit_sets import DecidesCrossProvince
from shebaoka.registry.programme.model import VisitKind
from shebaoka.registry.programme.programme import Programme

Told = Quoted | Refused | None
"""What their province says of a guest; None: nothing, for it was not asked, or does not answer."""
NOTHING: Final = Parts(in_scope_fen=0)


def check_settled(programme: Programme, on: date, kind: VisitKind = "inpatient") -> None:
    """Refuse where such visits are not settled between provinces on a day; by the rule. Raises NotSettledAway."""
    rule = programme.rule("cross_province", {"visit": kind}, on)
    assert isinstance(rule.decides, DecidesCrossProvince)
    if not rule.decides.settled:
        raise NotSettledAway(f"{rule.reason.reason_zh} · {rule.reason.reason_en}")


def place_of(programme: Programme, home: str, place: str, on: date) -> int:
    """Give the province where a guest who stays here from a day on is insured. Raises PlaceRefused, NotSettledAway."""
    province_id = places.province_of(place, home)
    check_settled(programme, on)
    return province_id


async def meet(work: Work, province_id: int, one: Guest, told: Told) -> int:
    """Enter a guest, or what their card and their province say now of one who came before. Raises GuestRefused.

    `told`: what their province said of them, by `ask_about`; where it said nothing, what it said before stands.
    """
    if isinstance(told, Refused):
        raise GuestRefused(told.reason)
    digest = work.vault.digest("guest", one.id_number)
    keys = {"digest": digest, "province_id": province_id, "person_id": work.ids.one()}
    person_id: int = await work.value(SQL["enter_guest"], keys)
    before = await views.guest(work, person_id)
    how = told or before or one
    known = msgspec.structs.replace(one, scheme=how.scheme or one.scheme, status=how.status)
    sealed = work.vault.seal(msgspec.json.encode(known), store.place(person_id))
    await work.run(SQL["put_guest"], {
        "person_id": person_id, "province_id": province_id, "sealed": sealed, "now": work.now,
    })  # fmt: skip
    return person_id


async def admit(work: Work, programme: Programme, home: str, one: Admitting, told: Told = None) -> Visit:
    """Admit a guest; the same again gives the same stay. Where their province has said nothing they may be settled later.

    Raises PlaceRefused, NotSettledAway, NotDesignated, VisitDiffers, GuestRefused.
    """
    began_on = one.began_on or work.today
    province_id = place_of(programme, home, one.place, began_on)
    who = Guest(id_number=one.id_number, name=one.name, card_number=one.card_number, scheme=one.scheme)
    person_id = await meet(work, province_id, who, told)
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
    return await stay_so_far(work, visit)


async def stay_so_far(work: Work, visit: Visit) -> Stay:
    """Give the same of a stay that may go on, up to today. Raises NothingToSettle."""
    days = await settled.days(work, visit)
    if not days:
        raise NothingToSettle(visit.number)
    last = visit.ended_on or work.today
    return await _stay(work, visit.institution_id, visit.number, visit.began_on, last, days)


async def stay_begun(work: Work, institution_id: int, number: str, on: date) -> Stay:
    """Give a stay that begins and has cost nothing: who may be settled for it may be admitted. Raises NotDesignated."""
    return await _stay(work, institution_id, number, on, on, {on: NOTHING})


async def _stay(
    work: Work, institution_id: int, number: str, first: date, last: date, days: Mapping[date, Parts]
) -> Stay:
    serving = await settled.serving(work, institution_id, first)
    if serving.level is None:
        raise NotDesignated("inpatient")
    at = await institutions.by_id(work, institution_id)
    assert at is not None, "who is designated is an institution"
    return Stay(
        stay=number, hospital=Hospital(at.code, at.name_zh, serving.level), admitted_on=first, discharged_on=last,
        days=tuple(Day(on=on, **sums) for on, sums in sorted(_within(days, last).items())),
    )  # fmt: skip


def _within(days: Mapping[date, Parts], last: date) -> dict[date, Counter[str]]:
    """Count what was done after the discharge for its day, as in a stay of ours."""
    found: dict[date, Counter[str]] = defaultdict(Counter)
    for on, parts in days.items():
        found[min(on, last)].update(msgspec.structs.asdict(parts))
    return found


async def guest_province(work: Work, person_id: int) -> int:
    """Give where a guest is insured. Raises NotFound for somebody who is no guest."""
    found: int | None = await work.value(SQL["guest_province"], {"person_id": person_id})
    if found is None:
        raise NotFound(f"异地参保人 guest {person_id}")
    return found


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
