"""What the sender is told: faults by row and column, duplicates, and notes of what was mended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from shebaoka.records.lists.model import NOTE_SCHEMA, REJECT_SCHEMA, ROW_NO, Checked, Column, ListKind
from shebaoka.records.lists.reasons import NOTES, REASONS
from shebaoka.records.lists.source import Source

VALUE_SHOWN_MAX: Final = 60
NOTHING: Final = REJECT_SCHEMA.to_frame()
_STARS: Final = "*" * 14
_REASON_TABLE: Final = pl.DataFrame(
    [(code, reason.zh, reason.en, reason.remedy_zh, reason.remedy_en) for code, reason in REASONS.items()],
    schema=["code", "reason_zh", "reason_en", "remedy_zh", "remedy_en"],
    orient="row",
)


def lines(frame: pl.DataFrame) -> pl.DataFrame:
    """Put the sentences to reason codes.

    `frame`: row_no, column, value, code, detail. This function will give `REJECT_SCHEMA`, in the order of `frame`.
    """
    sentences = ("reason_zh", "reason_en", "remedy_zh", "remedy_en")
    told = frame.join(_REASON_TABLE, on="code", how="left", maintain_order="left").with_columns(
        pl.col(name).str.replace("{detail}", pl.col("detail"), literal=True) for name in sentences
    )
    return told.select(REJECT_SCHEMA.names()).cast(REJECT_SCHEMA)


def faults(row_no: pl.Series, column: Column, text: pl.Series, checked: Checked) -> pl.DataFrame:
    """Give one line for every refused cell of a column; this function will mask ID numbers wherever they stand."""
    refused = checked.reason.is_not_null()
    if not refused.any():
        return NOTHING
    value = text.filter(refused)
    return lines(
        pl.DataFrame(
            {ROW_NO: row_no.filter(refused), "value": value, "code": checked.reason.filter(refused)}
        ).with_columns(
            pl.lit(column.header).alias("column"),
            pl.lit(checked.detail).alias("detail"),
            shown(pl.col("value"), is_number=column.field.endswith("id_number")),
        )
    )


def shown(value: pl.Expr, *, is_number: bool) -> pl.Expr:
    """Make a cell fit to be shown: this function will cut long texts and keep four characters of ID numbers."""
    bare = value.str.replace_all(r"[\s-]", "")
    hidden = pl.concat_str(bare.str.slice(0, 2), pl.lit(_STARS), bare.str.slice(-2))
    secret = (pl.lit(is_number) & (bare.str.len_chars() > 8)) | bare.str.contains(r"[0-9]{14}")  # noqa: PLR2004
    return pl.when(secret).then(hidden).otherwise(value.str.slice(0, VALUE_SHOWN_MAX)).fill_null("")


def overflows(row_no: pl.Series, over: pl.Series) -> pl.DataFrame:
    """Refuse rows that have more cells than the header: their columns may have shifted."""
    if not over.any():
        return NOTHING
    frame = pl.DataFrame({ROW_NO: row_no.filter(over)})
    empty = pl.lit("")
    return lines(
        frame.with_columns(
            empty.alias("column"), empty.alias("value"), empty.alias("detail"), code=pl.lit("too-many-cells")
        )
    )


def without_duplicates(rows: pl.DataFrame, kind: ListKind) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Let the first row of each person through.

    This function will refuse the later ones, naming the first's row and telling whether they say the same.
    """
    first = rows[kind.key].is_first_distinct()
    if first.all():
        return rows, NOTHING
    later = rows.filter(~first)
    firsts = rows.filter(first).rename({ROW_NO: "first"})
    both = later.join(firsts, on=kind.key, how="left", maintain_order="left", suffix="_first")
    told = [
        column.field for column in kind.columns if column.field in rows.columns and column.field != kind.key
    ]
    same = pl.all_horizontal(pl.col(field).eq_missing(pl.col(f"{field}_first")) for field in told)
    header = next(column.header for column in kind.columns if column.field == kind.key)
    return rows.filter(first), lines(
        both.select(
            ROW_NO,
            column=pl.lit(header),
            value=shown(pl.col(kind.key), is_number=True),
            code=pl.when(same).then(pl.lit("duplicate-same")).otherwise(pl.lit("duplicate-differs")),
            detail=pl.col("first").cast(pl.String),
        )
    )


def united(one: Mapping[str, pl.Series], other: Mapping[str, pl.Series]) -> dict[str, pl.Series]:
    """Unite two sets of repairs; this function will mark a cell that either of them mended."""
    both = {note: one[note] | other[note] for note in one.keys() & other.keys()}
    return dict(one) | dict(other) | both


def notes(source: Source, kind: ListKind, kept: pl.Series, checked: Mapping[str, Checked]) -> pl.DataFrame:
    """Sum up what was mended: this function will give a line for each column and kind of repair."""
    row_no = source.cells[ROW_NO].filter(kept)
    told = []
    for column in kind.columns:
        repairs = dict(checked[column.field].repairs)
        if column.field in source.filled:
            repairs["merged-filled"] = source.filled[column.field].filter(kept)
        told += [
            (column.header, note, mask.sum(), row_no.filter(mask)[0])
            for note, mask in sorted(repairs.items())
            if mask.any()
        ]
    told += [(header, "column-ignored", 0, 0) for header in source.header.twice]
    ignored = source.blank_rows + len(kept) - kept.sum()
    told += [("", "rows-ignored", ignored, 0)] if ignored else []
    return pl.DataFrame([(*line, *NOTES[line[1]]) for line in told], schema=NOTE_SCHEMA, orient="row")
