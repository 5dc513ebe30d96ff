"""Guests, who are insured in another province: found by the numbers that messages carry, and told in the interface's fields."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from shebaoka.benefits.cross_province import commands, places, views
from shebaoka.benefits.cross_province.hub import Hub
from shebaoka.benefits.cross_province.model import Guest
from shebaoka.benefits.settlement.model import Bill, Sums, Visit
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.national import money, people
from shebaoka.faces.terminals.national.acting import Asked, Order
from shebaoka.faces.terminals.national.mapping import MAPPING, psn_type
from shebaoka.faces.terminals.refusals import MessageRefused, NotOffered
from shebaoka.kit.facts import has_invented_people
from shebaoka.records import id_number as numbers
from shebaoka.records.id_number import IdNumberRefused, Sex
from shebaoka.registry.programme.asking import age_on

CARD: Final = "03"
THEIRS: Final = ("act_pay_dedc", "pool_prop_selfpay")
"""What only their own province could tell, and does not."""


def place(order: Order) -> str:
    """Give where the patient is insured, as the envelope says."""
    assert order.envelope.insured_place is not None, "by it the message came here"
    return order.envelope.insured_place


def home(order: Order) -> str:
    """Give our own division code."""
    return order.city.settings.division_code


def hub(order: Order) -> Hub:
    """Give the way to the national hub."""
    return Hub(order.city.partners.hub, home(order))


async def of(asked: Asked, values: Values) -> Guest:
    """Give the guest that a message names, insured where its envelope says. Raises MessageRefused."""
    person_id = people.number(values, "psn_no")
    found = await views.guest(asked.work, person_id)
    if found is None or await commands.guest_province(asked.work, person_id) != places.province_of(place(asked), home(asked)):  # fmt: skip
        raise MessageRefused(
            f"psn_no：不是参保地 {place(asked)} 的参保人，请以 1101 返回的人员编号和参保地为准"
        )
    return found


async def by_card(asked: Asked, values: Values) -> Guest:
    """Give who shows their card: its number, and what stands on it. Their own province judges it. Raises MessageRefused, NotOffered."""
    _must_be_card(values)
    lacking = next((name for name in ("certno", "psn_name") if name not in values), None)
    if lacking is not None:
        raise MessageRefused(f"{lacking}：外省参保人须填写，取值为卡面或读卡所得")
    invented = await has_invented_people(asked.work)
    try:
        parsed = numbers.parse(values["certno"], on=asked.work.today, invented_allowed=invented)
    except IdNumberRefused:
        raise MessageRefused("certno（证件号码）：身份证号有误，请核对") from None
    return Guest(id_number=parsed.text, name=values["psn_name"], card_number=values["mdtrt_cert_no"])


def must_show_their_card(one: Guest, values: Values) -> None:
    """Refuse another card than the one by which a guest came."""
    _must_be_card(values)
    if values["mdtrt_cert_no"] != one.card_number:
        raise MessageRefused("mdtrt_cert_no：不是该人员 1101 时出示的卡，请重新读卡（1101）后再办")


def _must_be_card(values: Values) -> None:
    if values["mdtrt_cert_type"] != CARD:
        raise NotOffered("mdtrt_cert_type：外省参保人须出示社保卡（03），由参保地核验")


def must_be_insured_as(one: Guest, values: Values) -> None:
    """Refuse another scheme than the guest's, where their province has told it."""
    if one.scheme is not None and MAPPING.insutype[one.scheme] != values["insutype"]:
        raise MessageRefused(f"insutype（险种类型）与参保不符，应为 {MAPPING.insutype[one.scheme]}")


def holder(asked: Asked, person_id: int, one: Guest) -> Values:
    """Give what answers say of a guest: number, document, name, and what the document's number tells."""
    today = asked.work.today
    told = numbers.parse(one.id_number, on=today, invented_allowed=True)
    return {
        "psn_no": str(person_id), "psn_cert_type": "01", "certno": one.id_number, "psn_name": one.name,
        "gend": MAPPING.sexes["male" if told.sex is Sex.MALE else "female"], "brdy": told.birth_date,
        "age": age_on(told.birth_date, today),
    }  # fmt: skip


def insured(asked: Asked, one: Guest) -> Values:
    """Give how a guest is insured, so far as it was told."""
    known: Values = {"cvlserv_flag": "0"}
    if one.scheme is None:
        return known
    known["insutype"] = MAPPING.insutype[one.scheme]
    if one.scheme == "employee" and one.status is None:
        return known
    today = asked.work.today
    age = age_on(numbers.birth_date(one.id_number), today)
    return known | {"psn_type": psn_type(one.scheme, one.status, None, age)}


async def told(
    asked: Asked, visit: Visit, sums: Sums, bills: Sequence[Bill], at: datetime, *, number: str, setl_id: int | None = None,
    taken_back: bool = False, proof: str | None = None,
) -> Values:  # fmt: skip
    """Give setlinfo and setldetail of a guest's stay, as `money.told` does of ours; their own province reckoned, so there are no bills."""
    one, sign = await views.guest(asked.work, visit.person_id), -1 if taken_back else 1
    assert one is not None, "who is settled for as a guest is one"
    paid = {
        name: value for name, value in money.amounts(sums, bills, None, sign).items() if name not in THEIRS
    }
    info = await money.info(asked, visit, at, number=number, setl_id=setl_id, proof=proof)
    who = holder(asked, visit.person_id, one) | insured(asked, one)
    why = f"由参保地（{places.named(place(asked))[0]}）按其待遇计算"
    lines = [line | {"setl_proc_info": why} for line in money.details(sums, bills, None, sign)]
    return {"setlinfo": who | info | paid, "setldetail": lines}
