"""One guest, insured in another province, from the card to the settlement and back; whether or not the national hub answers."""

from __future__ import annotations

from typing import Any, Final

from shebaoka.faces.terminals.conformance import contents as c
from shebaoka.faces.terminals.conformance.calling import Caller, must
from shebaoka.faces.terminals.conformance.model import Visitor
from shebaoka.faces.terminals.conformance.orders import identities, negated

Values = dict[str, Any]
ORDER: Final = "外省参保人 guest"
TOTAL: Final = "9000.00"
UNTOLD: Final = "310"
"""The scheme that a hospital says where the hub does not answer."""
WAITS: Final = "3"


def guest(hospital: Caller, one: Visitor) -> None:
    """1101 → 2401 → 2301 → 2303 → 2402 → 2304, and back: 2305 → 2405 → 2302 → 2404, or 2601 where it waits for the hub."""
    call = hospital.of(one)
    with call.check(ORDER, "1101", "凭外省卡读出人员", "the card of another province tells who it is"):
        told = call.done("1101", c.reading_guest(call, one))
        insured = told["insuinfo"]
        must(
            bool(insured) or bool(told["baseinfo"].get("memo")),
            "insuinfo 为空而无 memo · empty without a memo",
        )
        who = {**told["baseinfo"], "insutype": insured[0]["insutype"] if insured else UNTOLD}
    with call.check(ORDER, "2201", "门诊按规则拒绝", "a clinic is refused by the rule"):
        call.refused("2201", c.registering(call, who, call.msgid()))
    with call.check(ORDER, "2401 2301 2402", "入院、明细、出院", "admission, lines, discharge"):
        visit = str(call.done("2401", c.admitting(call, who, call.msgid()))["result"]["mdtrt_id"])
        call.done("2301", c.fees(who, visit, c.line(call, "1", TOTAL)))
        call.done("2402", c.discharging(who, visit))
    with call.check(
        ORDER, "2303", "预结算：金额恒等，或平台无应答", "a quote whose sums hold, or the hub is silent"
    ):
        quoted = call.send("2303", c.stay_settling(call, who, visit, TOTAL))
        if quoted["infcode"] == 0:
            identities(quoted["output"])
    _settled(call, who, visit)


def _settled(call: Caller, who: Values, visit: str) -> None:
    msgid, message = call.msgid(), c.stay_settling(call, who, visit, TOTAL)
    with call.check(
        ORDER, "2304", "已结算且金额恒等，或待结算", "settled and the sums hold, or to be settled"
    ):
        first = call.done("2304", message, msgid)
        if "setlinfo" in first:
            identities(first)
        else:
            must(first["result"]["setl_stas"] == WAITS, "setl_stas 应为 3 · should be 3")
    with call.check(ORDER, "5203", "按报文编号查到一次", "asked by its number it is there once"):
        found = call.done("5203", {"data": {"psn_no": who["psn_no"], "medins_setl_id": msgid}})
        must(len(found["setlinfo"] + found.get("result", [])) == 1, "应为一笔 · should be one")
    with call.check(
        ORDER, "same msgid", "原样重发：同样应答，或此间已结算", "again: the same, or settled meanwhile"
    ):
        again = call.done("2304", message, msgid)
        must(again == first or "setlinfo" not in first, "两次应答不同 · the answers differ")
    info = again.get("setlinfo")
    if info is None:
        with call.check(ORDER, "2601", "待结算的按编号撤回", "what waits is withdrawn by its number"):
            call.done("2601", {"data": {"psn_no": who["psn_no"], "omsgid": msgid, "oinfno": "2304"}})
            call.refused("2304", message, msgid)
        return
    with call.check(ORDER, "2305", "撤销返回相反数", "a reversal negates"):
        negated(info, identities(call.done("2305", c.of_visit(who, visit, setl_id=info["setl_id"]))))
    with call.check(
        ORDER, "2405 2302 2404", "出院、明细、入院依次撤销", "discharge, lines and admission are undone"
    ):
        call.done("2405", c.of_visit(who, visit))
        call.done("2302", {"data": [{"feedetl_sn": "0000", "mdtrt_id": visit, "psn_no": who["psn_no"]}]})
        call.done("2404", c.of_visit(who, visit))
