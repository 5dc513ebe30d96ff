"""School lists: the school's notice to the guardians opens two weeks in which they apply online."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from shebaoka.issuing.applications.errors import GuardianNotTied, NameDiffers, PersonUnknown
from shebaoka.issuing.lists.errors import (
    GuardianNameDiffers,
    ListSenderWrong,
    NoticeExists,
    PupilNotHere,
)
from shebaoka.issuing.lists.kinds.common import age_at_stage
from shebaoka.issuing.lists.model import Refused, Row
from shebaoka.issuing.lists.store import SQL
from shebaoka.kit.problems import Problem
from shebaoka.kit.work import Work
from shebaoka.records.id_number import birth_date
from shebaoka.registry.institutions.model import Institution
from shebaoka.registry.people import views as people
from shebaoka.registry.people.model import Person
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import load

Fault = tuple[str, Problem]


@dataclass(slots=True)
class School:
    """One school's list of pupils. No application is made: the guardian makes it."""

    list_id: int
    sender: Institution | None
    on: date
    programme: Programme = field(init=False)
    apply_by: date = field(init=False)

    async def begin(self, work: Work, rows: pl.DataFrame) -> None:  # noqa: ARG002 - one shape for all kinds
        """Learn until when the notice opens the online platform."""
        if self.sender is None or self.sender.kind != "school":
            raise ListSenderWrong
        self.programme = await load(work)
        self.apply_by = self.programme.apply_by(self.on)

    async def take(self, work: Work, rows: Sequence[Row]) -> list[Refused]:
        """Give notice to the guardians of these rows' pupils."""
        known = await people.find_many(
            work, {row[name] for row in rows for name in ("id_number", "guardian_id_number")}
        )
        ties = await people.guardians(
            work, [known[row["id_number"]].person_id for row in rows if row["id_number"] in known]
        )
        faults = {row["row_no"]: self._fault(work, row, known, ties) for row in rows}
        good = [row for row in rows if faults[row["row_no"]] is None]
        refused = [Refused(row_no, *fault) for row_no, fault in faults.items() if fault]
        return refused + await self._notify(work, good, known)

    def _fault(
        self, work: Work, row: Row, known: Mapping[str, Person], ties: Mapping[int, set[int]]
    ) -> Fault | None:
        if too := self._implausible(row):
            return "id_number", too
        pupil, guardian = known.get(row["id_number"]), known.get(row["guardian_id_number"])
        if pupil is None:
            return "id_number", PersonUnknown()
        return self._pupil_fault(work, row, pupil) or self._guardian_fault(
            work, row, guardian, ties.get(pupil.person_id, set())
        )

    def _pupil_fault(self, work: Work, row: Row, pupil: Person) -> Fault | None:
        assert self.sender
        elsewhere = row["school_code"] not in (None, self.sender.code)
        # First, so that no school learns whether a name fits somebody else's pupil.
        if pupil.school_id != self.sender.institution_id or elsewhere:
            return "id_number", PupilNotHere()
        if work.vault.digest("name", row["name"]) != pupil.name_digest:
            return "name", NameDiffers()
        return None

    def _guardian_fault(
        self, work: Work, row: Row, guardian: Person | None, tied: Collection[int]
    ) -> Fault | None:
        if guardian is None or guardian.died_on is not None or guardian.person_id not in tied:
            return "guardian_id_number", GuardianNotTied()
        if work.vault.digest("name", row["guardian_name"]) != guardian.name_digest:
            return "guardian_name", GuardianNameDiffers()
        return None

    def _implausible(self, row: Row) -> Problem | None:
        """Say that nobody of this age is at this stage: mostly the number is a parent's."""
        return age_at_stage(self.programme, row["stage"], birth_date(row["id_number"]), self.on)

    async def _notify(self, work: Work, rows: Sequence[Row], known: Mapping[str, Person]) -> list[Refused]:
        assert self.sender
        school = {"school_id": self.sender.institution_id, "on": self.on}
        pupils = {row["row_no"]: known[row["id_number"]].person_id for row in rows}
        running: dict[int, int] = dict(
            await work.rows(SQL["notices"], {"people": list(pupils.values()), **school})
        )
        fresh = [row for row in rows if pupils[row["row_no"]] not in running]
        given = await work.rows(
            SQL["give_notice"],
            {
                "people": [pupils[row["row_no"]] for row in fresh],
                "guardians": [known[row["guardian_id_number"]].person_id for row in fresh],
                "list_id": self.list_id,
                "apply_by": self.apply_by,
                **school,
            },
        )
        work.record_many("pupil.notified", [(person_id, self.list_id) for (person_id,) in given])
        guardians = {pupils[row["row_no"]]: known[row["guardian_id_number"]].person_id for row in fresh}
        work.tell_many("pupil.notified", (
            (person_id, {"guardian_id": guardians[person_id], "apply_by": self.apply_by}) for (person_id,) in given
        ))  # fmt: skip
        # What this very list noted before it was interrupted counts as its own.
        others = {person_id for person_id, list_id in running.items() if list_id != self.list_id}
        return [
            Refused(row_no, "id_number", NoticeExists())
            for row_no, person_id in pupils.items()
            if person_id in others
        ]
