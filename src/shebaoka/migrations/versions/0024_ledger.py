"""The ledger: double entry in fen, append-only, balanced by a trigger over the lines of each statement."""

from shebaoka.migrations.script import run_file

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0024_ledger.sql")
