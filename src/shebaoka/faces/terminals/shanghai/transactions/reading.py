"""S000, SE01, SM01: whose card this is, and how the account stands."""

from __future__ import annotations

from typing import Final

from shebaoka.benefits.insurance.commands import lock_insured
from shebaoka.benefits.insurance.insured import Parts
from shebaoka.benefits.insurance.reckoning import terms
from shebaoka.benefits.settlement import views
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.shanghai.acting import Asked, transaction
from shebaoka.faces.terminals.shanghai.answering import account, holder
from shebaoka.faces.terminals.shanghai.showing import decode, good, identity
from shebaoka.kit.problems import Problem

ID_CARD: Final = "01"
"""Inferred: the kind of document."""
NOTHING: Final = Parts(in_scope_fen=0)
FIRST: Final = 1


async def read_card(asked: Asked) -> Values | Problem:
    """S000: give whose card it is. Telephone and address are not told: nothing is settled by them."""
    one = await good(asked)
    if isinstance(one, Problem):
        return one
    who, sex = await identity(asked.work, one.person_id)
    asked.work.record(one.person_id, "identity.revealed", one.person_id, reason="S000 读卡")
    return {
        "kh": one.card_number, "xm": who.name, "xb": sex, "sfzh": who.id_number,
        "xzqh": asked.city.settings.division_code,
    }  # fmt: skip


async def decode_ecard(asked: Asked) -> Values | Problem:
    """SE01: give whose electronic card was scanned, and a token that stands for it at this institution today."""
    found = await decode(asked, asked.input["ecQrCode"])
    if isinstance(found, Problem):
        return found
    one, token = found
    who, _ = await identity(asked.work, one.person_id)
    asked.work.record(one.person_id, "identity.revealed", one.person_id, reason="SE01 电子凭证解码")
    return {"username": who.name, "idno": who.id_number, "idtype": ID_CARD, "ecToken": token}


async def query_account(asked: Asked) -> Values | Problem:
    """SM01: give the account, and what counts in the medical year of today."""
    one = await good(asked)
    if isinstance(one, Problem):
        return one
    _, sex = await identity(asked.work, one.person_id)
    now = await lock_insured(asked.work, asked.programme, one.person_id, asked.work.today)
    level = (await views.serving(asked.work, asked.institution_id, asked.work.today)).level or FIRST
    clinic, stay = (
        terms(asked.programme, now.case(care, level, NOTHING)) for care in ("outpatient", "inpatient")
    )
    used = now.state.deductible_used_fen
    asked.work.record(one.person_id, "insurance.seen", one.person_id)
    return (
        await holder(asked, one) | await account(asked, one.person_id)
        | {
            "totalmzzfdpay": used if clinic.per == "year" else 0, "rationpay": clinic.deductible_fen,
            "qfxxpay": used if stay.per == "year" and clinic.per != "year" else 0, "beinqf": stay.deductible_fen,
            "tcfdx": stay.cap_fen, "qfxsfdxxfylj": now.state.pooled_used_fen, "xb": sex,
        }
    )  # fmt: skip


ALL: Final = (
    transaction("S000", read_card, writes=False), transaction("SE01", decode_ecard, writes=False),
    transaction("SM01", query_account, writes=False),
)  # fmt: skip
