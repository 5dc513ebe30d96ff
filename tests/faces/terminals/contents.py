"""Contents of messages: one good example of each transaction, to be changed."""

from __future__ import annotations

from typing import Any

from tests.benefits.settlement.clinic_town import old_number

DRUG, SHARED, OWN, DEAR = "XJ01CA0001", "XA02BC0002", "FY0000003", "001102000010000"
"""Items of class A, of class B, outside the catalogue, and one with a limit of 50 yuan."""


def card(n: int) -> dict[str, Any]:
    return {"mdtrt_cert_type": "03", "mdtrt_cert_no": old_number(n)}


def line(sn: str, item: str = DRUG, amount: str = "100.00", count: str = "1", price: str = "", on: str = "2019-01-02") -> dict[str, Any]:  # fmt: skip
    return {
        "feedetl_sn": sn, "rx_circ_flag": "0", "fee_ocur_time": f"{on} 09:30:00", "med_list_codg": item,
        "medins_list_codg": f"H{item}", "det_item_fee_sumamt": amount, "cnt": count, "pric": price or amount,
        "bilg_dept_codg": "01", "bilg_dept_name": "内科", "bilg_dr_codg": "D1", "bilg_dr_name": "医师",
    }  # fmt: skip


def registering(psn_no: str, n: int = 1, number: str = "OP-1", on: str = "2019-01-02") -> dict[str, Any]:
    return {"data": {
        "psn_no": psn_no, "insutype": "310", "begntime": f"{on} 09:00:00", **card(n), "ipt_otp_no": number,
        "atddr_no": "D1", "dr_name": "医师", "dept_code": "01", "dept_name": "内科", "caty": "A03",
    }}  # fmt: skip


def diagnosis(n: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "diag_type": "1", "diag_srt_no": n, "diag_code": f"J06.90{n}", "diag_name": "急性上呼吸道感染", "diag_dept": "01",
        "dise_dor_no": "D1", "dise_dor_name": "医师", "diag_time": "2019-01-02 09:10:00",
    } | more  # fmt: skip


def visit_told(psn_no: str, mdtrt_id: str, med_type: str = "11") -> dict[str, Any]:
    told = {
        "mdtrt_id": mdtrt_id,
        "psn_no": psn_no,
        "med_type": med_type,
        "begntime": "2019-01-02 09:00:00",
    }
    return {"mdtrtinfo": told, "diseinfo": [diagnosis(vali_flag="1")]}


def fees(psn_no: str, mdtrt_id: str, *lines: dict[str, Any], batch: str = "B1") -> dict[str, Any]:
    common = {"mdtrt_id": mdtrt_id, "psn_no": psn_no, "chrg_bchno": batch}
    return {"feedetail": [one | common for one in lines]}


def stay_fees(psn_no: str, mdtrt_id: str, *lines: dict[str, Any]) -> dict[str, Any]:
    return {"feedetail": [one | {"mdtrt_id": mdtrt_id, "psn_no": psn_no, "med_type": "21"} for one in lines]}


def quoting(psn_no: str, mdtrt_id: str, total: str, n: int = 1, batch: str = "B1") -> dict[str, Any]:
    return {"data": {
        "psn_no": psn_no, **card(n), "med_type": "11", "medfee_sumamt": total, "psn_setlway": "01", "mdtrt_id": mdtrt_id,
        "chrg_bchno": batch, "acct_used_flag": "1", "insutype": "310",
    }}  # fmt: skip


def settling(psn_no: str, mdtrt_id: str, info: dict[str, Any], n: int = 1, batch: str = "B1") -> dict[str, Any]:  # fmt: skip
    """Give the message that settles what a quote said."""
    said = {name: f"{info[name]:.2f}" for name in ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")}  # fmt: skip
    return {"data": quoting(psn_no, mdtrt_id, f"{info['medfee_sumamt']:.2f}", n, batch)["data"] | said}


def taking_back(info: dict[str, Any]) -> dict[str, Any]:
    return {"data": {name: info[name] for name in ("setl_id", "mdtrt_id", "psn_no")}}


def admitting(psn_no: str, n: int = 1, number: str = "IP-1", on: str = "2019-01-02") -> dict[str, Any]:
    info = {
        "psn_no": psn_no, "insutype": "310", "begntime": f"{on} 10:00:00", **card(n), "med_type": "21", "ipt_no": number,
        "atddr_no": "D1", "chfpdr_name": "医师", "adm_diag_dscr": "肺炎", "adm_dept_codg": "02", "adm_dept_name": "呼吸科",
        "adm_bed": "12", "dscg_maindiag_code": "J18.900", "dscg_maindiag_name": "肺炎",
    }  # fmt: skip
    return {"mdtrtinfo": info, "diseinfo": [diagnosis(psn_no=psn_no, maindiag_flag="1")]}


def discharging(psn_no: str, mdtrt_id: str, on: str) -> dict[str, Any]:
    info = {
        "mdtrt_id": mdtrt_id, "psn_no": psn_no, "insutype": "310", "endtime": f"{on} 11:00:00", "dscg_dept_codg": "02",
        "dscg_dept_name": "呼吸科", "dscg_way": "1",
    }  # fmt: skip
    return {"dscginfo": info, "diseinfo": [diagnosis(psn_no=psn_no, maindiag_flag="1")]}


def stay_settling(psn_no: str, mdtrt_id: str, total: str, n: int = 1, parts: tuple[str, ...] = ("0", "0", "0", "")) -> dict[str, Any]:  # fmt: skip
    own, over, first, scope = parts
    return {"data": {
        "psn_no": psn_no, **card(n), "medfee_sumamt": total, "psn_setlway": "01", "mdtrt_id": mdtrt_id, "acct_used_flag": "1",
        "insutype": "310", "mid_setl_flag": "0", "fulamt_ownpay_amt": own, "overlmt_selfpay": over, "preselfpay_amt": first,
        "inscp_scp_amt": scope or total,
    }}  # fmt: skip


def buying(psn_no: str, total: str, *lines: dict[str, Any], n: int = 1) -> dict[str, Any]:
    info = {
        "psn_no": psn_no, **card(n), "begntime": "2019-01-02 09:00:00", "medfee_sumamt": total, "insutype": "310",
        "acct_used_flag": "1", "med_type": "41",
    }  # fmt: skip
    return {"druginfo": info, "drugdetail": list(lines)}
