"""A few outlets, and people who hold cards."""

from __future__ import annotations

from datetime import date

from shebaoka.cards.model import MadeCard, OldCardRow, Opening, Outlet
from shebaoka.kit.actor import SYSTEM
from shebaoka.records.card_number import from_serial

BANK, OTHER_BANK = 101, 102
CENTRE = Outlet("community_centre")
OWN_OUTLET = Outlet("bank_outlet", bank_id=BANK)
OTHER_OUTLET = Outlet("bank_outlet", bank_id=OTHER_BANK)
OUTLET_ELSEWHERE = Outlet("bank_outlet", elsewhere=True, bank_id=BANK)
BOTH = frozenset({"social", "financial"})
SOCIAL, FINANCIAL = frozenset({"social"}), frozenset({"financial"})

ENTER = """
WITH new AS (
    INSERT INTO person (person_id, id_digest, sealed, name_digest, content_digest, birth_date, sex, hukou, insured, insured_status, updated_at)
    SELECT n, d, '', '', '', '1980-01-01', 'male', true, 'none', 'none', %(now)s
    FROM unnest(%(people)s::bigint[], %(digests)s::bytea[]) AS x(n, d)
)
INSERT INTO person_directory SELECT d, n FROM unnest(%(people)s::bigint[], %(digests)s::bytea[]) AS x(n, d)
"""


def id_number(person_id: int) -> str:
    return f"10{person_id:016}"


def old(person_id: int, serial: int | None = None) -> OldCardRow:
    return OldCardRow(person_id, from_serial(1_000_000 + (serial or person_id)), date(2010, 5, 6))


def made(person_id: int, card_id: int | None = None, expires_on: date | None = None) -> MadeCard:
    card_id = card_id or 10_000_000 + person_id
    return MadeCard(
        person_id, card_id, from_serial(card_id), BANK, date(2019, 1, 2), expires_on, "ab" * 16, "cd" * 13
    )


def asks(card: MadeCard, functions=SOCIAL, outlet=CENTRE) -> Opening:
    return Opening(card.person_id, card.card_id, functions, outlet)


async def enter(database, people) -> None:
    """Let people into the register, by their numbers."""
    people = list(people)
    async with database.work(SYSTEM) as work:
        digests = [work.vault.digest("id_number", id_number(person_id)) for person_id in people]
        await work.run(ENTER, {"people": people, "digests": digests, "now": work.now})


async def value(database, query, **parameters):
    async with database.work(SYSTEM) as work:
        return await work.value(query, parameters)


async def rows(database, query, **parameters):
    async with database.work(SYSTEM) as work:
        return await work.rows(query, parameters)
