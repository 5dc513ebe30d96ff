"""2501, 2502: a hospital refers a patient to a place in another province, or takes that back."""

from __future__ import annotations

from typing import Final

from shebaoka.benefits.cross_province import commands, views
from shebaoka.benefits.cross_province.model import Registering
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.national import people
from shebaoka.faces.terminals.national.acting import Asked, transaction
from shebaoka.kit.problems import NotFound

UNSAID: Final = "转出医院撤销"


async def refer(asked: Asked) -> Values:
    """2501: register a patient for care in another province; the letter of referral is that the hospital agrees."""
    values = asked.input["refmedin"]
    made = await commands.register(asked.work, asked.programme, asked.city.settings.division_code, Registering(
        person_id=people.number(values, "psn_no"), kind="referral", place=values["mdtrtarea_admdvs"], registrar="hospital",
        number=asked.envelope.msgid, from_on=values.get("begndate") or values["refl_date"], until_on=values.get("enddate"),
        documents=("referral_letter",) if values.get("hosp_agre_refl_flag") == "1" else (),
    ))  # fmt: skip
    return {"result": {"trt_dcla_detl_sn": str(made.registration_id)}}


async def take_back(asked: Asked) -> Values:
    """2502: withdraw a referral that this institution made."""
    values = asked.input["data"]
    person_id, registration_id = people.number(values, "psn_no"), people.number(values, "trt_dcla_detl_sn")
    held = await views.registrations(asked.work, person_id)
    if not any(
        (one.registration_id, one.institution_id) == (registration_id, asked.institution_id) for one in held
    ):
        raise NotFound("trt_dcla_detl_sn：本机构没有此备案，请核对备案流水号与 psn_no")
    await commands.withdraw(asked.work, person_id, registration_id, values.get("memo") or UNSAID)
    return {}


ALL: Final = (transaction("2501", refer), transaction("2502", take_back))
