"""The issuing tables."""

from shebaoka.migrations.script import run_file

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0005_issuing.sql")
