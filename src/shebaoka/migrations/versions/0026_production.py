"""Production files sealed with SM2, what stands on each chip, batches with counts, hashes and custody."""

from shebaoka.migrations.script import run_file

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0026_production.sql")
