"""Visits at home, stations and stalls, devices, and work captured without a network."""

from shebaoka.migrations.script import run_file

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0013_outreach.sql")
