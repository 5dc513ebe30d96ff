"""Hotlines: calls, cases, hand-overs; banks' own lines."""

from shebaoka.migrations.script import run_file

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0010_helpdesk.sql")
