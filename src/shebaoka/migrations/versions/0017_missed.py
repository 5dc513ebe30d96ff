"""Pupils whose two weeks to apply online are over."""

from shebaoka.migrations.script import run_file

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0017_missed.sql")
