"""What stands for a card in a message: its number, or the token that SE01 gave for an electronic card; and whose it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from shebaoka.benefits.settlement.errors import CardNotUsable, NotHolder
from shebaoka.cards import views as cards
from shebaoka.cards.status_list.signing import signing_key
from shebaoka.faces.terminals.refusals import MessageRefused
from shebaoka.faces.terminals.shanghai.acting import Asked
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.sm2_files import SmTwoFileUnusable
from shebaoka.kit.work import Work
from shebaoka.records.card_number import CARD_NUMBER_LENGTH
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Identity
from shebaoka.service.credential.commands import check_ecard
from shebaoka.service.credential.errors import EcardUnavailable
from shebaoka.service.credential.words import ECARDS

CARD: Final = "1"
ECARD: Final = "3"
SEAL_DIGITS: Final = 24
SEXES: Final = {"male": "1", "female": "2"}
"""Inferred, as in the national dictionary."""


class Shown(NamedTuple):
    """A card that was shown, and whose it is."""

    kind: str
    card_number: str
    person_id: int


async def shown(asked: Asked, person_id: int | None = None) -> Shown:
    """Give the card that a message shows. Raises MessageRefused, CardNotUsable; NotHolder where it is not this person's.

    How the card stands the core judges, where something is begun or settled.
    """
    kind, said = asked.input["cardtype"], asked.input["carddata"]
    number = said.upper() if kind == CARD else _of_token(asked, said)
    card = await cards.find(asked.work, number)
    if card is None:
        raise MessageRefused("carddata（凭证码）查无此卡，请重新读卡")
    if person_id not in (None, card.person_id):
        raise NotHolder
    return Shown(kind, number, card.person_id)


async def good(asked: Asked) -> Shown | CardNotUsable:
    """Give the card that a message shows if it is good now, or why it is not; the look is recorded either way."""
    found = await shown(asked)
    standing = await cards.standing(asked.work, asked.programme, card_number=found.card_number)
    return found if standing.good else CardNotUsable(f"{standing.zh} · {standing.en}", reason=standing.reason)


async def decode(asked: Asked, text: str) -> tuple[Shown, str] | CardNotUsable:
    """Give whose electronic card was scanned, and the token that stands for it here until the end of the day (inferred).

    Or what is wrong with it: the look is recorded either way. Raises EcardUnavailable.
    """
    try:
        key = signing_key(asked.city.settings).public
    except SmTwoFileUnusable:
        raise EcardUnavailable from None
    found = await check_ecard(asked.work, asked.programme, key, asked.city.settings.city_digits, text)
    if found.card_number is None:
        zh, en = ECARDS[found.verdict]
        return CardNotUsable(f"{zh} · {en}", reason=found.verdict)
    card = await cards.find(asked.work, found.card_number)
    assert card is not None, "it was checked just now"
    return Shown(ECARD, found.card_number, card.person_id), _token(asked, found.card_number)


async def identity(work: Work, person_id: int) -> tuple[Identity, str]:
    """Give who somebody is, and the code of the sex; the caller records the look."""
    person = (await people.by_ids(work, [person_id]))[person_id]
    return (await people.identities(work, [person_id]))[person_id], SEXES[person.sex]


def _token(asked: Asked, number: str) -> str:
    midnight = datetime.combine(asked.work.present_day + timedelta(days=1), datetime.min.time(), SHANGHAI)
    body = f"{number}{int(midnight.timestamp()):08X}"
    return body + _seal(asked, body)


def _of_token(asked: Asked, text: str) -> str:
    """Give the number of the card that a token of SE01 stands for. Raises MessageRefused."""
    body, seal = text[:-SEAL_DIGITS], text[-SEAL_DIGITS:]
    if not text.isascii() or len(body) != CARD_NUMBER_LENGTH + 8 or seal != _seal(asked, body):
        raise MessageRefused("carddata（凭证码）不是本机构用 SE01 换得的令牌，请重新扫码")
    if asked.work.now.timestamp() >= int(body[CARD_NUMBER_LENGTH:], 16):
        raise MessageRefused("carddata（凭证码）令牌已过期，请重新扫码")
    return body[:CARD_NUMBER_LENGTH]


def _seal(asked: Asked, body: str) -> str:
    return asked.work.vault.digest("ec_token", f"{asked.institution_id}:{body}").hex().upper()[:SEAL_DIGITS]
