"""Settlement: visits, their lines, quotes, settlements, senders' messages, and days reconciled with institutions."""

from shebaoka.migrations.script import run_file

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0032_settlement.sql")
