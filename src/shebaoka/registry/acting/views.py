"""Everything that reads here: whether somebody may act, for whom a guardian acts, and what was done for a holder."""

from __future__ import annotations

from typing import Final

import msgspec

from shebaoka.kit.work import Work
from shebaoka.registry.acting.errors import GuardianIsWard
from shebaoka.registry.acting.judging import is_guardian, judge
from shebaoka.registry.acting.model import Acting, Claim, Papers, Parties, Place, ProxyAct, place
from shebaoka.registry.acting.store import SQL
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Person
from shebaoka.registry.programme.programme import Programme

ONLINE: Final = Place("read", "online_platform")
"""Where residents look at what is theirs."""


async def check(
    work: Work, programme: Programme, holder: Person, claim: Claim | None, where: Place
) -> Acting:
    """Check that whoever stands there may act for the holder; refuses as `judging.judge` does, and with GuardianIsWard."""
    if claim is None:
        return judge(programme, where, Parties(holder, None), None, work.today)
    actor = await people.find(work, claim.id_number)
    if actor is not None and actor.person_id == holder.person_id:
        raise GuardianIsWard
    ties = await people.ties(work, [holder.person_id])
    tie = ties.get((holder.person_id, actor.person_id), "") if actor else ""
    return judge(programme, where, Parties(holder, actor, tie), claim, work.today)


async def wards_of(work: Work, programme: Programme, guardian_id: int, where: Place) -> dict[int, str]:
    """Give the wards for whom the rules let a guardian act today, with the kind of tie; none for a guardian who has died."""
    ties = await people.wards(work, guardian_id)
    known = await people.by_ids(work, [guardian_id, *ties])
    guardian = known.get(guardian_id)
    if guardian is None:
        return {}
    return {
        ward: tie
        for ward, tie in ties.items()
        if ward in known and is_guardian(programme, where, Parties(known[ward], guardian, tie), work.today)
    }


async def reach_of(work: Work, programme: Programme) -> list[int]:
    """Give whom the resident who is logged in reaches: its own person first, then its wards; nobody for anybody else."""
    resident = work.actor.person_id
    if resident is None:
        return []
    return [resident, *await wards_of(work, programme, resident, ONLINE)]


async def of_person(work: Work, person_id: int) -> list[ProxyAct]:
    """Give what others did for a holder, newest first."""
    return await work.rows(SQL["of_person"], {"person_id": person_id}, ProxyAct)


async def papers_of(work: Work, person_id: int) -> dict[int, Papers]:
    """Open who acted for a holder, by proxy_act_id; the caller records why."""
    return {
        number: msgspec.json.decode(work.vault.open(sealed, place(number)), type=Papers)
        for number, sealed in await work.rows(SQL["papers_of_person"], {"person_id": person_id})
    }
