"""Extracts of the register: people, their old cards, and who acts for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import polars as pl

from shebaoka.cards import commands as cards
from shebaoka.cards.model import OldCardRow
from shebaoka.issuing.lists.errors import (
    BirthDateDiffers,
    GuardianUnknown,
    InstitutionUnknown,
    ListSenderWrong,
    OldCardRefused,
    PupilAgeImplausible,
)
from shebaoka.issuing.lists.kinds.common import STAGES, age_at_stage, text
from shebaoka.issuing.lists.model import Refused, Row
from shebaoka.kit.work import Work
from shebaoka.records.id_number import birth_date
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.model import CARD_CENTRE, Institution
from shebaoka.registry.people import commands as people
from shebaoka.registry.people import views as people_views
from shebaoka.registry.people.model import PersonRow
from shebaoka.registry.programme.programme import Programme
from shebaoka.registry.programme.views import load

SEX: Final = {"男": "male", "女": "female"}
INSURANCE: Final = {"职工": "employee", "居民": "resident", "无": "none"}
INSURED_STATUS: Final = {"在职": "active", "退休": "retired", "无": "none"}


@dataclass(slots=True)
class Register:
    """One extract of the register. `on`: the day it came in, by which ages are judged."""

    sender: Institution | None
    on: date
    programme: Programme = field(init=False)
    employers: Mapping[str, Institution] = field(init=False)
    schools: Mapping[str, Institution] = field(init=False)
    districts: frozenset[str] = field(init=False)

    async def begin(self, work: Work, rows: pl.DataFrame) -> None:
        """Learn the employers and schools the extract names, and the city's districts."""
        if self.sender is not None and self.sender.kind != CARD_CENTRE:
            raise ListSenderWrong
        self.programme = await load(work)
        self.employers = await institutions.by_usccs(
            work, rows["employer_code"].unique().drop_nulls().to_list()
        )
        self.schools = await institutions.by_codes(work, rows["school_code"].unique().drop_nulls().to_list())
        self.districts = frozenset(one.district_code for one in await institutions.districts(work))

    async def take(self, work: Work, rows: Sequence[Row]) -> list[Refused]:
        """Take in these people and their old cards; of whom the stage cannot be right, all but the stage."""
        good = self._sound(rows)
        await people.upsert_many(work, [self._person(row) for row in good])
        refused = [fault for row in rows if (fault := self._fault(row))]
        refused += [Refused(row["row_no"], "stage", too) for row in good if (too := self._implausible(row))]
        return refused + await self._old_cards(work, [row for row in good if row["old_card_number"]])

    async def finish(self, work: Work, rows: Sequence[Row]) -> list[Refused]:
        """Tie wards to guardians, who may have come later in the extract; give the rows whose guardian nobody knows."""
        good = self._sound(rows)
        tied = await people.tie_guardians(work, [self._person(row) for row in good])
        wards = set(tied.unresolved)
        return [
            Refused(row["row_no"], "guardian_id_number", GuardianUnknown())
            for row in good
            if row["id_number"] in wards
        ]

    def _sound(self, rows: Sequence[Row]) -> list[Row]:
        return [row for row in rows if self._fault(row) is None]

    def _fault(self, row: Row) -> Refused | None:
        """Say why nothing of a row can be taken in."""
        if row["birth_date"] != birth_date(row["id_number"]):
            return Refused(row["row_no"], "birth_date", BirthDateDiffers())
        unknown = self._unknown(row)
        return Refused(row["row_no"], unknown, InstitutionUnknown()) if unknown else None

    def _implausible(self, row: Row) -> PupilAgeImplausible | None:
        """Say that nobody of this age is at this stage: whoever was taken for a pupil would be told to wait for a school."""
        return (
            age_at_stage(self.programme, row["stage"], row["birth_date"], self.on) if row["stage"] else None
        )

    def _unknown(self, row: Row) -> str | None:
        """Name the field with an institution or a district that nobody knows."""
        if row["district_code"] not in self.districts:
            return "district_code"
        if row["employer_code"] and row["employer_code"] not in self.employers:
            return "employer_code"
        return "school_code" if row["school_code"] and row["school_code"] not in self.schools else None

    def _person(self, row: Row) -> PersonRow:
        employer, school = (
            self.employers.get(text(row, "employer_code")),
            self.schools.get(text(row, "school_code")),
        )
        return PersonRow(
            id_number=row["id_number"],
            name=row["name"],
            mobile=text(row, "mobile"),
            address=text(row, "address"),
            sex=SEX[row["sex"]],  # type: ignore[arg-type]
            birth_date=row["birth_date"],
            hukou=row["hukou"] == "本市",
            district_code=row["district_code"],
            insured=INSURANCE[row["insurance"]],  # type: ignore[arg-type]
            insured_status=INSURED_STATUS[row["insured_status"]],  # type: ignore[arg-type]
            insured_since=row["insured_from"],
            employer_id=employer.institution_id if employer else None,
            school_id=school.institution_id if school else None,
            school_stage=None if self._implausible(row) else STAGES.get(text(row, "stage")),  # type: ignore[arg-type]
            pension_bank=row["pension_bank"],
            died_on=row["died_on"],
            guardian_id_number=row["guardian_id_number"],
            guardian_kind=row["guardian_tie"],
            more_guardians=_second_guardian(row),
        )

    async def _old_cards(self, work: Work, rows: Sequence[Row]) -> list[Refused]:
        undated = [row for row in rows if row["old_card_issued_on"] is None]
        rows = [row for row in rows if row["old_card_issued_on"] is not None]
        known = await people_views.find_many(work, [row["id_number"] for row in rows])
        row_of = {(known[row["id_number"]].person_id, row["old_card_number"]): row["row_no"] for row in rows}
        taken = await cards.take_old_cards(
            work, [OldCardRow(*key, row["old_card_issued_on"]) for key, row in zip(row_of, rows, strict=True)]
        )
        refused = [Refused(row["row_no"], "old_card_issued_on", OldCardRefused("undated")) for row in undated]
        return refused + [
            Refused(row_of[one.person_id, one.card_number], "old_card_number", OldCardRefused(one.reason))
            for one in taken.refused
        ]


def _second_guardian(row: Row) -> tuple[tuple[str, str | None], ...]:
    number = row["second_guardian_id_number"]
    return ((number, row["second_guardian_tie"]),) if number else ()
