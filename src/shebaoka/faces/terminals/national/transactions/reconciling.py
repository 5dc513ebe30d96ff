"""3201, 3202: an institution's sums and messages are held against ours; what differs is worked off (`benefits differences`)."""

from __future__ import annotations

from datetime import date
from typing import Final

from shebaoka.benefits.settlement import commands, views
from shebaoka.benefits.settlement.reconciling import Amounts, Detail, Difference, Totals, totals
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.national.acting import Asked, transaction
from shebaoka.faces.terminals.national.mapping import CLEARING, SCHEMES
from shebaoka.faces.terminals.refusals import MessageRefused
from shebaoka.kit.money import Fen

AGREED, DIFFERS = "0", "1"
DAYS_MAX: Final = 366
KINDS: Final = {
    "missing_here": "贵方有、我方无：该报文未成功或未收到，请按原报文编号查询（5203）",
    "missing_there": "我方有、贵方无：请核对是否漏记；未向患者收费的请冲正（2601）",
    "amount_differs": "双方金额不符，请以结算应答为准更正",
}


async def sums(asked: Asked) -> Values:
    """3201: sums of some days, of one kind of visit and scheme; settled and taken back together, or one of them (refd_setl_flag)."""
    values = asked.input["data"]
    first, last = _days(values)
    settled, back = await views.sums_of_days(
        asked.work,
        asked.institution_id,
        CLEARING[values["clr_type"]],
        SCHEMES[values["insutype"]],
        first,
        last,
    )
    ours = {"0": settled, "1": _negative(back), None: _both(settled, back)}[values.get("refd_setl_flag")]
    asked.work.record(0, "settlement.sums_compared", asked.institution_id, first=first, last=last)
    theirs = (
        values["fixmedins_setl_cnt"],
        values["medfee_sumamt"],
        values["fund_pay_sumamt"],
        values["acct_pay"],
    )
    said = (ours.messages, ours.amounts.total_fen, ours.amounts.fund_fen, ours.amounts.account_fen)
    return {"stmtinfo": _result(asked, ours, agreed=theirs == said)}


async def details(asked: Asked) -> Values:
    """3202: a day's messages one by one, in the message itself; differences are kept until somebody closes them."""
    values, given = asked.input["data"], asked.input["detail"]
    first, last = _days(values)
    if first != last:
        raise MessageRefused("stmt_begndate、stmt_enddate：明细对账一次一天，两个日期须相同")
    theirs = [Detail(one["msgid"], _amounts(one)) for one in given]
    _must_sum_up(values, totals(one.amounts for one in theirs))
    found = await commands.compare_details(asked.work, asked.institution_id, first, theirs)
    ours = totals((await views.day_details(asked.work, asked.institution_id, first)).values())
    return {
        "stmtinfo": _result(asked, ours, agreed=not found),
        "result": [_told(one) for one in found],
    }


def _must_sum_up(values: Values, summed: Totals) -> None:
    said = {
        "fixmedins_setl_cnt": summed.messages, "medfee_sumamt": summed.amounts.total_fen,
        "fund_pay_sumamt": summed.amounts.fund_fen, "cash_payamt": summed.amounts.cash_fen,
    }  # fmt: skip
    for name, ours in said.items():
        if values[name] != ours:
            raise MessageRefused(f"{name}：与 detail 节点各行的合计不符，请核对后整份重传")


def _days(values: Values) -> tuple[date, date]:
    first, last = values["stmt_begndate"], values["stmt_enddate"]
    if not first <= last or (last - first).days >= DAYS_MAX:
        raise MessageRefused("stmt_enddate：不早于开始日期，且一次不超过一年")
    return first, last


def _amounts(one: Values) -> Amounts:
    return Amounts(one["medfee_sumamt"], one["fund_pay_sumamt"], one["acct_pay"], one["psn_cash_pay"])


def _negative(one: Totals) -> Totals:
    parts = one.amounts
    return Totals(one.messages, Amounts(-parts.total_fen, -parts.fund_fen, -parts.account_fen, -parts.cash_fen))  # fmt: skip


def _both(settled: Totals, back: Totals) -> Totals:
    parts = (settled.amounts, _negative(back).amounts)
    return Totals(settled.messages + back.messages, totals(parts).amounts)


def _result(asked: Asked, ours: Totals, *, agreed: bool) -> Values:
    said = f"我方 {ours.messages} 笔，医疗费总额 {Fen(ours.amounts.total_fen).yuan()}，基金 {Fen(ours.amounts.fund_fen).yuan()}，个人账户 {Fen(ours.amounts.account_fen).yuan()}"
    return {
        "setl_optins": asked.city.settings.division_code, "stmt_rslt": AGREED if agreed else DIFFERS,
        "stmt_rslt_dscr": f"{'一致' if agreed else '不一致'}：{said}"[:200],
    }  # fmt: skip


def _told(one: Difference) -> Values:
    ours = one.ours
    amounts = {} if ours is None else {
        "medfee_sumamt": ours.total_fen, "fund_pay_sumamt": ours.fund_fen, "acct_pay": ours.account_fen,
        "psn_cash_pay": ours.cash_fen,
    }  # fmt: skip
    return {"msgid": one.number, "stmt_rslt": DIFFERS, "memo": KINDS[one.kind], **amounts}


ALL: Final = (transaction("3201", sums, writes=False), transaction("3202", details))
