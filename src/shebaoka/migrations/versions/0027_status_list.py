"""The status list: what it last said of each card, and what was published."""

from shebaoka.migrations.script import run_file

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0027_status_list.sql")
