"""Everything that reads here. Whose visits and devices somebody sees, their role and organisation say."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import msgspec

from shebaoka.issuing.outreach import routing, states
from shebaoka.issuing.outreach.model import (
    Captured,
    Contact,
    Device,
    Done,
    Route,
    Site,
    SlotFree,
    Stop,
    Visit,
    place_of_capture,
    place_of_visit,
)
from shebaoka.issuing.outreach.store import SQL
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.acting.views import reach_of
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import BANK, BANK_OUTLET, Institution
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.views import load
from shebaoka.registry.staff.roles import ROLES
from shebaoka.registry.staff.roles import Scope as Reach

PAGE_MAX: Final = 200
NEWEST: Final = 2**63 - 1
SLOTS_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose visits may be seen: everybody's; those that organisations took in or make; one bank's; some people's.

    Of a bank's, those that no outlet has yet; with `whole_bank` also those of its outlets.
    """

    everything: bool = False
    organisations: tuple[int, ...] = ()
    bank_id: int | None = None
    whole_bank: bool = False
    people: tuple[int, ...] = ()

    def parameters(self) -> dict[str, Any]:
        """Give the scope as query parameters."""
        return {
            "everything": self.everything, "organisations": list(self.organisations), "bank_id": self.bank_id,
            "whole_bank": self.whole_bank, "reach": list(self.people),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """Visits, newest first, and the cursor to go on with (None at the end)."""

    items: Sequence[Visit]
    cursor: int | None


async def scope_of(work: Work) -> Scope:
    """Give whose visits the actor may see."""
    if work.actor.person_id is not None:
        return Scope(people=tuple(await reach_of(work, await load(work))))
    role = ROLES.get(work.actor.role)
    if role is not None and role.may.get("visit.read") is Reach.ALL:
        return Scope(everything=True)
    own = await institutions.by_id(work, work.actor.organisation_id)
    if own is None:
        return Scope()
    banks = {BANK: own.institution_id, BANK_OUTLET: own.parent_id}
    return Scope(
        organisations=(own.institution_id,), bank_id=banks.get(own.kind), whole_bank=own.kind == BANK
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outlets:
    """Which outlets somebody plans for: all, or their own (a bank's people: all of the bank's)."""

    everything: bool
    ids: tuple[int, ...]

    def __contains__(self, institution: object) -> bool:
        """Tell whether an outlet is among them."""
        return isinstance(institution, Institution) and (
            self.everything or institution.institution_id in self.ids
        )

    def parameters(self) -> dict[str, Any]:
        """Give them as query parameters."""
        return {"everything": self.everything, "outlets": list(self.ids)}


async def outlets_of(work: Work) -> Outlets:
    """Give the outlets that the actor plans for."""
    role = ROLES.get(work.actor.role)
    if role is not None and role.may.get("outreach.plan") is Reach.ALL:
        return Outlets(everything=True, ids=())
    own = await institutions.by_id(work, work.actor.organisation_id)
    if own is None:
        return Outlets(everything=False, ids=())
    if own.kind != BANK:
        return Outlets(everything=False, ids=(own.institution_id,))
    children = [
        one.institution_id for one in await institutions.of_kind(work, BANK_OUTLET) if one.parent_id == own.institution_id
    ]  # fmt: skip
    return Outlets(everything=False, ids=(own.institution_id, *children))


async def outlet(work: Work, code: str | None) -> Institution:
    """Give an outlet by its code, None meaning one's own; NotFound also when it is not the caller's to plan for."""
    if code is None:
        found = await institutions.by_id(work, work.actor.organisation_id)
    else:
        found = await institutions.by_code(work, code)
    if found is None or found not in await outlets_of(work):
        raise NotFound(f"网点 outlet {code or ''}".strip())
    return found


async def visit(work: Work, visit_id: int) -> Visit:
    """Give one visit; NotFound also when it is not the caller's to see."""
    found = await find_visit(work, visit_id)
    if found is None:
        raise NotFound(f"上门 visit {visit_id}")
    return found


async def find_visit(work: Work, visit_id: int) -> Visit | None:
    """Give one visit, or None; this function will not record the look."""
    scope = await scope_of(work)
    return await work.row(SQL["visit"], {"visit_id": visit_id, **scope.parameters()}, Visit)


async def of_person(work: Work, person_id: int) -> list[Visit]:
    """Give all visits of a person, newest first, whoever asks; this function will not record the look: the caller says why."""
    return await work.rows(SQL["visits_of"], {"person_id": person_id}, Visit)


async def page(
    work: Work, status: states.Visit | None, cursor: int | None, limit: int, unheld_on: date | None = None
) -> Page:  # fmt: skip
    """Give a page of visits that the caller may see; `unheld_on`: only those planned for an earlier day and not told of."""
    size = max(1, min(limit, PAGE_MAX))
    scope = await scope_of(work)
    found = await work.rows(
        SQL["visits"],
        {
            "status": status,
            "before": cursor or NEWEST,
            "page_size": size + 1,
            "unheld_on": unheld_on,
            **scope.parameters(),
        },
        Visit,
    )
    work.record_many("visit.seen", [(one.person_id, one.visit_id) for one in found[:size]])
    return Page(found[:size], found[size - 1].visit_id if len(found) > size else None)


async def contacts(work: Work, visits: Collection[Visit]) -> dict[int, Contact]:
    """Open where visits go, by visit_id; the caller records why. Visits that have ended are left out."""
    parameters = {"people": [one.person_id for one in visits], "visits": [one.visit_id for one in visits]}
    return {
        visit_id: msgspec.json.decode(work.vault.open(sealed, place_of_visit(visit_id)), type=Contact)
        for visit_id, sealed in await work.rows(SQL["contacts"], parameters)
    }


async def day_s_routes(work: Work, outlet_id: int, day: date) -> list[Route]:
    """Give an outlet's routes of a day, one for each set of members of staff; this function will record every look."""
    visits = await work.rows(SQL["visits_of_day"], {"outlet_id": outlet_id, "day": day}, Visit)
    sealed = await contacts(work, visits)
    names = await people.identities(work, {one.person_id for one in visits})
    work.record_many("visit.route_seen", [(one.person_id, one.visit_id) for one in visits])
    return routing.routes([
        Stop(one, names[one.person_id].name, sealed[one.visit_id], routing.read(sealed[one.visit_id].address).place)
        for one in visits
    ])  # fmt: skip


async def slots(work: Work, outlet_id: int, from_day: date) -> list[SlotFree]:
    """Give an outlet's half days from a day on, as far as they have places."""
    return await work.rows(
        SQL["slots"], {"outlet_id": outlet_id, "from_day": from_day, "slots_max": SLOTS_MAX}, SlotFree
    )


async def site(work: Work, site_id: int) -> Site | None:
    """Give one station or stall, or None."""
    return await work.row(SQL["site"], {"site_id": site_id}, Site)


async def sites(work: Work, on: date, district: str | None = None) -> list[Site]:
    """Give where people are served on a day or later, by district."""
    return await work.rows(SQL["sites"], {"on": on, "district": district}, Site)


async def devices(work: Work) -> list[Device]:
    """Give the devices of the outlets that the caller plans for."""
    return await work.rows(SQL["devices"], (await outlets_of(work)).parameters(), Device)


async def device(work: Work, device_id: int) -> Device | None:
    """Give one device, or None."""
    return await work.row(SQL["device"], {"device_id": device_id}, Device)


async def captured(work: Work, capture_id: int) -> Captured:
    """Give one captured item; NotFound also when it is of another outlet."""
    found = await work.row(
        SQL["capture"], {"capture_id": capture_id, **(await outlets_of(work)).parameters()}, Captured
    )
    if found is None:
        raise NotFound(f"离线记录 captured item {capture_id}")
    return found


async def waiting(
    work: Work, statuses: Collection[states.Capture], after: int = 0, limit: int = PAGE_MAX
) -> list[Captured]:
    """Give captured items in some statuses, oldest first, after one; this function will record every look."""
    found = await work.rows(
        SQL["captures"],
        {
            "after": after,
            "statuses": list(statuses),
            "page_size": limit,
            **(await outlets_of(work)).parameters(),
        },
        Captured,
    )
    work.record_many("capture.seen", [(one.holder_id or 0, one.capture_id) for one in found])
    return found


async def content(work: Work, one: Captured) -> dict[str, Any]:
    """Open what was captured, empty once it is worked off; the caller records why."""
    key = {"device_id": one.device_id, "request_key": one.request_key}
    sealed = await work.value(SQL["content"], key)
    if sealed is None:
        return {}
    opened: dict[str, Any] = msgspec.json.decode(work.vault.open(sealed, place_of_capture(one.capture_id)))
    return opened


async def figures(work: Work, since: datetime) -> list[Done]:
    """Count what was brought since a moment, by day, outlet, station or stall, kind and status; no people in it."""
    return await work.rows(SQL["figures"], {"since": since, **(await outlets_of(work)).parameters()}, Done)
