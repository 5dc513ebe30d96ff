"""Outlets: address, telephone, opening hours, and how many people wait."""

from shebaoka.migrations.script import run_file

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0020_outlets.sql")
