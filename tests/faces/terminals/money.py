"""The identities of money, which every answer with amounts keeps to the fen (A6 of the facts)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

FUNDS = ("hifp_pay", "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "hifdm_pay", "maf_pay", "oth_pay")


def check(output: dict[str, Any]) -> dict[str, Any]:
    """Hold an answer's sums against each other, and give its setlinfo, amounts as exact decimals."""
    info = {name: Decimal(str(value)) if isinstance(value, float | int) else value for name, value in output["setlinfo"].items()}  # fmt: skip
    assert info["medfee_sumamt"] == sum(
        info[name] for name in ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")
    )
    assert info["medfee_sumamt"] == info["fund_pay_sumamt"] + info["hosp_part_amt"] + info["psn_part_amt"]
    assert info["psn_part_amt"] == info["acct_pay"] + info["psn_cash_pay"] + info["acct_mulaid_pay"]
    assert info["fund_pay_sumamt"] == sum(info[name] for name in FUNDS)
    paid = sum(Decimal(str(one["fund_payamt"])) for one in output["setldetail"])
    assert paid == info["fund_pay_sumamt"] + info["acct_pay"]
    return info
