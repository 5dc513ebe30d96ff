"""Named SQL, kept in the `store.sql` beside the code that calls it."""

from __future__ import annotations

import logging
from pathlib import Path

import aiosql

# It advises to mark statements that are not a SELECT; we take the text of a query and run it ourselves.
logging.getLogger("aiosql").setLevel(logging.ERROR)


def load(store: str) -> dict[str, str]:
    """Give the queries of the .sql file beside the module `store` (its `__file__`): name → SQL for psycopg."""
    found = aiosql.from_path(Path(store).with_suffix(".sql"), "psycopg", mandatory_parameters=False)
    names = [name for name in found.available_queries if not name.endswith("_cursor")]
    return {name: getattr(found, name).sql for name in names}
