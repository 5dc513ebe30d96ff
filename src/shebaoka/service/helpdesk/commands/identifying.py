"""Who calls: name and ID number, and what only the holder knows. The answer never tells which part was wrong."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from shebaoka.cards import views as cards
from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.delivery import views as delivery
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.records.s10 import WaybillRefused
from shebaoka.registry.acting import views as acting
from shebaoka.registry.acting.commands import Done, keep
from shebaoka.registry.acting.errors import GuardianIsWard, GuardianNotTied
from shebaoka.registry.acting.model import Acting, Claim, Place
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Person
from shebaoka.registry.programme.model import HelpLevel
from shebaoka.registry.programme.programme import Programme
from shebaoka.service.helpdesk import states
from shebaoka.service.helpdesk.commands.keeping import call_and_case, note, save_call, save_case
from shebaoka.service.helpdesk.errors import CaseAboutAnother, IdentificationLocked
from shebaoka.service.helpdesk.model import LEVELS, Call, Guardian, Proof
from shebaoka.service.helpdesk.store import SQL

TAIL: Final = 4
NOTHING: Final = Proof()
"""Name and ID number only."""
ON_THE_TELEPHONE: Final = Place("read", "hotline")
"""Whom the rules let speak for somebody else. A bank's line goes by the same rule: on the telephone nobody sees papers."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a caller says: for whom the call is, what proves it, and who speaks for the holder."""

    id_number: str
    name: str
    proof: Proof = NOTHING
    guardian: Guardian | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """Everything that was said is right."""

    holder: Person
    acting: Acting
    answers: int


async def identify(work: Work, programme: Programme, call_id: int, said: Said) -> HelpLevel | None:
    """Identify the caller; give how well the holder's side is known now, None when anything that was said is wrong.

    This function will count what fails, and refuse with IdentificationLocked once it was too often. A child alone and an
    agent are refused by the rules of acting (GuardianNeeded, AgentNotHere) once everything said is right. Raises
    CaseAboutAnother, NotFound, TransitionRefused.
    """
    call, case = await call_and_case(work, call_id)
    status = states.after_call(call.status, states.CallAction.IDENTIFY)
    subjects = _subjects(work, call, said)
    await _check_lock(work, programme, subjects)
    known = await _known(work, programme, said)
    if known is None or (call.holder_id is not None and call.holder_id != known.holder.person_id):
        await _failed(work, subjects)
        holder = await people.find(work, said.id_number)
        about = holder.person_id if holder else 0
        await note(work, case, "identification_failed", person_id=about, reason=call.reason)
        return None
    holder_id = known.holder.person_id
    if case.holder_id not in (None, holder_id):
        raise CaseAboutAnother
    level = programme.help_level(named=True, answers=known.answers, on=work.today)
    level = max(level, call.level, key=LEVELS.index)
    await save_call(work, replace(
        call, status=status, level=level, holder_id=holder_id, caller_id=known.acting.actor_id,
    ))  # fmt: skip
    best = max(level, case.level, key=LEVELS.index)
    case = await save_case(work, replace(case, holder_id=holder_id, level=best))
    await keep(work, [(Done(holder_id, "read", case.number, work.actor.organisation_id), known.acting)])
    await note(work, case, "identified", reason=call.reason, level=level, by=known.acting.by)
    return level


async def _known(work: Work, programme: Programme, said: Said) -> _Known | None:
    holder = await people.find(work, said.id_number)
    if (
        holder is None
        or holder.died_on is not None
        or holder.name_digest != work.vault.digest("name", said.name)
    ):
        return None
    answers = await _right_answers(work, holder.person_id, said.proof)
    if answers is None or not await _guardian_fits(work, said.guardian):
        return None
    claim = (
        Claim(said.guardian.role, said.guardian.id_number, name=said.guardian.name) if said.guardian else None
    )
    try:
        found = await acting.check(work, programme, holder, claim, ON_THE_TELEPHONE)
    except (GuardianNotTied, GuardianIsWard):
        return None
    return _Known(holder, found, answers)


async def _guardian_fits(work: Work, guardian: Guardian | None) -> bool:
    """Tell whether whoever speaks for the holder says their own name; an agent is refused by the rules anyway."""
    if guardian is None or guardian.role == "agent":
        return True
    person = await people.find(work, guardian.id_number)
    return person is not None and person.name_digest == work.vault.digest("name", guardian.name)


async def _right_answers(work: Work, person_id: int, proof: Proof) -> int | None:
    """Count the right answers; None when one of them is wrong."""
    judged = [
        await judge(work, person_id, said)
        for judge, said in (
            (_is_card_tail, proof.card_tail),
            (_is_mobile_tail, proof.mobile_tail),
            (_is_waybill, proof.waybill),
        )
        if said is not None
    ]
    return len(judged) if all(judged) else None


async def _is_card_tail(work: Work, person_id: int, tail: str) -> bool:
    held = (await cards.of_people(work, [person_id])).get(person_id, [])
    return any(card.social != "void" and card.card_number[-TAIL:] == tail.upper() for card in held)


async def _is_mobile_tail(work: Work, person_id: int, tail: str) -> bool:
    """Compare with the mobile of the newest application, else of the register, as messages to people go."""
    applied = (await applications.newest_contacts(work, [person_id])).get(person_id)
    registered = (await people.identities(work, [person_id]))[person_id].mobile
    mobile = (applied[1].mobile if applied else "") or registered
    return len(mobile) > TAIL and mobile[-TAIL:] == tail


async def _is_waybill(work: Work, person_id: int, waybill: str) -> bool:
    try:
        tracked = await delivery.by_waybill(work, waybill)
    except (NotFound, WaybillRefused):
        return False
    return tracked.parcel.person_id == person_id


def _subjects(work: Work, call: Call, said: Said) -> list[bytes]:
    """Name what guessing is slowed down on: whom it is about, this call, and where it comes from."""
    number = [call.number_digest] if call.number_digest else []
    return sorted({
        work.vault.digest("help_person", said.id_number), work.vault.digest("help_call", str(call.call_id)), *number,
    })  # fmt: skip


async def _check_lock(work: Work, programme: Programme, subjects: list[bytes]) -> None:
    lock = programme.help_lock(work.today)
    horizon = work.now - timedelta(minutes=lock.minutes)
    asked = {"horizon": horizon, "failures_max": lock.failures}
    waits = []
    for subject in subjects:
        await work.run(SQL["take_turn"], {"subject": subject})
        blocking = await work.value(SQL["failure_that_blocks"], {"subject": subject, **asked})
        waits += [(blocking - horizon).total_seconds()] if blocking else []
    if waits:
        raise IdentificationLocked(math.ceil(max(waits)))
    await work.run(SQL["forget_failures"], asked)


async def _failed(work: Work, subjects: list[bytes]) -> None:
    named = {"subjects": subjects, "attempt_id": work.ids.one(), "now": work.now}
    await work.run(SQL["add_failure"], named)
