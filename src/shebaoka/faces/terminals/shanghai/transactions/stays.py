"""SJ11/SJ21 and SI51/SI52: a stay is registered, or that taken back; it is quoted at any time and settled at its end."""

from __future__ import annotations

from datetime import date
from typing import Final

from shebaoka.benefits.settlement import commands, views
from shebaoka.benefits.settlement.model import Registering, Visit
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.refusals import MessageRefused, NotOffered
from shebaoka.faces.terminals.shanghai import numbers, segments
from shebaoka.faces.terminals.shanghai.acting import Asked, transaction
from shebaoka.faces.terminals.shanghai.answering import account, holder, quoted, settled
from shebaoka.faces.terminals.shanghai.billing import lines_of, note_care, visit_of
from shebaoka.faces.terminals.shanghai.declared import DICTIONARIES
from shebaoka.faces.terminals.shanghai.showing import Shown, identity, shown
from shebaoka.faces.terminals.shanghai.transactions.clinic import confirmed
from shebaoka.faces.terminals.shanghai.transactions.lines import reopened

STAY: Final = "3"
LEAVES: Final = "1"
WHOLE: Final = ""
"""A stay is one batch."""


async def register(asked: Asked) -> Values:
    """SJ11: register a stay with a card."""
    said = asked.input
    _only_stays("djtype", said["djtype"])
    one = await shown(asked)
    visit = await commands.register(asked.work, asked.programme, Registering(
        institution_id=asked.institution_id, kind="inpatient", number=said["djno"], card_number=one.card_number,
        began_on=said["startdate"],
    ))  # fmt: skip
    await note_care(asked, visit)
    who, _ = await identity(asked.work, one.person_id)
    number = numbers.made(visit.person_id, visit.visit_id)
    return await account(asked, one.person_id) | {
        "cardtype": one.kind, "cardid": one.card_number, "jzdyh": number, "personname": who.name, "sfzh": who.id_number,
        "startdate": visit.began_on, "lsh": number,
    }  # fmt: skip


async def unregister(asked: Asked) -> Values:
    """SJ21: cancel the stay of a card's holder here of which nothing is settled. There is one at most, or it says so."""
    _only_stays("cxtype", asked.input["cxtype"])
    one = await shown(asked)
    found = [
        visit for visit in await views.visits(asked.work, one.person_id)
        if visit.institution_id == asked.institution_id and visit.kind == "inpatient" and visit.status != "cancelled"
        and not any(made.reversed_at is None for made in await views.settled(asked.work, visit))
    ]  # fmt: skip
    if len(found) != 1:
        said = "没有未结算的住院登记" if not found else "有多次未结算的住院登记，请联系医保经办机构"
        raise MessageRefused(f"cxtype（撤销类别）{said}")
    await reopened(asked, found[0])
    await commands.cancel(asked.work, asked.institution_id, one.person_id, found[0].visit_id)
    return await holder(asked, one) | await account(asked, one.person_id)


async def quote(asked: Asked) -> Values:
    """SI51: quote a stay. With the mark of discharge it ends on the last day that is named, without it goes on (inferred)."""
    visit, one = await _stay(asked)
    await _left(asked, visit, asked.input.get("jsjsrq") if asked.input["cyjsbz"] == LEAVES else None)
    await note_care(asked, visit)
    made = await commands.quote(
        asked.work, asked.programme, visit.institution_id, visit.person_id, visit.visit_id, WHOLE
    )
    return await quoted(asked, one, made, segments.stay)


async def confirm(asked: Asked) -> Values:
    """SI52: settle a stay that SI51 quoted at its end, by the card that is shown now."""
    if asked.input["cyjsbz"] != LEAVES:
        raise NotOffered("cyjsbz：在院期间不结算，请于出院时结算")
    visit, one = await _stay(asked)
    _, quote_id = numbers.read("jssqxh", asked.input["jssqxh"], 2)
    done = await confirmed(asked, one, quote_id)
    if done.settlement.visit_id != visit.visit_id:
        raise MessageRefused("jssqxh（计算申请序号）不是对此次住院的试算，请重新预结算")
    return await settled(asked, one, done, segments.stay)


async def _stay(asked: Asked) -> tuple[Visit, Shown]:
    bills = asked.input["mxzdhs"]
    visit = await visit_of(asked, bills)
    one = await shown(asked, visit.person_id)
    if visit.kind != "inpatient":
        raise MessageRefused("jzdyh（就诊单元号）不是住院登记，请用 SI11、SI12 结算")
    await lines_of(asked, visit, bills)
    return visit, one


async def _left(asked: Asked, visit: Visit, on: date | None) -> None:
    """Let a stay end on a day, or go on."""
    if visit.ended_on == on:
        return
    await reopened(asked, visit)
    if on is not None:
        await commands.discharge(asked.work, visit.institution_id, visit.person_id, visit.visit_id, on)


def _only_stays(name: str, said: str) -> None:
    if said != STAY:
        raise NotOffered(f"{name}：{DICTIONARIES['djtype'][said]}不经此接口办理")


ALL: Final = (
    transaction("SJ11", register), transaction("SJ21", unregister), transaction("SI51", quote), transaction("SI52", confirm),
)  # fmt: skip
