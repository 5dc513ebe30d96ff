"""SN01, SN02: lines of a bill, up to fifty a package, and a bill taken out again."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from shebaoka.benefits.settlement import commands, views
from shebaoka.benefits.settlement.errors import AlreadySettled
from shebaoka.benefits.settlement.model import Registering, Visit
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.refusals import MessageRefused
from shebaoka.faces.terminals.shanghai import numbers
from shebaoka.faces.terminals.shanghai.acting import Asked, transaction
from shebaoka.faces.terminals.shanghai.billing import batch_of, lines_with, visit_at
from shebaoka.faces.terminals.shanghai.lining import answered, lines_said
from shebaoka.faces.terminals.shanghai.showing import Shown, shown


async def add_lines(asked: Asked) -> Values:
    """SN01: add lines to a bill, a new one or the one that is named, and give how each is divided."""
    visit, serial = await _bill(asked)
    lines = await lines_said(asked, serial)
    await reopened(asked, visit)
    divided = await commands.add_lines(
        asked.work,
        asked.programme,
        visit.institution_id,
        visit.person_id,
        visit.visit_id,
        batch_of([serial]),
        lines,
    )
    told = [answered(one, parts) for one, parts in zip(asked.input["mxxms"], divided, strict=True)]
    return {"mxzdh": numbers.made(visit.person_id, visit.visit_id, serial), "mxxms": told}


async def _bill(asked: Asked) -> tuple[Visit, int]:
    said = asked.input
    if "mxzdh" in said:
        person_id, visit_id, serial = numbers.read("mxzdh", said["mxzdh"], 3)
        if said.get("jzdyh") not in (None, numbers.made(person_id, visit_id)):
            raise MessageRefused("mxzdh（明细账单号）不属于 jzdyh（就诊单元号）所指的就诊")
        await shown(asked, person_id)
        visit = await views.visit(asked.work, asked.institution_id, person_id, visit_id)
        await _must_be_open(asked, visit, serial)
        return visit, serial
    serial = asked.work.ids.one()
    if "jzdyh" in said:
        visit = await visit_at(asked, said["jzdyh"])
        await shown(asked, visit.person_id)
        return visit, serial
    return await _begun(asked, await shown(asked)), serial


async def _must_be_open(asked: Asked, visit: Visit, serial: int) -> None:
    """Refuse to add to a bill that is settled, alone or with others. Raises AlreadySettled."""
    stand = {one.batch for one in await views.settled(asked.work, visit) if one.reversed_at is None}
    if any(line.batch in stand for line in await lines_with(asked, visit, serial)):
        raise AlreadySettled(visit.number)


async def _begun(asked: Asked, one: Shown) -> Visit:
    """Begin a visit, or at a pharmacy a purchase, with its lines."""
    serving = await views.serving(asked.work, asked.institution_id, asked.work.today)
    return await commands.register(asked.work, asked.programme, Registering(
        institution_id=asked.institution_id, kind="pharmacy" if serving.level is None else "outpatient",
        number=asked.envelope.msgid, card_number=one.card_number,
    ))  # fmt: skip


async def remove_bill(asked: Asked) -> Values:
    """SN02: take all lines of a bill out that is not settled."""
    person_id, visit_id, serial = numbers.read("mxzdh", asked.input["mxzdh"], 3)
    await shown(asked, person_id)
    visit = await views.visit(asked.work, asked.institution_id, person_id, visit_id)
    await reopened(asked, visit)
    batches: dict[str, list[str]] = defaultdict(list)
    for line in await lines_with(asked, visit, serial):
        batches[line.batch].append(line.line)
    if not batches:
        raise MessageRefused("mxzdh（明细账单号）没有明细，或已撤销")
    for batch, lines in batches.items():
        await commands.remove_lines(asked.work, asked.institution_id, person_id, visit_id, batch, lines)
    return {}


async def reopened(asked: Asked, visit: Visit) -> None:
    """Let a stay be open that was discharged for a settlement which did not come about (inferred: no message says so)."""
    if visit.status == "discharged":
        await commands.readmit(asked.work, visit.institution_id, visit.person_id, visit.visit_id)


ALL: Final = (transaction("SN01", add_lines), transaction("SN02", remove_bill))
