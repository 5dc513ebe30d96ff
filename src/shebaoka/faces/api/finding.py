"""Whom somebody means: an ID number, or what lies on the counter instead of one."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta

from shebaoka.cards import views as cards
from shebaoka.faces.api.rendering import malformed
from shebaoka.faces.api.wire import ID_MAX, Body, CardNumberText, Id, IdNumberText, Why, read_id_number
from shebaoka.issuing.applications import views as applications
from shebaoka.issuing.delivery import views as delivery
from shebaoka.kit.problems import NotFound, Problem
from shebaoka.kit.work import Work
from shebaoka.records import card_number as card_numbers
from shebaoka.records.card_number import CardNumberRefused
from shebaoka.records.id_number import IdNumberRefused
from shebaoka.records.s10 import WaybillRefused
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Person

WaybillText = Annotated[
    str, Meta(min_length=1, max_length=40, pattern=r"^[^\x00]*$", description="邮件号码 · waybill")
]
FINDING_MAY_REFUSE: Final[tuple[type[Problem], ...]] = (
    IdNumberRefused, CardNumberRefused, WaybillRefused, NotFound,
)  # fmt: skip


class PersonQuestion(Body, frozen=True):
    """Who, and why somebody asks. Give one of the numbers.

    `application_id`: the number of a receipt. `person_id`: our own number, as an earlier answer gave it.
    """

    reason: Why
    id_number: IdNumberText | None = None
    card_number: CardNumberText | None = None
    waybill: WaybillText | None = None
    application_id: Id | None = None
    person_id: Id | None = None


async def found_by(work: Work, asked: PersonQuestion) -> Person | None:
    """Give whom a question means, None when nobody has this number; an application is one that the caller may see."""
    given = (asked.id_number, asked.card_number, asked.waybill, asked.application_id, asked.person_id)
    if sum(one is not None for one in given) != 1:
        raise malformed("id_number", "请给出一个号码 · give one of the numbers")
    if asked.id_number is not None:
        return await people.find(work, await read_id_number(work, asked.id_number))
    person_id = await _person_id(work, asked)
    return (await people.by_ids(work, [person_id])).get(person_id)


async def _person_id(work: Work, asked: PersonQuestion) -> int:
    if asked.person_id is not None:
        return _number(asked.person_id)
    if asked.application_id is not None:
        return (await applications.by_id(work, _number(asked.application_id))).person_id
    if asked.waybill is not None:
        return (await delivery.by_waybill(work, asked.waybill)).parcel.person_id
    card = await cards.find(work, card_numbers.parse(asked.card_number or ""))
    if card is None:
        raise NotFound("卡号 card number")
    return card.person_id


def _number(text: str) -> int:
    number = int(text)
    if number > ID_MAX:  # Nineteen digits may say more than the database's numbers do.
        raise NotFound(text)
    return number
