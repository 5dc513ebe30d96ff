"""Parcels are handed to the courier by manifest; a manifest may be sent any number of times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from shebaoka.issuing.applications.commands import move_many
from shebaoka.issuing.applications.states import Action as ApplicationAction
from shebaoka.issuing.delivery import labels
from shebaoka.issuing.delivery.commands.applying import apply_waiting
from shebaoka.issuing.delivery.commands.preparing import prepare_due
from shebaoka.issuing.delivery.model import DispatchCounts, Progress, quiet, word_place
from shebaoka.issuing.delivery.states import Action, Status, after
from shebaoka.issuing.delivery.store import SQL
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.clock import today
from shebaoka.kit.database import Database
from shebaoka.kit.partners import Partner, PartnerAnswerRefused
from shebaoka.kit.vault import Vault
from shebaoka.kit.work import Work

MANIFESTS = "/v1/manifests"
WAITING = {"status": Status.PREPARED}


@dataclass(frozen=True, slots=True)
class _Sent:
    """A parcel of a manifest, its label sealed."""

    person_id: int
    parcel_id: int
    application_id: int
    waybill: str
    label: bytes

    def item(self, vault: Vault) -> dict[str, Any]:
        """Give what the courier is sent."""
        label = labels.unsealed(vault, self.parcel_id, self.label)
        return {"reference": self.waybill, **msgspec.structs.asdict(label)}


async def dispatch_due(database: Database, courier: Partner, progress: Progress = quiet) -> DispatchCounts:
    """Prepare parcels for the cards that were made, and hand all that are prepared to the courier.

    This function will commit waybills before it sends them, and one manifest's answers at a time. A courier that is
    down raises PartnerUnavailable: the parcels stay prepared and are sent again, the same, by the next call. A
    manifest that the courier will not read stays behind; the others go on, and then PartnerAnswerRefused is raised.
    """
    counts = DispatchCounts(prepared=await prepare_due(database, quiet))
    misread: PartnerAnswerRefused | None = None
    for manifest_id in await _manifests(database):
        try:
            done = await _send(database, courier, manifest_id)
        except PartnerAnswerRefused as error:
            misread = error
            continue
        counts = _sum(counts, done)
        progress(done.dispatched + done.refused)
    if misread:
        raise misread
    return counts


async def _manifests(database: Database) -> list[int]:
    async with database.work(SYSTEM) as work:
        return [manifest_id for (manifest_id,) in await work.rows(SQL["manifests"], WAITING)]


async def _send(database: Database, courier: Partner, manifest_id: int) -> DispatchCounts:
    async with database.work(SYSTEM) as work:
        # Whoever changes an address holds the same turn: a label is changed before it is sent, or the courier is asked.
        await work.run(SQL["take_turn"])
        await work.run(SQL["send_manifest"], {"manifest_id": manifest_id, "now": work.now})
        parcels = await work.rows(SQL["manifest_parcels"], {"manifest_id": manifest_id, **WAITING}, _Sent)
        items = [parcel.item(work.vault) for parcel in parcels]
    # No transaction is open while the courier thinks.
    dispatched_on = today(database.clock).isoformat()
    answers = await courier.batch(MANIFESTS, items, manifest=f"M{manifest_id}", dispatched_on=dispatched_on)
    async with database.work(SYSTEM) as work:
        return await _settle(work, manifest_id, parcels, answers)


async def _settle(
    work: Work, manifest_id: int, parcels: Sequence[_Sent], answers: Mapping[str, Mapping[str, Any]]
) -> DispatchCounts:
    await work.run(SQL["take_turn"])
    outcomes = {waybill: answer.get("outcome") for waybill, answer in answers.items()}
    if any(outcome not in ("accepted", "refused") for outcome in outcomes.values()):
        raise PartnerAnswerRefused("courier: an outcome that is neither accepted nor refused")
    accepted = [parcel for parcel in parcels if outcomes.get(parcel.waybill) == "accepted"]
    refused = [parcel for parcel in parcels if outcomes.get(parcel.waybill) == "refused"]
    dispatched = await _dispatch(work, accepted)
    turned_away = await _refuse(work, refused, answers)
    if dispatched or turned_away:
        settled = {"manifest_id": manifest_id, "accepted": dispatched, "refused": turned_away}
        await work.run(SQL["settle_manifest"], settled)
    return DispatchCounts(
        dispatched=dispatched, refused=turned_away, unanswered=len(parcels) - len(accepted) - len(refused)
    )


async def _dispatch(work: Work, parcels: Sequence[_Sent]) -> int:
    if not parcels:
        return 0
    moves = {
        **_keys(parcels), "now": work.now,
        "from_status": Status.PREPARED, "to_status": after(Status.PREPARED, Action.DISPATCH),
    }  # fmt: skip
    moved = set(await work.rows(SQL["dispatch"], moves))
    gone = [parcel for parcel in parcels if (parcel.person_id, parcel.parcel_id) in moved]
    # Whoever opened the card at a counter meanwhile has a completed application, and keeps it.
    await move_many(
        work, [(parcel.person_id, parcel.application_id) for parcel in gone], ApplicationAction.DISPATCH
    )
    work.record_many("parcel.dispatched", sorted(moved))
    work.tell_many("parcel.dispatched", (
        (parcel.person_id, {"parcel_id": parcel.parcel_id, "waybill": parcel.waybill}) for parcel in gone
    ))  # fmt: skip
    await apply_waiting(work, [parcel.waybill for parcel in gone])
    return len(gone)


async def _refuse(work: Work, parcels: Sequence[_Sent], answers: Mapping[str, Mapping[str, Any]]) -> int:
    if not parcels:
        return 0
    words = [
        work.vault.seal(str(answers[parcel.waybill].get("reason", "")).encode(), word_place(parcel.parcel_id))
        for parcel in parcels
    ]
    refusals = {**_keys(parcels), "words": words, "now": work.now, **WAITING}
    moved = await work.rows(SQL["refuse"], refusals)
    work.record_many("parcel.refused_by_courier", moved)
    return len(moved)


def _keys(parcels: Sequence[_Sent]) -> dict[str, Any]:
    return {
        "people": [parcel.person_id for parcel in parcels],
        "parcels": [parcel.parcel_id for parcel in parcels],
        "waybills": [parcel.waybill for parcel in parcels],
    }


def _sum(one: DispatchCounts, other: DispatchCounts) -> DispatchCounts:
    return DispatchCounts(
        one.prepared + other.prepared, one.dispatched + other.dispatched, one.refused + other.refused,
        one.unanswered + other.unanswered,
    )  # fmt: skip
