"""Loss reports, replacement and cancelling."""

from shebaoka.migrations.script import run_file

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0007_loss.sql")
