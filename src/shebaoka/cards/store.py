"""This room's SQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from shebaoka.cards import states
from shebaoka.cards.model import (
    Card,
    Counts,
    MadeCard,
    OldCardRow,
    Unopened,
    UnopenedCount,
    UnopenedOf,
)
from shebaoka.kit import queries
from shebaoka.kit.work import Row, Work

SQL = queries.load(__file__)


class Call(NamedTuple):
    """The arguments of `card_open` that an opening comes to."""

    person_id: int
    card_id: int
    social_on: date | None
    financial: bool
    bank_id: int | None


async def cards_of(work: Work, people: Collection[int]) -> list[Card]:
    """Give all cards of people; this function will give the oldest first."""
    return await work.rows(SQL["cards_of"], {"people": list(people), "now": work.now}, Card)


async def reported_by(work: Work, card: Card) -> str | None:
    """Give the actor who reported a card lost; this function will give None where no fact tells."""
    named = {"person_id": card.person_id, "card": str(card.card_id), "lost_at": card.lost_at}
    return await work.value(SQL["reported_by"], named)  # type: ignore[no-any-return]


async def known_codes(work: Work, codes: Collection[str]) -> set[str]:
    """Give those of these identification codes (hex) that a card has."""
    return {code for (code,) in await work.rows(SQL["known_codes"], {"codes": list(codes)})}


async def directory(work: Work, numbers: Collection[str]) -> dict[str, tuple[int, int]]:
    """Give person and card by card number; this function will leave the unknown out."""
    rows = await work.rows(SQL["directory"], {"numbers": list(numbers)})
    return {number: (person_id, card_id) for number, person_id, card_id in rows}


async def enter_directory(work: Work, rows: Sequence[tuple[str, int, int]]) -> None:
    """Enter numbers (number, person, card); this function will leave numbers alone that are given already."""
    numbers, people, cards = _columns(rows, 3)
    await work.run(SQL["enter_directory"], {"numbers": numbers, "people": people, "cards": cards})


async def leave_directory(work: Work, rows: Sequence[tuple[str, int]]) -> None:
    """Take numbers (number, card) back; this function will leave the same number of another card alone."""
    if not rows:
        return
    numbers, cards = _columns(rows, 2)
    await work.run(SQL["leave_directory"], {"numbers": numbers, "cards": cards})


async def insert_old(work: Work, rows: Sequence[tuple[OldCardRow, int]]) -> set[int]:
    """Write old cards; this function will give the identifiers of those that were written."""
    return {row[0] for row in await work.rows(SQL["insert_old"], _given(rows))}


async def insert_made(work: Work, rows: Sequence[tuple[MadeCard, int]]) -> set[int]:
    """Write new cards; this function will give the identifiers of those that were written."""
    more = {
        "banks": [card.bank_id for card, _ in rows],
        "identification_codes": [card.identification_code for card, _ in rows],
        "reset_codes": [card.reset_code for card, _ in rows],
        "expires": [card.expires_on for card, _ in rows],
    }
    return {row[0] for row in await work.rows(SQL["insert_made"], _given(rows) | more)}


def _given(rows: Sequence[tuple[OldCardRow | MadeCard, int]]) -> dict[str, list[object]]:
    return {
        "people": [card.person_id for card, _ in rows],
        "cards": [card_id for _, card_id in rows],
        "numbers": [card.card_number for card, _ in rows],
        "issued": [card.issued_on for card, _ in rows],
    }


async def serials(work: Work, count: int) -> list[int]:
    """Give fresh serials; this function will give each only once, ever."""
    return [row[0] for row in await work.rows(SQL["serials"], {"count": count})]


async def open_one(work: Work, call: Call) -> Row:
    """Open functions of one card; this function will give outcome, number, both statuses and the cards that died."""
    row = await work.row(SQL["open_one"], {**call._asdict(), "now": work.now, "today": work.today})
    assert row
    return row


async def open_many(work: Work, calls: Sequence[Call]) -> list[Row]:
    """Open functions of many cards, in the order given; this function will give each call's row as `open_one` does."""
    people, cards, social_ons, financials, banks = _columns(calls, 5)
    rows = await work.rows(SQL["open_many"], {
        "people": people, "cards": cards, "social_ons": social_ons, "financials": financials, "banks": banks,
        "now": work.now, "today": work.today,
    })  # fmt: skip
    return [row[1:] for row in rows]


async def promises_due(work: Work, cards_max: int) -> list[tuple[int, int]]:
    """Give person and card of promised openings that are due; this function will give at most `cards_max`."""
    rows = await work.rows(SQL["promises_due"], {"today": work.today, "cards_max": cards_max})
    return [(row[0], row[1]) for row in rows]


async def receive(work: Work, cards: Sequence[tuple[int, int, date]]) -> int:
    """Note since when cards are held (person, card, day); this function will give how many that was news about."""
    people, ids, days = _columns(cards, 3)
    return await work.run(SQL["receive"], {"people": people, "cards": ids, "days": days})


async def reminders_due(work: Work, cards_max: int) -> list[Row]:
    """Give person, card, day of receipt, day of the last reminder and end of unopened cards that are due to be looked at."""
    await work.run(SQL["take_turn"])
    return await work.rows(SQL["reminders_due"], {"today": work.today, "cards_max": cards_max})


async def remind(
    work: Work, looked: Sequence[tuple[int, int, date | None, date | None]]
) -> set[tuple[int, int]]:
    """Note when cards are looked at again and when reminded (person, card, next, reminded); gives those still unopened."""
    # In the order of people, as every other command takes many cards.
    people, ids, next_days, reminded = _columns(sorted(looked, key=lambda one: one[:2]), 4)
    rows = await work.rows(SQL["remind"], {
        "people": people, "cards": ids, "next_days": next_days, "reminded": reminded, "today": work.today,
    })  # fmt: skip
    return {(row[0], row[1]) for row in rows}


async def unopened(work: Work, of: UnopenedOf, after: int, cards_max: int) -> list[Unopened]:
    """Give unopened cards in people's hands after a card; this function will give the oldest first."""
    asked = {"after": after, "cards_max": cards_max, "district": of.district}
    if of.employer_id is not None:
        asked |= {"employer_id": of.employer_id, "bank_id": of.bank_id}
        return await work.rows(SQL["unopened_of_employer"], asked, Unopened)
    if of.bank_id is not None:
        return await work.rows(SQL["unopened_of_bank"], asked | {"bank_id": of.bank_id}, Unopened)
    return await work.rows(SQL["unopened"], asked, Unopened)


async def unopened_counts(work: Work, days: Sequence[int]) -> list[UnopenedCount]:
    """Count unopened cards by district, bank and how many of `days` have passed; this function will read them all."""
    asked = {"today": work.today, "days": list(days)}
    return await work.rows(SQL["unopened_counts"], asked, UnopenedCount)


async def unopened_by_employer(work: Work, employers_max: int) -> list[tuple[int, int]]:
    """Give the employers with the most unopened cards, and how many; this function will read them all."""
    return await work.rows(SQL["unopened_by_employer"], {"employers_max": employers_max})


async def drop_promises(work: Work, cards: Sequence[tuple[int, int]]) -> None:
    """Take promises back; this function will leave the cards otherwise as they are."""
    people, ids = _columns(cards, 2)
    await work.run(SQL["drop_promises"], {"people": people, "cards": ids})


async def void_all(work: Work, people: Collection[int], reason: str) -> list[tuple[int, int]]:
    """Make every card of people void; this function will give person and card of those that were not yet."""
    rows = await work.rows(SQL["void_all"], {
        "people": sorted(people), "reason": reason, "now": work.now, "voidable": states.voidable(),
    })  # fmt: skip
    return [(row[0], row[1]) for row in rows]


async def lock_holder(work: Work, person_id: int) -> None:
    """Take the holder's row, so that nobody else changes this person's cards until the transaction ends."""
    await work.run(SQL["lock_holder"], {"person_id": person_id})


async def save(work: Work, card: Card) -> bool:
    """Write a card as it now is; this function will give False when it was changed meanwhile all the same."""
    columns = ("person_id", "card_id", "social", "financial", "social_due_on", "loss", "lost_at", "loss_until",
               "void_at", "void_reason", "version")  # fmt: skip
    return await work.run(SQL["save"], {name: getattr(card, name) for name in columns}) == 1


async def lapsed(work: Work, people_max: int) -> list[int]:
    """Give people with temporary loss reports that have ended; this function will give at most `people_max`."""
    rows = await work.rows(SQL["lapsed"], {"now": work.now, "people_max": people_max})
    return [row[0] for row in rows]


async def lift_lapsed(work: Work, people: Collection[int]) -> list[tuple[int, int]]:
    """Lift the temporary loss reports of people that have ended; this function will give person and card of each."""
    lifted = states.lifted()
    rows = await work.rows(SQL["lift_lapsed"], {
        "people": sorted(people), "lost": list(lifted), "found": list(lifted.values()), "now": work.now,
    })  # fmt: skip
    return [(row[0], row[1]) for row in rows]


async def standing(
    work: Work,
    numbers: list[str | None],
    digests: list[bytes | None] | None,
    actors: list[str],
    organisations: list[int],
) -> list[Row]:
    """Look many cards up and write the audit facts; this function will leave out look-ups that find no card."""
    return await work.rows(SQL["standing"], {
        "numbers": numbers, "digests": digests, "actors": actors, "organisations": organisations,
        "first_fact_id": work.ids.many(len(numbers))[0], "now": work.now,
    })  # fmt: skip


async def counts(work: Work) -> Counts:
    """Count all cards; this function will read the whole table."""
    found = await work.row(SQL["counts"], None, Counts)
    assert found
    return found


def _columns(rows: Sequence[tuple[object, ...]], width: int) -> list[list[object]]:
    return [[row[place] for row in rows] for place in range(width)]
