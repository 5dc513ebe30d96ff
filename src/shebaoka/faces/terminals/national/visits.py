"""A visit as messages name it: found by the numbers that they carry, begun, ended, cancelled."""

from __future__ import annotations

from collections.abc import Iterable

from shebaoka.benefits.settlement import commands, views
from shebaoka.benefits.settlement.model import CareTold, Diagnosis, Registering, Visit
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.national import people
from shebaoka.faces.terminals.national.acting import Asked
from shebaoka.faces.terminals.national.mapping import KINDS, MAPPING
from shebaoka.faces.terminals.refusals import MessageRefused, NotOffered
from shebaoka.registry.programme.model import VisitKind


async def begin(asked: Asked, values: Values, kind: VisitKind, number: str) -> Visit:
    """Begin a visit with the card that a message shows; the institution's number names it."""
    shown = await people.own(asked, values, kind)
    await people.must_be_insured_as(asked, shown.person_id, values["insutype"])
    return await commands.register(asked.work, asked.programme, Registering(
        institution_id=asked.institution_id, kind=kind, number=number, card_number=shown.card_number,
        began_on=values["begntime"].date(),
    ))  # fmt: skip


async def of(asked: Asked, values: Values, kind: VisitKind) -> Visit:
    """Give the visit that a message names, of this institution, patient and kind. Raises NotFound, MessageRefused."""
    person_id, visit_id = people.number(values, "psn_no"), people.number(values, "mdtrt_id")
    visit = await views.visit(asked.work, asked.institution_id, person_id, visit_id)
    if visit.kind != kind:
        raise MessageRefused(
            f"mdtrt_id：该就诊不是此类业务，请改用相应的交易（{MAPPING.clearing[visit.kind]}）"
        )
    return visit


def care_type(values: Values, kind: VisitKind) -> str:
    """Give the type of care that a message names. Raises NotOffered for one that is not settled as this kind of visit."""
    told = str(values["med_type"])
    if KINDS.get(told) != kind:
        raise NotOffered(f"med_type {told} 不按此类业务结算，可用：{'、'.join(MAPPING.visits[kind])}")
    return told


async def note_care(asked: Asked, visit: Visit, told: str, diagnoses: Iterable[Values]) -> None:
    """Keep what a visit is for. Diagnoses that the institution took back (vali_flag 0) are left out."""
    await commands.note_care(asked.work, visit.institution_id, visit.person_id, visit.visit_id, CareTold(
        care_type=told,
        diagnoses=tuple(
            Diagnosis(code=one["diag_code"], name=one["diag_name"], kind=one["diag_type"], main=one.get("maindiag_flag") == "1")
            for one in sorted(diagnoses, key=lambda one: one["diag_srt_no"]) if one.get("vali_flag") != "0"
        ),
    ))  # fmt: skip


async def told_care(asked: Asked, visit: Visit) -> str:
    """Give the type of care of a visit, as its institution told, or what it is without its word."""
    found = await views.care(asked.work, visit.person_id, [visit.visit_id])
    return found[visit.visit_id].care_type if visit.visit_id in found else MAPPING.care[visit.kind]


async def cancel(asked: Asked, visit: Visit) -> Values:
    """Cancel a visit of which nothing is settled."""
    await commands.cancel(asked.work, visit.institution_id, visit.person_id, visit.visit_id)
    return {}
