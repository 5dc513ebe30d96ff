"""Somebody of the town who goes to the doctor: insured, with an account, bills, one of them taken back, and contributions."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.faces.api_town import HOSPITAL, id_number, person

from shebaoka.benefits.insurance import commands as insurance
from shebaoka.benefits.insurance.catalogue import Item, Listed
from shebaoka.benefits.insurance.insured import Spell
from shebaoka.benefits.settlement import commands
from shebaoka.benefits.settlement.model import Confirming, Designation, Line, Registering, Reversing
from shebaoka.cards import views as cards
from shebaoka.cards.commands import allocate_numbers, take_old_cards
from shebaoka.cards.model import OldCardRow
from shebaoka.kit.actor import Actor
from shebaoka.kit.work import Work
from shebaoka.registry.people.views import find
from shebaoka.registry.programme.views import load

DESK = Actor("client:hospital", HOSPITAL, "hospital_system")
SINCE = date(2018, 1, 1)
VISITS = ((30_000, 0), (200_000, 5_000), (80_000, 0))
"""What each visit came to, in scope and at one's own expense; the last is taken back."""


async def at_the_doctors(town: Any, n: int, born: date = date(1980, 1, 1), **more: Any) -> int:
    """Let somebody (employee, 1,000 yuan of base paid for a month) settle `VISITS`; give the person's number."""
    await town.people(person(n, born, **more))
    async with town.database.work(DESK) as work:
        programme = await load(work)
        found = await find(work, id_number(n, born))
        whose = found.person_id
        card = await _old_card(work, whose)
        await commands.designate(work, Designation(HOSPITAL, SINCE, None, 3))
        await insurance.note_items(work, [Listed("X0", SINCE, "复诊诊查费", "full", "02")])
        await insurance.note_spell(work, whose, Spell(SINCE, "employee", "active"))
        await insurance.open_account(work, programme, whose, work.today)
        await insurance.contribute(work, programme, whose, date(2018, 12, 1), 100_000, 9_500)
    for k, amounts in enumerate(VISITS):
        await _visit(town, whose, card, f"{n}-{k}", amounts)
    async with town.database.work(DESK) as work:
        last = len(VISITS) - 1
        await commands.reverse(work, Reversing(institution_id=HOSPITAL, number=f"r{n}", names=f"m{n}-{last}"))
    return whose


async def _old_card(work: Work, whose: int) -> str:
    """Give the number of somebody's old card, which is given where there is none."""
    for held in (await cards.of_people(work, [whose])).get(whose, []):
        if held.generation == "old":
            return held.card_number
    (number,) = await allocate_numbers(work, 1)
    await take_old_cards(work, [OldCardRow(whose, number, date(2012, 1, 1))])
    return number


async def _visit(town: Any, whose: int, card: str, name: str, amounts: tuple[int, int]) -> None:
    async with town.database.work(DESK) as work:
        programme = await load(work)
        visit = await commands.register(work, programme, Registering(
            institution_id=HOSPITAL, kind="outpatient", number=name, card_number=card,
        ))  # fmt: skip
        items = [
            Item(amount_fen=fen, catalogue_class=kind)
            for fen, kind in zip(amounts, ("full", "own"), strict=True) if fen
        ]  # fmt: skip
        lines = [Line(line=str(k), item=f"X{k}", served_on=work.today, counts=one) for k, one in enumerate(items)]  # fmt: skip
        await commands.add_lines(work, programme, HOSPITAL, whose, visit.visit_id, "1", lines)
        quoted = await commands.quote(work, programme, HOSPITAL, whose, visit.visit_id, "1")
        await commands.confirm(work, programme, Confirming(
            institution_id=HOSPITAL, number=f"m{name}", person_id=whose, quote_id=quoted.quote_id, card_number=card,
        ))  # fmt: skip
