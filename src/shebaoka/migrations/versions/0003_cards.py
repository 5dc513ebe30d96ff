"""The cards tables."""

from shebaoka.migrations.script import run_file

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0003_cards.sql")
