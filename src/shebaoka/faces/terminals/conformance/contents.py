"""Contents of the kit's messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from shebaoka.faces.terminals.conformance.calling import Writer
from shebaoka.faces.terminals.conformance.model import Visitor
from shebaoka.kit.clock import SHANGHAI

Values = dict[str, Any]
UNLISTED: Final = "CONFORMANCE-NOT-LISTED"
BATCH: Final = "1"


def moment() -> str:
    """Give the present moment as messages write it."""
    return f"{datetime.now(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def proof(caller: Writer) -> Values:
    """Give the test person's card."""
    return {"mdtrt_cert_type": "03", "mdtrt_cert_no": caller.given.patient.card_number}


def reading(caller: Writer) -> Values:
    """1101."""
    return {"data": {**proof(caller), "card_sn": caller.given.patient.card_sn, "psn_cert_type": "01"}}


def reading_guest(caller: Writer, guest: Visitor) -> Values:
    """1101 of somebody of another province."""
    return {"data": {**reading(caller)["data"], "certno": guest.id_number, "psn_name": guest.name}}


def line(caller: Writer, number: str, amount: str, item: str = "") -> Values:
    """Give a fee line of one piece."""
    code = item or caller.given.item
    return {
        "feedetl_sn": number, "rx_circ_flag": "0", "fee_ocur_time": moment(), "med_list_codg": code, "medins_list_codg": code,
        "det_item_fee_sumamt": amount, "cnt": "1", "pric": amount, "bilg_dept_codg": "01", "bilg_dept_name": "内科",
        "bilg_dr_codg": "D1", "bilg_dr_name": "医师",
    }  # fmt: skip


def diagnosis(psn_no: str) -> Values:
    """Give a diagnosis for any message."""
    return {
        "psn_no": psn_no, "diag_type": "1", "maindiag_flag": "1", "diag_srt_no": 1, "diag_code": "J06.900",
        "diag_name": "急性上呼吸道感染", "diag_dept": "01", "dise_dor_no": "D1", "dise_dor_name": "医师", "diag_time": moment(),
        "vali_flag": "1",
    }  # fmt: skip


def registering(caller: Writer, who: Values, number: str) -> Values:
    """2201."""
    return {"data": {
        **proof(caller), **_named(who), "begntime": moment(), "ipt_otp_no": number, "atddr_no": "D1", "dr_name": "医师",
        "dept_code": "01", "dept_name": "内科", "caty": "A03",
    }}  # fmt: skip


def telling(who: Values, visit: str) -> Values:
    """2203."""
    info = {"mdtrt_id": visit, "psn_no": who["psn_no"], "med_type": "11", "begntime": moment()}
    return {"mdtrtinfo": info, "diseinfo": [diagnosis(who["psn_no"])]}


def fees(who: Values, visit: str, *lines: Values) -> Values:
    """2204, 2301."""
    common = {"mdtrt_id": visit, "psn_no": who["psn_no"], "chrg_bchno": BATCH, "med_type": "21"}
    return {"feedetail": [one | common for one in lines]}


def quoting(caller: Writer, who: Values, visit: str, total: str) -> Values:
    """2206."""
    return {"data": {
        **proof(caller), **_named(who), "med_type": "11", "medfee_sumamt": total, "psn_setlway": "01", "mdtrt_id": visit,
        "chrg_bchno": BATCH, "acct_used_flag": "1",
    }}  # fmt: skip


def settling(caller: Writer, who: Values, visit: str, quoted: Values) -> Values:
    """2207: what 2206 said."""
    said = {name: str(quoted[name]) for name in ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")}  # fmt: skip
    return {"data": quoting(caller, who, visit, str(quoted["medfee_sumamt"]))["data"] | said}


def admitting(caller: Writer, who: Values, number: str) -> Values:
    """2401."""
    info = {
        **proof(caller), **_named(who), "begntime": moment(), "med_type": "21", "ipt_no": number, "atddr_no": "D1",
        "chfpdr_name": "医师", "adm_diag_dscr": "联调", "adm_dept_codg": "02", "adm_dept_name": "呼吸科", "adm_bed": "1",
        "dscg_maindiag_code": "J18.900", "dscg_maindiag_name": "肺炎",
    }  # fmt: skip
    return {"mdtrtinfo": info, "diseinfo": [diagnosis(who["psn_no"])]}


def discharging(who: Values, visit: str) -> Values:
    """2402."""
    info = {
        **_named(who), "mdtrt_id": visit, "endtime": moment(), "dscg_dept_codg": "02", "dscg_dept_name": "呼吸科", "dscg_way": "1",
    }  # fmt: skip
    return {"dscginfo": info, "diseinfo": [diagnosis(who["psn_no"])]}


def stay_settling(caller: Writer, who: Values, visit: str, total: str) -> Values:
    """2303, 2304: a stay whose costs are all in scope."""
    return {"data": {
        **proof(caller), **_named(who), "medfee_sumamt": total, "psn_setlway": "01", "mdtrt_id": visit, "acct_used_flag": "1",
        "mid_setl_flag": "0", "fulamt_ownpay_amt": "0", "overlmt_selfpay": "0", "preselfpay_amt": "0", "inscp_scp_amt": total,
    }}  # fmt: skip


def buying(caller: Writer, who: Values, total: str, *lines: Values) -> Values:
    """2101, 2102."""
    info = {**proof(caller), **_named(who), "begntime": moment(), "medfee_sumamt": total, "acct_used_flag": "1", "med_type": "41"}  # fmt: skip
    return {"druginfo": info, "drugdetail": list(lines)}


def of_visit(who: Values, visit: str, **more: str) -> Values:
    """Give a message that names a visit and little else."""
    return {"data": {"psn_no": who["psn_no"], "mdtrt_id": visit} | more}


def _named(who: Values) -> Values:
    return {"psn_no": who["psn_no"], "insutype": who["insutype"]}
