"""The fallback outlet hands cards over: identity checked, signature taken, by its own clerk."""

from __future__ import annotations

from collections.abc import Sequence

from shebaoka.cards.commands import note_received
from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.commands import move_many
from shebaoka.issuing.applications.states import Action as ApplicationAction
from shebaoka.issuing.delivery.commands.applying import parcels_of
from shebaoka.issuing.delivery.errors import (
    IdentityNotChecked,
    ParcelElsewhere,
    ParcelsMoved,
    SignatureMissing,
)
from shebaoka.issuing.delivery.model import CollectResult, Parcel
from shebaoka.issuing.delivery.states import Action, Status, after
from shebaoka.issuing.delivery.store import SQL
from shebaoka.kit.problems import NotFound, Problem
from shebaoka.kit.work import Work
from shebaoka.records import s10
from shebaoka.registry.institutions import views as institutions


async def collect(work: Work, waybill: str, *, id_checked: bool, signed: bool) -> Parcel:
    """Hand one parcel over at its fallback outlet; give it as it then stands.

    This function will refuse with WaybillRefused, NotFound, ParcelElsewhere (naming the right outlet),
    IdentityNotChecked, SignatureMissing, or TransitionRefused when it does not lie there.
    """
    result = await collect_many(work, [waybill], id_checked=id_checked, signed=signed)
    for problem in result.refused.values():
        raise problem
    return result.collected[waybill]


async def collect_many(
    work: Work, waybills: Sequence[str], *, id_checked: bool, signed: bool
) -> CollectResult:
    """Hand many parcels over; `id_checked` and `signed` are said of every one of them.

    This function will hand over those that may be, and give for each of the others the refusal that `collect` gives.
    """
    asked, refused = _read(waybills)
    parcels = await parcels_of(work, list(asked.values()))
    here: dict[str, Parcel] = {}
    for text, waybill in asked.items():
        try:
            here[text] = await _check(
                work, parcels.get(waybill), waybill, id_checked=id_checked, signed=signed
            )
        except Problem as problem:
            refused[text] = problem
    handed = await _hand_over(work, list({parcel.parcel_id: parcel for parcel in here.values()}.values()))
    return CollectResult({text: handed[parcel.parcel_id] for text, parcel in here.items()}, refused)


def _read(waybills: Sequence[str]) -> tuple[dict[str, str], dict[str, Problem]]:
    asked: dict[str, str] = {}
    refused: dict[str, Problem] = {}
    for text in waybills:
        try:
            asked[text] = s10.validate(text)
        except s10.WaybillRefused as problem:
            refused[text] = problem
    return asked, refused


async def _check(
    work: Work, parcel: Parcel | None, waybill: str, *, id_checked: bool, signed: bool
) -> Parcel:
    if parcel is None or parcel.waybill != waybill:
        raise NotFound(waybill)
    if parcel.outlet_id != work.actor.organisation_id:
        outlet = await institutions.by_id(work, parcel.outlet_id)
        assert outlet, "a parcel's outlet is an institution"
        raise ParcelElsewhere(f"{outlet.name_zh} · {outlet.name_en}", outlet=outlet.code)
    after(Status(parcel.status), Action.COLLECT)
    if not id_checked:
        raise IdentityNotChecked(waybill)
    if not signed:
        raise SignatureMissing(waybill)
    return parcel


async def _hand_over(work: Work, parcels: Sequence[Parcel]) -> dict[int, Parcel]:
    if not parcels:
        return {}
    keys = {
        "people": [parcel.person_id for parcel in parcels],
        "parcels": [parcel.parcel_id for parcel in parcels],
    }
    statuses = {
        "from_status": Status.AT_OUTLET,
        "to_status": after(Status.AT_OUTLET, Action.COLLECT),
        "now": work.now,
    }
    if await work.run(SQL["collect"], {**keys, **statuses}) != len(parcels):
        raise ParcelsMoved(f"of {len(parcels)}")
    # Whoever opened the card before it was noted as collected has a completed application, and keeps it.
    await move_many(
        work, [(parcel.person_id, parcel.application_id) for parcel in parcels], ApplicationAction.COLLECT
    )
    held = await applications.cards_of(work, [(one.person_id, one.application_id) for one in parcels])
    await note_received(work, [(person_id, card_id, work.today) for person_id, card_id in held])
    collected = [(parcel.person_id, parcel.parcel_id) for parcel in parcels]
    work.record_many("parcel.collected", collected, id_checked=True, signed=True)
    return {parcel.parcel_id: parcel for parcel in await work.rows(SQL["parcels"], keys, Parcel)}
