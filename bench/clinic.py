"""A hospital to settle in: one patient made by the commands, then as many as wanted who are like them, filled in by SQL."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Final

import psycopg
from psycopg import sql

from shebaoka.benefits.insurance import commands as insurance
from shebaoka.benefits.insurance.catalogue import Item
from shebaoka.benefits.settlement import commands
from shebaoka.benefits.settlement.model import Confirming, Designation, Line, Quoted, Registering
from shebaoka.cards import commands as cards
from shebaoka.cards.model import MadeCard, Opening, Outlet
from shebaoka.kit.actor import SYSTEM
from shebaoka.kit.city import City
from shebaoka.kit.clock import today as present_day
from shebaoka.ledger import commands as ledger
from shebaoka.ledger.model import Account, Entry, Kind, moves
from shebaoka.records.card_number import ALPHABET, luhn_mod_36
from shebaoka.registry.people import commands as people
from shebaoka.registry.people import views as register
from shebaoka.registry.people.model import PersonRow
from shebaoka.registry.programme.commands import load_rules
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import load

HOSPITAL: Final = 901
HOSPITAL_CODE: Final = "H31010000001"
ID_NUMBER: Final = "100101198005060011"
"""Nobody's: no province has the number 10."""
CARD_ID: Final = 10**13
CARD_SN: Final = "0" * 32
AMOUNTS_FEN: Final = (60_000, 9_000, 1_200)
BALANCE_FEN: Final = 5_000_000
"""Enough for fifty bills of a patient."""
CORES: Final = 2
AT_ONCE: Final = 20_000


def card_number(n: int) -> str:
    """Give the card of patient n: eight digits and the check character."""
    serial = f"{n:08}"
    return serial + luhn_mod_36(serial)


def card_number_in(person: str) -> str:
    """Give the same as SQL. Digits below eighteen are doubled without a carry, so that Luhn's algorithm is one sum."""
    digits = [f"({person} / {10**place} % 10)" for place in range(8)]
    total = " + ".join(f"{2 - place % 2} * {digit}" for place, digit in enumerate(digits))
    return f"lpad({person}::text, 8, '0') || substr('{ALPHABET}', (1 + (36 - ({total}) % 36) % 36)::int, 1)"


MODEL_CARD: Final = card_number(0)


@dataclass(frozen=True, slots=True)
class Model:
    """The patient whom all others are like, with a bill that is quoted and one that is settled."""

    person_id: int
    quoted: Quoted


async def open_hospital(here: City) -> Programme:
    """Load the rules and open a hospital of the third level."""
    async with here.database.work(SYSTEM) as work:
        await load_rules(work)
        await work.run(
            "INSERT INTO institution (institution_id, code, kind, name_zh, name_en, live_from, readiness)"
            " VALUES (%(id)s, %(code)s, 'hospital', '示例医院', 'Example hospital', '2018-01-01', 'live')",
            {"id": HOSPITAL, "code": HOSPITAL_CODE},
        )  # fmt: skip
        await commands.designate(work, Designation(HOSPITAL, date(2018, 1, 1), None, 3))
        return await load(work)


async def model_patient(here: City, programme: Programme) -> Model:
    """Let the one patient come twice: one bill is settled, one waits for its confirmation."""
    database, today = here.database, present_day(here.clock)
    async with database.work(SYSTEM) as work:
        await people.upsert_many(work, [PersonRow(
            id_number=ID_NUMBER, name="测试", mobile="", address="", sex="male", birth_date=date(1980, 5, 6), hukou=True,
            insured="employee", insured_status="active", insured_since=date(2003, 7, 1),
        )])  # fmt: skip
        found = await register.find_many(work, [ID_NUMBER])
        person_id = found[ID_NUMBER].person_id
        made = MadeCard(person_id, CARD_ID, MODEL_CARD, 1, date(2019, 1, 2), None, CARD_SN, "0" * 16)
        await cards.take_made_cards(work, [made])
        opening = Opening(person_id, CARD_ID, frozenset({"social"}), Outlet("community_centre"))
        await cards.open_functions(work, programme, opening)
    await insurance.follow_register(database)
    await insurance.open_year(database)
    async with database.work(SYSTEM) as work:
        lines = moves((Account.POOLED_FUND, Account.PERSONAL_CURRENT, BALANCE_FEN))
        await ledger.post(
            work, Entry(person_id=person_id, kind=Kind.CREDIT, reference=1, booked_on=today, lines=lines)
        )
    settled = await bill(here, programme, MODEL_CARD, "V1")
    async with database.work(SYSTEM) as work:
        await commands.confirm(work, programme, Confirming(
            institution_id=HOSPITAL, number="MODEL", person_id=person_id, quote_id=settled.quote_id, card_number=MODEL_CARD
        ))  # fmt: skip
    return Model(person_id, await bill(here, programme, MODEL_CARD, "V2"))


async def bill(here: City, programme: Programme, card: str, number: str) -> Quoted:
    """Let somebody come and be quoted what was done: a visit, its lines, their quote, each in a transaction of its own."""
    database = here.database
    async with database.work(SYSTEM) as work:
        visit = await commands.register(work, programme, Registering(
            institution_id=HOSPITAL, kind="outpatient", number=number, card_number=card
        ))  # fmt: skip
    keys = (HOSPITAL, visit.person_id, visit.visit_id, "1")
    async with database.work(SYSTEM) as work:
        await commands.add_lines(work, programme, *keys, [
            Line(line=str(n), item=f"X{n}", served_on=work.today, counts=Item(amount_fen=fen, catalogue_class="full"))
            for n, fen in enumerate(AMOUNTS_FEN)
        ])  # fmt: skip
    async with database.work(SYSTEM) as work:
        return await commands.quote(work, programme, *keys)


def like(url: str, table: str, model: str, others: Mapping[str, str], people: int, each: int = 1) -> None:
    """Fill a table with rows like the one that `model` finds, `each` for every patient from 1 to `people`.

    `others`: what reads differently, as SQL in `person` (the patient), `nth` (of the patient's rows) and `n` (of all).
    """
    with psycopg.connect(url) as connection:
        names = [row[0] for row in connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            (table,),
        )]  # fmt: skip
    parts = [sql.SQL(others[name]) if name in others else sql.Identifier("model", name) for name in names]
    statement = sql.SQL(
        "INSERT INTO {table} ({names}) SELECT {parts} FROM {table} AS model, generate_series({first}, {last}) AS person,"
        " generate_series(0, {each} - 1) AS nth, LATERAL (SELECT person::bigint * {each} + nth AS n) AS counted WHERE model.{model}"
    )

    def some(first: int) -> None:
        last = min(first + AT_ONCE - 1, people)
        with psycopg.connect(url, autocommit=True) as connection:
            # What is only filled in: triggers see nothing of it, and the measured runs are durable.
            connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
            connection.execute(statement.format(
                table=sql.Identifier(table), names=sql.SQL(", ").join(map(sql.Identifier, names)),
                parts=sql.SQL(", ").join(parts), first=sql.Literal(first), last=sql.Literal(last),
                each=sql.Literal(each), model=sql.SQL(model),
            ))  # fmt: skip

    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(some, range(1, people + 1, AT_ONCE)))


def fill_patients(url: str, model: Model, people: int, balance_fen: int | None = None) -> None:
    """Let so many people be insured and hold a card, all like the model, or with so much in their accounts."""
    balance = {} if balance_fen is None else {"balance_fen": str(balance_fen)}
    whose = f"person_id = {model.person_id}"
    number = card_number_in("person")
    for table, others in (
        ("person", {}),
        ("card", {"card_id": "person", "card_number": number}),
        ("card_directory", {"card_id": "person", "card_number": number}),
        ("insurance_spell", {}),
        ("personal_balance", balance),
        ("medical_year_sum", {}),
        ("account_year", {}),
    ):
        like(url, table, whose, {"person_id": "person"} | others, people)


def tidy(url: str) -> None:
    """Vacuum, analyse, and write out what was filled in, as if it had been there yesterday."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
