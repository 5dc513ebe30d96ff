"""Lists that people and offices send: rosters, school lists, intake lists, extracts of the register."""

from shebaoka.records.lists.errors import (
    ListEmpty,
    ListHeaderMissing,
    ListProtected,
    ListSheetsSeveral,
    ListTooLarge,
    ListUnreadable,
)
from shebaoka.records.lists.kinds import EMPLOYER_ROSTER, INTAKE_LIST, KINDS, REGISTER_EXTRACT, SCHOOL_LIST
from shebaoka.records.lists.model import NOTE_SCHEMA, REJECT_SCHEMA, ListKind, ListResult
from shebaoka.records.lists.origins import origins
from shebaoka.records.lists.reader import read_list
from shebaoka.records.lists.writer import write_rejects, write_template

__all__ = [
    "EMPLOYER_ROSTER",
    "INTAKE_LIST",
    "KINDS",
    "NOTE_SCHEMA",
    "REGISTER_EXTRACT",
    "REJECT_SCHEMA",
    "SCHOOL_LIST",
    "ListEmpty",
    "ListHeaderMissing",
    "ListKind",
    "ListProtected",
    "ListResult",
    "ListSheetsSeveral",
    "ListTooLarge",
    "ListUnreadable",
    "origins",
    "read_list",
    "write_rejects",
    "write_template",
]
