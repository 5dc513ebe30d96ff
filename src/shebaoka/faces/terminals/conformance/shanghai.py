"""Shanghai's fifth-phase messages in the kit: the call orders of a clinic and a stay, an electronic card, lost answers, faults, a day's totals."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from shebaoka.faces.terminals.conformance.calling import OK, Caller, Document, Failed, must
from shebaoka.faces.terminals.shanghai.declared import MESSAGES
from shebaoka.faces.terminals.shanghai.envelope import DONE, REFUSED
from shebaoka.kit.clock import SHANGHAI
from shebaoka.records.messages.layouts import read

Values = dict[str, Any]
UNLISTED: Final = "CONFORMANCE-NOT-LISTED"
CLINIC: Final = (
    "curaccountpay", "zfdxjzfs", "zfdlnzhzfs", "tcdzhzfs", "tcdxjzfs", "tczfs", "fjdzhzfs", "fjdxjzfs", "fjzfs",
)  # fmt: skip
STAY: Final = ("qfdzhzfs", "qfdxjzfs", "tcdzhzfs", "tcdxjzfs", "tczfs", "fjdzhzfs", "fjdxjzfs", "fjzfs")
BACK: Final = (
    "curaccount", "hisaccount", "zfcash", "tchisaccount", "tccash", "tc", "dffjhisaccount", "dffjcash", "dffj",
)  # fmt: skip


class ShanghaiCaller(Caller):
    """A hospital's system that speaks so."""

    path = "/terminals/shanghai"
    kind = "xxlxm"

    def msgid(self) -> str:
        """Give a number for a new message."""
        now = datetime.now(SHANGHAI)
        return f"{self.system.code:0<11.11}{now:%Y%m%d}{now:%H%M%S}{next(self._serial) % 1000:03}"

    def message(self, infno: str, content: Any, msgid: str | None = None, **changed: Any) -> Document:
        """Give a message; a change to None leaves the field out."""
        whole = {
            "jysj": f"{datetime.now(SHANGHAI):%Y-%m-%d %H:%M:%S}", "xxlxm": infno, "bbh": "1.0", "msgid": msgid or self.msgid(),
            "xzqhdm": self.given.division, "jgdm": self.system.code, "czybm": "0001", "czyxm": "联调", "jyqd": "10",
            "xxnr": content,
        } | changed  # fmt: skip
        return {name: value for name, value in whole.items() if value is not None}

    def send(self, infno: str, content: Any, msgid: str | None = None, **changed: Any) -> Document:
        """Send a message and give its answer, P001 or -1. Raises Failed for anything else."""
        exchange = self.post(self.message(infno, content, msgid, **changed))
        document = exchange.received
        if (
            exchange.status != OK
            or not isinstance(document, dict)
            or document.get("xxfhm") not in (DONE, REFUSED)
        ):
            raise Failed(f"{infno}: HTTP {exchange.status}")
        if document["xxfhm"] == REFUSED and not document.get("fhxx"):
            raise Failed(f"{infno}: xxfhm -1 而没有 fhxx · without a sentence")
        return document

    def done(self, infno: str, content: Any, msgid: str | None = None) -> Document:
        """Send a message that must be done, and give its content, as its field table reads it."""
        document = self.send(infno, content, msgid)
        if document["xxfhm"] != DONE:
            raise Failed(f"{infno}: {document['fhxx']}")
        output: Document = document["xxnr"]
        _, faults = read(MESSAGES[infno].answers, output)
        if faults:
            raise Failed(
                f"{infno}: 应答与字段表不符 · the answer does not fit its table: {faults[0].sentence}"
            )
        return output

    def refused(self, infno: str, content: Any, msgid: str | None = None, **changed: Any) -> str:
        """Send a message that must be refused, and give the sentence."""
        document = self.send(infno, content, msgid, **changed)
        if document["xxfhm"] != REFUSED:
            raise Failed(f"{infno}: 应拒绝而未拒绝 · was done and should have been refused")
        return str(document["fhxx"])

    def card(self, **more: Any) -> Values:
        """Give a content that shows the test person's card."""
        return {"cardtype": "1", "carddata": self.given.patient.card_number} | more


def identities(output: Values, parts: tuple[str, ...] = CLINIC) -> Values:
    """Hold the segments of an answer against its transaction costs."""
    must(
        output["totalexpense"] == sum(output[name] for name in parts),
        "totalexpense ≠ 各段之和 · the segments",
    )
    if parts is CLINIC:
        accounts = output["zfdlnzhzfs"] + output["tcdzhzfs"] + output["fjdzhzfs"]
        must(output["hisaccountpay"] == accounts, "hisaccountpay ≠ 各段历年账户之和 · the segments' accounts")
    return output


def account(call: ShanghaiCaller) -> Values:
    """S000, SM01: whose card it is, and the account that everything must leave as it was."""
    with call.check("读卡 card", "S000 SM01", "读出持卡人和账户", "the card tells holder and account"):
        who, told = call.done("S000", call.card()), call.done("SM01", call.card())
        must(
            who["kh"] == told["cardid"] == call.given.patient.card_number, "卡号不一致 · card numbers differ"
        )
        return told


def _bill(call: ShanghaiCaller, amount: str, visit: str | None = None) -> Values:
    """Send a line that the catalogue lists and one that it does not, and give the bill as a settlement names it."""
    own = Decimal("18.00")
    lines = [
        {"xh": "1", "mxxmbm": call.given.item, "mxxmsl": 1, "mxxmdj": amount, "mxxmje": amount},
        {"xh": "2", "mxxmbm": UNLISTED, "mxxmsl": 1, "mxxmdj": f"{own}", "mxxmje": f"{own}"},
    ]
    said = call.card(bcmxylfyze=f"{Decimal(amount) + own}", mxxms=lines) | ({"jzdyh": visit} if visit else {})
    told = call.done("SN01", said)
    must(told["mxxms"][1]["mxxmybjsfwfy"] == 0, "目录外项目应全部自费 · an unlisted item is one's own")
    return {"mxzdh": told["mxzdh"], "totalexpense": amount, "ybjsfwfyze": amount, "fybjsfwfyze": f"{own}"}


def clinic(call: ShanghaiCaller) -> None:
    """SH01 → SH02 → SN01 → SI11 → SI12, and back: SK01 twice, SN02."""
    order = "门诊 clinic"
    fee = call.card(
        zlxmdm=call.given.item, totalexpense="22.00", ybjsfwfyze="22.00", fybjsfwfyze="3.00", yllb="S11"
    )
    with call.check(
        order, "SH01 SH02", "挂号预结算、确认，金额恒等", "registration quoted and settled; the sums hold"
    ):
        quoted = identities(call.done("SH01", fee))
        begun = identities(call.done("SH02", {"jssqxh": quoted["jssqxh"]}))
    with call.check(order, "SN01 SI11", "明细、预结算，金额恒等", "lines and quote; the sums hold"):
        bill = _bill(call, "100.00", begun["jzdyh"])
        asked = call.card(jzdyh=begun["jzdyh"], mxzdhs=[bill])
        quoted = identities(call.done("SI11", asked))
    with call.check(
        order, "SI11 wrong", "账单金额不符拒绝", "a bill that comes to something else is refused"
    ):
        call.refused("SI11", call.card(mxzdhs=[bill | {"totalexpense": "99.99"}]))
    with call.check(order, "SI12", "按预结算金额结算", "settles what was quoted"):
        done = identities(call.done("SI12", asked | {"jssqxh": quoted["jssqxh"]}))
        must(all(done[name] == quoted[name] for name in CLINIC), "与预结算不同 · not as quoted")
    with call.check(order, "SK01", "冲销退回原金额，一次", "a reversal gives back what was paid, once"):
        back = call.card(translsh=done["lsh"], totalexpense=f"{done['totalexpense']}")
        told = call.done("SK01", back)
        must(
            sum(told[name] for name in BACK) == done["totalexpense"],
            "退回之和 ≠ totalexpense · what is given back",
        )
        call.refused("SK01", back)
    with call.check(order, "SN02 SK01", "撤销明细和挂号", "lines and registration are undone"):
        call.done("SN02", call.card(mxzdh=bill["mxzdh"]))
        call.done("SK01", call.card(translsh=begun["lsh"], totalexpense=f"{begun['totalexpense']}"))


def stay(call: ShanghaiCaller) -> None:
    """SJ11 → SN01 → SI51 → SI52, and back: SK01, SJ21."""
    order, today = "住院 stay", f"{datetime.now(SHANGHAI):%Y-%m-%d}"
    with call.check(
        order, "SJ11 SN01 SI51", "入院、明细、在院试算，金额恒等", "admission to an estimate; the sums hold"
    ):
        begun = call.done("SJ11", call.card(djtype="3", djno=call.msgid(), startdate=today))
        asked = call.card(jzdyh=begun["jzdyh"], cyjsbz="0", mxzdhs=[_bill(call, "9000.00", begun["jzdyh"])])
        estimate = identities(call.done("SI51", asked), STAY)
    with call.check(order, "SI52 early", "未出院不能结算", "nothing is settled before the discharge"):
        call.refused("SI52", asked | {"jssqxh": estimate["jssqxh"]})
    with call.check(order, "SI51 SI52", "出院结算，金额恒等", "settled at the discharge; the sums hold"):
        leaving = asked | {"cyjsbz": "1", "jsjsrq": today}
        quoted = identities(call.done("SI51", leaving), STAY)
        done = identities(call.done("SI52", leaving | {"jssqxh": quoted["jssqxh"]}), STAY)
    with call.check(order, "SK01 SJ21", "冲销结算、撤销登记", "settlement and registration are undone"):
        call.done("SK01", call.card(translsh=done["lsh"], totalexpense=f"{done['totalexpense']}"))
        call.done("SJ21", call.card(cxtype="3"))


def lost_answers(call: ShanghaiCaller) -> None:
    """An answer does not come: a query, the same message again, the same number with something else."""
    order, msgid = "超时 time-out", call.msgid()
    with call.check(
        order, "SI91 before", "未结算的报文查询为 0", "a message that did not come is told as none"
    ):
        asked = call.card(mxzdhs=[_bill(call, "50.00")])
        settling = asked | {"jssqxh": call.done("SI11", asked)["jssqxh"]}
        must(call.done("SI91", {"ymsgid": msgid})["jyzt"] == "0", "应为 0 · should be 0")
    with call.check(order, "same msgid", "原样重发得到同样应答", "the same again is answered the same"):
        first, again = call.done("SI12", settling, msgid), call.done("SI12", settling, msgid)
        must(first == again, "两次应答不同 · the answers differ")
        told = call.done("SI91", {"ymsgid": msgid})
        must(
            (told["jyzt"], told["lsh"]) == ("1", first["lsh"]),
            "SI91 应为已结算 · should say that it is settled",
        )
    with call.check(
        order, "other content", "同一编号内容不同的拒绝", "the same number with another content is refused"
    ):
        call.refused("SI12", settling | {"deptid": "9"}, msgid)
    with call.check(order, "SK01 SI91", "冲销后查询得知", "a query tells of the reversal"):
        call.done("SK01", call.card(translsh=first["lsh"], totalexpense=f"{first['totalexpense']}"))
        must(call.done("SI91", {"ymsgid": msgid})["jyzt"] == "2", "SI91 应为已冲销 · should say so")


def ecard(call: ShanghaiCaller, text: str | None) -> None:
    """SE01: a code that is none; and, where one is given (a telephone shows it for a minute), a bill settled by its token."""
    order = "电子卡 electronic card"
    with call.check(order, "SE01 no code", "不是电子社保卡的拒绝", "what is no electronic card is refused"):
        call.refused("SE01", {"ecQrCode": "SBE1NOTACODE"})
    if text is None:
        return
    with call.check(order, "SE01 SM01", "换得令牌，即测试卡", "its token stands for the test card"):
        token = {"cardtype": "3", "carddata": call.done("SE01", {"ecQrCode": text})["ecToken"]}
        must(
            call.done("SM01", token)["cardid"] == call.given.patient.card_number,
            "不是测试卡 · is not the test card's",
        )
    with call.check(order, "SI11 SI12", "凭令牌结算，金额恒等", "settled by the token; the sums hold"):
        asked = token | {"mxzdhs": [_bill(call, "30.00")]}
        settling = asked | {"jssqxh": call.done("SI11", asked)["jssqxh"]}
        done = identities(call.done("SI12", settling))
    with call.check(order, "SK01", "凭令牌冲销", "taken back by the token"):
        call.done("SK01", token | {"translsh": done["lsh"], "totalexpense": f"{done['totalexpense']}"})


def faults(call: ShanghaiCaller) -> None:
    """Messages that are wrong: each is answered with -1 and a sentence that names the field."""
    order, good = "差错 faults", call.card()
    wrong: tuple[tuple[str, str, Values, str, Values], ...] = (
        ("missing field", "SM01", {"cardtype": "1"}, "carddata", {}),
        ("third decimal", "SK01", good | {"translsh": "1", "totalexpense": "1.005"}, "totalexpense", {}),
        ("no such code", "SM01", good | {"cardtype": "9"}, "cardtype", {}),
        ("magnetic card", "SM01", good | {"cardtype": "0"}, "磁卡", {}),
        ("unknown message", "SX99", {}, "SX99", {}),
        ("other institution", "SM01", good, "jgdm", {"jgdm": "X-NOT-OURS"}),
        ("not our number", "SH02", {"jssqxh": "x"}, "jssqxh", {}),
    )
    for name, code, content, names, changed in wrong:
        with call.check(order, name, "拒绝并写明字段", "refused, and the field is named"):
            must(names in call.refused(code, content, **changed), "fhxx 未写明字段 · the field is not named")
    with call.check(order, "no JSON", "不是 JSON 的报文拒绝", "what is no JSON is refused"):
        must((call.post(b"x").received or {}).get("xxfhm") == REFUSED, "应为 -1 · should be -1")


def day(call: ShanghaiCaller, before: Values) -> None:
    """SL01, with sums that cannot be right; and the account is as it was."""
    today = f"{datetime.now(SHANGHAI):%Y-%m-%d}"
    names = (
        "daycount", "totalcuraccpay", "totalhisaccpay", "totalcashpay", "totaltcpay", "totaldffjpay", "totalflzf", "totalfybjsfw",
    )  # fmt: skip
    with call.check("日终 end of day", "SL01", "对账不平时返回 0", "sums that differ are told"):
        told = call.done(
            "SL01", {"daycollate": today} | dict.fromkeys(names, 1) | {"totaltcpay": "99999999.00"}
        )
        must(told["resultcollate"] == "0", "应为不平 · should differ")
    with call.check("日终 end of day", "SM01", "全部撤销后账户如初", "the account is as it was"):
        now = call.done("SM01", call.card())
        must(
            json.dumps(now, default=str) == json.dumps(before, default=str),
            "账户或累计未复原 · account or sums differ",
        )
