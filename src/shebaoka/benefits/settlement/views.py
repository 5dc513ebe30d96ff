"""Everything that reads about settlement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from shebaoka.benefits.insurance.insured import Parts
from shebaoka.benefits.settlement import store
from shebaoka.benefits.settlement.errors import CardNotUsable, NotDesignated, QuoteUnusable
from shebaoka.benefits.settlement.model import (
    Bill,
    BilledLine,
    CareTold,
    Designation,
    Diagnosis,
    Fate,
    HolderBill,
    Kept,
    Quoted,
    Settlement,
    Sums,
    Told,
    Visit,
)
from shebaoka.benefits.settlement.reconciling import Amounts, Compared, Difference, Totals
from shebaoka.benefits.settlement.store import SQL
from shebaoka.cards import views as cards
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Row, Work
from shebaoka.registry.programme.model import Scheme, VisitKind

ROWS_MAX: Final = 500
LINES_MAX: Final = 10_000
UNSETTLED_DAYS: Final = 7
"""How long a clinic's visit or a purchase that was left is still offered to go on with; a stay for good."""


async def serving(work: Work, institution_id: int, on: date) -> Designation:
    """Give as what an institution settles on a day. Raises NotDesignated."""
    asked = {"institution_id": institution_id, "on": on}
    found = await work.row(SQL["designation"], asked, Designation)
    if found is None or (found.until is not None and found.until < on):
        raise NotDesignated(f"{on}")
    return found


async def message(work: Work, institution_id: int, number: str) -> Told:
    """Tell what became of an institution's message."""
    row = await work.row(SQL["message"], {"institution_id": institution_id, "number": number})
    if row is None:
        return Told(fate="unknown")
    kind, _, person_id, settlement_id = row
    found = None if settlement_id is None else await settlement(work, person_id, settlement_id)
    fate: Fate = "withdrawn" if kind == "withdrawn" else "reversal"
    if kind == "confirm":
        assert found is not None
        fate = "settled" if found.reversed_at is None else "reversed"
    return Told(fate=fate, settlement=found)


async def settlement(work: Work, person_id: int, settlement_id: int) -> Settlement | None:
    """Give a settlement of somebody, or None."""
    asked = {"person_id": person_id, "settlement_id": settlement_id}
    row = await work.row(SQL["settlement"], asked)
    return None if row is None else store.settlement_of(row[0])


async def settlements(work: Work, person_id: int) -> list[Settlement]:
    """Give what was settled for somebody, newest first; at most `ROWS_MAX`."""
    asked = {"person_id": person_id, "rows_max": ROWS_MAX}
    return [store.settlement_of(row[0]) for row in await work.rows(SQL["settlements"], asked)]


async def bills(work: Work, one: Settlement) -> tuple[Bill, ...]:
    """Give the bills of a settlement with their rules and sentences."""
    asked = {"person_id": one.person_id, "quote_id": one.quote_id}
    return store.bills_of(await work.value(SQL["bills"], asked))


async def visit(work: Work, institution_id: int, person_id: int, visit_id: int) -> Visit:
    """Give a visit of an institution. Raises NotFound, also for another's."""
    found = await store.visit(work, "visit", institution_id, person_id, visit_id)
    if found is None:
        raise NotFound(f"就诊 visit {visit_id}")
    return found


async def unsettled(work: Work, institution_id: int) -> list[Visit]:
    """Give what an institution has begun and not settled, newest first: all stays, of the others the last week's."""
    asked = {
        "institution_id": institution_id,
        "since": work.now - timedelta(days=UNSETTLED_DAYS),
        "rows_max": ROWS_MAX,
    }
    return await work.rows(SQL["unsettled_visits"], asked, Visit)


async def card_of(work: Work, one: Visit) -> str:
    """Give the number of the card by which a visit began. Raises CardNotUsable where none was noted."""
    held = (await cards.of_people(work, [one.person_id])).get(one.person_id, [])
    number = next((card.card_number for card in held if card.card_id == one.card_id), None)
    if number is None:
        raise CardNotUsable(
            "登记时没有记下卡片，请重新读卡 · no card was noted when the visit began: read it again"
        )
    return number


async def lines(work: Work, one: Visit) -> list[Kept]:
    """Give the lines of a visit, batch by batch in the order of their numbers; at most `LINES_MAX`."""
    asked = {"person_id": one.person_id, "visit_id": one.visit_id, "rows_max": LINES_MAX}
    return await work.rows(SQL["lines"], asked, Kept)


async def quoted(work: Work, one: Visit) -> Quoted | None:
    """Give the newest quote of a visit while it can be confirmed, else None."""
    keys = {"person_id": one.person_id, "visit_id": one.visit_id, "version": one.version}
    row = await work.row(SQL["last_quote"], keys | {"now": work.now, "today": work.today})
    if row is None:
        return None
    quote_id, batch, expires_at, sums, told = row
    return Quoted(
        quote_id=quote_id, person_id=one.person_id, visit_id=one.visit_id, batch=batch, expires_at=expires_at,
        sums=store.sums_of(sums), bills=store.bills_of(told),
    )  # fmt: skip


async def visit_of_quote(work: Work, institution_id: int, person_id: int, quote_id: int) -> Visit:
    """Give the visit that an institution quoted. Raises QuoteUnusable."""
    asked = {"institution_id": institution_id, "person_id": person_id, "quote_id": quote_id}
    found = await work.row(SQL["visit_of_quote"], asked, Visit)
    if found is None:
        raise QuoteUnusable("没有此试算 · there is no such quote")
    return found


async def counted(work: Work, person_id: int, quote_id: int) -> list[int]:
    """Give what the bills of a quote count against the pooled fund's cap, in their order."""
    found: list[int] = await work.value(SQL["counted"], {"person_id": person_id, "quote_id": quote_id})
    return found


async def settled(work: Work, one: Visit) -> list[Settlement]:
    """Give what was settled of a visit, newest first; at most `ROWS_MAX`."""
    asked = {"person_id": one.person_id, "visit_id": one.visit_id, "rows_max": ROWS_MAX}
    return [store.settlement_of(row[0]) for row in await work.rows(SQL["visit_settlements"], asked)]


async def day_settlements(work: Work, institution_id: int, day: date) -> list[Settlement]:
    """Give what an institution settled or took back on a day, newest first; at most `ROWS_MAX`."""
    asked = {"institution_id": institution_id, "day": day, "rows_max": ROWS_MAX}
    return [store.settlement_of(row[0]) for row in await work.rows(SQL["day_settlements"], asked)]


async def holder_bills(
    work: Work, person_id: int, first: date, last: date, before: int | None = None, rows_max: int = 50
) -> list[HolderBill]:
    """Give what was settled for somebody from one day to another, newest first; from before a number on, some at a time."""
    asked = {"person_id": person_id, "settlement_id": None, "first": first, "last": last, "before": before, "rows_max": rows_max}  # fmt: skip
    return [_holder_bill(row) for row in await work.rows(SQL["holder_bills"], asked)]


async def holder_bill(work: Work, person_id: int, settlement_id: int) -> HolderBill | None:
    """Give one settlement of somebody with its visit, or None."""
    asked = {"person_id": person_id, "settlement_id": settlement_id, "first": date.min, "last": date.max, "before": None, "rows_max": 1}  # fmt: skip
    row = await work.row(SQL["holder_bills"], asked)
    return None if row is None else _holder_bill(row)


def _holder_bill(row: Row) -> HolderBill:
    return HolderBill(store.settlement_of(row[0]), *row[1:])


async def billed_lines(work: Work, one: Settlement, after: int = 0, rows_max: int = 50) -> list[BilledLine]:
    """Give the lines of a settlement that stands, from after a place on, some at a time; of one taken back they may have changed."""
    asked = {"person_id": one.person_id, "visit_id": one.visit_id, "batch": one.batch, "after": after, "rows_max": rows_max}  # fmt: skip
    return await work.rows(SQL["batch_lines"], asked, BilledLine)


async def visits(work: Work, person_id: int) -> list[Visit]:
    """Give somebody's visits, newest first; at most `ROWS_MAX`."""
    return await work.rows(SQL["visits"], {"person_id": person_id, "rows_max": ROWS_MAX}, Visit)


async def has_been_at(work: Work, institution_id: int, person_id: int) -> bool:
    """Tell whether somebody has had a visit at an institution."""
    return bool(await work.value(SQL["has_been_at"], {"person_id": person_id, "institution_id": institution_id}))  # fmt: skip


async def batch_quote(work: Work, visit: Visit, batch: str) -> tuple[int, Sums] | None:
    """Give the identifier and the amounts that a batch of a visit was last quoted at, or None."""
    asked = {"person_id": visit.person_id, "visit_id": visit.visit_id, "batch": batch, "institution_id": visit.institution_id}  # fmt: skip
    row = await work.row(SQL["batch_quote"], asked)
    return None if row is None else (row[0], Sums(**dict(zip(Sums.__struct_fields__, row[1:], strict=True))))


async def care(work: Work, person_id: int, visits: Collection[int]) -> dict[int, CareTold]:
    """Give what visits of somebody were for, by visit; the caller records the look. Who told nothing is left out."""
    rows = await work.rows(SQL["care"], {"person_id": person_id, "visits": list(visits)})
    opened = msgspec.json.Decoder(tuple[Diagnosis, ...])
    return {
        visit_id: CareTold(
            care_type=care_type,
            diagnoses=opened.decode(work.vault.open(bytes(sealed), store.care_place(person_id, visit_id))),
        )
        for visit_id, care_type, sealed in rows
    }


async def sums_of_days(
    work: Work, institution_id: int, kind: VisitKind, scheme: Scheme, first: date, last: date
) -> tuple[Totals, Totals]:
    """Give what an institution settled on some days, of one kind of visit and scheme, and what it took back, as positive sums."""
    asked = {"institution_id": institution_id, "kind": kind, "scheme": scheme, "first": first, "last": last}
    found = {taken_back: Totals(count, Amounts(*sums)) for taken_back, count, *sums in await work.rows(SQL["sums_of_days"], asked)}  # fmt: skip
    nothing = Totals(0, Amounts(0, 0, 0, 0))
    return found.get(False, nothing), found.get(True, nothing)


async def days(work: Work, one: Visit) -> dict[date, Parts]:
    """Give what each day of a stay came to, by the catalogue."""
    asked = {"person_id": one.person_id, "visit_id": one.visit_id, "batch": ""}
    return {
        on: Parts(in_scope_fen=scope, own_expense_fen=own, prepay_fen=prepay, over_limit_fen=over)
        for on, scope, own, prepay, over in await work.rows(SQL["parts"], asked)
    }


async def day_details(work: Work, institution_id: int, day: date) -> dict[str, Amounts]:
    """Give what each of an institution's messages of a day moved, by its number; a reversal is negative."""
    rows = await work.rows(SQL["day_details"], {"institution_id": institution_id, "day": day})
    return {number: Amounts(*amounts) for number, *amounts in rows}


async def day_sums(work: Work, institution_id: int, day: date) -> tuple[int, Sums]:
    """Give how many messages of an institution's day moved money, and what they sum to; a reversal counts against."""
    row = await work.row(SQL["day_sums"], {"institution_id": institution_id, "day": day})
    assert row is not None
    return row[0], Sums(**dict(zip(Sums.__struct_fields__, row[1:], strict=True)))


async def day_compared(work: Work, institution_id: int, day: date) -> Compared | None:
    """Give how a day's totals were last compared, None where they were not."""
    row = await work.row(SQL["day_compared"], {"institution_id": institution_id, "day": day})
    return None if row is None else Compared(*(Totals(side[0], Amounts(*side[1:])) for side in row))


async def compared_until(work: Work, institution_id: int) -> date | None:
    """Give the last day that was compared with an institution, or None."""
    found: date | None = await work.value(SQL["compared_until"], {"institution_id": institution_id})
    return found


async def days_that_differ(work: Work, institutions: Sequence[int], before: datetime) -> list[date]:
    """Give the days with open differences that were last compared before a moment, oldest first."""
    asked = {"institutions": list(institutions), "before": before}
    return [row[0] for row in await work.rows(SQL["days_that_differ"], asked)]


async def day_differences(work: Work, institution_id: int, day: date) -> list[Difference]:
    """Give all differences of an institution's day, closed ones too."""
    return [_difference(row) for row in await work.rows(SQL["day_differences"], {"institution_id": institution_id, "day": day})]  # fmt: skip


async def open_differences(work: Work, institution_id: int | None = None) -> list[Difference]:
    """Give what is to be worked off, of one institution or of all, oldest day first; at most `ROWS_MAX`."""
    asked = {"institution_id": institution_id, "rows_max": ROWS_MAX}
    return [_difference(row) for row in await work.rows(SQL["open_differences"], asked)]


async def differences(
    work: Work, institution_id: int | None, first: date, last: date, *, closed: bool | None = None
) -> list[Difference]:
    """Give differences of some days, of one institution or of all, oldest day first; at most `ROWS_MAX`.

    `closed`: those that are, or those that are not; None: both.
    """
    asked = {
        "institution_id": institution_id,
        "first": first,
        "last": last,
        "closed": closed,
        "rows_max": ROWS_MAX,
    }
    return [_difference(row) for row in await work.rows(SQL["find_differences"], asked)]


async def difference(work: Work, difference_id: int) -> Difference:
    """Give a difference. Raises NotFound."""
    row = await work.row(SQL["difference"], {"difference_id": difference_id})
    if row is None:
        raise NotFound(f"差异 difference {difference_id}")
    return _difference(row)


def _difference(row: Row) -> Difference:
    at, day, number, difference_id, kind, theirs, ours, found_at, closed_at, closed_by, reason = row
    return Difference(
        institution_id=at, day=day, number=number, difference_id=difference_id, kind=kind,
        theirs=None if theirs is None else Amounts(*theirs), ours=None if ours is None else Amounts(*ours),
        found_at=found_at, closed_at=closed_at, closed_by=closed_by, reason=reason,
    )  # fmt: skip
