"""Everything that reads institutions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from shebaoka.kit.work import Work
from shebaoka.registry.institutions import store
from shebaoka.registry.institutions.liveness import Readiness
from shebaoka.registry.institutions.model import District, Institution, PayrollBank, PayrollChoice


async def by_code(work: Work, code: str) -> Institution | None:
    """Give the institution of a code, or None."""
    return (await by_codes(work, [code])).get(code)


async def by_codes(work: Work, codes: Collection[str]) -> dict[str, Institution]:
    """Give institutions by code; unknown codes are left out."""
    return {row.code: row for row in await store.by_codes(work, codes)}


async def by_usccs(work: Work, usccs: Collection[str]) -> dict[str, Institution]:
    """Give institutions by unified social credit code; unknown codes are left out."""
    return {row.uscc: row for row in await store.by_usccs(work, usccs) if row.uscc}


async def by_id(work: Work, institution_id: int) -> Institution | None:
    """Give the institution of an identifier, or None."""
    return (await by_ids(work, [institution_id])).get(institution_id)


async def by_ids(work: Work, ids: Collection[int]) -> dict[int, Institution]:
    """Give institutions by identifier; unknown ones are left out."""
    return {row.institution_id: row for row in await store.by_ids(work, ids)}


async def of_kind(work: Work, *kinds: str) -> list[Institution]:
    """Give all institutions of some kinds, in the order of their codes."""
    return await store.of_kinds(work, kinds)


async def in_district(work: Work, district: str, *kinds: str) -> list[Institution]:
    """Give all institutions of some kinds in a district, in the order of their codes."""
    return await store.in_district(work, district, kinds)


async def page_of_kind(
    work: Work, kind: str, after: str, limit: int, *, instant: bool = False
) -> list[Institution]:
    """Give at most `limit` institutions of a kind whose codes come after one, in the order of their codes.

    `instant`: only outlets that issue on the spot.
    """
    return await store.page_of_kind(work, kind, after, limit, instant=instant)


async def districts(work: Work) -> list[District]:
    """Give all districts, in the order of their codes."""
    return await store.districts(work)


async def payroll_banks(work: Work, employer_ids: Collection[int]) -> dict[int, list[PayrollBank]]:
    """Give the payroll banks of employers, by rank; employers without any are left out."""
    banks: dict[int, list[PayrollBank]] = defaultdict(list)
    for row in await store.payroll_banks(work, employer_ids):
        banks[row.employer_id].append(row)
    return dict(banks)


async def readiness(work: Work, institution_id: int) -> Readiness | None:
    """Give how ready an institution is, or None where there is no such institution."""
    return await store.readiness(work, institution_id)


async def readiness_counts(work: Work, kinds: Collection[str], on: date) -> list[tuple[str, str, str, int]]:
    """Count institutions of some kinds by district (empty: none), kind and status on a day."""
    return await store.readiness_counts(work, kinds, on)


async def not_live(work: Work, kinds: Collection[str], on: date, limit: int) -> list[Readiness]:
    """Give at most `limit` institutions of some kinds that do not serve on a day, longest in their status first."""
    return await store.not_live(work, kinds, on, limit)


async def payroll_choices(work: Work, employer_id: int) -> list[PayrollChoice]:
    """Give which banks an employer has chosen for its staff's cards, newest first: by whom, when and why."""
    return await store.choices(work, employer_id)
