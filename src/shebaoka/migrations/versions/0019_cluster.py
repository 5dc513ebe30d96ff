"""What a cluster could not do: the end of temporary loss reports, and several captures at once."""

from shebaoka.migrations.script import run_file

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Run the SQL file."""
    run_file("0019_cluster.sql")
