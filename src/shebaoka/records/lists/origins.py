"""Which row of which list a row was, before it was sent back, corrected and sent again."""

from __future__ import annotations

import polars as pl

from shebaoka.records.lists.model import ORIGIN_HEADERS, ORIGIN_SCHEMA, ROW_NO, ListResult


def origins(result: ListResult) -> pl.DataFrame:
    """Read where the rows of a corrected file come from.

    This function will give `ORIGIN_SCHEMA`, and leave out rows that do not say it: rows that are new, numbers that a
    spreadsheet has rounded. What the cells say is the sender's word; whether it is so, the caller checks.
    """
    places = {header: place for place, header in enumerate(result.headers)}
    if not places.keys() >= set(ORIGIN_HEADERS):
        return ORIGIN_SCHEMA.to_frame()
    list_id, row_no = (_number(f"c{places[header]}") for header in ORIGIN_HEADERS)
    told = result.source.select(
        ROW_NO,
        list_id.cast(pl.Int64, strict=False).alias("from_list_id"),
        row_no.cast(pl.Int32, strict=False).alias("from_row_no"),
    )
    return told.drop_nulls().cast(ORIGIN_SCHEMA)


def _number(column: str) -> pl.Expr:
    bare = pl.col(column).str.strip_chars()
    return pl.when(bare.str.contains(r"^[0-9]{1,19}$")).then(bare)
