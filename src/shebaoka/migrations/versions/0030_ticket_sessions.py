"""Tickets for cards: of which session each is."""

from shebaoka.migrations.script import run_file

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0030_ticket_sessions.sql")
