"""Employer rosters: the employer applies for its staff, in principle with its payroll bank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from shebaoka.issuing.applications.commands import apply_many
from shebaoka.issuing.applications.errors import NameDiffers, NotEmployedHere
from shebaoka.issuing.applications.model import ApplyRequest, BankReason, Channel, Outcome
from shebaoka.issuing.lists.errors import ListSenderWrong, PayrollBankNeeded
from shebaoka.issuing.lists.kinds.common import refused_rows, text
from shebaoka.issuing.lists.model import Refused, Row
from shebaoka.issuing.lists.store import SQL
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.banks import Banks
from shebaoka.registry.institutions.model import CHOSEN_ELSEWHERE, EMPLOYER, Institution, PayrollBank
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import load

STRANGERS: Final = frozenset({NameDiffers.slug, NotEmployedHere.slug})
"""Refused for these, a row speaks of somebody else's person, or of nobody for certain."""


@dataclass(slots=True)
class Employer:
    """One employer's roster."""

    list_id: int
    sender: Institution | None
    banks: Banks = field(init=False)
    programme: Programme = field(init=False)
    payroll: dict[str, Institution] = field(init=False)
    bank: str | None = field(init=False)

    async def begin(self, work: Work, rows: pl.DataFrame) -> None:
        """Learn the employer's banks. This function will ask for a choice where the list leaves the bank open."""
        if self.sender is None or self.sender.kind != EMPLOYER:
            raise ListSenderWrong
        self.banks, self.programme = await Banks.load(work), await load(work)
        employer_id = self.sender.institution_id
        paying = (await institutions.payroll_banks(work, [employer_id])).get(employer_id, [])
        by_id = {bank.institution_id: bank for bank in self.banks.all}
        serving = [by_id[one.bank_id] for one in paying if one.bank_id in by_id]
        paid_by = {one.bank_id for one in paying if one.rank != CHOSEN_ELSEWHERE}
        self.payroll = {bank.code: bank for bank in serving if bank.institution_id in paid_by}
        self.bank = the_bank(paying, by_id)
        if self.bank is None and rows["bank_code"].null_count():
            raise PayrollBankNeeded(serving or self.banks.all)

    async def take(self, work: Work, rows: Sequence[Row]) -> list[Refused]:
        """Apply for the staff of these rows."""
        outcomes = await apply_many(work, [self._request(row) for row in rows], self.programme)
        await self._note_own(work, rows, outcomes)
        return refused_rows(rows, outcomes)

    async def _note_own(self, work: Work, rows: Sequence[Row], outcomes: Sequence[Outcome]) -> None:
        """Note of whom rows speak that made no application, for the employer to follow its own people, and no others."""
        own = [
            (outcome.person_id, row["row_no"])
            for row, outcome in zip(rows, outcomes, strict=True)
            if outcome.person_id is not None and outcome.refusal and outcome.refusal.slug not in STRANGERS
        ]
        if own:
            people, numbers = zip(*own, strict=True)
            noted = {"list_id": self.list_id, "people": list(people), "rows": list(numbers)}
            await work.run(SQL["note_rows"], noted)

    def _request(self, row: Row) -> ApplyRequest:
        assert self.sender
        bank = self.banks.code(row["bank_code"]) or self.bank
        return ApplyRequest(
            id_number=row["id_number"],
            name=row["name"],
            channel=Channel.EMPLOYER,
            organisation_id=self.sender.institution_id,
            mobile=text(row, "mobile"),
            address=text(row, "address"),
            fallback_outlet=text(row, "fallback_outlet"),
            bank=bank,
            bank_reason=BankReason.PAYROLL if bank in self.payroll else BankReason.CHOSEN,
            list_id=self.list_id,
            row_no=row["row_no"],
        )


def the_bank(paying: Sequence[PayrollBank], service: dict[int, Institution]) -> str | None:
    """Give the code of the one bank that the employer's payroll settles: chosen, or the only service bank; else None."""
    chosen = [one.bank_id for one in paying if one.chosen]
    only = {one.bank_id for one in paying if one.bank_id in service}
    settled = chosen or (list(only) if len(only) == 1 else [])
    return service[settled[0]].code if settled and settled[0] in service else None
