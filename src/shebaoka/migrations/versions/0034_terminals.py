"""Institutions' systems: their keys, nonces and sign-ins; the catalogue of items; what a visit was for."""

from shebaoka.migrations.script import run_file

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0034_terminals.sql")
