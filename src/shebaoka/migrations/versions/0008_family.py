"""Acting for others, residents' sessions, drafts."""

from shebaoka.migrations.script import run_file

revision = "0008"
down_revision = "0005"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0008_family.sql")
