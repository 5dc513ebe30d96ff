"""The SQL of this room."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple
from datetime import date

from shebaoka.kit import queries
from shebaoka.kit.work import Work
from shebaoka.registry.institutions.liveness import Readiness, Status
from shebaoka.registry.institutions.model import Because, District, Institution, PayrollBank, PayrollChoice

SQL = queries.load(__file__)
COLUMNS = (
    "institution_id", "code", "kind", "name_zh", "name_en", "parent_id", "district_code", "uscc", "elsewhere",
    "live_from", "readiness", "instant", "readiness_since",
)  # fmt: skip
PAYROLL_COLUMNS = ("employer_id", "rank", "bank_id", "bank_name", "chosen", "chosen_by")


async def take_turn(work: Work) -> None:
    """Wait until no other import runs."""
    await work.run(SQL["take_turn"])


async def districts(work: Work) -> list[District]:
    """Give all districts."""
    return await work.rows(SQL["districts"], None, District)


async def put_districts(work: Work, rows: Sequence[District]) -> None:
    """Write new and renamed districts."""
    await work.run(
        SQL["put_districts"],
        {
            "codes": [row.district_code for row in rows],
            "names_zh": [row.name_zh for row in rows],
            "names_en": [row.name_en for row in rows],
        },
    )


async def everything(work: Work) -> dict[str, Institution]:
    """Give every institution by its code."""
    return {row.code: row for row in await work.rows(SQL["all"], None, Institution)}


async def by_codes(work: Work, codes: Collection[str]) -> list[Institution]:
    """Give institutions by codes."""
    return await work.rows(SQL["by_codes"], {"codes": list(codes)}, Institution)


async def by_usccs(work: Work, usccs: Collection[str]) -> list[Institution]:
    """Give institutions by unified social credit codes."""
    return await work.rows(SQL["by_usccs"], {"usccs": list(usccs)}, Institution)


async def by_ids(work: Work, ids: Collection[int]) -> list[Institution]:
    """Give institutions by identifiers."""
    return await work.rows(SQL["by_ids"], {"ids": list(ids)}, Institution)


async def of_kinds(work: Work, kinds: Collection[str]) -> list[Institution]:
    """Give all institutions of some kinds."""
    return await work.rows(SQL["of_kinds"], {"kinds": list(kinds)}, Institution)


async def in_district(work: Work, district: str, kinds: Collection[str]) -> list[Institution]:
    """Give all institutions of some kinds in a district."""
    return await work.rows(SQL["in_district"], {"district": district, "kinds": list(kinds)}, Institution)


async def page_of_kind(
    work: Work, kind: str, after: str, limit: int, *, instant: bool = False
) -> list[Institution]:
    """Give institutions of a kind after a code, in the order of their codes; `instant`: those that issue on the spot."""
    asked = {"kind": kind, "after": after, "limit": limit, "instant": instant}
    return await work.rows(SQL["page_of_kind"], asked, Institution)


async def add(work: Work, rows: Sequence[Institution]) -> None:
    """Write new institutions; parents and children may come together."""
    await work.copy("institution", COLUMNS, ((*astuple(row), work.now) for row in rows))


async def change(work: Work, rows: Sequence[Institution]) -> None:
    """Write institutions that are described otherwise than before."""
    await work.run(SQL["release_usccs"], {"ids": [row.institution_id for row in rows]})
    await work.run(
        SQL["change"],
        {
            "ids": [row.institution_id for row in rows],
            "kinds": [row.kind for row in rows],
            "names_zh": [row.name_zh for row in rows],
            "names_en": [row.name_en for row in rows],
            "parents": [row.parent_id for row in rows],
            "districts": [row.district_code for row in rows],
            "usccs": [row.uscc for row in rows],
            "elsewhere": [row.elsewhere for row in rows],
            "live_from": [row.live_from for row in rows],
            "instant": [row.instant for row in rows],
        },
    )


async def payroll_banks(work: Work, employers: Collection[int]) -> list[PayrollBank]:
    """Give the payroll banks of some employers, by rank."""
    return await work.rows(SQL["payroll_banks"], {"employers": list(employers)}, PayrollBank)


async def rewrite_payroll_banks(
    work: Work, employers: Collection[int], rows: Iterable[PayrollBank], chooser: str | None = None
) -> None:
    """Write all payroll banks of some employers anew; `chooser` replaces who chose."""
    named = {"employers": list(employers)}
    who: dict[int, str | None] = dict(await work.rows(SQL["chosen_by"], named))
    await work.run(SQL["drop_payroll_banks"], named)
    await work.copy(
        "payroll_bank",
        PAYROLL_COLUMNS,
        (
            (row.employer_id, row.rank, row.bank_id, row.bank_name, row.chosen,
             (chooser or who.get(row.employer_id)) if row.chosen else None)
            for row in rows
        ),
    )  # fmt: skip


async def note_choice(
    work: Work, employer_id: int, bank_id: int, former: int | None, because: Because, *, pays_wages: bool
) -> None:
    """Keep who chose which bank, when and why; nothing changes it afterwards."""
    await work.run(SQL["note_choice"], {
        "choice_id": work.ids.one(), "employer_id": employer_id, "bank_id": bank_id, "former_bank_id": former,
        "pays_wages": pays_wages, "rule_id": because.rule_id, "why": because.why, "chosen_by": work.actor.name,
        "organisation_id": work.actor.organisation_id, "now": work.now,
    })  # fmt: skip


async def choices(work: Work, employer_id: int) -> list[PayrollChoice]:
    """Give an employer's choices, newest first."""
    return await work.rows(SQL["choices"], {"employer_id": employer_id}, PayrollChoice)


async def lock_employer(work: Work, employer_id: int) -> bool:
    """Lock an employer until the transaction ends; False when there is none."""
    return await work.value(SQL["lock_employer"], {"employer_id": employer_id}) is not None


async def ready(work: Work, ids: Collection[int]) -> dict[int, Readiness]:
    """Give how ready some institutions are, and lock them until the transaction ends."""
    rows = await work.rows(SQL["ready"], {"ids": list(ids)}, Readiness)
    return {row.institution_id: row for row in rows}


async def readiness(work: Work, institution_id: int) -> Readiness | None:
    """Give how ready an institution is."""
    return await work.row(SQL["readiness"], {"institution_id": institution_id}, Readiness)


async def move(work: Work, institution_id: int, status: Status, live_from: date | None) -> None:
    """Write how ready an institution is from now on."""
    named = {"institution_id": institution_id, "readiness": status, "live_from": live_from, "now": work.now}
    await work.run(SQL["move"], named)


async def take_over(work: Work) -> list[tuple[int, date]]:
    """Make planned institutions live that have a day; give them with their days."""
    return [(row[0], row[1]) for row in await work.rows(SQL["take_over"], {"now": work.now})]


async def readiness_counts(work: Work, kinds: Collection[str], on: date) -> list[tuple[str, str, str, int]]:
    """Count institutions of some kinds by district, kind and status on a day."""
    rows = await work.rows(SQL["readiness_counts"], {"kinds": list(kinds), "on": on})
    return [(district, kind, status, count) for district, kind, status, count in rows]


async def not_live(work: Work, kinds: Collection[str], on: date, limit: int) -> list[Readiness]:
    """Give institutions of some kinds that do not serve on a day, longest in their status first."""
    return await work.rows(SQL["not_live"], {"kinds": list(kinds), "on": on, "limit": limit}, Readiness)
