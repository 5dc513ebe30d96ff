"""Photos: who brought them, consent, every use, and wrong ones."""

from shebaoka.migrations.script import run_file

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0013_photos.sql")
