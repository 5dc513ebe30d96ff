"""What a bill comes to, in the interface's fields: the identities of money hold to the fen, and a reversal negates them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, Protocol

from shebaoka.benefits.insurance import views as insurance
from shebaoka.benefits.settlement.model import Bill, Sums, Visit
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.national import people, visits
from shebaoka.faces.terminals.national.acting import Asked
from shebaoka.faces.terminals.national.declared import DICTIONARIES
from shebaoka.faces.terminals.national.mapping import ACCOUNT, MAPPING, paying
from shebaoka.kit.clock import SHANGHAI
from shebaoka.ledger import views as ledger
from shebaoka.registry.programme.model import Scheme

STEPS_MAX: Final = 4_000
NEVER_PAID: Final = ("cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "hifdm_pay", "maf_pay", "oth_pay", "acct_mulaid_pay", "hosp_part_amt")  # fmt: skip
"""Nothing, unless a fund of the scheme is one of them."""


class Told(Protocol):
    """Tells what was settled in the interface's fields: `told`, or of guests `guests.told`."""

    async def __call__(
        self, asked: Asked, visit: Visit, sums: Sums, bills: Sequence[Bill], at: datetime, *, number: str,
        setl_id: int | None = None, taken_back: bool = False, proof: str | None = None,
    ) -> Values:  # fmt: skip
        """Give setlinfo and setldetail."""


async def told(
    asked: Asked, visit: Visit, sums: Sums, bills: Sequence[Bill], at: datetime, *, number: str, setl_id: int | None = None,
    taken_back: bool = False, proof: str | None = None,
) -> Values:  # fmt: skip
    """Give setlinfo and setldetail of a quote, settlement or reversal; `number`: of the message that settles."""
    sign = -1 if taken_back else 1
    scheme = (await insurance.who(asked.work, visit.person_id, bills[-1].last)).scheme
    _, insured = await people.insured(asked, visit.person_id)
    held = await ledger.balances(asked.work, visit.person_id)
    whole = {
        **await people.holder(asked, visit.person_id), **insured, "insutype": MAPPING.insutype[scheme],
        **await info(asked, visit, at, number=number, setl_id=setl_id, proof=proof),
        "balc": held.current_fen + held.historic_fen, **amounts(sums, bills, scheme, sign),
    }  # fmt: skip
    return {"setlinfo": whole, "setldetail": details(sums, bills, scheme, sign)}


async def info(asked: Asked, visit: Visit, at: datetime, *, number: str, setl_id: int | None, proof: str | None) -> Values:  # fmt: skip
    """Give what setlinfo says of the visit and of the message that settles it, whoever is insured where."""
    return {
        "mdtrt_id": str(visit.visit_id), "setl_id": None if setl_id is None else str(setl_id),
        "setl_time": at.astimezone(SHANGHAI), "mdtrt_cert_type": proof, "med_type": await visits.told_care(asked, visit),
        "medins_setl_id": number, "clr_optins": asked.city.settings.division_code, "clr_way": "10",
        "clr_type": MAPPING.clearing[visit.kind],
    }  # fmt: skip


def amounts(sums: Sums, bills: Sequence[Bill], scheme: Scheme | None, sign: int = 1) -> Values:
    """Give the amounts of setlinfo; without a scheme, of a guest. Pure."""
    funds = sums.pooled_fen + sums.supplementary_fen
    account = sums.current_account_fen + sums.historic_account_fen
    shared = sum(bill.quote.shared_fen for bill in bills)
    parts = {
        "medfee_sumamt": sums.total_fen, "fulamt_ownpay_amt": sums.own_expense_fen, "overlmt_selfpay": sums.over_limit_fen,
        "preselfpay_amt": sums.prepay_fen, "inscp_scp_amt": sums.in_scope_fen,
        "act_pay_dedc": sum(bill.quote.deductible_fen for bill in bills), "fund_pay_sumamt": funds,
        "psn_part_amt": sums.total_fen - funds, "acct_pay": account, "psn_cash_pay": sums.cash_fen,
        **dict.fromkeys(NEVER_PAID, 0), **{one.field: getattr(sums, one.part) for one in paying(scheme)},
    }  # fmt: skip
    ratio = round(Decimal(sums.pooled_fen) / shared, 4) if shared else Decimal(0)
    return {name: sign * fen for name, fen in parts.items()} | {"pool_prop_selfpay": ratio}


def details(sums: Sums, bills: Sequence[Bill], scheme: Scheme | None, sign: int = 1) -> list[Values]:
    """Give what pays, one by one, with the sentences that say why. Pure."""
    found = [(one.code, getattr(sums, one.part)) for one in paying(scheme)]
    found.append((ACCOUNT, sums.current_account_fen + sums.historic_account_fen))
    sentences = [step.partition(" · ")[0] for bill in bills for step in bill.quote.steps]
    why = "；".join(sentences)[:STEPS_MAX]
    return [
        {
            "fund_pay_type": code, "fund_pay_type_name": DICTIONARIES["fund_pay_type"][code], "fund_payamt": sign * fen,
            "inscp_scp_amt": sign * sums.in_scope_fen, "crt_payb_lmt_amt": sign * fen, "setl_proc_info": why,
        }
        for code, fen in found if fen
    ]  # fmt: skip
