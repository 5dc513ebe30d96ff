"""Blank cards, and cards issued on the spot."""

from shebaoka.migrations.script import run_file

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0015_instant.sql")
