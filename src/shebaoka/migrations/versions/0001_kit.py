"""The kit tables."""

from shebaoka.migrations.script import run_file

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0001_kit.sql")
