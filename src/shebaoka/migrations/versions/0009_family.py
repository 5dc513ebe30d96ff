"""Acting for others, residents' sessions, drafts."""

from shebaoka.migrations.script import run_file

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0009_family.sql")
