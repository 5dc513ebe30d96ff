"""Blank cards, and cards issued on the spot."""

from shebaoka.migrations.script import run_file

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0013_instant.sql")
