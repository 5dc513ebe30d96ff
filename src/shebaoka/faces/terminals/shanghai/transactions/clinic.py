"""SH01/SH02 and SI11/SI12: a clinic's registration and its bill, or a purchase: quoted, then confirmed by the quote's number."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from shebaoka.benefits.insurance.catalogue import Item
from shebaoka.benefits.insurance.model import FEN_MAX
from shebaoka.benefits.settlement import commands, views
from shebaoka.benefits.settlement.model import Confirming, Line, Registering, Settled, Visit
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.refusals import MessageRefused
from shebaoka.faces.terminals.shanghai import numbers, segments
from shebaoka.faces.terminals.shanghai.acting import Asked, transaction
from shebaoka.faces.terminals.shanghai.answering import quoted, settled
from shebaoka.faces.terminals.shanghai.billing import (
    batch_of,
    check_totals,
    line_of,
    lines_of,
    note_care,
    visit_of,
)
from shebaoka.faces.terminals.shanghai.lining import listed
from shebaoka.faces.terminals.shanghai.showing import CARD, Shown, shown
from shebaoka.kit.money import Fen

ONE: Final = Decimal(1)
OWN: Final = "GHF"
"""What of a registration is nobody's but the patient's."""


async def quote_registration(asked: Asked) -> Values:
    """SH01: begin a visit with the fee for it, and quote that."""
    one = await shown(asked)
    visit = await commands.register(asked.work, asked.programme, Registering(
        institution_id=asked.institution_id, kind="outpatient", number=asked.envelope.msgid, card_number=one.card_number,
    ))  # fmt: skip
    serial = asked.work.ids.one()
    batch = batch_of([serial])
    lines = await _fees(asked, serial)
    divided = await commands.add_lines(
        asked.work, asked.programme, visit.institution_id, visit.person_id, visit.visit_id, batch, lines
    )
    check_totals("", {
        "totalexpense": sum(part.in_scope_fen for part in divided),
        "ybjsfwfyze": sum(part.in_scope_fen + part.prepay_fen for part in divided),
        "fybjsfwfyze": sum(part.own_expense_fen + part.over_limit_fen for part in divided),
    }, asked.input)  # fmt: skip
    return await _quote(asked, one, visit, batch)


async def _fees(asked: Asked, serial: int) -> list[Line]:
    """Give the fee as the catalogue has it, and beside it what is out of scope."""
    said, today = asked.input, asked.work.today
    in_scope, own = said["ybjsfwfyze"], said["fybjsfwfyze"]
    if not 0 <= min(in_scope, own) <= max(in_scope, own) <= FEN_MAX or in_scope + own == 0:
        raise MessageRefused("ybjsfwfyze、fybjsfwfyze（费用总额）须为不小于零的金额，且合计大于零")
    code = said["zlxmdm"]
    fee = (await listed(asked, [(code, today)]))[code, today].item(Fen(in_scope), ONE)
    lines = [Line(line=line_of(serial, "1"), item=code, served_on=today, counts=fee)] if in_scope else []
    if own:
        item = Item(amount_fen=own, catalogue_class="own")
        lines.append(Line(line=line_of(serial, "2"), item=OWN, served_on=today, counts=item))
    return lines


async def confirm_registration(asked: Asked) -> Values:
    """SH02: settle it, by the card that SH01 showed."""
    person_id, quote_id = numbers.read("jssqxh", asked.input["jssqxh"], 2)
    visit = await views.visit_of_quote(asked.work, asked.institution_id, person_id, quote_id)
    one = Shown(CARD, await views.card_of(asked.work, visit), person_id)
    done = await confirmed(asked, one, quote_id)
    return await settled(asked, one, done, segments.clinic) | {
        "jzdyh": numbers.made(person_id, visit.visit_id)
    }


async def quote_bill(asked: Asked) -> Values:
    """SI11: let the lines of the bills that are named be settled together, and quote them."""
    bills = asked.input["mxzdhs"]
    visit = await visit_of(asked, bills)
    one = await shown(asked, visit.person_id)
    _not_a_stay(visit)
    lines, batch = await lines_of(asked, visit, bills)
    await commands.regroup_lines(
        asked.work, visit.institution_id, visit.person_id, visit.visit_id, lines, batch
    )
    await note_care(asked, visit)
    return await _quote(asked, one, visit, batch)


async def confirm_bill(asked: Asked) -> Values:
    """SI12: settle what SI11 quoted, by the card that is shown now."""
    bills = asked.input["mxzdhs"]
    visit = await visit_of(asked, bills)
    one = await shown(asked, visit.person_id)
    _not_a_stay(visit)
    _, batch = await lines_of(asked, visit, bills)
    _, quote_id = numbers.read("jssqxh", asked.input["jssqxh"], 2)
    done = await confirmed(asked, one, quote_id)
    if (done.settlement.visit_id, done.settlement.batch) != (visit.visit_id, batch):
        raise MessageRefused("jssqxh（计算申请序号）不是对这些明细账单的试算，请重新预结算")
    return await settled(asked, one, done, segments.clinic)


async def confirmed(asked: Asked, one: Shown, quote_id: int) -> Settled:
    """Settle a quote by a card, under the message's number."""
    message = Confirming(
        institution_id=asked.institution_id, number=asked.envelope.msgid, person_id=one.person_id, quote_id=quote_id,
        card_number=one.card_number,
    )  # fmt: skip
    return await commands.confirm(asked.work, asked.programme, message)


async def _quote(asked: Asked, one: Shown, visit: Visit, batch: str) -> Values:
    made = await commands.quote(
        asked.work, asked.programme, visit.institution_id, visit.person_id, visit.visit_id, batch
    )
    return await quoted(asked, one, made, segments.clinic)


def _not_a_stay(visit: Visit) -> None:
    if visit.kind == "inpatient":
        raise MessageRefused("jzdyh（就诊单元号）是住院登记，请用 SI51、SI52 结算")


ALL: Final = (
    transaction("SH01", quote_registration), transaction("SH02", confirm_registration),
    transaction("SI11", quote_bill), transaction("SI12", confirm_bill),
)  # fmt: skip
