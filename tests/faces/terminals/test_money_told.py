"""The identities of money hold in the interface's fields for every bill, both ways; amounts go out with two decimals."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.benefits.insurance.bills import ACTIVE, PROGRAMME, RESIDENT, case
from tests.faces.terminals.money import check

from shebaoka.benefits.insurance.quoting import quote
from shebaoka.benefits.settlement.model import Bill, Sums
from shebaoka.faces.terminals.national import money
from shebaoka.faces.terminals.national.declared import MESSAGES
from shebaoka.records.messages.layouts import read, write

FEN = st.integers(0, 10**9)
PARTS = ("in_scope_fen", "own_expense_fen", "prepay_fen", "over_limit_fen")
BILLS = st.fixed_dictionaries(dict.fromkeys(PARTS, FEN) | {"care": st.sampled_from(["outpatient", "inpatient"]), "level": st.sampled_from([1, 2, 3])})  # fmt: skip
STATE = st.fixed_dictionaries(dict.fromkeys(("current_account_fen", "historic_account_fen", "deductible_used_fen", "pooled_used_fen"), FEN))  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([ACTIVE, RESIDENT]), st.lists(st.tuples(BILLS, STATE), min_size=1, max_size=2))
def test_identities_hold_both_ways(base, drawn):
    scheme = base["scheme"]
    bills = []
    for bill, state in drawn:
        none = {"current_account_fen": 0, "historic_account_fen": 0} if scheme == "resident" else {}
        one = case(base, state | none, **bill)
        bills.append(Bill(first=one.on, last=one.on, year=2019, quote=quote(PROGRAMME, one)))
    names = [name for name in Sums.__struct_fields__ if name not in PARTS]
    sums = Sums(
        **{name: sum(bill[name] for bill, _ in drawn) for name in PARTS},
        **{name: sum(getattr(one.quote, name) for one in bills) for name in names},
    )
    for sign in (1, -1):
        info, details = money.amounts(sums, bills, scheme, sign), money.details(sums, bills, scheme, sign)
        node = MESSAGES["2207"].answers
        setlinfo = {name: value for name, value in EXAMPLE.items() if name not in info} | info
        written = write(node, {"setlinfo": setlinfo, "setldetail": details})
        told, faults = read(node, written)
        assert faults == ()
        assert {name: told["setlinfo"][name] for name in info} == info
        found = check(written)
        assert found["medfee_sumamt"] * 100 == sign * sums.total_fen
        assert found["acct_pay"] * 100 == sign * (sums.current_account_fen + sums.historic_account_fen)
        theirs = money.amounts(sums, (), None, sign)  # Of a guest: the same sums, whoever's funds they are.
        check({"setlinfo": {name: Decimal(fen) / 100 for name, fen in theirs.items() if name != "pool_prop_selfpay"},
               "setldetail": write(MESSAGES["2304"].answers, {"setldetail": money.details(sums, (), None, sign)})["setldetail"]})  # fmt: skip
        assert all(
            value.as_tuple().exponent == -2
            for name, value in written["setlinfo"].items()
            if name.endswith("_pay")
        )


EXAMPLE = {
    "mdtrt_id": "1", "psn_no": "1", "psn_name": "虚", "psn_cert_type": "01", "certno": "1", "gend": "1", "insutype": "310",
    "psn_type": "1101", "cvlserv_flag": "0", "setl_time": datetime.fromisoformat("2019-01-02"),
    "med_type": "11", "balc": 0, "medins_setl_id": "1", "clr_type": "11",
}  # fmt: skip
