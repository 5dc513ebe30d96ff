"""2201 to 2207: a visit to a clinic, from registration to settlement."""

from __future__ import annotations

from typing import Final

from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.national import bills, settling, visits
from shebaoka.faces.terminals.national.acting import Asked, transaction
from shebaoka.faces.terminals.refusals import MessageRefused

KIND: Final = "outpatient"


async def register(asked: Asked) -> Values:
    """2201: begin a visit; the institution's ipt_otp_no names it."""
    values = asked.input["data"]
    visit = await visits.begin(asked, values, KIND, values["ipt_otp_no"])
    return {
        "data": {"mdtrt_id": str(visit.visit_id), "psn_no": str(visit.person_id), "ipt_otp_no": visit.number}
    }


async def cancel(asked: Asked) -> Values:
    """2202: cancel a visit of which nothing is settled."""
    values = asked.input["data"]
    visit = await visits.of(asked, values, KIND)
    if visit.number != values["ipt_otp_no"]:
        raise MessageRefused("ipt_otp_no（住院/门诊号）与该就诊挂号时的不符")
    return await visits.cancel(asked, visit)


async def tell(asked: Asked) -> Values:
    """2203, 2203A: what the visit is for."""
    values = asked.input["mdtrtinfo"]
    visit = await visits.of(asked, values, KIND)
    await visits.note_care(asked, visit, visits.care_type(values, KIND), asked.input["diseinfo"])
    return {}


async def add_lines(asked: Asked) -> Values:
    """2204: lines of one visit and batch, divided by the catalogue of their days."""
    given = asked.input["feedetail"]
    first = bills.one_of(given, "mdtrt_id", "psn_no", "chrg_bchno")
    visit = await visits.of(asked, first, KIND)
    return {"result": await bills.add(asked, visit, first["chrg_bchno"], given)}


async def remove_lines(asked: Asked) -> Values:
    """2205: a batch, or all that is not settled (0000)."""
    values = asked.input["data"]
    visit = await visits.of(asked, values, KIND)
    await bills.remove_batch(asked, visit, values["chrg_bchno"])
    return {}


async def quote(asked: Asked) -> Values:
    """2206: what a batch comes to, kept for 2207."""
    values = asked.input["data"]
    visit = await visits.of(asked, values, KIND)
    return await settling.quote(asked, visit, values, values["chrg_bchno"])


async def settle(asked: Asked) -> Values:
    """2207: settle what 2206 said."""
    values = asked.input["data"]
    visit = await visits.of(asked, values, KIND)
    return await settling.settle(asked, visit, values, values["chrg_bchno"])


async def take_back(asked: Asked) -> Values:
    """2208: take a settlement back."""
    return await settling.take_back(asked, asked.input["data"], KIND)


ALL: Final = (
    transaction("2201", register), transaction("2202", cancel), transaction("2203", tell), transaction("2204", add_lines),
    transaction("2205", remove_lines), transaction("2206", quote), transaction("2207", settle), transaction("2208", take_back),
)  # fmt: skip
