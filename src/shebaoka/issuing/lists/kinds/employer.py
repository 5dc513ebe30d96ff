"""Employer rosters: the employer applies for its staff, in principle with its payroll bank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from shebaoka.issuing.applications.model import ApplyRequest, BankReason, Channel
from shebaoka.issuing.lists.errors import ListSenderWrong, PayrollBankNeeded
from shebaoka.issuing.lists.kinds.common import apply_rows, text
from shebaoka.issuing.lists.model import Refused, Row
from shebaoka.kit.work import Work
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.banks import Banks
from shebaoka.registry.institutions.model import EMPLOYER, Institution, PayrollBank
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import load


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
        self.payroll = {bank.code: bank for bank in serving}
        self.bank = the_bank(paying, by_id)
        if self.bank is None and rows["bank_code"].null_count():
            raise PayrollBankNeeded(serving or self.banks.all)

    async def take(self, work: Work, rows: Sequence[Row]) -> list[Refused]:
        """Apply for the staff of these rows."""
        return await apply_rows(work, rows, [self._request(row) for row in rows], self.programme)

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
