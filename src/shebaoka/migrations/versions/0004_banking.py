"""The banking tables."""

from shebaoka.migrations.script import run_file

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0004_banking.sql")
