"""Figures of settlement."""

from shebaoka.migrations.script import run_file

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0039_settlement_figures.sql")
