"""Everything that writes here: the record of each act that somebody did for another. Nothing changes it afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from shebaoka.kit.work import Work
from shebaoka.registry.acting.model import Acting, Papers, place
from shebaoka.registry.acting.store import COLUMNS
from shebaoka.registry.programme.model import Act


@dataclass(frozen=True, slots=True)
class Done:
    """What was done for somebody: to which thing (its number), and in which institution."""

    person_id: int
    act: Act
    subject: object
    organisation_id: int


async def keep(work: Work, acts: Sequence[tuple[Done, Acting]]) -> None:
    """Keep who acted for whom, as what and with which papers; this function will pass over holders who acted themselves."""
    others = [(done, acting) for done, acting in acts if acting.claim]
    if not others:
        return
    rows = [
        _row(work, number, done, acting)
        for number, (done, acting) in zip(work.ids.many(len(others)), others, strict=True)
    ]
    await work.copy("proxy_act", COLUMNS, rows)
    for done, acting in others:
        work.record(
            done.person_id, "proxy.acted", done.subject, act=done.act, by=acting.by, rule=acting.rule_id,
            authorisation=acting.authorisation,
        )  # fmt: skip


def _row(work: Work, number: int, done: Done, acting: Acting) -> tuple[object, ...]:
    assert acting.claim
    papers = Papers(acting.claim.id_number, acting.claim.name, acting.claim.witnesses)
    return (
        done.person_id, number, done.act, str(done.subject), acting.by, acting.actor_id, acting.authorisation,
        list(acting.documents), acting.named, acting.rule_id, work.actor.name, done.organisation_id, work.now,
        work.vault.seal(msgspec.json.encode(papers), place(number)),
    )  # fmt: skip
