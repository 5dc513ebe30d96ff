"""Custody of blanks by the serial numbers of their chips."""

from shebaoka.migrations.script import run_file

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0029_blank_custody.sql")
