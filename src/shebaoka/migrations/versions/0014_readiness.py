"""How ready institutions are: states, steps with evidence, conformance runs."""

from shebaoka.migrations.script import run_file

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0014_readiness.sql")
