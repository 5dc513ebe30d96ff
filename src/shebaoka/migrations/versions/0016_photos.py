"""Photos: who brought them, consent, every use, and wrong ones."""

from shebaoka.migrations.script import run_file

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0016_photos.sql")
