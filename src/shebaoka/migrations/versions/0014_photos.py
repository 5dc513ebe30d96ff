"""Photos: who brought them, consent, every use, and wrong ones."""

from shebaoka.migrations.script import run_file

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0014_photos.sql")
