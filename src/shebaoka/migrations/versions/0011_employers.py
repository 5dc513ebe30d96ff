"""Rosters in two checks, choices of the payroll bank, collections at employers."""

from shebaoka.migrations.script import run_file

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0011_employers.sql")
