"""Bills of lines: which lines a message means, and whether it says what they come to; a settlement is of a set of bills."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from shebaoka.benefits.settlement import commands, views
from shebaoka.benefits.settlement.errors import NotHolder
from shebaoka.benefits.settlement.model import CareTold, Diagnosis, Kept, Visit
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.national.mapping import MAPPING
from shebaoka.faces.terminals.refusals import MessageRefused
from shebaoka.faces.terminals.shanghai import numbers
from shebaoka.faces.terminals.shanghai.acting import Asked
from shebaoka.kit.money import Fen
from shebaoka.kit.sm import sm3

SERIAL: Final = "-"
"""Between the bill's serial and the sender's number of the line."""
CARE: Final = MAPPING.care
"""Types of care are kept by the national code."""
TOTALS: Final = {
    "totalexpense": "交易费用总额",
    "ybjsfwfyze": "医保结算范围费用总额",
    "fybjsfwfyze": "非医保结算范围费用总额",
}


def line_of(serial: int, number: str) -> str:
    """Give the number of a line within its visit."""
    return f"{numbers.made(serial)}{SERIAL}{number}"


def batch_of(serials: Collection[int]) -> str:
    """Give the batch in which the lines of these bills are settled together; the same bills, the same batch."""
    return f"J{sm3(','.join(map(str, sorted(serials))).encode()).hex()[:32]}"


async def visit_at(asked: Asked, number: str, field: str = "jzdyh") -> Visit:
    """Give the visit of a number of ours. Raises MessageRefused, NotFound for another institution's."""
    person_id, visit_id = numbers.read(field, number, 2)
    return await views.visit(asked.work, asked.institution_id, person_id, visit_id)


async def visit_of(asked: Asked, bills: Sequence[Values]) -> Visit:
    """Give the visit that the bills of a message belong to, which is the one that it names. Raises MessageRefused, NotHolder."""
    found = {numbers.read("mxzdh", one["mxzdh"], 3)[:2] for one in bills}
    if "jzdyh" in asked.input:
        found.add(numbers.read("jzdyh", asked.input["jzdyh"], 2))
    if len({person for person, _ in found}) > 1:
        raise NotHolder
    if len(found) > 1:
        raise MessageRefused("mxzdhs（明细账单）不属于同一次就诊，请分别结算")
    ((person_id, visit_id),) = found
    return await views.visit(asked.work, asked.institution_id, person_id, visit_id)


async def lines_with(asked: Asked, visit: Visit, serial: int) -> list[Kept]:
    """Give the lines of one bill of a visit."""
    return [
        one
        for one in await views.lines(asked.work, visit)
        if one.line.startswith(f"{numbers.made(serial)}{SERIAL}")
    ]


async def lines_of(asked: Asked, visit: Visit, bills: Sequence[Values]) -> tuple[list[str], str]:
    """Give the lines of a message's bills and their batch, having held what it says of each against what we know.

    Raises MessageRefused, which tells what a bill comes to.
    """
    serials = [numbers.read("mxzdh", one["mxzdh"], 3)[2] for one in bills]
    if len(set(serials)) != len(serials):
        raise MessageRefused("mxzdhs（明细账单）有重复的明细账单号")
    kept = await views.lines(asked.work, visit)
    found: list[str] = []
    for n, (serial, said) in enumerate(zip(serials, bills, strict=True), 1):
        of_bill = [one for one in kept if one.line.startswith(f"{numbers.made(serial)}{SERIAL}")]
        _hold(f"mxzdhs[{n}]", of_bill, said)
        found += [one.line for one in of_bill]
    if visit.kind == "inpatient" and len(found) < len(kept):
        raise MessageRefused("mxzdhs（明细账单）未列全：住院费用须一次结清，请列出本次住院的全部明细账单号")
    return found, batch_of(serials)


def _hold(where: str, lines: Sequence[Kept], said: Values) -> None:
    if not lines:
        raise MessageRefused(f"{where}.mxzdh（明细账单号）没有明细，或已撤销")
    come_to = {
        "totalexpense": sum(one.in_scope_fen for one in lines),
        "ybjsfwfyze": sum(one.in_scope_fen + one.prepay_fen for one in lines),
        "fybjsfwfyze": sum(one.own_expense_fen + one.over_limit_fen for one in lines),
    }
    check_totals(where, come_to, said)


def check_totals(where: str, come_to: Values, said: Values) -> None:
    """Hold totals of a message against what they come to. Raises MessageRefused, which names the right one."""
    for name, zh in TOTALS.items():
        if said[name] != come_to[name]:
            field = f"{where}.{name}" if where else name
            raise MessageRefused(f"{field}（{zh}）与目录计算结果不符，应为 {Fen(come_to[name]).yuan()}")


async def note_care(asked: Asked, visit: Visit) -> None:
    """Keep what a visit is for, where the message says it; the first diagnosis is the main one (inferred)."""
    said = asked.input.get("zdnos")
    if not said:
        return
    found = tuple(
        Diagnosis(code=one["zdno"], name=one.get("zdmc", ""), main=n == 0) for n, one in enumerate(said)
    )
    told = CareTold(care_type=CARE[visit.kind], diagnoses=found)
    await commands.note_care(asked.work, visit.institution_id, visit.person_id, visit.visit_id, told)
