"""Everything that writes institutions."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Final

from shebaoka.kit.problems import NotFound
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import store
from shebaoka.registry.institutions.checking import check, employers
from shebaoka.registry.institutions.errors import BankNotSelectable, InstitutionsRefused
from shebaoka.registry.institutions.liveness import Readiness, Status
from shebaoka.registry.institutions.model import (
    BANK,
    CHOSEN_ELSEWHERE,
    Because,
    Declared,
    District,
    ImportResult,
    Institution,
    PayrollBank,
)
from shebaoka.registry.institutions.reading import Files, InstitutionRow, read

Banks = dict[int, list[PayrollBank]]
HAS_SERVED: Final = frozenset({Status.LIVE, Status.SUSPENDED})
NOT_SAID: Final = Because()


async def import_institutions(work: Work, folder: Path) -> ImportResult:
    """Take in districts.csv, institutions.csv and payroll_banks.csv of a folder (columns: README).

    This function will write what is new or changed and nothing else; identifiers are stable by code. It raises
    InstitutionsRefused with every fault by file, row and column, and then nothing was taken in.
    """
    files = await asyncio.to_thread(read, folder)
    await store.take_turn(work)
    stored = await store.everything(work)
    known = {row.district_code: row for row in await store.districts(work)}
    check(files, stored, set(known))
    if files.faults:
        raise InstitutionsRefused(sorted(files.faults, key=lambda fault: (fault.file, fault.row)))
    renamed = await _write_districts(work, files, known)
    before = len(stored)
    stored, changed = await _write_institutions(work, files.institutions, stored)
    moved = await _write_payroll_banks(work, files, stored)
    result = ImportResult(
        len(files.districts), len(files.institutions), len(files.payroll_banks),
        renamed, len(stored) - before, changed, moved,
    )  # fmt: skip
    if result.changed:
        work.record(0, "institutions.imported", "institutions", **asdict(result))
    return result


async def choose_payroll_bank(
    work: Work, employer_id: int, bank_id: int, because: Because = NOT_SAID
) -> int | None:
    """Note which bank an employer chose for the cards of its staff, and give the former one (None: there was none).

    This function will accept a service bank among its payroll banks; where none is one, any service bank. Who chose, when
    and why is kept for good; choosing the same bank again changes nothing. NotFound when there is no such employer,
    BankNotSelectable for another bank.
    """
    if not await store.lock_employer(work, employer_id):
        raise NotFound(f"employer {employer_id}")
    rows = await store.payroll_banks(work, [employer_id])
    former = next((row.bank_id for row in rows if row.chosen), None)
    if former == bank_id:
        return former
    rows = _with_choice(rows, employer_id, await _service_bank(work, bank_id))
    await store.rewrite_payroll_banks(work, [employer_id], rows, chooser=work.actor.name)
    chosen = next(row for row in rows if row.chosen)
    await store.note_choice(
        work, employer_id, bank_id, former, because, pays_wages=chosen.rank != CHOSEN_ELSEWHERE
    )
    work.record(0, "employer.payroll_bank_chosen", employer_id, bank_id=bank_id, former_bank_id=former)
    return former


async def declare_payroll_banks(work: Work, employer_id: int, banks: Sequence[Declared]) -> None:
    """Take an employer's own word for the banks that pay its wages, in their order; an import that names it later outweighs it.

    This function will keep the bank that was chosen, also where it pays no wages any more. NotFound when there is no
    such employer.
    """
    if not await store.lock_employer(work, employer_id):
        raise NotFound(f"employer {employer_id}")
    present = await store.payroll_banks(work, [employer_id])
    wanted = [
        PayrollBank(employer_id, rank, one.bank_id, one.bank_name, chosen=False)
        for rank, one in enumerate(banks, start=1)
    ]
    rows = _keep_choice(wanted, present)
    if rows == present:
        return
    await store.rewrite_payroll_banks(work, [employer_id], rows)
    work.record(0, "employer.payroll_banks_declared", employer_id, banks=len(banks))


async def hold_readiness(work: Work, ids: Collection[int]) -> dict[int, Readiness]:
    """Give how ready institutions are, and keep others from moving them until the transaction ends."""
    return await store.ready(work, ids)


async def note_readiness(work: Work, institution_id: int, readiness: Status, live_from: date | None) -> None:
    """Note how ready an institution is from now on; `service/readiness` decides it and keeps the evidence."""
    await store.move(work, institution_id, readiness, live_from)


async def take_over_live(work: Work) -> list[tuple[int, date]]:
    """Make every planned institution live that has a day, from that day; give them. The evidence is kept by who calls."""
    return await store.take_over(work)


async def _service_bank(work: Work, bank_id: int) -> Institution:
    found = [row for row in await store.by_ids(work, [bank_id]) if row.kind == BANK]
    if not found:
        raise BankNotSelectable(f"{bank_id} is no service bank")
    return found[0]


def _with_choice(rows: Sequence[PayrollBank], employer_id: int, bank: Institution) -> list[PayrollBank]:
    paying = [row for row in rows if row.rank != CHOSEN_ELSEWHERE]
    if all(row.bank_id is None for row in paying):
        unchosen = [replace(row, chosen=False) for row in paying]
        elsewhere = PayrollBank(employer_id, CHOSEN_ELSEWHERE, bank.institution_id, bank.name_zh, chosen=True)
        return [elsewhere, *unchosen]
    ranks = [row.rank for row in paying if row.bank_id == bank.institution_id]
    if not ranks:
        raise BankNotSelectable(f"{bank.code} pays no wages of this employer")
    return [replace(row, chosen=row.rank == ranks[0]) for row in paying]


async def _write_districts(work: Work, files: Files, known: Mapping[str, District]) -> int:
    wanted = [District(line.code, line.name_zh, line.name_en) for line in files.districts]
    fresh = [row for row in wanted if known.get(row.district_code) != row]
    if fresh:
        await store.put_districts(work, fresh)
    return len(fresh)


async def _write_institutions(
    work: Work, lines: Sequence[InstitutionRow], stored: Mapping[str, Institution]
) -> tuple[dict[str, Institution], int]:
    ids = {code: row.institution_id for code, row in stored.items()}
    unseen = [line.code for line in lines if line.code not in ids]
    ids.update(zip(unseen, work.ids.many(len(unseen)), strict=True))
    wanted = {line.code: _institution(line, ids, stored.get(line.code)) for line in lines}
    changed = [row for code, row in wanted.items() if code in stored and stored[code] != row]
    if unseen:
        await store.add(work, [wanted[code] for code in unseen])
    if changed:
        await store.change(work, changed)
    return {**stored, **wanted}, len(changed)


def _institution(line: InstitutionRow, ids: Mapping[str, int], before: Institution | None) -> Institution:
    readiness = Status(before.readiness) if before else Status.PLANNED
    # What a list says is a plan; the day of one that has gone live is evidence.
    live_from = before.live_from if before and readiness in HAS_SERVED else line.live_from
    return Institution(
        ids[line.code], line.code, line.kind, line.name_zh, line.name_en, ids[line.parent] if line.parent else None,
        line.district or None, line.uscc or None, line.elsewhere, live_from, readiness, line.instant,
    )  # fmt: skip


async def _write_payroll_banks(work: Work, files: Files, stored: Mapping[str, Institution]) -> int:
    wanted = _payroll_banks(files, stored)
    present: Banks = defaultdict(list)
    for row in await store.payroll_banks(work, list(wanted)):
        present[row.employer_id].append(row)
    wanted = {employer: _keep_choice(rows, present[employer]) for employer, rows in wanted.items()}
    changed = {employer: rows for employer, rows in wanted.items() if rows != present[employer]}
    if changed:
        await store.rewrite_payroll_banks(
            work, list(changed), (row for rows in changed.values() for row in rows)
        )
    return len(changed)


def _payroll_banks(files: Files, stored: Mapping[str, Institution]) -> Banks:
    codes, banks = employers(files, stored), defaultdict(list)
    for line in sorted(files.payroll_banks, key=lambda line: line.rank):
        employer_id = stored[codes[line.employer]].institution_id
        bank_id = stored[line.bank_code].institution_id if line.bank_code else None
        banks[employer_id].append(PayrollBank(employer_id, line.rank, bank_id, line.bank_name, chosen=False))
    return dict(banks)


def _keep_choice(wanted: Sequence[PayrollBank], present: Sequence[PayrollBank]) -> list[PayrollBank]:
    """Carry the employer's choice over to the rows of an import, at rank 0 when the bank pays no wages any more."""
    choice = next((row for row in present if row.chosen), None)
    if choice is None:
        return list(wanted)
    ranks = [row.rank for row in wanted if row.bank_id == choice.bank_id]
    if not ranks:
        return [replace(choice, rank=CHOSEN_ELSEWHERE), *wanted]
    return [replace(row, chosen=row.rank == ranks[0]) for row in wanted]
