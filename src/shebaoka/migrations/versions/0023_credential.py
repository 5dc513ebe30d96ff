"""The card in use: tickets of terminals, challenges to cards, and who asked who somebody is."""

from shebaoka.migrations.script import run_file

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0023_credential.sql")
