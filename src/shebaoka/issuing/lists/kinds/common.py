"""What the kinds of list share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, Protocol

import polars as pl

from shebaoka.issuing.applications.commands import apply_many
from shebaoka.issuing.applications.model import ApplyRequest, Outcome
from shebaoka.issuing.lists.errors import PupilAgeImplausible
from shebaoka.issuing.lists.model import Refused, Row
from shebaoka.kit.work import Work
from shebaoka.registry.institutions.model import CARD_CENTRE, Institution
from shebaoka.registry.programme.asking import age_on
from shebaoka.registry.programme.model import Stage
from shebaoka.registry.programme.programme import Programme

NAMED_BY: Final = {
    "name-differs": "name",
    "outlet-not-serving": "fallback_outlet",
    "bank-missing": "bank_code",
    "bank-not-serving": "bank_code",
    "guardian-needed": "guardian_id_number",
    "guardian-not-tied": "guardian_id_number",
    "guardian-is-ward": "guardian_id_number",
    "agent-unfit": "guardian_id_number",
    "agent-not-here": "guardian_id_number",
    "authorisation-missing": "authorisation",
    "contact-missing": "address",
}
"""The field to mend for a refusal; the others are about the person as such."""
KEY: Final = "id_number"
STAGES: Final[Mapping[str, Stage]] = {
    "幼儿园": "kindergarten", "小学": "primary", "初中": "junior", "高中": "senior", "大学": "university",
}  # fmt: skip


class Taking(Protocol):
    """How one kind of list is taken in, chunk by chunk."""

    async def begin(self, work: Work, rows: pl.DataFrame) -> None:
        """Learn what all rows share. This function will refuse the list when it cannot be taken in as a whole."""
        ...

    async def take(self, work: Work, rows: Sequence[Row]) -> list[Refused]:
        """Take in good rows and give those that did not go through; taking the same rows again changes nothing."""
        ...


async def apply_rows(
    work: Work, rows: Sequence[Row], requests: Sequence[ApplyRequest], programme: Programme
) -> list[Refused]:
    """Apply for the people of these rows; this function will give the refused ones by row and field."""
    return refused_rows(rows, await apply_many(work, requests, programme))


def refused_rows(rows: Sequence[Row], outcomes: Sequence[Outcome]) -> list[Refused]:
    """Give the refused of these rows by row and field, from what became of each."""
    return [
        Refused(row["row_no"], _field(row, outcome.refusal.slug), outcome.refusal)
        for row, outcome in zip(rows, outcomes, strict=True)
        if outcome.refusal
    ]


def may_act_for(sender: Institution | None, outlet: Institution) -> bool:
    """Tell whether a sender hands in what an outlet took in: its own, its bank's, or anything for the card centre."""
    if sender is None or sender.kind == CARD_CENTRE:
        return True
    return sender.institution_id in (outlet.institution_id, outlet.parent_id)


def age_at_stage(programme: Programme, stage: str, born: date, on: date) -> PupilAgeImplausible | None:
    """Give the refusal where nobody of this age is at this stage (one of `STAGES`), by the rules of a day; else None."""
    ages, age = programme.ages_at(STAGES[stage], on), age_on(born, on)
    if ages.min_age <= age <= ages.max_age:
        return None
    return PupilAgeImplausible(stage, age, ages.min_age, ages.max_age)


def _field(row: Row, slug: str) -> str:
    field = NAMED_BY.get(slug, KEY)
    return field if field in row else KEY


def text(row: Row, field: str) -> str:
    """Give a cell as text, empty where there is none."""
    value: Any = row.get(field)
    return value or ""
