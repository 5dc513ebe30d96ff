"""Card accounts as the banks tell of them; payouts: lists, runs under two officers, files, payments, banks' documents."""

from shebaoka.migrations.script import run_file

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0037_payouts.sql")
