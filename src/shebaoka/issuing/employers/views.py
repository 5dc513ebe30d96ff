"""Everything that reads collections and payroll choices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection as Several
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shebaoka.issuing.employers.model import CAPACITY_MAX, Collection, Payroll, SeatOf
from shebaoka.issuing.employers.states import Seat
from shebaoka.issuing.employers.store import SQL
from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import BANK, BANK_OUTLET, CARD_CENTRE, CHOSEN_ELSEWHERE, EMPLOYER
from shebaoka.registry.programme.programme import Programme

PAGE_MAX: Final = 200
NEWEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose collections may be seen: everybody's, a bank's, an employer's."""

    everything: bool = False
    bank_id: int | None = None
    employer_id: int | None = None

    def parameters(self) -> dict[str, object]:
        """Give it as query parameters."""
        return {"everything": self.everything, "bank_id": self.bank_id, "employer_id": self.employer_id}


async def reach_of(work: Work) -> Reach:
    """Give whose collections the actor may see: a bank's outlets see the bank's."""
    number = work.actor.organisation_id
    own = await institutions.by_id(work, number) if number else None
    if own is None:
        return Reach(everything=work.actor.role == "system")
    banks = {BANK: own.institution_id, BANK_OUTLET: own.parent_id}
    return Reach(
        everything=own.kind == CARD_CENTRE,
        bank_id=banks.get(own.kind),
        employer_id=own.institution_id if own.kind == EMPLOYER else None,
    )


async def by_id(work: Work, collection_id: int) -> Collection:
    """Give one collection; NotFound also when it is another bank's or employer's."""
    reach = await reach_of(work)
    found = await work.row(SQL["by_id"], {"collection_id": collection_id, **reach.parameters()}, Collection)
    if found is None:
        raise NotFound(str(collection_id))
    return found


async def page(work: Work, cursor: int | None = None, limit: int = 50) -> list[Collection]:
    """Give the caller's collections, newest first; the cursor is the last collection_id of the page before."""
    reach = await reach_of(work)
    size = max(1, min(limit, PAGE_MAX))
    return await work.rows(
        SQL["page"], {"before": cursor or NEWEST, "page_size": size, **reach.parameters()}, Collection
    )


async def counts(work: Work, collections: Several[int]) -> Mapping[int, Mapping[Seat, int]]:
    """Count the seats of collections by how they stand; no people in it."""
    found: dict[int, dict[Seat, int]] = defaultdict(lambda: dict.fromkeys(Seat, 0))
    for number, status, seats in await work.rows(SQL["counts"], {"collections": list(collections)}):
        found[number][Seat(status)] = seats
    return found


async def seats(work: Work, collection_id: int, after: int = 0, limit: int = 50) -> list[SeatOf]:
    """Give who was called to a collection, a page by seat number.

    This function will record the look as `collection.seats_seen`, one fact a page.
    """
    await by_id(work, collection_id)
    size = max(1, min(limit, CAPACITY_MAX))
    page_of = {"collection_id": collection_id, "after": after, "seats_max": size}
    found = await work.rows(SQL["seats"], page_of, SeatOf)
    work.record(0, "collection.seats_seen", collection_id, seats=len(found), after=after)
    return found


async def payroll(work: Work, programme: Programme, employer_id: int) -> Payroll:
    """Give an employer's payroll banks, which of the service banks it may choose and by which rule, and its choices."""
    banks = (await institutions.payroll_banks(work, [employer_id])).get(employer_id, [])
    service = {one.institution_id: one for one in await institutions.of_kind(work, BANK)}
    paying = {one.bank_id for one in banks if one.rank != CHOSEN_ELSEWHERE} & service.keys()
    return Payroll(
        banks,
        [one for number, one in service.items() if number in paying or not paying],
        programme.payroll_rule(len(paying), work.today),
        await institutions.payroll_choices(work, employer_id),
    )
