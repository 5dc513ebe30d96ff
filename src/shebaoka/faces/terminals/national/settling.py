"""Quoting, settling and taking back: the same for clinics, pharmacies and stays."""

from __future__ import annotations

from typing import Final

from shebaoka.benefits.settlement import commands, views
from shebaoka.benefits.settlement.commands.quoting import settling as rule_of
from shebaoka.benefits.settlement.model import Confirming, Reversing, Settlement, Sums, Visit
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.national import money, people, visits
from shebaoka.faces.terminals.national.acting import Asked
from shebaoka.faces.terminals.refusals import MessageRefused
from shebaoka.kit.money import Fen
from shebaoka.kit.problems import NotFound
from shebaoka.registry.programme.model import VisitKind

QUOTES: Final = {"outpatient": "2206", "pharmacy": "2101", "inpatient": "2303"}
SAID: Final = {
    "medfee_sumamt": "total_fen", "fulamt_ownpay_amt": "own_expense_fen", "overlmt_selfpay": "over_limit_fen",
    "preselfpay_amt": "prepay_fen", "inscp_scp_amt": "in_scope_fen",
}  # fmt: skip
"""What a sender says of the sums, held against ours where it is said."""


async def quote(asked: Asked, visit: Visit, values: Values, batch: str) -> Values:
    """Say what a batch comes to; kept, to be settled while it holds."""
    await _check(asked, visit, values)
    quoted = await commands.quote(
        asked.work, asked.programme, visit.institution_id, visit.person_id, visit.visit_id, batch
    )
    held_against(values, quoted.sums)
    return await money.told(asked, visit, quoted.sums, quoted.bills, asked.work.now, number=asked.envelope.msgid,
                            proof=values["mdtrt_cert_type"])  # fmt: skip


async def settle(asked: Asked, visit: Visit, values: Values, batch: str) -> Values:
    """Settle by the card that is shown; where the rule of the visit recomputes, as it is reckoned now, else as it was quoted last."""
    await _check(asked, visit, values)
    shown = await people.own(asked, values, visit.kind)
    quote_id, sums = await _quoted(asked, visit, batch)
    held_against(values, sums)
    done = await commands.confirm(asked.work, asked.programme, Confirming(
        institution_id=asked.institution_id, number=asked.envelope.msgid, person_id=visit.person_id, quote_id=quote_id,
        card_number=shown.card_number,
    ))  # fmt: skip
    one = done.settlement
    return await money.told(asked, visit, one, done.bills, one.settled_at, number=one.number, setl_id=one.settlement_id,
                            proof=values["mdtrt_cert_type"])  # fmt: skip


async def _quoted(asked: Asked, visit: Visit, batch: str) -> tuple[int, Sums]:
    if rule_of(asked.programme, visit.kind, asked.work.today).moved == "recompute":
        quoted = await commands.quote(
            asked.work, asked.programme, visit.institution_id, visit.person_id, visit.visit_id, batch
        )
        return quoted.quote_id, quoted.sums
    found = await views.batch_quote(asked.work, visit, batch)
    if found is None:
        raise MessageRefused(
            f"没有预结算：请先用同样的内容预结算（{QUOTES[visit.kind]}），把金额告知患者后再结算"
        )
    return found


async def _check(asked: Asked, visit: Visit, values: Values) -> None:
    if "med_type" in values:
        visits.care_type(values, visit.kind)
    await people.must_be_insured_as(asked, visit.person_id, values["insutype"])


def held_against(values: Values, sums: Sums) -> None:
    """Refuse where a message says other sums than ours. Raises MessageRefused."""
    for name, ours in SAID.items():
        if name in values and values[name] != getattr(sums, ours):
            raise MessageRefused(f"{name}：与已上传明细的合计不符，应为 {Fen(getattr(sums, ours)).yuan()}")
    if values.get("acct_used_flag") == "0" and sums.current_account_fen + sums.historic_account_fen:
        raise MessageRefused("acct_used_flag：按本市规定须由个人账户支付，请填 1")


async def take_back(asked: Asked, values: Values, kind: VisitKind, told: money.Told = money.told) -> Values:
    """Take a settlement back by its setl_id, and give what it had come to, negated."""
    visit = await visits.of(asked, values, kind)
    found = await of(asked, visit, values)
    done = await commands.reverse(asked.work, Reversing(
        institution_id=asked.institution_id, number=asked.envelope.msgid, names=found.number,
    ))  # fmt: skip
    one = done.settlement
    assert one is not None, "it was settled, so it was there to take back"
    return await told(asked, visit, one, await views.bills(asked.work, one), one.reversed_at or asked.work.now,
                      number=asked.envelope.msgid, setl_id=one.settlement_id, taken_back=True)  # fmt: skip


async def of(asked: Asked, visit: Visit, values: Values) -> Settlement:
    """Give the settlement of a visit that a message names. Raises NotFound."""
    setl_id = people.number(values, "setl_id")
    found = await views.settlement(asked.work, visit.person_id, setl_id)
    if found is None or found.visit_id != visit.visit_id:
        raise NotFound(f"setl_id：没有结算 {setl_id}，请核对 setl_id 与 mdtrt_id")
    return found
