"""What was done for a patient, line by line, each divided by the catalogue of its day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from shebaoka.benefits.insurance.catalogue import Divided, divide
from shebaoka.benefits.settlement import states, store
from shebaoka.benefits.settlement.commands.visiting import locked
from shebaoka.benefits.settlement.errors import AlreadySettled, VisitDiffers
from shebaoka.benefits.settlement.model import LINES_MAX, Line, Visit
from shebaoka.benefits.settlement.store import SQL
from shebaoka.kit.work import Work
from shebaoka.registry.programme.programme import Programme

WHOLE_STAY = ""
"""The batch of a stay: all its lines are settled together."""


def batch_of(visit: Visit, batch: str) -> str:
    """Give in which batch of lines a visit is settled."""
    return WHOLE_STAY if visit.kind == "inpatient" else batch


async def add_lines(
    work: Work, programme: Programme, institution_id: int, person_id: int, visit_id: int, batch: str, lines: Sequence[Line]
) -> list[Divided]:  # fmt: skip
    """Add lines (at most 1,000) to a batch; a line that came before changes nothing. Gives how each is divided.

    Raises NotFound, TransitionRefused, AlreadySettled, VisitDiffers (a line number with other content, a day outside
    the visit).
    """
    assert len(lines) <= LINES_MAX, "a call has at most 1,000 lines"
    visit = await _open(work, institution_id, person_id, visit_id, batch)
    for line in lines:
        if not visit.began_on <= line.served_on <= work.today:
            raise VisitDiffers(f"{line.line}: {line.served_on}")
    divided = [divide(programme, line.counts, line.served_on) for line in lines]
    new = await _add(work, visit, batch_of(visit, batch), lines, divided)
    times = Counter(line.line for line in lines)
    again = [line for line in lines if line.line not in new or times[line.line] > 1]
    await _hold_against(work, visit, batch_of(visit, batch), again)
    if new:
        await _touch(work, visit)
    return divided


async def remove_lines(
    work: Work,
    institution_id: int,
    person_id: int,
    visit_id: int,
    batch: str,
    lines: Sequence[str] | None = None,
) -> int:
    """Take lines out of a batch that is not settled (None: all of it) and give how many there were.

    Raises NotFound, TransitionRefused, AlreadySettled.
    """
    visit = await _open(work, institution_id, person_id, visit_id, batch)
    gone = await work.run(SQL["remove_lines"], {
        "person_id": person_id, "visit_id": visit_id, "batch": batch_of(visit, batch),
        "lines": None if lines is None else list(lines),
    })  # fmt: skip
    if gone:
        await _touch(work, visit)
        work.record(person_id, "settlement.lines_removed", visit_id, lines=gone)
    return gone


async def _open(work: Work, institution_id: int, person_id: int, visit_id: int, batch: str) -> Visit:
    visit = await locked(work, institution_id, person_id, visit_id)
    states.after(visit.status, "serve")
    if await store.settled(work, visit, batch_of(visit, batch)):
        raise AlreadySettled(visit.number)
    return visit


async def _touch(work: Work, visit: Visit) -> None:
    keys = {"person_id": visit.person_id, "visit_id": visit.visit_id}
    await work.run(SQL["move_visit"], keys | {"status": visit.status, "ended_on": visit.ended_on})


async def _add(
    work: Work, visit: Visit, batch: str, lines: Sequence[Line], divided: Sequence[Divided]
) -> set[str]:
    rows = await work.rows(SQL["add_lines"], {
        "person_id": visit.person_id, "visit_id": visit.visit_id, "batch": batch,
        "lines": [line.line for line in lines], "days": [line.served_on for line in lines],
        "items": [line.item for line in lines], "classes": [line.counts.catalogue_class for line in lines],
        "limits": [line.counts.limit_fen for line in lines], "percents": [line.counts.prepay_percent for line in lines],
        "amounts": [line.counts.amount_fen for line in lines], "in_scope": [one.in_scope_fen for one in divided],
        "own": [one.own_expense_fen for one in divided], "prepay": [one.prepay_fen for one in divided],
        "over": [one.over_limit_fen for one in divided], "rules": [one.why.rule_id for one in divided],
    })  # fmt: skip
    return {row[0] for row in rows}


async def _hold_against(work: Work, visit: Visit, batch: str, lines: Sequence[Line]) -> None:
    """Hold lines that were there already, or come twice, against what was kept of them."""
    if not lines:
        return
    asked = {"person_id": visit.person_id, "visit_id": visit.visit_id, "lines": [line.line for line in lines]}
    sent = {row[0]: row for row in await work.rows(SQL["lines_as_sent"], asked)}
    for line in lines:
        counts = line.counts
        says = (line.line, batch, line.served_on, line.item, counts.catalogue_class, counts.limit_fen,
                counts.prepay_percent, counts.amount_fen)  # fmt: skip
        if sent[line.line] != says:
            raise VisitDiffers(line.line)
