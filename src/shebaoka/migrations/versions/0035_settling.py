"""Settling on one screen: the card of a visit, what was left unfinished, one difference by its number."""

from shebaoka.migrations.script import run_file

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0035_settling.sql")
