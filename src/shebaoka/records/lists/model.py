"""Values of the list codecs: what a list is made of, and what reading one gives. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, TypeAlias

import polars as pl

ROW_NO: Final = "row_no"
"""The row as the sender's own program numbers it, from 1."""
SEQUENCE: Final = "sequence"
"""The field of running numbers: a row with nothing else speaks of nobody."""
EXAMPLE_MARK: Final = "示例"
"""In the 序号 of the template's example row, which the reader skips."""
ORIGIN_HEADERS: Final = ("名单编号", "原行号")
"""In a file of refused rows: the number of the list that each row comes from, and its row there."""
ORIGIN_SCHEMA: Final = pl.Schema({ROW_NO: pl.UInt32, "from_list_id": pl.Int64, "from_row_no": pl.Int32})
REJECT_SCHEMA: Final = pl.Schema(
    {
        ROW_NO: pl.UInt32,
        "column": pl.String,
        "value": pl.String,
        "code": pl.String,
        "reason_zh": pl.String,
        "reason_en": pl.String,
        "remedy_zh": pl.String,
        "remedy_en": pl.String,
    }
)
NOTE_SCHEMA: Final = pl.Schema(
    {
        "column": pl.String,
        "code": pl.String,
        "rows": pl.UInt32,
        "first_row_no": pl.UInt32,
        "zh": pl.String,
        "en": pl.String,
    }
)


@dataclass(frozen=True, slots=True)
class Context:
    """What a checker may know beyond the cell: the day, and whether invented people are let in."""

    on: date
    invented_allowed: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """A column after its check. All series have the column's length.

    `value`: typed; `reason`: reason code, null where sound; `detail`: goes into the reason's sentence;
    `repairs`: which cells were mended, by note code; `derived`: more columns that follow from this one.
    """

    value: pl.Series
    reason: pl.Series
    detail: str = ""
    repairs: Mapping[str, pl.Series] = field(default_factory=dict)
    derived: Mapping[str, pl.Series] = field(default_factory=dict)


Checker: TypeAlias = Callable[[pl.Series, Context], Checked]
"""Takes tidied text (String, null where empty)."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list.

    `header` is its name on the template, `aliases` are other names people give it; `required`: no cell may be empty;
    `shared`: a merged cell stands for all its rows; `example` stands on the template; `newer`: the column came later, and
    a list made before that is taken without it.
    """

    field: str
    header: str
    check: Checker
    aliases: tuple[str, ...] = ()
    required: bool = False
    shared: bool = False
    example: str = ""
    newer: bool = False


@dataclass(frozen=True, slots=True)
class ListKind:
    """One kind of list: its name, its columns in the template's order, and the column that names a person.

    `whole`: every header must be there, even of columns whose cells may be empty, but for those that came later.
    """

    slug: str
    name_zh: str
    name_en: str
    columns: tuple[Column, ...]
    key: str = "id_number"
    whole: bool = False

    def headers_needed(self) -> tuple[str, ...]:
        """Name the headers without which the list is refused; this function will keep the template's order."""
        return tuple(
            column.header for column in self.columns if column.required or (self.whole and not column.newer)
        )


@dataclass(frozen=True, slots=True)
class ListResult:
    """What a list says.

    `rows`: good rows, typed, with `row_no`. `rejects`: one line per fault, `REJECT_SCHEMA`. `notes`: what was mended,
    `NOTE_SCHEMA`. `total_rows`: rows with a person on them: each is in `rows` or in `rejects`. `ignored_rows`: blank
    lines, footers and the template's example. `source`: all cells as they came (String, c0, c1, …) with `row_no`,
    under `headers`.
    """

    kind: ListKind
    name: str
    rows: pl.DataFrame
    rejects: pl.DataFrame
    notes: pl.DataFrame
    total_rows: int
    ignored_rows: int
    headers: tuple[str, ...]
    source: pl.DataFrame

    def refuse(self, more: pl.DataFrame) -> ListResult:
        """Refuse more rows for reasons of the caller's own.

        `more` has `REJECT_SCHEMA`. This function will move its rows from `rows` to `rejects`.
        """
        refused = more.select(REJECT_SCHEMA.names()).cast(REJECT_SCHEMA)
        return replace(
            self,
            rows=self.rows.join(refused, on=ROW_NO, how="anti"),
            rejects=pl.concat([self.rejects, refused]).sort(ROW_NO, maintain_order=True),
        )
