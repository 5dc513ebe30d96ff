"""The courier is asked to take parcels elsewhere; a wish may be sent any number of times and is answered once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.applications.commands import set_outlet
from shebaoka.issuing.delivery import labels
from shebaoka.issuing.delivery.commands.changing import relabel
from shebaoka.issuing.delivery.model import (
    Progress,
    RedirectCounts,
    quiet,
    redirect_place,
    redirect_word_place,
)
from shebaoka.issuing.delivery.states import ANSWERS, WITH_COURIER, Redirect, Status, answered
from shebaoka.issuing.delivery.store import SQL
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.clock import today
from shebaoka.kit.database import Database
from shebaoka.kit.partners import Partner, PartnerAnswerRefused
from shebaoka.kit.vault import Vault
from shebaoka.kit.work import Work

REDIRECTS: Final = "/v1/redirects"
AT_ONCE: Final = 500
STILL_TO_COME: Final = (*WITH_COURIER, Status.AT_OUTLET)
"""Where the courier's word still says where a parcel is: at the outlet it named last, if it has arrived meanwhile."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """A wish that is not answered, and where its parcel is now."""

    person_id: int
    redirect_id: int
    parcel_id: int
    application_id: int
    waybill: str
    outlet_id: int
    label: bytes
    status: Status
    waybill_now: str
    refused_at: datetime | None
    outlet_now: int

    @property
    def reference(self) -> str:
        """What the courier knows the wish by."""
        return f"R{self.redirect_id}"

    @property
    def standing(self) -> str:
        """What is to be done: `ask`, `wait` for the courier's answer to the manifest, or `drop`: it is there, or ours again."""
        if self.waybill != self.waybill_now or self.refused_at is not None:
            return "drop"
        if self.status == Status.PREPARED:
            return "wait"
        return "ask" if self.status in WITH_COURIER else "drop"

    def item(self, vault: Vault) -> dict[str, Any]:
        """Give what the courier is sent."""
        label = labels.unsealed_at(vault, redirect_place(self.redirect_id), self.label)
        return {"reference": self.reference, "waybill": self.waybill, **msgspec.structs.asdict(label)}


async def redirect_due(database: Database, courier: Partner, progress: Progress = quiet) -> RedirectCounts:
    """Ask the courier to take parcels elsewhere, and note its answers.

    This function will tell `parcel.destination_changed` where it agrees, and `parcel.redirect_refused` (`outlet_id`) where it
    does not. A courier that is down raises PartnerUnavailable: the wishes stay and are sent again, the same.
    """
    counts, after = Counter[str](), 0
    while True:
        async with database.work(SYSTEM) as work:
            wishes = await _due(work, after)
            items = [one.item(work.vault) for one in wishes if one.standing == "ask"]
        if not wishes:
            return RedirectCounts(**counts)
        # No transaction is open while the courier thinks.
        asked_on = today(database.clock).isoformat()
        answers = await courier.batch(REDIRECTS, items, asked_on=asked_on) if items else {}
        async with database.work(SYSTEM) as work:
            counts += await _settle(work, wishes, answers)
        after = wishes[-1].redirect_id
        progress(len(wishes))


async def _due(work: Work, after: int) -> list[_Wish]:
    query = {"asked": Redirect.ASKED, "after": after, "redirects_max": AT_ONCE}
    return await work.rows(SQL["redirects_due"], query, _Wish)


async def _settle(
    work: Work, wishes: Sequence[_Wish], answers: Mapping[str, Mapping[str, Any]]
) -> Counter[str]:
    await work.run(SQL["take_turn"])
    ends: dict[Redirect, list[_Wish]] = defaultdict(list)
    unanswered = 0
    for wish in wishes:
        end = _end(wish, answers.get(wish.reference))
        if end is not None:
            ends[end].append(wish)
        elif wish.standing == "ask":
            unanswered += 1
    settled = {end: await _answer(work, end, some, answers) for end, some in ends.items()}
    await _accepted(work, settled.get(Redirect.ACCEPTED, []))
    await _ours_again(
        work, [one for one in settled.get(Redirect.DROPPED, []) if one.status == Status.PREPARED]
    )
    for end in (Redirect.REFUSED, Redirect.TOO_LATE):
        _tell_refused(work, settled.get(end, []))
    return Counter({**{str(end): len(some) for end, some in settled.items()}, "unanswered": unanswered})


def _end(wish: _Wish, answer: Mapping[str, Any] | None) -> Redirect | None:
    if wish.standing == "drop":
        return answered(Redirect.ASKED, Redirect.DROPPED)
    if answer is None:
        return None
    outcome = answer.get("outcome")
    if outcome not in ANSWERS:
        raise PartnerAnswerRefused("courier: a redirect's outcome that is not accepted, refused or too_late")
    return answered(Redirect.ASKED, Redirect(outcome))


async def _answer(
    work: Work, end: Redirect, wishes: Sequence[_Wish], answers: Mapping[str, Mapping[str, Any]]
) -> list[_Wish]:
    """Note what became of wishes; gives those that nobody else has settled meanwhile."""
    words = [str(answers.get(one.reference, {}).get("reason", "")) for one in wishes]
    rows = await work.rows(SQL["answer_redirects"], {
        "people": [one.person_id for one in wishes],
        "redirects": [one.redirect_id for one in wishes],
        "statuses": [end] * len(wishes),
        "words": [
            work.vault.seal(word.encode(), redirect_word_place(one.redirect_id)) if word else None
            for one, word in zip(wishes, words, strict=True)
        ],
        "asked": Redirect.ASKED, "now": work.now,
    })  # fmt: skip
    settled = set(rows)
    mine = [one for one in wishes if (one.person_id, one.redirect_id) in settled]
    work.record_many(f"parcel.redirect_{end}", [(one.person_id, one.parcel_id) for one in mine])
    return mine


async def _accepted(work: Work, wishes: Sequence[_Wish]) -> None:
    if not wishes:
        return
    opened = [labels.unsealed_at(work.vault, redirect_place(one.redirect_id), one.label) for one in wishes]
    await work.run(SQL["redirected"], {
        "people": [one.person_id for one in wishes],
        "parcels": [one.parcel_id for one in wishes],
        "waybills": [one.waybill for one in wishes],
        "outlets": [one.outlet_id for one in wishes],
        "labels": [
            labels.sealed(work.vault, one.parcel_id, label) for one, label in zip(wishes, opened, strict=True)
        ],
        "statuses": list(STILL_TO_COME),
    })  # fmt: skip
    for one in wishes:
        if one.outlet_id != one.outlet_now:
            await set_outlet(work, one.person_id, one.application_id, one.outlet_id)
        work.tell(one.person_id, "parcel.destination_changed", application_id=one.application_id)


async def _ours_again(work: Work, wishes: Sequence[_Wish]) -> None:
    """The courier would not take the parcel at all: what was wished holds for its next sending."""
    applied = await applications.by_keys(work, [(one.person_id, one.application_id) for one in wishes])
    for one in wishes:
        await set_outlet(work, one.person_id, one.application_id, one.outlet_id)
        await relabel(work, applied[one.application_id])
        work.tell(one.person_id, "parcel.destination_changed", application_id=one.application_id)


def _tell_refused(work: Work, wishes: Sequence[_Wish]) -> None:
    work.tell_many("parcel.redirect_refused", (
        (one.person_id, {"parcel_id": one.parcel_id, "outlet_id": one.outlet_now}) for one in wishes
    ))  # fmt: skip
