"""Issue on the spot speaks to the chip."""

from shebaoka.migrations.script import run_file

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0025_instant_chip.sql")
