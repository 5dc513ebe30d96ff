"""Care in another province: registrations, guests of our hospitals, bills between provinces, monthly clearings."""

from shebaoka.migrations.script import run_file

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0036_cross_province.sql")
