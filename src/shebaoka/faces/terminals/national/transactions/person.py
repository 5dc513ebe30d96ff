"""1101: who a patient is and how they are insured, by the card that they show. The look is recorded."""

from __future__ import annotations

from typing import Final

from shebaoka.benefits.settlement.errors import CardNotUsable
from shebaoka.cards import views as cards
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.national import people
from shebaoka.faces.terminals.national.acting import Asked, transaction
from shebaoka.faces.terminals.refusals import MessageRefused
from shebaoka.kit.problems import Problem
from shebaoka.ledger import views as ledger
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.people import views as register

ANOTHER_CHIP: Final = (
    "card_sn（卡识别码）与此卡号登记的芯片不符，疑似复制卡：请重新读卡，仍不符请留卡并报告卡中心"
)


async def tell(asked: Asked) -> Values | Problem:
    """1101: give person and insurance. A card that is not good is refused with the reason, a chip that is not its own too.

    Either is a look, and recorded: it tells how the card stands.
    """
    values = asked.input["data"]
    # What the card is read for is not said: whatever may be shown for any visit, may be shown here.
    shown = await people.shown(asked, values, "inpatient")
    standing = await cards.standing(asked.work, asked.programme, card_number=shown.card_number)
    if not standing.good:
        return CardNotUsable(f"{standing.zh} · {standing.en}", reason=standing.reason)
    if not await _same_card(asked, shown, values.get("card_sn")):
        asked.work.record(shown.person_id, "card.chip_seen", shown.card_number, verdict="another_chip")
        return MessageRefused(ANOTHER_CHIP)
    base = await people.holder(asked, shown.person_id)
    for name in ("certno", "psn_name"):
        if values.get(name) not in (None, base[name]):
            raise MessageRefused(f"{name}：与持卡人不符，请核对卡片和就诊人身份")
    asked.work.record(shown.person_id, "settlement.person_seen", shown.person_id)
    return {"baseinfo": base, "insuinfo": [await _insured(asked, shown.person_id)], "idetinfo": []}


async def _same_card(asked: Asked, shown: people.Shown, code: str | None) -> bool:
    """Hold the card's identification code against ours; of old cards the register has none."""
    if code is None:
        return True
    card = await cards.find(asked.work, shown.card_number)
    known = None if card is None else card.identification_code
    return known is None or known.upper() == code.upper()


async def _insured(asked: Asked, person_id: int) -> Values:
    who, told = await people.insured(asked, person_id)
    held = await ledger.balances(asked.work, person_id)
    person = (await register.by_ids(asked.work, [person_id]))[person_id]
    employer = (
        None if person.employer_id is None else await institutions.by_id(asked.work, person.employer_id)
    )
    return told | {
        "balc": held.current_fen + held.historic_fen, "psn_insu_stas": "1", "psn_insu_date": who.spell.begins_on,
        "insuplc_admdvs": asked.city.settings.division_code, "emp_name": None if employer is None else employer.name_zh,
    }  # fmt: skip


ALL: Final = (transaction("1101", tell, writes=False),)
