"""Messages to people, and unopened cards in their hands."""

from shebaoka.migrations.script import run_file

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0008_messages.sql")
