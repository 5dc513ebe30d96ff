"""The electronic card: which tokens were shown, and to whom first."""

from shebaoka.migrations.script import run_file

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0033_ecard.sql")
