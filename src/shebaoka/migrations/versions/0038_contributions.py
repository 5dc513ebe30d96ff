"""Contributions paid from the card's account: debits asked of the banks."""

from shebaoka.migrations.script import run_file

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0038_contributions.sql")
