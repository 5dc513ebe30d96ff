"""The call orders that a run goes through, and what must hold in each: sums, repetitions, refusals, reversals."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from shebaoka.faces.terminals.conformance import contents as c
from shebaoka.faces.terminals.conformance.calling import Caller, must
from shebaoka.kit.clock import SHANGHAI

Values = dict[str, Any]
FUNDS: Final = (
    "hifp_pay",
    "cvlserv_pay",
    "hifes_pay",
    "hifmi_pay",
    "hifob_pay",
    "hifdm_pay",
    "maf_pay",
    "oth_pay",
)
NEGATED: Final = ("medfee_sumamt", "fund_pay_sumamt", "psn_part_amt", "acct_pay", "psn_cash_pay", *FUNDS)
TOTAL: Final = "118.00"
"""Of two lines: 100 that the catalogue lists, 18 that it does not."""


def identities(output: Values) -> Values:
    """Hold the sums of an answer against each other, and give its setlinfo."""
    info: Values = output["setlinfo"]
    sums = {name: Decimal(str(value)) for name, value in info.items() if isinstance(value, (Decimal, int))}
    parts = sum(sums[name] for name in ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt"))  # fmt: skip
    must(sums["medfee_sumamt"] == parts, "medfee_sumamt ≠ 四部分之和 · the four parts")
    paid = sums["fund_pay_sumamt"] + sums["hosp_part_amt"] + sums["psn_part_amt"]
    must(sums["medfee_sumamt"] == paid, "medfee_sumamt ≠ fund_pay_sumamt + hosp_part_amt + psn_part_amt")
    own = sums["acct_pay"] + sums["psn_cash_pay"] + sums["acct_mulaid_pay"]
    must(sums["psn_part_amt"] == own, "psn_part_amt ≠ acct_pay + psn_cash_pay + acct_mulaid_pay")
    must(sums["fund_pay_sumamt"] == sum(sums[name] for name in FUNDS), "fund_pay_sumamt ≠ 各基金之和 · the funds")  # fmt: skip
    return info


def negated(info: Values, back: Values) -> None:
    """Hold a reversal against what it takes back."""
    wrong = [name for name in NEGATED if info[name] != -back[name]]
    must(not wrong, f"撤销金额应为相反数 · not negated: {', '.join(wrong)}")


def sign_in(call: Caller) -> Values:
    """Sign in and read the test person; what the person is called in messages is what 1101 answers."""
    with call.check("签到 sign-in", "9001", "签到得到签到编号", "signing in gives a number"):
        call.sign_no = call.done("9001", {"signIn": {"opter_no": "0001", "ip": "127.0.0.1"}})["signinoutb"]["sign_no"]  # fmt: skip
    with call.check("签到 sign-in", "1101", "凭卡读出人员和参保", "the card tells person and insurance"):
        told = call.done("1101", c.reading(call))
        must(len(told["insuinfo"]) > 0, "insuinfo 为空 · is empty")
        return {**told["baseinfo"], "insutype": told["insuinfo"][0]["insutype"]}


def _quoted(call: Caller, who: Values, name: str) -> tuple[str, Values]:
    """Go from registration to quote, and give visit and setlinfo."""
    visit = str(call.done("2201", c.registering(call, who, name))["data"]["mdtrt_id"])
    call.done("2203A", c.telling(who, visit))
    lines = (c.line(call, "1", "100.00"), c.line(call, "2", "18.00", c.UNLISTED))
    divided = call.done("2204", c.fees(who, visit, *lines))["result"]
    must(
        divided[1]["fulamt_ownpay_amt"] == Decimal("18.00"),
        "目录外项目应全部自费 · an unlisted item is one's own",
    )
    return visit, identities(call.done("2206", c.quoting(call, who, visit, TOTAL)))


def clinic(call: Caller, who: Values) -> None:
    """2201 → 2203A → 2204 → 2206 → 2207, and back: 2208 → 2205 → 2202."""
    order, name = "门诊 clinic", call.msgid()
    with call.check(
        order, "2201–2206", "挂号、明细、预结算，金额恒等", "registration to quote; the sums hold"
    ):
        visit, quoted = _quoted(call, who, name)
    with call.check(order, "2207", "按预结算金额结算", "settles what was quoted"):
        info = identities(call.done("2207", c.settling(call, who, visit, quoted)))
        wrong = [one for one in NEGATED if info[one] != quoted[one]]
        must(not wrong, f"与预结算不同 · not as quoted: {', '.join(wrong)}")
    with call.check(order, "5203 5204", "查询与结算应答一致", "queries tell the same"):
        found = call.done("5203", c.of_visit(who, visit, setl_id=info["setl_id"]))["setlinfo"]
        must(
            [one["medfee_sumamt"] for one in found] == [info["medfee_sumamt"]], "5203 与结算不一致 · differs"
        )
        must(
            len(call.done("5204", c.of_visit(who, visit))["data"]) == len("12"),
            "5204 明细条数不符 · lines lack",
        )
    with call.check(order, "2208", "撤销返回相反数", "a reversal negates"):
        negated(info, identities(call.done("2208", c.of_visit(who, visit, setl_id=info["setl_id"]))))
    with call.check(order, "2208 again", "不能撤销两次", "nothing is taken back twice"):
        call.refused("2208", c.of_visit(who, visit, setl_id=info["setl_id"]))
    with call.check(order, "2205 2202", "撤销明细和挂号", "lines and registration are undone"):
        call.done("2205", c.of_visit(who, visit, chrg_bchno="0000"))
        call.done("2202", c.of_visit(who, visit, ipt_otp_no=name))


def stay(call: Caller, who: Values) -> None:
    """2401 → 2301 → 2303 → 2402 → 2304, and back: 2305 → 2405 → 2302 → 2404."""
    order, total = "住院 stay", "9000.00"
    with call.check(
        order, "2401 2301 2303", "入院、明细、预结算，金额恒等", "admission to quote; the sums hold"
    ):
        visit = str(call.done("2401", c.admitting(call, who, call.msgid()))["result"]["mdtrt_id"])
        call.done("2301", c.fees(who, visit, c.line(call, "1", total)))
        identities(call.done("2303", c.stay_settling(call, who, visit, total)))
    with call.check(order, "2304 early", "未出院不能结算", "nothing is settled before the discharge"):
        call.refused("2304", c.stay_settling(call, who, visit, total))
    with call.check(order, "2402 2304", "出院后结算，金额恒等", "settled after the discharge; the sums hold"):
        call.done("2402", c.discharging(who, visit))
        info = identities(call.done("2304", c.stay_settling(call, who, visit, total)))
    with call.check(order, "2305", "撤销返回相反数", "a reversal negates"):
        negated(info, identities(call.done("2305", c.of_visit(who, visit, setl_id=info["setl_id"]))))
    with call.check(
        order, "2405 2302 2404", "出院、明细、入院依次撤销", "discharge, lines and admission are undone"
    ):
        call.done("2405", c.of_visit(who, visit))
        call.done("2302", {"data": [{"feedetl_sn": "0000", "mdtrt_id": visit, "psn_no": who["psn_no"]}]})
        call.done("2404", c.of_visit(who, visit))


def pharmacy(call: Caller) -> None:
    """2101 → 2102, and back: 2103. A pharmacy's own system, which signs in first."""
    who = sign_in(call)
    order = "药店 pharmacy"
    purchase = c.buying(call, who, "60.00", c.line(call, call.msgid(), "60.00"))
    with call.check(order, "2101 2102", "预结算、结算，金额恒等", "quote and settlement; the sums hold"):
        quoted = identities(call.done("2101", purchase))
        info = identities(call.done("2102", purchase))
        must(info["medfee_sumamt"] == quoted["medfee_sumamt"], "2102 与 2101 不一致 · differ")
    with call.check(order, "2103", "撤销返回相反数", "a reversal negates"):
        taken = c.of_visit(who, info["mdtrt_id"], setl_id=info["setl_id"])
        negated(info, identities(call.done("2103", taken)))


def lost_answers(call: Caller, who: Values) -> None:
    """An answer does not come: the same message again, a query, a reversal by number, and a reversal that came first."""
    order, msgid = "超时 time-out", call.msgid()
    with call.check(
        order, "5203 before", "未结算的报文查询为空", "a message that did not come is told as none"
    ):
        visit, quoted = _quoted(call, who, call.msgid())
        asking = {"data": {"psn_no": who["psn_no"], "medins_setl_id": msgid}}
        must(call.done("5203", asking)["setlinfo"] == [], "应为空 · should be empty")
    with call.check(order, "same msgid", "原样重发得到同样应答", "the same again is answered the same"):
        settling = c.settling(call, who, visit, quoted)
        first, again = call.done("2207", settling, msgid), call.done("2207", settling, msgid)
        must(first == again, "两次应答不同 · the answers differ")
        must(len(call.done("5203", asking)["setlinfo"]) == 1, "应只结算一次 · settled once")
    with call.check(
        order, "other content", "同一编号内容不同的拒绝", "the same number with another content is refused"
    ):
        call.refused("2207", {"data": settling["data"] | {"invono": "9"}}, msgid)
    with call.check(order, "2601", "按原报文编号冲正一次", "undone by its number, once"):
        undoing = {"data": {"psn_no": who["psn_no"], "omsgid": msgid, "oinfno": "2207"}}
        call.done("2601", undoing)
        call.refused("2601", undoing)
        must(call.done("5203", asking)["setlinfo"][0]["setl_stas"] == "2", "5203 应为已撤销 · should say so")
    with call.check(
        order, "2601 first", "先到的冲正使原报文不再受理", "a reversal that comes first bars its message"
    ):
        late = call.msgid()
        call.done("2601", {"data": {"psn_no": who["psn_no"], "omsgid": late, "oinfno": "2207"}})
        quoted = identities(call.done("2206", c.quoting(call, who, visit, TOTAL)))
        call.refused("2207", c.settling(call, who, visit, quoted), late)


def faults(call: Caller) -> None:
    """Messages and headers that are wrong: the gateway answers with a status, the interface with infcode -1 and a sentence."""
    order, good = "差错 faults", {"signIn": {"opter_no": "0001", "ip": "127.0.0.1"}}
    with call.check(order, "missing field", "缺项写明节点和字段", "a missing field is named"):
        must("opter_no" in call.refused("9001", {"signIn": {"ip": "127.0.0.1"}}), "err_msg 未写明字段 · the field is not named")  # fmt: skip
    with call.check(order, "third decimal", "金额三位小数拒绝", "a third decimal is refused"):
        wrong = c.quoting(call, {"psn_no": "1", "insutype": "310"}, "1", "1.005")
        must("medfee_sumamt" in call.refused("2206", wrong), "err_msg 未写明字段 · the field is not named")
    with call.check(order, "unknown infno", "没有的交易拒绝", "an unknown transaction is refused"):
        call.refused("9999", {})
    with call.check(order, "no sign_no", "未签到拒绝", "without a sign-in it is refused"):
        call.refused("1101", c.reading(call), sign_no=None)
    with call.check(
        order, "other institution", "非密钥所属机构拒绝", "another institution's code is refused"
    ):
        call.refused("9001", good, fixmedins_code="X-NOT-OURS")
    with call.check(order, "no JSON", "不是 JSON 的报文拒绝", "what is no JSON is refused"):
        must((call.post(b"x").received or {}).get("infcode") == -1, "应为 infcode -1 · should be")
    for name, headers, zh, en in (
        (
            "signature",
            call.headers() | {"x-tif-signature": "0" * 64},
            "签名错误 401",
            "a wrong signature: 401",
        ),
        ("old time", call.headers(at=1_500_000_000), "过期报文 401", "an old message: 401"),
    ):
        with call.check(order, name, zh, en):
            must(call.post(call.message("9001", good), headers).status == 401, "应为 401 · should be 401")  # noqa: PLR2004 - as it says
    with call.check(order, "replay", "重放的随机数 401", "a nonce that came before: 401"):
        headers = call.headers()
        call.post(call.message("9001", good), headers)
        must(call.post(call.message("9001", good), headers).status == 401, "应为 401 · should be 401")  # noqa: PLR2004 - as it says


def sums(call: Caller, who: Values) -> None:
    """3201, with sums that cannot be right."""
    order, today = "日终 end of day", f"{datetime.now(SHANGHAI):%Y-%m-%d}"
    with call.check(
        order, "3201", "对总账，不平时给出我方数字", "sums are compared; where they differ ours are told"
    ):
        told = call.done("3201", {"data": {
            "insutype": who["insutype"], "clr_type": "11", "setl_optins": call.given.division, "stmt_begndate": today,
            "stmt_enddate": today, "medfee_sumamt": "99999999.00", "fund_pay_sumamt": "0", "acct_pay": "0",
            "fixmedins_setl_cnt": 1,
        }})["stmtinfo"]  # fmt: skip
        must(told["stmt_rslt"] == "1" and "我方" in told["stmt_rslt_dscr"], "应为不平 · should differ")


def sign_out(call: Caller) -> None:
    """9002."""
    with call.check("日终 end of day", "9002", "签退后编号失效", "after signing out the number is over"):
        out = {"signOut": {"opter_no": "0001", "sign_no": call.sign_no}}
        call.done("9002", out)
        call.refused("9002", out)
