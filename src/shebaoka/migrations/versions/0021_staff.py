"""A second factor for staff, sessions one by one, log-ins of several steps, and indexes to search the audit log."""

from shebaoka.migrations.script import run_file

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0021_staff.sql")
