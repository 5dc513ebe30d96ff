"""People as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from msgspec import Struct

Sex = Literal["male", "female"]
Insured = Literal["employee", "resident", "none"]
InsuredStatus = Literal["active", "retired", "none"]
SchoolStage = Literal["kindergarten", "primary", "junior", "senior", "university"]


class Identity(Struct, frozen=True):
    """What is sealed about a person."""

    name: str
    id_number: str
    mobile: str
    address: str


def masked_name(name: str) -> str:
    """Hide a name but for its first character."""
    return name[:1] + "*" * max(len(name) - 1, 1)


class PersonRow(Struct, frozen=True, kw_only=True):
    """What the register says about a person; the ID number is sound and has 18 characters.

    `employer_id` and `school_id` are institutions, `pension_bank` is the name of the bank that pays the pension,
    `guardian_id_number` names a ward's guardian, who may come later in the extract; `more_guardians` the others, each
    with the kind of tie.
    """

    id_number: str
    name: str
    mobile: str
    address: str
    sex: Sex
    birth_date: date
    hukou: bool
    district_code: str | None = None
    insured: Insured = "none"
    insured_status: InsuredStatus = "none"
    insured_since: date | None = None
    employer_id: int | None = None
    school_id: int | None = None
    school_stage: SchoolStage | None = None
    pension_bank: str | None = None
    died_on: date | None = None
    guardian_id_number: str | None = None
    guardian_kind: str | None = None
    more_guardians: tuple[tuple[str, str | None], ...] = ()

    def guardians(self) -> dict[str, str | None]:
        """Give the guardians' ID numbers and the kinds of their ties."""
        first = {self.guardian_id_number: self.guardian_kind} if self.guardian_id_number else {}
        return first | dict(self.more_guardians)

    def identity(self) -> Identity:
        """Give what is sealed."""
        return Identity(self.name, self.id_number, self.mobile, self.address)


@dataclass(frozen=True, slots=True)
class Person:
    """A person without what is sealed."""

    person_id: int
    id_digest: bytes
    name_digest: bytes
    birth_date: date
    sex: Sex
    hukou: bool
    district_code: str | None
    insured: Insured
    insured_status: InsuredStatus
    insured_since: date | None
    employer_id: int | None
    school_id: int | None
    school_stage: SchoolStage | None
    pension_bank: str | None
    died_on: date | None
    updated_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class UpsertResult:
    """How many people a call brought, and what became of them; `died` counts deaths learnt."""

    people: int
    new: int
    changed: int
    unchanged: int
    died: int


@dataclass(frozen=True, slots=True)
class TieResult:
    """How many ties were made and ended; `unresolved` has the ID numbers of wards whose guardian is not in the register."""

    tied: int
    untied: int
    unresolved: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResealResult:
    """How many people's seals were renewed, and with which key."""

    people: int
    key_no: int
