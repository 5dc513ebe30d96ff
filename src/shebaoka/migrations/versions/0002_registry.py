"""The registry tables."""

from shebaoka.migrations.script import run_file

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0002_registry.sql")
