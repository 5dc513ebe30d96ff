"""What was done for a patient, line by line, each divided by the catalogue of its day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from shebaoka.benefits.insurance.catalogue import Divided, Item, divide
from shebaoka.benefits.insurance.insured import Parts
from shebaoka.benefits.settlement import states, store
from shebaoka.benefits.settlement.commands.visiting import locked
from shebaoka.benefits.settlement.errors import AlreadySettled, VisitDiffers
from shebaoka.benefits.settlement.model import LINES_MAX, Line, Visit
from shebaoka.benefits.settlement.store import SQL
from shebaoka.kit.work import Work
from shebaoka.registry.programme.model import Reason
from shebaoka.registry.programme.programme import Programme

WHOLE_STAY = ""
"""The batch of a stay: all its lines are settled together."""
ELSEWHERE: Final = "elsewhere"
"""What was given, where another place's catalogue divided it: a day of a stay."""
BY_THE_OTHER_PLACE: Final = Reason(
    rule_set="catalogue", rule_id="care_place", reason_zh="费用范围按就医地目录划分",
    reason_en="The catalogue of the place of care divides the costs", source="stated: the programme's article, fact S16",
)  # fmt: skip


def batch_of(visit: Visit, batch: str) -> str:
    """Give in which batch of lines a visit is settled."""
    assert batch or visit.kind == "inpatient", "a batch has a name: only that of a stay has none"
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


async def put_divided(
    work: Work, institution_id: int, person_id: int, visit_id: int, days: Mapping[date, Parts]
) -> None:
    """Put what each day of a stay came to, divided by another place's catalogue, in place of what was there before.

    Raises NotFound, TransitionRefused, AlreadySettled, VisitDiffers (a day outside the stay).
    """
    visit = await _open(work, institution_id, person_id, visit_id, WHOLE_STAY)
    for on in days:
        if not visit.began_on <= on <= work.today:
            raise VisitDiffers(f"{on}")
    await work.run(SQL["remove_lines"], {
        "person_id": person_id, "visit_id": visit_id, "batch": WHOLE_STAY, "lines": None,
    })  # fmt: skip
    lines = [
        Line(line=f"{on}", item=ELSEWHERE, served_on=on,
             counts=Item(amount_fen=_total(parts), catalogue_class="full"))
        for on, parts in days.items()
    ]  # fmt: skip
    divided = [
        Divided(
            in_scope_fen=parts.in_scope_fen, own_expense_fen=parts.own_expense_fen, prepay_fen=parts.prepay_fen,
            over_limit_fen=parts.over_limit_fen, why=BY_THE_OTHER_PLACE,
        )
        for parts in days.values()
    ]  # fmt: skip
    await _add(work, visit, WHOLE_STAY, lines, divided)
    await _touch(work, visit)


def _total(parts: Parts) -> int:
    return parts.in_scope_fen + parts.own_expense_fen + parts.prepay_fen + parts.over_limit_fen


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


async def regroup_lines(
    work: Work, institution_id: int, person_id: int, visit_id: int, lines: Sequence[str], batch: str
) -> None:
    """Let lines be settled together, as a batch of a visit; where they are so already, nothing changes.

    Raises NotFound, TransitionRefused, AlreadySettled for lines of a batch that is.
    """
    visit = await _open(work, institution_id, person_id, visit_id, batch)
    keys = {"person_id": person_id, "visit_id": visit_id, "lines": list(lines)}
    for (now,) in await work.rows(SQL["batches_of"], keys):
        if await store.settled(work, visit, now):
            raise AlreadySettled(visit.number)
    if await work.run(SQL["regroup_lines"], keys | {"batch": batch_of(visit, batch)}):
        await _touch(work, visit)


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
