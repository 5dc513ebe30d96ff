"""Intake lists: what outlets and the online platform took in, handed over in batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from shebaoka.issuing.applications.model import ApplyRequest, Channel
from shebaoka.issuing.lists.errors import OutletNotYours
from shebaoka.issuing.lists.kinds.common import apply_rows, may_act_for, text
from shebaoka.issuing.lists.model import Refused, Row
from shebaoka.kit.work import Work
from shebaoka.registry.acting.model import Claim
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.banks import Banks
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.programme.model import Authorisation
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import load

AUTHORISATIONS: Final[Mapping[str, Authorisation]] = {"书面委托": "written", "公证委托": "notarised"}
CHANNELS: Final = {
    "bank_outlet": Channel.BANK_OUTLET,
    "community_centre": Channel.COMMUNITY_CENTRE,
    "online_platform": Channel.ONLINE,
}


@dataclass(slots=True)
class Intake:
    """One intake list; each row names the outlet that took the application in."""

    list_id: int
    sender: Institution | None
    banks: Banks = field(init=False)
    programme: Programme = field(init=False)
    outlets: Mapping[str, Institution] = field(init=False)

    async def begin(self, work: Work, rows: pl.DataFrame) -> None:
        """Learn the banks and the outlets the list names."""
        self.banks, self.programme = await Banks.load(work), await load(work)
        self.outlets = await institutions.by_codes(work, rows["outlet_code"].unique().to_list())

    async def take(self, work: Work, rows: Sequence[Row]) -> list[Refused]:
        """Apply for the people of these rows, through the channel their outlet stands for."""
        good = [row for row in rows if self._outlet(row)]
        refused = [
            Refused(row["row_no"], "outlet_code", OutletNotYours()) for row in rows if not self._outlet(row)
        ]
        return refused + await apply_rows(work, good, [self._request(row) for row in good], self.programme)

    def _outlet(self, row: Row) -> Institution | None:
        outlet = self.outlets.get(row["outlet_code"])
        if outlet is None or outlet.kind not in CHANNELS or not may_act_for(self.sender, outlet):
            return None
        return outlet

    def _request(self, row: Row) -> ApplyRequest:
        outlet = self._outlet(row)
        assert outlet
        return ApplyRequest(
            id_number=row["id_number"],
            name=row["name"],
            channel=CHANNELS[outlet.kind],
            organisation_id=outlet.institution_id,
            mobile=text(row, "mobile"),
            address=text(row, "address"),
            fallback_outlet=text(row, "fallback_outlet"),
            bank=self.banks.code(row["bank_code"]),
            acting=_claim(row),
            taken_on=row["taken_on"],
            list_id=self.list_id,
            row_no=row["row_no"],
        )


def _claim(row: Row) -> Claim | None:
    """Give who acted for the applicant: the counter saw their papers when it took the application in."""
    number = row["guardian_id_number"]
    return (
        Claim(None, number, authorisation=AUTHORISATIONS.get(text(row, "authorisation"))) if number else None
    )
