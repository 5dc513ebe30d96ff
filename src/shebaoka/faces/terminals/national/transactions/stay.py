"""2301 to 2305, 2401 to 2405: a stay in hospital, from admission to settlement after the discharge."""

from __future__ import annotations

from typing import Final

from shebaoka.benefits.settlement import commands
from shebaoka.benefits.settlement.model import Visit
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.national import bills, settling, visits
from shebaoka.faces.terminals.national.acting import Asked, transaction
from shebaoka.faces.terminals.refusals import MessageRefused, NotOffered

KIND: Final = "inpatient"
YES: Final = "1"


async def admit(asked: Asked) -> Values:
    """2401: begin a stay; the hospital's ipt_no names it."""
    values = asked.input["mdtrtinfo"]
    told = visits.care_type(values, KIND)
    visit = await visits.begin(asked, values, KIND, values["ipt_no"])
    await visits.note_care(asked, visit, told, asked.input["diseinfo"])
    return {"result": {"mdtrt_id": str(visit.visit_id)}}


async def change(asked: Asked) -> Values:
    """2403: tell anew what a stay is for; the day of admission stays."""
    values = asked.input["adminfo"]
    visit = await visits.of(asked, values, KIND)
    if (visit.number, visit.began_on) != (values["ipt_otp_no"], values["begntime"].date()):
        raise MessageRefused("住院号和入院日期不能变更，请撤销入院（2404）后重新办理")
    await visits.note_care(asked, visit, visits.care_type(values, KIND), asked.input["diseinfo"])
    return {}


async def discharge(asked: Asked) -> Values:
    """2402: end a stay on a day; the diagnoses at discharge take the place of those at admission."""
    values = asked.input["dscginfo"]
    visit = await visits.of(asked, values, KIND)
    told = await visits.told_care(asked, visit)
    await visits.note_care(asked, visit, told, asked.input["diseinfo"])
    on = values["endtime"].date()
    await commands.discharge(asked.work, visit.institution_id, visit.person_id, visit.visit_id, on)
    return {}


async def cancel(asked: Asked) -> Values:
    """2404: cancel a stay of which nothing is settled."""
    return await visits.cancel(asked, await visits.of(asked, asked.input["data"], KIND))


async def readmit(asked: Asked) -> Values:
    """2405: take a discharge back that is not settled."""
    visit = await visits.of(asked, asked.input["data"], KIND)
    await commands.readmit(asked.work, visit.institution_id, visit.person_id, visit.visit_id)
    return {}


async def add_lines(asked: Asked) -> Values:
    """2301: lines of a stay, divided by the catalogue of their days."""
    given = asked.input["feedetail"]
    first = bills.one_of(given, "mdtrt_id", "psn_no")
    return {"result": await bills.add(asked, await visits.of(asked, first, KIND), "", given)}


async def remove_lines(asked: Asked) -> Values:
    """2302: lines of a stay, or all of them (0000)."""
    given = asked.input["data"]
    first = bills.one_of(given, "mdtrt_id", "psn_no")
    await bills.remove(asked, await visits.of(asked, first, KIND), [one["feedetl_sn"] for one in given])
    return {}


async def quote(asked: Asked) -> Values:
    """2303: what a stay comes to so far."""
    return await settling.quote(asked, await to_settle(asked), asked.input["data"], "")


async def settle(asked: Asked) -> Values:
    """2304: settle a stay after the discharge, as it is reckoned now: the rule of stays says so."""
    return await settling.settle(asked, await to_settle(asked), asked.input["data"], "")


async def to_settle(asked: Asked) -> Visit:
    """Give the stay that a message quotes or settles: at its end, not before. Raises NotOffered."""
    values = asked.input["data"]
    if values["mid_setl_flag"] == YES:
        raise NotOffered("mid_setl_flag：本市住院费用出院时一次结算，不办理中途结算")
    return await visits.of(asked, values, KIND)


async def take_back(asked: Asked) -> Values:
    """2305: take the settlement of a stay back."""
    return await settling.take_back(asked, asked.input["data"], KIND)


ALL: Final = (
    transaction("2301", add_lines), transaction("2302", remove_lines), transaction("2303", quote), transaction("2304", settle),
    transaction("2305", take_back), transaction("2401", admit), transaction("2402", discharge), transaction("2403", change),
    transaction("2404", cancel), transaction("2405", readmit),
)  # fmt: skip
