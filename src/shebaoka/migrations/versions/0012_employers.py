"""Rosters in two checks, choices of the payroll bank, collections at employers."""

from shebaoka.migrations.script import run_file

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0012_employers.sql")
