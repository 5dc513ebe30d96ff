"""The holder wants the card to go elsewhere: the label is changed while it is ours, the courier is asked once it is not."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.commands import correct_contact, find_outlet, set_outlet
from shebaoka.issuing.applications.model import Application, Contact
from shebaoka.issuing.applications.states import TO_BE_BROUGHT
from shebaoka.issuing.delivery import labels
from shebaoka.issuing.delivery.errors import (
    ParcelsMoved,
    RedirectPending,
    TooLateToRedirect,
)
from shebaoka.issuing.delivery.model import Changed, Effect, Label, Parcel, Wish, redirect_place
from shebaoka.issuing.delivery.states import AT_A_COUNTER, WITH_COURIER, Redirect, Status
from shebaoka.issuing.delivery.store import SQL
from shebaoka.issuing.delivery.views import of_application
from shebaoka.kit.problems import TransitionRefused
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions


@dataclass(frozen=True, slots=True)
class _Target:
    """Where the card shall go. `elsewhere`: to another address or outlet, not only with another mobile."""

    contact: Contact
    was: Contact
    outlet_id: int
    elsewhere: bool

    @property
    def differs(self) -> bool:
        return self.elsewhere or self.contact != self.was


async def change_destination(work: Work, application_id: int, wish: Wish) -> Changed:
    """Send the card elsewhere, as far as that is still possible.

    Before the courier has its label the change is on it. In the courier's hands the courier is asked (`redirect_due`); the
    fallback outlet stays as it is until the courier agrees. A card that comes back, or is kept at the card centre, goes there
    when it is sent again. This function will refuse with NotFound, TransitionRefused once the card is in hand,
    ContactMissing, OutletNotServing, RedirectPending, or TooLateToRedirect where it lies at an outlet.
    """
    was = await applications.by_id(work, application_id)
    if was.status not in TO_BE_BROUGHT:
        raise TransitionRefused(f"{was.status} → delivery", was=was.status)
    # Whoever sends labels to the courier, or hears from it, holds the same turn.
    await work.run(SQL["take_turn"])
    target = await _target(work, was, wish)
    if not target.differs:
        return Changed("nothing", was)
    parcel = await of_application(work, was)
    effect = await _effect(work, parcel, target)
    if effect == "asked" and parcel is not None:
        await _ask(work, was, parcel, target)
    else:
        await _set(work, was, target)
        await _relabel(work, parcel, application_id)
        work.tell(was.person_id, "parcel.destination_changed", application_id=application_id)
    work.record(was.person_id, "parcel.destination_wished", application_id, effect=effect)
    return Changed(effect, await applications.by_id(work, application_id))


async def relabel(work: Work, application: Application) -> None:
    """Bring a label that no courier has yet up to the application's present contact."""
    await work.run(SQL["take_turn"])
    parcel = await of_application(work, application)
    if parcel is not None and await _is_ours(work, parcel):
        await _relabel(work, parcel, application.application_id)


async def _target(work: Work, was: Application, wish: Wish) -> _Target:
    key = (was.person_id, was.application_id)
    contact = (await applications.contacts(work, [key]))[was.application_id]
    mobile = contact.mobile if wish.mobile is None else wish.mobile
    address = contact.address if wish.address is None else wish.address
    outlet_id = was.fallback_outlet_id
    if wish.fallback_outlet is not None:
        outlet_id = (await find_outlet(work, wish.fallback_outlet)).institution_id
    elsewhere = address != contact.address or outlet_id != was.fallback_outlet_id
    return _Target(Contact(mobile, address), contact, outlet_id, elsewhere)


async def _effect(work: Work, parcel: Parcel | None, target: _Target) -> Effect:
    if parcel is None or parcel.status == Status.LOST or await _is_ours(work, parcel):
        return "this_card"
    if parcel.status in (Status.PREPARED, *WITH_COURIER):
        return "asked"
    if parcel.status in AT_A_COUNTER and parcel.status != Status.AT_CENTRE and target.elsewhere:
        outlet = await institutions.by_id(work, parcel.outlet_id)
        assert outlet, "a parcel's outlet is an institution"
        raise TooLateToRedirect(f"{outlet.name_zh} · {outlet.name_en}", outlet=outlet.code)
    return "next_sending"


async def _is_ours(work: Work, parcel: Parcel) -> bool:
    """Tell whether no courier can have the label: not sent yet, or refused."""
    if parcel.status != Status.PREPARED:
        return False
    sent = await work.value(SQL["manifest_sent"], {"manifest_id": parcel.manifest_id})
    return not sent or parcel.refused_at is not None


async def _correct(work: Work, was: Application, target: _Target) -> None:
    if target.contact != target.was:
        await correct_contact(work, was.application_id, target.contact)


async def _set(work: Work, was: Application, target: _Target) -> None:
    await _correct(work, was, target)
    await set_outlet(work, was.person_id, was.application_id, target.outlet_id)


async def _relabel(work: Work, parcel: Parcel | None, application_id: int) -> None:
    if parcel is None or parcel.status != Status.PREPARED:
        return
    key = (parcel.person_id, application_id)
    now = (await applications.by_keys(work, [key]))[application_id]
    (label,) = await labels.labels_of(work, [now])
    changed = await work.run(SQL["relabel"], {
        "person_id": parcel.person_id, "parcel_id": parcel.parcel_id, "waybill": parcel.waybill,
        "status": Status.PREPARED, "outlet_id": now.fallback_outlet_id, "now": work.now,
        "label": labels.sealed(work.vault, parcel.parcel_id, label),
    })  # fmt: skip
    if changed != 1:
        raise ParcelsMoved(parcel.waybill)
    work.record(parcel.person_id, "parcel.relabelled", parcel.parcel_id)


async def _ask(work: Work, was: Application, parcel: Parcel, target: _Target) -> None:
    """Note the wish; mobile and address are the application's from now on, the outlet once the courier has agreed."""
    await _correct(work, was, target)
    (label,) = await labels.labels_of(work, [replace(was, fallback_outlet_id=target.outlet_id)])
    redirect_id = work.ids.one()
    noted = await work.run(SQL["add_redirect"], {
        "person_id": parcel.person_id, "redirect_id": redirect_id, "parcel_id": parcel.parcel_id,
        "application_id": parcel.application_id, "waybill": parcel.waybill, "outlet_id": target.outlet_id,
        "status": Redirect.ASKED, "label": _sealed(work, redirect_id, label), "now": work.now,
    })  # fmt: skip
    if not noted:
        raise RedirectPending(parcel.waybill)
    work.record(parcel.person_id, "parcel.redirect_asked", parcel.parcel_id)


def _sealed(work: Work, redirect_id: int, label: Label) -> bytes:
    return labels.sealed_at(work.vault, redirect_place(redirect_id), label)
