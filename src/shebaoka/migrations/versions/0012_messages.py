"""Messages to people, and unopened cards in their hands."""

from shebaoka.migrations.script import run_file

revision = "0012"
down_revision = "0005"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0012_messages.sql")
