"""5203 to 5206: what an institution settled for a patient, its lines, and where the patient stands. Every look is recorded."""

from __future__ import annotations

from typing import Final

from shebaoka.benefits.insurance import views as insurance
from shebaoka.benefits.settlement import views
from shebaoka.benefits.settlement.model import Settlement, Visit
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.national import money, people
from shebaoka.faces.terminals.national.acting import Asked, transaction
from shebaoka.faces.terminals.national.mapping import MAPPING
from shebaoka.faces.terminals.refusals import MessageRefused
from shebaoka.kit.problems import NotFound

CHRONIC: Final = "14"
STANDS, TAKEN_BACK = "1", "2"


async def settlements(asked: Asked, told_by: money.Told = money.told) -> Values:
    """5203: settlements of a patient at this institution, by setl_id, by the msgid that settled, or all of a visit; taken back ones too.

    An empty answer says that nothing was settled.
    """
    values = asked.input["data"]
    person_id = await _looked_at(asked, values)
    infos, details = [], []
    for one in await _named(asked, person_id, values):
        visit = await views.visit(asked.work, asked.institution_id, person_id, one.visit_id)
        bills = await views.bills(asked.work, one)
        told = await told_by(asked, visit, one, bills, one.settled_at, number=one.number, setl_id=one.settlement_id)  # fmt: skip
        infos.append(told["setlinfo"] | {"setl_stas": STANDS if one.reversed_at is None else TAKEN_BACK})
        details += [line | {"setl_id": str(one.settlement_id)} for line in told["setldetail"]]
    return {"setlinfo": infos, "setldetail": details}


async def _named(asked: Asked, person_id: int, values: Values) -> list[Settlement]:
    """Give the settlements that a message names, by what names them best; each is this institution's and patient's."""
    found: list[Settlement | None]
    if "medins_setl_id" in values:
        found = [(await views.message(asked.work, asked.institution_id, values["medins_setl_id"])).settlement]
    elif "setl_id" in values:
        found = [await views.settlement(asked.work, person_id, people.number(values, "setl_id"))]
    elif "mdtrt_id" in values:
        visit_id = people.number(values, "mdtrt_id")
        visit = await views.visit(asked.work, asked.institution_id, person_id, visit_id)
        found = [*await views.settled(asked.work, visit)]
    else:
        raise MessageRefused("setl_id、mdtrt_id、medins_setl_id 至少填写一项")
    said = {"mdtrt_id": "visit_id", "setl_id": "settlement_id", "medins_setl_id": "number"}
    return [
        one for one in found
        if one is not None and (one.institution_id, one.person_id) == (asked.institution_id, person_id)
        and all(values.get(name) in (None, str(getattr(one, ours))) for name, ours in said.items())
    ]  # fmt: skip


async def lines(asked: Asked) -> Values:
    """5204: lines of a visit at this institution; of one settlement where it is named."""
    values = asked.input["data"]
    person_id = await _looked_at(asked, values)
    visit_id = people.number(values, "mdtrt_id")
    visit = await views.visit(asked.work, asked.institution_id, person_id, visit_id)
    batch = None
    if "setl_id" in values:
        one = await views.settlement(asked.work, person_id, people.number(values, "setl_id"))
        if one is None or one.visit_id != visit_id:
            raise NotFound("setl_id：该就诊没有此结算")
        batch = one.batch
    kept = await views.lines(asked.work, visit)
    return {"data": [
        {
            "mdtrt_id": str(visit_id), "feedetl_sn": one.line, "chrg_bchno": one.batch, "fee_ocur_time": one.served_on,
            "med_list_codg": one.item, "det_item_fee_sumamt": one.amount_fen, "fulamt_ownpay_amt": one.own_expense_fen,
            "overlmt_amt": one.over_limit_fen, "preselfpay_amt": one.prepay_fen, "inscp_scp_amt": one.in_scope_fen,
            "chrgitm_lv": MAPPING.classes[one.catalogue_class],
        }
        for one in kept if batch in (None, one.batch)
    ]}  # fmt: skip


async def chronic(asked: Asked) -> Values:
    """5205: what a patient was given here at visits for a chronic disease (med_type 14), on some days."""
    values = asked.input["data"]
    person_id = await _looked_at(asked, values)
    first, last = values["begntime"].date(), values["endtime"].date()
    here: list[Visit] = [one for one in await views.visits(asked.work, person_id) if one.institution_id == asked.institution_id]  # fmt: skip
    care = await views.care(asked.work, person_id, [one.visit_id for one in here])
    found = []
    for visit in here:
        if visit.visit_id not in care or care[visit.visit_id].care_type != CHRONIC:
            continue
        found += [
            {
                "mdtrt_id": str(visit.visit_id), "feedetl_sn": one.line, "fee_ocur_time": one.served_on,
                "med_list_codg": one.item, "det_item_fee_sumamt": one.amount_fen,
            }
            for one in await views.lines(asked.work, visit) if first <= one.served_on <= last
        ]  # fmt: skip
    return {"feedetail": found}


async def sums(asked: Asked) -> Values:
    """5206: what counts for a patient in the medical year of today."""
    person_id = await _looked_at(asked, asked.input["data"])
    today = asked.work.today
    one = await insurance.insured(asked.work, asked.programme, person_id, today)
    common = {"insutype": MAPPING.insutype[one.scheme], "year": f"{one.year.name}", "cum_ym": f"{today:%Y%m}"}
    if asked.input["data"].get("cum_ym", common["cum_ym"]) != common["cum_ym"]:
        raise MessageRefused(f"cum_ym：只提供当前累计（{common['cum_ym']}），可不填")
    counted = {"QFX": one.state.deductible_used_fen, "FDX": one.state.pooled_used_fen}
    return {"cuminfo": [common | {"cum_type_code": code, "cum": fen} for code, fen in counted.items()]}


async def _looked_at(asked: Asked, values: Values) -> int:
    """Give whom a message asks about, whom this institution has seen; the look is recorded. Raises NotFound."""
    person_id = people.number(values, "psn_no")
    if not await views.has_been_at(asked.work, asked.institution_id, person_id):
        raise NotFound("psn_no：该人员在本机构没有就诊记录")
    asked.work.record(person_id, "settlement.person_seen", person_id)
    return person_id


ALL: Final = tuple(
    transaction(code, act, writes=False)
    for code, act in (("5203", settlements), ("5204", lines), ("5205", chronic), ("5206", sums))
)
