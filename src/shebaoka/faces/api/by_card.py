"""A card as somebody says it who settles: its number, or what was scanned of an electronic card; and the look that a refusal is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime

from shebaoka.benefits.settlement import errors
from shebaoka.cards import views as cards
from shebaoka.faces.api.access import actor
from shebaoka.faces.api.calling import Call
from shebaoka.faces.api.service import Service, service
from shebaoka.kit.problems import Problem
from shebaoka.kit.work import Work
from shebaoka.records import card_number as card_numbers
from shebaoka.records import ecard
from shebaoka.records.card_number import CardNumberRefused
from shebaoka.registry.programme.programme import Programme
from shebaoka.service.credential.commands import check_ecard
from shebaoka.service.credential.words import ECARDS


async def number_of(work: Work, programme: Programme, here: Service, text: str) -> str:
    """Give the number of a card from what was typed or scanned. Raises CardNumberRefused, CardNotUsable for an electronic card."""
    if not _is_ecard(text):
        return card_numbers.parse(text)
    found = await check_ecard(
        work, programme, here.signing_key().public, here.city.settings.city_digits, text
    )
    if found.card_number is None:
        zh, en = ECARDS[found.verdict]
        raise errors.CardNotUsable(f"{zh} · {en}", reason=found.verdict)
    return found.card_number


def plain_number(text: str | None) -> str | None:
    """Give the number of a card that was typed or read; None where something has to be looked up for it. Raises CardNumberRefused."""
    return None if text is None or _is_ecard(text) else card_numbers.parse(text)


@asynccontextmanager
async def asking_by_card(request: Call, text: str | None) -> AsyncIterator[None]:
    """Act for whoever's card this is; a refusal is recorded as a look, though all else is undone."""
    try:
        yield
    except Problem as problem:
        if text is not None:
            await _note_look(request, text, problem.slug)
        raise


async def _note_look(request: Call, text: str, why: str) -> None:
    here, route = service(request), str(request.scope["path_template"])
    async with here.city.database.work(actor(request)) as work:
        number = _number_said(here, text, work.now)
        card = None if number is None else await cards.find(work, number)
        subject = 0 if card is None else card.person_id
        work.record(subject, "person.asked_about", subject or "unknown", why=why, route=route)


def _number_said(here: Service, text: str, now: datetime) -> str | None:
    """Give the number that a text stands for, whatever it is worth; None of what is nobody's."""
    if _is_ecard(text):
        seen = ecard.check(text, here.signing_key().public, here.city.settings.city_digits, now, online=True)
        return None if seen.ecard is None else seen.ecard.card_number
    with suppress(CardNumberRefused):
        return card_numbers.parse(text)
    return None


def _is_ecard(text: str) -> bool:
    return text.lstrip().startswith(ecard.MAGIC)
