"""How a revision runs its SQL file: as it stands, with no placeholders read into it."""

import re
from collections.abc import Iterator
from pathlib import Path

from alembic import op

# A comment, quoted words and a function's body are one piece each; a semicolon between pieces ends a statement.
PIECE = re.compile(r"""--[^\n]*|'(?:[^']|'')*'|"[^"]*"|\$(\w*)\$.*?\$\1\$|;|[^-'"$;]+|.""", re.DOTALL)


def run_file(name: str) -> None:
    """Run one file of `sql/` on the migration's connection."""
    text = (Path(__file__).with_name("sql") / name).read_text("utf-8")
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    # A cluster changes tables bound by foreign keys only over one connection; one machine does not know the setting.
    connection.execute("SET LOCAL citus.multi_shard_modify_mode = 'sequential'")
    for statement in statements(text):
        connection.execute(statement.encode())


def statements(text: str) -> Iterator[str]:
    """Give the statements of a file one after the other: a cluster takes only one at a time."""
    statement = ""
    for piece in PIECE.finditer(text):
        if piece[0] == ";":
            yield statement
            statement = ""
        else:
            statement += piece[0]
    if statement.strip():
        yield statement
