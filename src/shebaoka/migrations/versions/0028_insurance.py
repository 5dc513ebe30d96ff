"""Medical insurance: spells, what counts in a year, credits and contributions."""

from shebaoka.migrations.script import run_file

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0028_insurance.sql")
