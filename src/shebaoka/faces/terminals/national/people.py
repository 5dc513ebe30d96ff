"""Whom a message is about: the patient by number, and the card that they show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from shebaoka.benefits.insurance import views as insurance
from shebaoka.cards import views as cards
from shebaoka.cards.status_list.signing import signing_key
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.national.acting import Asked
from shebaoka.faces.terminals.national.mapping import MAPPING, psn_type
from shebaoka.faces.terminals.refusals import MessageRefused
from shebaoka.kit.facts import has_invented_people
from shebaoka.kit.problems import NotFound
from shebaoka.kit.sm2_files import SmTwoFileUnusable
from shebaoka.records import id_number as numbers
from shebaoka.records.id_number import IdNumberRefused
from shebaoka.registry.people import views as people
from shebaoka.registry.programme.asking import age_on
from shebaoka.registry.programme.benefit_sets import DecidesSettlingProof
from shebaoka.registry.programme.model import VisitKind
from shebaoka.service.credential import commands as credential
from shebaoka.service.credential.errors import EcardUnavailable
from shebaoka.service.credential.words import ECARDS

DIGITS_MAX: Final = 19


@dataclass(frozen=True, slots=True)
class Shown:
    """What a message shows of a card: whose it is, and its number."""

    person_id: int
    card_number: str


def number(values: Values, name: str) -> int:
    """Give an identifier that we gave out; MessageRefused for what cannot be one."""
    text = str(values[name])
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX):
        raise MessageRefused(f"{name}：不是本系统返回的编号，请用 1101、挂号或结算应答中的值")
    return int(text)


async def shown(asked: Asked, values: Values, kind: VisitKind) -> Shown:
    """Give the card that a message shows: its number, an electronic card's token, or an ID number. By the rule of the day."""
    certificate = values["mdtrt_cert_type"]
    proof = MAPPING.proofs[certificate]
    rule = asked.programme.rule("settling_proof", {"proof": proof, "visit": kind}, asked.work.today)
    decides = rule.decides
    assert isinstance(decides, DecidesSettlingProof)
    if not decides.accepted:
        raise MessageRefused(f"mdtrt_cert_type：{rule.reason.reason_zh}")
    return await (_by_ecard, _by_id_number, _by_number)[int(certificate) - 1](asked, values["mdtrt_cert_no"])


async def _by_number(asked: Asked, card_number: str) -> Shown:
    found = (await cards.find_many(asked.work, [card_number])).get(card_number)
    if found is None:
        raise MessageRefused("mdtrt_cert_no：没有此卡号，请重新读卡")
    return Shown(found[0], card_number)


async def _by_ecard(asked: Asked, text: str) -> Shown:
    settings = asked.city.settings
    try:
        key = signing_key(settings).public
    except SmTwoFileUnusable:
        raise EcardUnavailable from None
    seen = await credential.check_ecard(asked.work, asked.programme, key, settings.city_digits, text)
    if seen.card_number is None:
        raise MessageRefused(f"mdtrt_cert_no：{ECARDS[seen.verdict][0]}")
    return await _by_number(asked, seen.card_number)


async def _by_id_number(asked: Asked, text: str) -> Shown:
    invented = await has_invented_people(asked.work)
    try:
        parsed = numbers.parse(text, on=asked.work.today, invented_allowed=invented)
    except IdNumberRefused:
        raise MessageRefused("mdtrt_cert_no：身份证号有误，请核对") from None
    person = await people.find(asked.work, parsed.text)
    held = [] if person is None else (await cards.of_people(asked.work, [person.person_id])).get(person.person_id, [])  # fmt: skip
    card = cards.meant(held)
    if person is None or card is None:
        raise MessageRefused("mdtrt_cert_no：查无此人或其名下没有社保卡")
    return Shown(person.person_id, card.card_number)


async def own(asked: Asked, values: Values, kind: VisitKind) -> Shown:
    """Give the card that a message shows, which must be that of the patient it names. Raises MessageRefused."""
    found = await shown(asked, values, kind)
    if found.person_id != number(values, "psn_no"):
        raise MessageRefused("psn_no（人员编号）与就诊凭证不是同一人，请重新读卡并以 1101 返回的为准")
    return found


async def holder(asked: Asked, person_id: int) -> Values:
    """Give what answers say of a patient: number, document, name, sex, birth and age."""
    person = (await people.by_ids(asked.work, [person_id])).get(person_id)
    if person is None:
        raise NotFound(f"人员 person {person_id}")
    identity = (await people.identities(asked.work, [person_id]))[person_id]
    return {
        "psn_no": str(person_id), "psn_cert_type": "01", "certno": identity.id_number, "psn_name": identity.name,
        "gend": MAPPING.sexes[person.sex], "brdy": person.birth_date, "age": age_on(person.birth_date, asked.work.today),
    }  # fmt: skip


async def insured(asked: Asked, person_id: int) -> tuple[insurance.Who, Values]:
    """Give how somebody is insured today, and what answers say of it. Raises NotInsured."""
    today = asked.work.today
    who = await insurance.who(asked.work, person_id, today)
    person = (await people.by_ids(asked.work, [person_id]))[person_id]
    status = None if who.spell.status == "none" else who.spell.status
    told: dict[str, Any] = {
        "insutype": MAPPING.insutype[who.scheme], "cvlserv_flag": "0",
        "psn_type": psn_type(who.scheme, status, person.school_stage, age_on(who.birth_date, today)),
    }  # fmt: skip
    return who, told


async def must_be_insured_as(asked: Asked, person_id: int, insutype: str) -> None:
    """Refuse a message that names another scheme than the patient's. Raises NotInsured, MessageRefused."""
    who, _ = await insured(asked, person_id)
    if MAPPING.insutype[who.scheme] != insutype:
        raise MessageRefused(f"insutype（险种类型）与参保不符，应为 {MAPPING.insutype[who.scheme]}")
