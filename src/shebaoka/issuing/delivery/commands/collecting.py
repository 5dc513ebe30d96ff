"""Cards are handed over at the counter where they lie: against an identity document and a signature, by its own clerk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shebaoka.cards.commands import note_received
from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.commands import move_many
from shebaoka.issuing.applications.errors import PersonDeceased
from shebaoka.issuing.applications.states import Action as ApplicationAction
from shebaoka.issuing.delivery.commands.applying import parcels_of
from shebaoka.issuing.delivery.errors import (
    IdentityNotChecked,
    ParcelsMoved,
    SignatureMissing,
    WrongCollector,
)
from shebaoka.issuing.delivery.model import CollectResult, Parcel, Pickup, hand_over_place
from shebaoka.issuing.delivery.places import check_here
from shebaoka.issuing.delivery.states import AT_A_COUNTER, Action, Status, after
from shebaoka.issuing.delivery.store import HAND_OVER, SQL
from shebaoka.kit.problems import NotFound, Problem
from shebaoka.kit.work import Work
from shebaoka.records import s10
from shebaoka.registry.acting.commands import Done, keep
from shebaoka.registry.acting.errors import GuardianIsWard
from shebaoka.registry.acting.judging import judge
from shebaoka.registry.acting.model import Acting, Parties, Place
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Person
from shebaoka.registry.programme.programme import Programme


@dataclass(frozen=True, slots=True)
class _Known:
    """What the register knows of holders (by person_id), of those who stand there (by ID number), and of ties between them."""

    place: Place
    holders: Mapping[int, Person]
    present: Mapping[str, Person]
    ties: Mapping[tuple[int, int], str]


@dataclass(frozen=True, slots=True)
class _Judged:
    """A parcel that is handed over, to whom, and as what."""

    parcel: Parcel
    pickup: Pickup
    acting: Acting


async def collect(work: Work, programme: Programme, pickup: Pickup) -> Parcel:
    """Hand one parcel over at the counter where it lies; give it as it then stands.

    This function will refuse with WaybillRefused, NotFound, ParcelElsewhere (naming the right counter), TransitionRefused when
    it lies at none, IdentityNotChecked, PersonDeceased, WrongCollector, SignatureMissing, or as `registry.acting` refuses who acts for others.
    """
    result = await collect_many(work, programme, [pickup])
    for problem in result.refused.values():
        raise problem
    return result.collected[pickup.waybill]


async def collect_many(work: Work, programme: Programme, pickups: Sequence[Pickup]) -> CollectResult:
    """Hand many parcels over, each to whoever came for it.

    This function will hand over those that may be, and give for each of the others the refusal that `collect` gives.
    """
    asked, refused = _read(pickups)
    if not asked:
        return CollectResult({}, refused)
    parcels = await parcels_of(work, [number for number, _ in asked.values()])
    known = await _known(work, [pickup for _, pickup in asked.values()], list(parcels.values()))
    here: dict[str, _Judged] = {}
    for text, (number, pickup) in asked.items():
        try:
            parcel = await _lying_here(work, parcels.get(number), number)
            here[text] = _Judged(parcel, pickup, _check(work, programme, known, parcel, pickup))
        except Problem as problem:
            refused[text] = problem
    handed = await _hand_over(work, list({one.parcel.parcel_id: one for one in here.values()}.values()))
    return CollectResult({text: handed[one.parcel.parcel_id] for text, one in here.items()}, refused)


def _read(pickups: Sequence[Pickup]) -> tuple[dict[str, tuple[str, Pickup]], dict[str, Problem]]:
    asked: dict[str, tuple[str, Pickup]] = {}
    refused: dict[str, Problem] = {}
    for pickup in pickups:
        try:
            asked[pickup.waybill] = s10.validate(pickup.waybill), pickup
        except s10.WaybillRefused as problem:
            refused[pickup.waybill] = problem
    return asked, refused


async def _known(work: Work, pickups: Sequence[Pickup], parcels: Sequence[Parcel]) -> _Known:
    own = await institutions.by_id(work, work.actor.organisation_id)
    numbers = {pickup.id_number for pickup in pickups if pickup.id_number}
    wards = {parcel.person_id for parcel in parcels} if any(pickup.claim for pickup in pickups) else set()
    return _Known(
        Place("collect", own.kind if own else ""),
        await people.by_ids(work, {parcel.person_id for parcel in parcels}),
        await people.find_many(work, numbers),
        await people.ties(work, wards) if wards else {},
    )


async def _lying_here(work: Work, parcel: Parcel | None, number: str) -> Parcel:
    if parcel is None or parcel.waybill != number:
        raise NotFound(number)
    await check_here(work, parcel)
    after(Status(parcel.status), Action.COLLECT)
    return parcel


def _check(work: Work, programme: Programme, known: _Known, parcel: Parcel, pickup: Pickup) -> Acting:
    """Check that whoever stands there may have the card: the document seen is the holder's, or that of whoever acts."""
    if not pickup.id_number:
        raise IdentityNotChecked(parcel.waybill)
    holder, actor, claim = known.holders[parcel.person_id], known.present.get(pickup.id_number), pickup.claim
    if holder.died_on is not None and holder.died_on <= work.today:
        raise PersonDeceased
    is_holder = actor is not None and actor.person_id == holder.person_id
    if claim is None:
        if not is_holder:
            raise WrongCollector(parcel.waybill)
        acting = judge(programme, known.place, Parties(holder, None), None, work.today)
    else:
        if claim.id_number != pickup.id_number:
            raise WrongCollector(parcel.waybill)
        if is_holder:
            raise GuardianIsWard
        tie = known.ties.get((holder.person_id, actor.person_id), "") if actor else ""
        acting = judge(programme, known.place, Parties(holder, actor, tie), claim, work.today)
    if pickup.signature is None or not pickup.signature.reference.strip():
        raise SignatureMissing(parcel.waybill)
    return acting


async def _hand_over(work: Work, handed: Sequence[_Judged]) -> dict[int, Parcel]:
    if not handed:
        return {}
    parcels = [one.parcel for one in handed]
    keys = {
        "people": [parcel.person_id for parcel in parcels],
        "parcels": [parcel.parcel_id for parcel in parcels],
    }
    moves = {
        **keys, "counters": [parcel.counter_id for parcel in parcels], "from_statuses": list(AT_A_COUNTER),
        "to_status": after(Status.AT_OUTLET, Action.COLLECT), "at_centre": Status.AT_CENTRE, "now": work.now,
    }  # fmt: skip
    if await work.run(SQL["collect"], moves) != len(parcels):
        raise ParcelsMoved(f"of {len(parcels)}")
    await _keep(work, handed)
    # Whoever opened the card before it was noted as collected has a completed application, and keeps it.
    applied = [(parcel.person_id, parcel.application_id) for parcel in parcels]
    await move_many(work, applied, ApplicationAction.COLLECT)
    held = await applications.cards_of(work, applied)
    await note_received(work, [(person_id, card_id, work.today) for person_id, card_id in held])
    return {parcel.parcel_id: parcel for parcel in await work.rows(SQL["parcels"], keys, Parcel)}


async def _keep(work: Work, handed: Sequence[_Judged]) -> None:
    """Keep to whom each was given and who signed where; the table takes one hand-over of a parcel, ever."""
    organisation_id = work.actor.organisation_id
    rows, facts = [], defaultdict(list)
    for one in handed:
        person_id, parcel_id, acting = one.parcel.person_id, one.parcel.parcel_id, one.acting
        signature = one.pickup.signature
        assert signature, "nothing is handed over without"
        collector = person_id if acting.by == "holder" else acting.actor_id
        seen = work.vault.seal(one.pickup.id_number.encode(), hand_over_place(parcel_id))
        rows.append((
            person_id, parcel_id, acting.by, collector, signature.kind, signature.reference.strip(), organisation_id,
            work.actor.name, work.now, seen,
        ))  # fmt: skip
        facts[acting.by, acting.rule_id, signature.kind].append((person_id, parcel_id))
    await work.copy("hand_over", HAND_OVER, rows)
    for (by, rule, kind), keys in facts.items():
        work.record_many("parcel.collected", keys, by=by, rule=rule, signature=kind)
    await keep(work, [
        (Done(one.parcel.person_id, "collect", one.parcel.parcel_id, organisation_id), one.acting) for one in handed
    ])  # fmt: skip
