"""Loss reports, replacement and cancelling."""

from shebaoka.migrations.script import run_file

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0006_loss.sql")
