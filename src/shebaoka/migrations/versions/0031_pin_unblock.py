"""Tickets to give a blocked card a new PIN."""

from shebaoka.migrations.script import run_file

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0031_pin_unblock.sql")
