"""SI91, SK01, SL01: what became of a message, a settlement taken back, and a day held against ours."""

from __future__ import annotations

from typing import Final

from shebaoka.benefits.settlement import commands, views
from shebaoka.benefits.settlement.model import Reversing, Settlement
from shebaoka.benefits.settlement.reconciling import Amounts, Compared, Totals
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.refusals import MessageRefused
from shebaoka.faces.terminals.shanghai import numbers, segments
from shebaoka.faces.terminals.shanghai.acting import Asked, transaction
from shebaoka.faces.terminals.shanghai.answering import account, holder
from shebaoka.faces.terminals.shanghai.showing import shown
from shebaoka.kit.money import Fen

FATES: Final = {"unknown": "0", "settled": "1", "reversed": "2", "withdrawn": "3", "reversal": "4"}
DIFFERS, PASSED, PASSED_BEFORE, PASSED_NOW = "0", "2", "3", "4"
PARTS: Final = {
    "totalcuraccpay": "current_account_fen", "totalhisaccpay": "historic_account_fen", "totaltcpay": "pooled_fen",
    "totaldffjpay": "supplementary_fen", "totalflzf": "prepay_fen",
}  # fmt: skip


async def query(asked: Asked) -> Values:
    """SI91: tell what became of a message that settles or takes back. The look is recorded."""
    told = await views.message(asked.work, asked.institution_id, asked.input["ymsgid"])
    answer: Values = {"jyzt": FATES[told.fate]}
    if told.settlement is None:
        return answer
    one = told.settlement
    asked.work.record(one.person_id, "settlement.message_seen", one.settlement_id)
    number = numbers.made(one.person_id, one.settlement_id)
    return answer | {"lsh": number, "totalexpense": one.in_scope_fen, "cxmsgid": one.reversed_by}


async def reverse(asked: Asked) -> Values:
    """SK01: take back what a central serial stands for, by the holder's card. Amounts are what is given back (inferred)."""
    settlement = await _meant(asked)
    one = await shown(asked, settlement.person_id)
    if asked.input["totalexpense"] != settlement.in_scope_fen:
        raise MessageRefused(
            f"totalexpense（交易费用总额）与原结算不符，应为 {Fen(settlement.in_scope_fen).yuan()}"
        )
    message = Reversing(
        institution_id=asked.institution_id, number=asked.envelope.msgid, names=settlement.number
    )
    await commands.reverse(asked.work, message)
    bills = await views.bills(asked.work, settlement)
    counted = await views.counted(asked.work, settlement.person_id, settlement.quote_id)
    return (
        await holder(asked, one) | await account(asked, one.person_id)
        | segments.reversal(segments.of_bills(bills, counted)) | {"translsh": asked.input["translsh"]}
    )  # fmt: skip


async def _meant(asked: Asked) -> Settlement:
    person_id, settlement_id = numbers.read("translsh", asked.input["translsh"], 2)
    found = await views.settlement(asked.work, person_id, settlement_id)
    if found is None or found.institution_id != asked.institution_id:
        raise MessageRefused("translsh（原中心流水号）没有此笔结算")
    return found


async def collate(asked: Asked) -> Values:
    """SL01: hold a day's totals against ours, figure by figure; both are kept."""
    said, day = asked.input, asked.input["daycollate"]
    before = await views.day_compared(asked.work, asked.institution_id, day)
    found = await commands.compare_totals(asked.work, asked.institution_id, day, _totals(said))
    same = found.agreed and await _same_parts(asked)
    return {"daycollate": day, "resultcollate": _result(before) if same else DIFFERS}


def _totals(said: Values) -> Totals:
    """Give the day in the figures of the core: what is paid first and what is out of scope is cash, too."""
    fund = said["totaltcpay"] + said["totaldffjpay"]
    accounts = said["totalcuraccpay"] + said["totalhisaccpay"]
    cash = said["totalcashpay"] + said["totalflzf"] + said["totalfybjsfw"]
    return Totals(said["daycount"], Amounts(fund + accounts + cash, fund, accounts, cash))


async def _same_parts(asked: Asked) -> bool:
    _, ours = await views.day_sums(asked.work, asked.institution_id, asked.input["daycollate"])
    said = asked.input
    out = ours.own_expense_fen + ours.over_limit_fen
    return said["totalfybjsfw"] == out and all(
        said[name] == getattr(ours, part) for name, part in PARTS.items()
    )


def _result(before: Compared | None) -> str:
    if before is None:
        return PASSED
    return PASSED_BEFORE if before.agreed else PASSED_NOW


ALL: Final = (
    transaction("SI91", query, writes=False), transaction("SK01", reverse), transaction("SL01", collate),
)  # fmt: skip
