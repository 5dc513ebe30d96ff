"""What banks are told of cards."""

from shebaoka.migrations.script import run_file

revision = "0042"
down_revision = "0039"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0042_cards_told.sql")
