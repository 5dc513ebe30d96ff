"""The elder version of the pages goes with the person."""

from shebaoka.migrations.script import run_file

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0018_elder.sql")
