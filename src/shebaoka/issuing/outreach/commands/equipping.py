"""What going to people needs: places in the diary, stations and stalls, devices."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from shebaoka.issuing.outreach import states, views
from shebaoka.issuing.outreach.errors import SiteUnfit, SlotOverbooked
from shebaoka.issuing.outreach.model import Device, NewSite, Site, Slot
from shebaoka.issuing.outreach.staffing import fit
from shebaoka.issuing.outreach.states import DEVICE, SITE, DeviceAction, SiteAction, after
from shebaoka.issuing.outreach.store import SQL
from shebaoka.kit.problems import NotFound
from shebaoka.kit.violations import VIOLATIONS, constraint
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.liveness import live
from shebaoka.registry.institutions.model import BANK, BANK_OUTLET, EMPLOYER, Institution
from shebaoka.registry.staff import passwords
from shebaoka.registry.staff import views as staff

SLOT_HOLDS: Final = "visit_slot_holds"


async def open_slots(
    work: Work, outlet_code: str | None, days: Sequence[date], slot: Slot, capacity: int
) -> Institution:  # fmt: skip
    """Say how many visits an outlet makes in the mornings or afternoons of some days; give the outlet.

    This function will change what was said before. Raises NotFound, SlotOverbooked.
    """
    outlet = await views.outlet(work, outlet_code)
    try:
        await work.run(SQL["put_slot"], {
            "outlet_id": outlet.institution_id, "days": list(days), "slot": slot, "capacity": capacity,
        })  # fmt: skip
    except VIOLATIONS as error:
        if constraint(error) != SLOT_HOLDS:
            raise
        raise SlotOverbooked from error
    work.record(
        0, "visit.places_opened", outlet.code, slot=slot, days=len(days), first=min(days), capacity=capacity
    )
    return outlet


def days_between(first: date, last: date, weekdays: Sequence[int]) -> list[date]:
    """Give the days from the first to the last that fall on some weekdays (1 Monday … 7 Sunday)."""
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in every if day.isoweekday() in weekdays]


async def set_up_site(work: Work, asked: NewSite) -> Site:
    """Set up a station in an enterprise or a stall in a compound. NotFound, SiteUnfit."""
    outlet = await views.outlet(work, asked.outlet)
    employer = await institutions.by_code(work, asked.employer) if asked.employer else None
    await _check_site(work, asked, outlet, employer)
    site_id = work.ids.one()
    await work.run(SQL["add_site"], {
        "site_id": site_id, "kind": asked.kind, "status": str(states.Site.OPEN), "outlet_id": outlet.institution_id,
        "district_code": asked.district, "employer_id": employer.institution_id if employer else None,
        "name_zh": asked.name_zh, "name_en": asked.name_en, "place": asked.place, "from_day": asked.from_day,
        "to_day": asked.to_day, "opens": asked.opens, "closes": asked.closes, "capacity": asked.capacity,
        "staff": list(asked.staff), "devices": list(asked.devices), "now": work.now,
    })  # fmt: skip
    work.record(0, "site.set_up", site_id, kind=asked.kind, outlet=outlet.code)
    return await _site(work, site_id)


async def close_site(work: Work, site_id: int) -> Site:
    """Close a station or stall before its last day, or one that has none. NotFound, TransitionRefused."""
    site = await _site(work, site_id)
    outlet = await institutions.by_id(work, site.outlet_id)
    if outlet not in await views.outlets_of(work):
        raise NotFound(f"服务点 site {site_id}")
    status = after(SITE, states.Site(site.status), SiteAction.CLOSE)
    written = await work.run(SQL["close_site"], {
        "site_id": site_id, "status": str(status), "version": site.version, "now": work.now,
    })  # fmt: skip
    if not written:
        # Somebody closed it at the same moment: say so as to whoever comes after.
        after(SITE, status, SiteAction.CLOSE)
    work.record(0, "site.closed", site_id)
    return await _site(work, site_id)


async def register_device(work: Work, outlet_code: str | None, name: str) -> tuple[Device, str]:
    """Register a device of an outlet and give it with its secret, which is shown this once. NotFound."""
    outlet = await views.outlet(work, outlet_code)
    secret = secrets.token_urlsafe(passwords.TOKEN_BYTES)
    device_id = work.ids.one()
    await work.run(SQL["add_device"], {
        "device_id": device_id, "outlet_id": outlet.institution_id, "name": name, "now": work.now,
        "secret_hash": await passwords.hashed(secret), "status": str(states.Device.ACTIVE),
    })  # fmt: skip
    work.record(0, "device.registered", device_id, outlet=outlet.code)
    return await _device(work, device_id), secret


async def block_device(work: Work, device_id: int) -> Device:
    """Block a device that is lost: whatever it brings from now on is shown to a person. NotFound, TransitionRefused."""
    return await _move_device(work, device_id, DeviceAction.BLOCK, None)


async def release_device(work: Work, device_id: int) -> tuple[Device, str]:
    """Release a device that was found, with a new secret, which is shown this once. NotFound, TransitionRefused."""
    secret = secrets.token_urlsafe(passwords.TOKEN_BYTES)
    return await _move_device(work, device_id, DeviceAction.RELEASE, await passwords.hashed(secret)), secret


async def _move_device(work: Work, device_id: int, action: DeviceAction, secret_hash: str | None) -> Device:
    device = await _device(work, device_id)
    status = after(DEVICE, states.Device(device.status), action)
    written = await work.run(SQL["save_device"], {
        "device_id": device_id, "status": str(status), "secret_hash": secret_hash, "version": device.version,
        "now": work.now,
    })  # fmt: skip
    if not written:
        after(DEVICE, status, action)
    work.record(0, f"device.{status}", device_id)
    return replace(device, status=status, updated_at=work.now, version=device.version + 1)


async def _device(work: Work, device_id: int) -> Device:
    device = await views.device(work, device_id)
    outlet = await institutions.by_id(work, device.outlet_id) if device else None
    if device is None or outlet not in await views.outlets_of(work):
        raise NotFound(f"设备 device {device_id}")
    return device


async def _site(work: Work, site_id: int) -> Site:
    site = await views.site(work, site_id)
    if site is None:
        raise NotFound(f"服务点 site {site_id}")
    return site


async def _check_site(work: Work, asked: NewSite, outlet: Institution, employer: Institution | None) -> None:
    if outlet.kind not in (BANK, BANK_OUTLET) or not live(outlet, work.today):
        raise SiteUnfit("承办网点 · outlet")
    if asked.employer and (employer is None or employer.kind != EMPLOYER):
        raise SiteUnfit(f"单位 employer {asked.employer}")
    if asked.district not in {one.district_code for one in await institutions.districts(work)}:
        raise SiteUnfit(f"区 district {asked.district}")
    backwards = asked.to_day is not None and asked.to_day < asked.from_day
    if backwards or asked.closes <= asked.opens or (asked.kind == "stall" and asked.to_day is None):
        raise SiteUnfit("日期或时间 · days or hours")
    for number in asked.staff:
        if not fit(outlet, await staff.staff_member(work, number)):
            raise SiteUnfit(f"人员 staff {number}")
    for number in asked.devices:
        device = await views.device(work, number)
        if device is None or device.outlet_id != outlet.institution_id:
            raise SiteUnfit(f"设备 device {number}")
